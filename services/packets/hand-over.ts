import { randomBytes } from 'node:crypto';
import { DomainError } from '../../domain/errors.ts';
import type { PacketPurpose } from '../../domain/packet/facts.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { addMs } from '../../domain/time.ts';
import type { Actor } from '../../domain/types.ts';
import { actorNames } from '../access/names.ts';
import { found, readOnly, type ServiceContext, sha256Hex, type WriteTransaction, write } from '../context.ts';
import { type HandoverNotice, noticeOfHandover } from '../sharing/handover-notice.ts';
import { type Handover, type HandoverRow, handoverOf, objectOf, type PacketObject } from './read.ts';
import { loadPacket } from './request.ts';
import type { PacketRow } from './rows.ts';

/** Long enough for somebody on another shift, short enough to be forgotten by nobody. */
const linkMs = 72 * 3_600_000;
const tokenBytes = 24;

export interface NewHandover extends Handover {
  /** Told once and kept nowhere. */
  token: string;
}

/** Makes a link for one recipient. For the police it takes a second person: whoever ordered the packet cannot hand it over. */
export function handOver(
  ctx: ServiceContext,
  input: { packetId: string; organisation: string; reference: string | null },
): Promise<NewHandover> {
  requirePermission(ctx.actor, 'packet.issue');
  const token = randomBytes(tokenBytes).toString('base64url');
  const id = `hov_${randomBytes(10).toString('hex')}`;
  return write(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    const packet = await loadPacket(tx, tenantId, input.packetId);
    if (packet.purpose === 'internal')
      throw new DomainError('CONFLICT', 'This packet is for use inside the company. Ask for one for the recipient.');
    if (packet.purpose === 'police' && packet.requested_by === ctx.actor.id)
      throw new DomainError(
        'FORBIDDEN',
        'You asked for this packet, so somebody else has to hand it over to the police.',
      );
    objectOf(packet);
    await requireStillConfirmed(tx, packet);
    const [row] = await tx.query<HandoverRow>(
      `insert into packet_handovers (tenant_id, store_id, incident_id, packet_id, id, organisation, reference, token_sha256, created_by, created_at, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning *`,
      [
        ...[tenantId, packet.store_id, packet.incident_id, packet.id, id, input.organisation, input.reference],
        ...[sha256Hex(token), ctx.actor.id, tx.at, addMs(tx.at, linkMs)],
      ],
    );
    tx.audit({
      action: 'packet.hand_over_opened',
      subject: `incident:${packet.incident_id}`,
      details: { packetId: packet.id, handoverId: id, organisation: input.organisation, sha256: packet.sha256 },
    });
    return { ...handoverOf(row!, await actorNames(tx, tenantId)), token };
  });
}

/** Takes a link back; what was fetched by then stays where it is, and the record says so. */
export function revokeHandover(
  ctx: ServiceContext,
  input: { packetId: string; handoverId: string },
): Promise<Handover> {
  requirePermission(ctx.actor, 'packet.issue');
  return write(ctx, async (tx) => {
    const [row] = await tx.query<HandoverRow>(
      'update packet_handovers set revoked_at = coalesce(revoked_at, $4) where tenant_id = $1 and packet_id = $2 and id = $3 returning *',
      [ctx.actor.tenantId, input.packetId, input.handoverId, tx.at],
    );
    const handover = found(row, `hand-over ${input.handoverId} of packet ${input.packetId}`);
    tx.audit({
      action: 'packet.hand_over_revoked',
      subject: `incident:${handover.incident_id}`,
      details: { packetId: input.packetId, handoverId: handover.id, downloads: handover.downloads },
    });
    return handoverOf(handover, await actorNames(tx, ctx.actor.tenantId));
  });
}

