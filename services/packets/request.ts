import { canonicalJson } from '../../domain/audit-chain.ts';
import { DomainError } from '../../domain/errors.ts';
import type { PacketFacts, PacketPurpose, SignedStatement } from '../../domain/packet/facts.ts';
import { statementParagraphs } from '../../domain/packet/statements.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { actorNames } from '../access/names.ts';
import { chainAudit } from '../audit/chain.ts';
import { found, type ServiceContext, sha256Hex, type WriteTransaction, write } from '../context.ts';
import { decideRelease } from '../evidence/release.ts';
import { type IncidentFacts, loadIncident } from '../incident/facts.ts';
import { refuseOptedOut } from '../rights/opt-outs.ts';
import { gatherFacts } from './facts.ts';
import { type Packet, type PacketRow, packetOf } from './rows.ts';

export interface PacketRequest {
  incidentId: string;
  purpose: PacketPurpose;
  /** The same key again is the same packet. */
  key: string;
}

/** Orders a packet of what is on record now. It is built beside this and never changed; asking again gives a new version. */
export async function requestPacket(
  ctx: ServiceContext,
  input: PacketRequest,
  producerVersion: string,
): Promise<Packet> {
  requirePermission(ctx.actor, 'packet.issue');
  await chainAudit(ctx);
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    return (await orderPacket(tx, ctx, incident, { ...input, producerVersion, statement: null })).packet;
  });
}

/**
 * Puts the actor's name under the statement of a packet, as it was shown to them. A packet is never changed, so this
 * orders the next version, whose statement says who signed it.
 */
export async function signStatement(
  ctx: ServiceContext,
  input: { packetId: string; key: string },
  producerVersion: string,
): Promise<Packet> {
  requirePermission(ctx.actor, 'packet.issue');
  await chainAudit(ctx);
  return write(ctx, async (tx) => {
    const row = await loadPacket(tx, ctx.actor.tenantId, input.packetId);
    const incident = await loadIncident(tx, ctx.actor.tenantId, row.incident_id, true);
    if (row.state !== 'ready')
      throw new DomainError('CONFLICT', `The packet is ${row.state}; only the statement of a ready one can be signed.`);
    const signed = row.input.statement;
    if (signed !== null)
      throw new DomainError('CONFLICT', `The statement was signed by ${signed.signedBy.name} already.`);
    const paragraphs = statementParagraphs(row.input);
    const statement: SignedStatement = {
      paragraphs,
      signedBy: { name: ctx.actor.displayName, role: ctx.actor.role },
      signedAt: tx.at,
    };
    const { purpose } = row;
    const ordered = { incidentId: row.incident_id, purpose, key: `sign:${row.id}:${input.key}`, producerVersion };
    const { packet, fresh } = await orderPacket(tx, ctx, incident, { ...ordered, statement });
    if (!fresh) return packet;
    tx.audit({
      action: 'packet.statement_signed',
      subject: `incident:${row.incident_id}`,
      details: { packetId: row.id, nextPacketId: packet.id, paragraphsSha256: sha256Hex(canonicalJson(paragraphs)) },
    });
    return packet;
  });
}

