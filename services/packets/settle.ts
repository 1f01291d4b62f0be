import type { PacketChanges } from '../../domain/packet/changes.ts';
import type { PacketFacts, PacketFile } from '../../domain/packet/facts.ts';
import type { Reason } from '../../domain/types.ts';
import { found, readOnly, type ServiceContext, write } from '../context.ts';
import { loadPacket } from './request.ts';
import type { PacketRow } from './rows.ts';

export interface PacketJob {
  facts: PacketFacts;
  inputSha256: string;
  storeId: string;
  /** Until when the store must keep it: not longer than the recordings that it is made from. */
  lockedUntil: string | null;
  timestampToken: Uint8Array | null;
}

/** What is to be built; null when it is settled already. */
export function readPacketJob(ctx: ServiceContext, packetId: string): Promise<PacketJob | null> {
  return readOnly(ctx, async (tx) => {
    const [row] = await tx.query<PacketRow & { locked_until: Date | null }>(
      `select p.*, (select max(a.locked_until) from evidence_artifacts a where a.tenant_id = p.tenant_id and a.incident_id = p.incident_id and a.purged_at is null) as locked_until
       from packets p where p.tenant_id = $1 and p.id = $2`,
      [ctx.actor.tenantId, packetId],
    );
    const packet = found(row, `packet ${packetId}`);
    if (packet.state !== 'requested') return null;
    return {
      ...{ facts: packet.input, inputSha256: packet.input_sha256, storeId: packet.store_id },
      ...{ lockedUntil: packet.locked_until?.toISOString() ?? null, timestampToken: packet.timestamp_token },
    };
  });
}

/** Keeps the first token that came for this packet and returns the one that counts. */
export function keepTimestamp(
  ctx: ServiceContext,
  input: { packetId: string; token: Uint8Array },
): Promise<Uint8Array> {
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    const [row] = await tx.query<{ timestamp_token: Buffer }>(
      "update packets set timestamp_token = coalesce(timestamp_token, $3) where tenant_id = $1 and id = $2 and state = 'requested' returning timestamp_token",
      [ctx.actor.tenantId, input.packetId, Buffer.from(input.token)],
    );
    return found(row, `packet ${input.packetId} that is being built`).timestamp_token;
  });
}

export type PacketResult =
  | {
      outcome: 'ready';
      objectKey: string;
      objectVersion: string;
      sizeBytes: number;
      sha256: string;
      files: PacketFile[];
      changes: PacketChanges | null;
    }
  | { outcome: 'failed'; reason: Reason };

/** What became of a packet, once: a second result changes nothing. */
export function settlePacket(ctx: ServiceContext, input: { packetId: string; result: PacketResult }): Promise<void> {
  const { packetId, result } = input;
  return write(ctx, async (tx) => {
    const row = await loadPacket(tx, ctx.actor.tenantId, packetId, true);
    if (row.state !== 'requested') return tx.noAudit('nothing changed');
    const place = [ctx.actor.tenantId, packetId, tx.at];
    const subject = `incident:${row.incident_id}`;
    if (result.outcome === 'failed') {
      await tx.query(
        "update packets set state = 'failed', settled_at = $3, failure = $4 where tenant_id = $1 and id = $2",
        [...place, JSON.stringify(result.reason)],
      );
      tx.audit({ action: 'packet.failed', subject, details: { packetId, reason: result.reason } });
      return;
    }
    await tx.query(
      `update packets set state = 'ready', settled_at = $3, object_key = $4, object_version = $5, size_bytes = $6, sha256 = $7, files = $8, changes = $9
       where tenant_id = $1 and id = $2`,
      [
        ...[...place, result.objectKey, result.objectVersion, result.sizeBytes, result.sha256],
        ...[JSON.stringify(result.files), result.changes === null ? null : JSON.stringify(result.changes)],
      ],
    );
    tx.audit({
      action: 'packet.built',
      subject,
      details: {
        ...{ packetId, version: row.version, sha256: result.sha256, objectVersion: result.objectVersion },
        files: result.files.length,
      },
    });
  });
}

/** Of a packet that is settled; a purged one was ready once. */
export function readPacketState(ctx: ServiceContext, packetId: string): Promise<'ready' | 'failed'> {
  return readOnly(ctx, async (tx) => {
    const [row] = await tx.query<Pick<PacketRow, 'state'>>(
      'select state from packets where tenant_id = $1 and id = $2',
      [ctx.actor.tenantId, packetId],
    );
    return found(row, `packet ${packetId}`).state === 'failed' ? 'failed' : 'ready';
  });
}