/** Who a link speaks for; nothing is known of them but the link. */
export async function handoverActor(db: ServiceContext['db'], token: string): Promise<Actor> {
  const [row] = await db.query<{ tenant_id: string; store_id: string; id: string }>(
    'select tenant_id, store_id, id from find_packet_handover($1)',
    [sha256Hex(token)],
  );
  if (!row) throw new DomainError('NOT_FOUND', 'This link is not known. Ask whoever sent it for a new one.');
  const { tenant_id: tenantId, store_id: storeId, id } = row;
  return { id: `link:${id}`, displayName: 'Recipient', role: 'link', tenantId, storeIds: [storeId] };
}

export interface HandoverPage {
  organisation: string;
  reference: string | null;
  company: string;
  packetId: string;
  version: number;
  purpose: PacketPurpose;
  sha256: string;
  sizeBytes: number;
  expiresAt: string;
  /** No device has opened it yet: `claimHandover` does. */
  unclaimed: boolean;
  receipt: { receivedBy: string; at: string } | null;
}

/** What the record says by now to whoever has the link, on whatever device; null: what it said when it was handed over. */
export function readHandoverNotice(ctx: ServiceContext): Promise<HandoverNotice | null> {
  requirePermission(ctx.actor, 'packet.receive');
  return readOnly(ctx, (tx) => noticeOfHandover(tx, ctx.actor.tenantId, ctx.actor.id.slice('link:'.length)));
}

/** What the recipient's page shows; looking changes nothing, so that a mail scanner uses nothing up. */
export function readHandover(ctx: ServiceContext, device: string | null): Promise<HandoverPage> {
  requirePermission(ctx.actor, 'packet.receive');
  return write(ctx, async (tx) => {
    tx.noAudit('nothing changed');
    const { handover, packet } = await openLink(tx, ctx);
    if (handover.device_sha256 !== null) requireDevice(handover, device);
    const [tenant] = await tx.query<{ name: string }>('select name from tenants where id = $1', [ctx.actor.tenantId]);
    const { sha256, sizeBytes } = objectOf(packet);
    return {
      ...{ organisation: handover.organisation, reference: handover.reference, company: tenant!.name },
      ...{ packetId: packet.id, version: packet.version, purpose: packet.purpose, sha256, sizeBytes },
      ...{ expiresAt: handover.expires_at.toISOString(), unclaimed: handover.device_sha256 === null },
      receipt:
        handover.received_at === null
          ? null
          : { receivedBy: handover.received_by ?? '', at: handover.received_at.toISOString() },
    };
  });
}

/** Ties the link to the device that opens it first and returns the device's secret. */
export function claimHandover(ctx: ServiceContext): Promise<{ device: string }> {
  requirePermission(ctx.actor, 'packet.receive');
  const device = randomBytes(tokenBytes).toString('base64url');
  return write(ctx, async (tx) => {
    const { handover, packet } = await openLink(tx, ctx);
    if (handover.device_sha256 !== null) throw otherDevice();
    await requireStillConfirmed(tx, packet);
    await tx.query('update packet_handovers set device_sha256 = $3, opened_at = $4 where tenant_id = $1 and id = $2', [
      ctx.actor.tenantId,
      handover.id,
      sha256Hex(device),
      tx.at,
    ]);
    tx.audit({
      action: 'packet.hand_over_claimed',
      subject: `incident:${handover.incident_id}`,
      details: { packetId: packet.id, handoverId: handover.id },
    });
    return { device };
  });
}

/** The recipient takes the zip; each time is on record. */
export function fetchHandedOver(ctx: ServiceContext, device: string | null): Promise<PacketObject> {
  requirePermission(ctx.actor, 'packet.receive');
  return write(ctx, async (tx) => {
    const { handover, packet } = await openLink(tx, ctx);
    requireDevice(handover, device);
    const object = objectOf(packet);
    await requireStillConfirmed(tx, packet);
    await tx.query('update packet_handovers set downloads = downloads + 1 where tenant_id = $1 and id = $2', [
      ctx.actor.tenantId,
      handover.id,
    ]);
    tx.audit({
      action: 'packet.handed_over',
      subject: `incident:${handover.incident_id}`,
      details: { packetId: packet.id, handoverId: handover.id, sha256: object.sha256 },
    });
    return object;
  });
}

