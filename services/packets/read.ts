import { DomainError } from '../../domain/errors.ts';
import { statementParagraphs } from '../../domain/packet/statements.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { actorNames } from '../access/names.ts';
import { found, iso, isoOrNull, readOnly, type ServiceContext, write } from '../context.ts';
import { loadIncident } from '../incident/facts.ts';
import { loadPacket } from './request.ts';
import { type Packet, type PacketRow, packetOf } from './rows.ts';

export interface Handover {
  id: string;
  organisation: string;
  reference: string | null;
  createdBy: string;
  createdAt: string;
  expiresAt: string;
  revokedAt: string | null;
  openedAt: string | null;
  downloads: number;
  receipt: { receivedBy: string; at: string; sha256: string } | null;
}

export interface PacketDetail extends Packet {
  /** The words of the statement, signed or not. */
  statement: string[];
  handovers: Handover[];
}

export interface HandoverRow {
  [column: string]: unknown;
  id: string;
  packet_id: string;
  incident_id: string;
  store_id: string;
  organisation: string;
  reference: string | null;
  created_by: string;
  created_at: Date;
  expires_at: Date;
  revoked_at: Date | null;
  device_sha256: string | null;
  opened_at: Date | null;
  downloads: number;
  received_by: string | null;
  received_at: Date | null;
  received_sha256: string | null;
}

export const handoverOf = (row: HandoverRow, nameOf: (actorId: string) => string): Handover => ({
  ...{ id: row.id, organisation: row.organisation, reference: row.reference, createdBy: nameOf(row.created_by) },
  ...{ createdAt: iso(row.created_at), expiresAt: iso(row.expires_at), revokedAt: isoOrNull(row.revoked_at) },
  ...{ openedAt: isoOrNull(row.opened_at), downloads: row.downloads },
  receipt:
    row.received_at === null
      ? null
      : { receivedBy: row.received_by ?? 'deleted', at: iso(row.received_at), sha256: row.received_sha256 ?? '' },
});

/** All versions, the newest first. */
export function listPackets(ctx: ServiceContext, incidentId: string): Promise<Packet[]> {
  requirePermission(ctx.actor, 'packet.issue');
  return readOnly(ctx, async (tx) => {
    await loadIncident(tx, ctx.actor.tenantId, incidentId);
    const rows = await tx.query<PacketRow>(
      'select * from packets where tenant_id = $1 and incident_id = $2 order by version desc',
      [ctx.actor.tenantId, incidentId],
    );
    const nameOf = await actorNames(tx, ctx.actor.tenantId);
    return rows.map((row) => packetOf(row, nameOf));
  });
}

export function readPacket(ctx: ServiceContext, packetId: string): Promise<PacketDetail> {
  requirePermission(ctx.actor, 'packet.issue');
  return readOnly(ctx, async (tx) => {
    const [row] = await tx.query<PacketRow>('select * from packets where tenant_id = $1 and id = $2', [
      ctx.actor.tenantId,
      packetId,
    ]);
    const packet = found(row, `packet ${packetId}`);
    const handovers = await tx.query<HandoverRow>(
      'select * from packet_handovers where tenant_id = $1 and packet_id = $2 order by created_at, id',
      [ctx.actor.tenantId, packetId],
    );
    const nameOf = await actorNames(tx, ctx.actor.tenantId);
    return {
      ...packetOf(packet, nameOf),
      statement:
        packet.state === 'purged' ? [] : (packet.input.statement?.paragraphs ?? statementParagraphs(packet.input)),
      handovers: handovers.map((each) => handoverOf(each, nameOf)),
    };
  });
}

export interface PacketObject {
  incidentId: string;
  objectKey: string;
  objectVersion: string;
  sha256: string;
  sizeBytes: number;
  fileName: string;
}

/** Where the zip lies; that somebody takes it out is on record first. */
export function openPacket(ctx: ServiceContext, packetId: string): Promise<PacketObject> {
  requirePermission(ctx.actor, 'packet.issue');
  return write(ctx, async (tx) => {
    const row = await loadPacket(tx, ctx.actor.tenantId, packetId);
    const object = objectOf(row);
    tx.audit({
      action: 'packet.downloaded',
      subject: `incident:${row.incident_id}`,
      details: { packetId, sha256: object.sha256 },
    });
    return object;
  });
}

/** Throws unless the zip is there to be had. */
export function objectOf(row: PacketRow): PacketObject {
  if (row.state === 'requested')
    throw new DomainError('CONFLICT', 'The packet is being built. Ask again in a few seconds.');
  if (row.state === 'failed')
    throw new DomainError('CONFLICT', `The packet could not be built (${row.failure?.code}). Ask for a new one.`);
  if (row.state === 'purged')
    throw new DomainError('NOT_FOUND', 'This packet was deleted together with the evidence of its incident.');
  return {
    incidentId: row.incident_id,
    ...{ objectKey: row.object_key!, objectVersion: row.object_version!, sha256: row.sha256! },
    ...{ sizeBytes: row.size_bytes!, fileName: `${row.id.replace('_', '-')}-v${row.version}.zip` },
  };
}
