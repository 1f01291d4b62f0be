import { DomainError, invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { toMs } from '../../domain/time.ts';
import type { Crossing } from '../../domain/types.ts';
import { type ServiceContext, type WriteTransaction, write } from '../context.ts';

export interface CrossingReceipt {
  accepted: number;
  duplicates: number;
}

/** A camera's clock may run ahead by this much; more is a mistake that no offset should hide. */
const futureToleranceMs = 5 * 60_000;
/** Days older than this share one partition, so that no sender can make us one for each day of history. */
const ownPartitionReachMs = 35 * 24 * 3_600_000;

/** Stores what crossed, with or without a receipt: the clocks are measured by it, and each item claims its own line. */
export async function ingestCrossings(ctx: ServiceContext, crossings: readonly Crossing[]): Promise<CrossingReceipt> {
  for (const storeId of new Set(crossings.map((crossing) => crossing.storeId)))
    requirePermission(ctx.actor, 'detection.create', storeId);
  return write(ctx, async (tx) => {
    tx.noAudit('append-only intake');
    refuseFuture(crossings, tx.at);
    await requireZones(tx, ctx.actor.tenantId, crossings);
    await ensurePartitions(tx, crossings);
    const rows = await tx.query<{ id: string }>(
      `insert into crossings (tenant_id, store_id, camera_id, zone_id, id, at, label, label_score, received_at)
       select $1, c."storeId", c."cameraId", c."zoneId", c.id, c.at, c.label, c."labelScore", $3
       from jsonb_to_recordset($2::jsonb) as c ("storeId" text, "cameraId" text, "zoneId" text, id text, at timestamptz, label text, "labelScore" real)
       on conflict do nothing returning id`,
      [ctx.actor.tenantId, JSON.stringify(crossings), tx.at],
    );
    return { accepted: rows.length, duplicates: crossings.length - rows.length };
  });
}

const fieldOf = (crossings: readonly Crossing[], index: number, name: string): string =>
  crossings.length > 1 ? `${index}.${name}` : name;

function refuseFuture(crossings: readonly Crossing[], nowAt: string): void {
  const index = crossings.findIndex(({ at }) => toMs(at) > toMs(nowAt) + futureToleranceMs);
  if (index < 0) return;
  const message = `lies in the future of the server (${nowAt}); check the camera's clock and time zone`;
  throw invalidField(fieldOf(crossings, index, 'at'), message);
}

/** An unknown camera, or a zone that the camera does not have, is named with its place in the batch. */
async function requireZones(tx: WriteTransaction, tenantId: string, crossings: readonly Crossing[]): Promise<void> {
  const rows = await tx.query<{ store_id: string; camera_id: string; zone_id: string | null }>(
    `select c.store_id, c.id as camera_id, z.id as zone_id from cameras c
     left join zones z on z.tenant_id = c.tenant_id and z.store_id = c.store_id and z.camera_id = c.id
     where c.tenant_id = $1 and c.store_id = any ($2)`,
    [tenantId, [...new Set(crossings.map(({ storeId }) => storeId))]],
  );
  const cameras = new Set(rows.map((row) => `${row.store_id}/${row.camera_id}`));
  const zones = new Set(rows.map((row) => `${row.store_id}/${row.camera_id}/${row.zone_id ?? ''}`));
  for (const [index, { storeId, cameraId, zoneId }] of crossings.entries()) {
    if (zones.has(`${storeId}/${cameraId}/${zoneId}`)) continue;
    const known = cameras.has(`${storeId}/${cameraId}`);
    const field = fieldOf(crossings, index, known ? 'zoneId' : 'cameraId');
    const message = known
      ? `the zone ${zoneId} of camera ${cameraId} of store ${storeId} is not known here; register it first`
      : `the camera ${cameraId} of store ${storeId} is not known here; register it first`;
    throw new DomainError('PRECONDITION_FAILED', `${field}: ${message}`, { fields: [{ field, message }] });
  }
}

/** Days whose partition is known to exist; a plain memo, asking again is harmless. */
const knownDays = new Set<string>();

async function ensurePartitions(tx: WriteTransaction, crossings: readonly Crossing[]): Promise<void> {
  for (const day of new Set(crossings.map(({ at }) => new Date(at).toISOString().slice(0, 10)))) {
    if (knownDays.has(day) || toMs(day) < toMs(tx.at) - ownPartitionReachMs) continue;
    await tx.query("select ensure_day_partition('crossings', $1::date)", [day]);
    knownDays.add(day);
  }
}