/** The recipient signs for the very bytes, once. */
export function recordHandOver(
  ctx: ServiceContext,
  input: { device: string | null; receivedBy: string; sha256: string },
): Promise<{ at: string }> {
  requirePermission(ctx.actor, 'packet.receive');
  return write(ctx, async (tx) => {
    const { handover, packet } = await openLink(tx, ctx);
    requireDevice(handover, input.device);
    if (handover.received_at !== null)
      throw new DomainError('CONFLICT', `This was signed for at ${handover.received_at.toISOString()} already.`);
    if (handover.downloads === 0)
      throw new DomainError('PRECONDITION_FAILED', 'Fetch the packet first: a receipt is for something that you have.');
    if (input.sha256 !== packet.sha256)
      throw new DomainError(
        'PRECONDITION_FAILED',
        'That is not the SHA-256 of this packet. Fetch it again; if it differs again, tell whoever sent it.',
      );
    await tx.query(
      'update packet_handovers set received_by = $3, received_at = $4, received_sha256 = $5 where tenant_id = $1 and id = $2',
      [ctx.actor.tenantId, handover.id, input.receivedBy, tx.at, input.sha256],
    );
    tx.audit({
      action: 'packet.receipt_signed',
      subject: `incident:${handover.incident_id}`,
      // The name goes with the incident; the log keeps what it was by its hash.
      details: {
        ...{ packetId: packet.id, handoverId: handover.id, sha256: input.sha256 },
        receivedBySha256: sha256Hex(input.receivedBy),
      },
    });
    return { at: tx.at };
  });
}

/** The link's own hand-over and packet, if it may still be used. */
async function openLink(
  tx: WriteTransaction,
  ctx: ServiceContext,
): Promise<{ handover: HandoverRow; packet: PacketRow }> {
  const [row] = await tx.query<HandoverRow>(
    'select * from packet_handovers where tenant_id = $1 and id = $2 for update',
    [ctx.actor.tenantId, ctx.actor.id.slice('link:'.length)],
  );
  const handover = found(row, 'this link');
  if ((await noticeOfHandover(tx, ctx.actor.tenantId, handover.id)) !== null) throw noLongerConfirmed();
  if (handover.revoked_at !== null)
    throw new DomainError('NOT_FOUND', 'This link was taken back. Ask whoever sent it.');
  if (handover.expires_at.toISOString() <= tx.at)
    throw new DomainError('NOT_FOUND', 'This link has expired. Ask whoever sent it for a new one.');
  return { handover, packet: await loadPacket(tx, ctx.actor.tenantId, handover.packet_id) };
}

/** Whoever was found to have paid since is not reported any more, whatever link is still open. */
async function requireStillConfirmed(tx: WriteTransaction, packet: PacketRow): Promise<void> {
  const [row] = await tx.query<{ state: string; verdict: string | null }>(
    'select state, verdict from incidents where tenant_id = $1 and id = $2',
    [packet.tenant_id, packet.incident_id],
  );
  if (row?.state !== 'closed' || row.verdict !== 'confirmed') throw noLongerConfirmed();
}

const noLongerConfirmed = (): DomainError =>
  new DomainError(
    'CONFLICT',
    'The record of this incident has changed since, and it is no longer confirmed. This packet is not given out any more.',
  );

function requireDevice(handover: HandoverRow, device: string | null): void {
  if (handover.device_sha256 === null || device === null || sha256Hex(device) !== handover.device_sha256)
    throw otherDevice();
}

const otherDevice = (): DomainError =>
  new DomainError(
    'NOT_FOUND',
    'This link was opened on another device, and works on that one only. Ask whoever sent it for a new one.',
  );