async function orderPacket(
  tx: WriteTransaction,
  ctx: ServiceContext,
  incident: IncidentFacts,
  order: PacketRequest & { producerVersion: string; statement: SignedStatement | null },
): Promise<{ packet: Packet; fresh: boolean }> {
  const { tenantId, storeId, incidentId } = incident;
  const id = `pkt_${sha256Hex(`${tenantId}/${incidentId}/${ctx.actor.id}/${order.key}`).slice(0, 20)}`;
  const nameOf = await actorNames(tx, tenantId);
  const [same] = await tx.query<PacketRow>('select * from packets where tenant_id = $1 and id = $2', [tenantId, id]);
  if (same) {
    tx.noAudit('nothing changed');
    return { packet: packetOf(same, nameOf), fresh: false };
  }
  refuseUnfit(incident, order.purpose);
  if (order.purpose !== 'internal') await refuseOptedOut(tx, incident, `share_${order.purpose}`);
  const audience = order.purpose === 'internal' ? 'staff' : 'outside';
  const release = await decideRelease(tx, incident, audience);
  if (!release.allowed)
    throw new DomainError(
      'PRECONDITION_FAILED',
      `The recording of this incident may not leave (${release.reason.code}). A packet holds what is there and never a stand-in; see docs/packets.md for what to do next.`,
    );
  const [last] = await tx.query<{ version: number }>(
    'select max(version) as version from packets where tenant_id = $1 and incident_id = $2',
    [tenantId, incidentId],
  );
  const version = (last?.version ?? 0) + 1;
  const facts: PacketFacts = {
    packet: {
      ...{ id, version, purpose: order.purpose, requestedAt: tx.at },
      requestedBy: { name: ctx.actor.displayName, role: ctx.actor.role },
    },
    producer: { name: 'Floorwalker', version: order.producerVersion },
    ...(await gatherFacts(tx, incident, release)),
    statement: order.statement,
    previous: await readPrevious(tx, tenantId, incidentId, order.purpose),
  };
  const text = JSON.stringify(facts);
  const inputSha256 = sha256Hex(canonicalJson(facts));
  const [row] = await tx.query<PacketRow>(
    `insert into packets (tenant_id, store_id, incident_id, id, version, purpose, input, input_sha256, requested_by, requested_at, statement_signed_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning *`,
    [
      ...[tenantId, storeId, incidentId, id, version, order.purpose, text, inputSha256, ctx.actor.id, tx.at],
      order.statement === null ? null : ctx.actor.id,
    ],
  );
  await tx.query(
    "insert into outbox (tenant_id, store_id, incident_id, kind, payload) values ($1, $2, $3, 'packet', $4)",
    [tenantId, storeId, incidentId, JSON.stringify({ packetId: id })],
  );
  tx.audit({
    action: 'packet.requested',
    subject: `incident:${incidentId}`,
    details: {
      ...{ packetId: id, version, purpose: order.purpose, inputSha256 },
      ...{ recordingAs: release.as, because: release.because },
      leftOut: release.cameras.filter((camera) => !camera.release.allowed).map(({ cameraId }) => cameraId),
    },
  });
  return { packet: packetOf(row!, nameOf), fresh: true };
}

/** What must not be given to anybody outside: practice, and what nobody has confirmed. */
function refuseUnfit(incident: IncidentFacts, purpose: PacketPurpose): void {
  if (incident.drill)
    throw new DomainError('PRECONDITION_FAILED', 'This incident is a drill; no packet of practice is ever made.');
  if (purpose === 'internal') return;
  if (incident.state !== 'closed' || incident.verdict !== 'confirmed')
    throw new DomainError(
      'PRECONDITION_FAILED',
      'Only what a person has confirmed, in a closed incident, is packed for somebody outside. For your own use ask for the purpose internal.',
    );
}

async function readPrevious(
  tx: WriteTransaction,
  tenantId: string,
  incidentId: string,
  purpose: PacketPurpose,
): Promise<PacketFacts['previous']> {
  const [row] = await tx.query<Pick<PacketRow, 'id' | 'version' | 'sha256' | 'files'>>(
    "select id, version, sha256, files from packets where tenant_id = $1 and incident_id = $2 and purpose = $3 and state = 'ready' order by version desc limit 1",
    [tenantId, incidentId, purpose],
  );
  return row ? { packetId: row.id, version: row.version, sha256: row.sha256!, files: row.files } : null;
}

/** The packet's row under the caller's scope, locked when it will be changed. */
export async function loadPacket(
  tx: WriteTransaction,
  tenantId: string,
  packetId: string,
  lock = false,
): Promise<PacketRow> {
  const [row] = await tx.query<PacketRow>(
    `select * from packets where tenant_id = $1 and id = $2 ${lock ? 'for update' : ''}`,
    [tenantId, packetId],
  );
  return found(row, `packet ${packetId}`);
}
