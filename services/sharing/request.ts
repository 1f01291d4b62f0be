import { assertReal, type RealIncident } from '../../domain/drill.ts';
import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { refusalWords } from '../../domain/sharing/admission.ts';
import { decideApproval } from '../../domain/sharing/approvals.ts';
import { tryNow } from '../../domain/sharing/circuit.ts';
import type { Consent } from '../../domain/sharing/template.ts';
import { chainAudit } from '../audit/chain.ts';
import { type ServiceContext, sha256Hex, type WriteTransaction, write } from '../context.ts';
import { placeOf } from '../incident/assess.ts';
import { type IncidentFacts, loadIncident } from '../incident/facts.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';
import { loadPacket } from '../packets/request.ts';
import { refusalNow } from './admission.ts';
import { orderSending } from './order.ts';
import { measureQuality } from './quality.ts';
import { shareView } from './read.ts';
import { circuitOf, loadRecipient, loadShare, type NoticeRow, type Share, type ShareRow, saveCircuit } from './rows.ts';

export interface ShareRequest {
  incidentId: string;
  packetId: string;
  recipientId: string;
  consent: Consent | null;
  /** The same key again is the same share. */
  key: string;
}

const subjectOf = (incidentId: string) => `incident:${incidentId}`;

/** Asks for a ready packet to go to a recipient. Nothing goes before as many different people as the recipient takes have agreed. */
export async function requestShare(ctx: ServiceContext, input: ShareRequest): Promise<Share> {
  requirePermission(ctx.actor, 'packet.issue');
  // The custody log is part of the score.
  await chainAudit(ctx);
  return write(ctx, async (tx) => {
    const incident = assertReal(await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true));
    return order(tx, ctx, incident, input);
  });
}

/** Takes only what is no drill: of practice nothing can be shared. */
async function order(
  tx: WriteTransaction,
  ctx: ServiceContext,
  incident: RealIncident<IncidentFacts>,
  input: ShareRequest,
): Promise<Share> {
  const { tenantId, storeId, incidentId } = incident;
  const id = `shr_${sha256Hex(`${tenantId}/${incidentId}/${ctx.actor.id}/${input.key}`).slice(0, 20)}`;
  const [same] = await tx.query<ShareRow>('select * from shares where tenant_id = $1 and id = $2', [tenantId, id]);
  if (same) {
    tx.noAudit('nothing changed');
    return shareView(tx, ctx, same);
  }
  const recipient = await loadRecipient(tx, tenantId, input.recipientId);
  const packet = await loadPacket(tx, tenantId, input.packetId);
  if (packet.incident_id !== incidentId)
    throw new DomainError('PRECONDITION_FAILED', `The packet ${packet.id} is of another incident.`);
  const quality = await measureQuality(tx, incident);
  const { template } = recipient;
  const { consent } = input;
  const refusal = await refusalNow(tx, { incident, packet, recipient, template, consent, quality, newestOnly: true });
  if (refusal)
    throw new DomainError('PRECONDITION_FAILED', `${refusalWords(refusal)} (${refusal.code})`, {
      fields: [{ field: refusal.code, message: refusalWords(refusal) }],
    });
  await refuseSecond(tx, tenantId, packet.id, recipient.id);
  const [row] = await tx.query<ShareRow>(
    `insert into shares (tenant_id, store_id, incident_id, id, recipient_id, packet_id, state, template, approvals_required, quality, consent, requested_by, requested_at)
     values ($1, $2, $3, $4, $5, $6, 'requested', $7, $8, $9, $10, $11, $12) returning *`,
    [
      ...[tenantId, storeId, incidentId, id, recipient.id, packet.id, JSON.stringify(template)],
      ...[recipient.approvals_required, JSON.stringify(quality), consent === null ? null : JSON.stringify(consent)],
      ...[ctx.actor.id, tx.at],
    ],
  );
  await addTimelineEntry(tx, {
    ...{ ...placeOf(incident), kind: 'share_requested', actor: ctx.actor.id },
    params: { shareId: id, recipient: recipient.name, recipientKind: recipient.kind },
  });
  tx.audit({
    action: 'share.requested',
    subject: subjectOf(incidentId),
    details: {
      ...{ shareId: id, recipientId: recipient.id, recipient: recipient.name, packetId: packet.id, template },
      ...{ packetSha256: packet.sha256, quality: quality.score, consentBasis: consent?.basis ?? null },
      approvalsRequired: recipient.approvals_required,
    },
  });
  return shareView(tx, ctx, row!);
}

async function refuseSecond(tx: WriteTransaction, tenantId: string, packetId: string, recipientId: string) {
  const [other] = await tx.query<{ id: string; state: string }>(
    "select id, state from shares where tenant_id = $1 and packet_id = $2 and recipient_id = $3 and state not in ('refused', 'withdrawn')",
    [tenantId, packetId, recipientId],
  );
  if (other)
    throw new DomainError(
      'CONFLICT',
      `This packet is shared with this recipient already (${other.id}, ${other.state}); look there, or try that one again.`,
    );
}

/** One person's yes or no. With enough different people agreed it is sent; one no ends it. */
export function approveShare(
  ctx: ServiceContext,
  input: { shareId: string; decision: 'approved' | 'refused' },
): Promise<Share> {
  requirePermission(ctx.actor, 'share.approve');
  const { shareId, decision } = input;
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    const row = await loadShare(tx, tenantId, shareId, true);
    const given = await tx.query<{ actor: string; decision: 'approved' | 'refused' }>(
      'select actor, decision from share_approvals where tenant_id = $1 and share_id = $2',
      [tenantId, shareId],
    );
    const words = given.map((each) => ({ actorId: each.actor, decision: each.decision }));
    const said = decideApproval(words, { actorId: ctx.actor.id, decision }, row.approvals_required);
    if (said.outcome === 'repeated') {
      if (words.some((each) => each.actorId === ctx.actor.id && each.decision !== decision))
        throw new DomainError('CONFLICT', 'You have said the opposite of this share already; ask somebody else.');
      tx.noAudit('nothing changed');
      return shareView(tx, ctx, row);
    }
    if (row.state !== 'requested')
      throw new DomainError('CONFLICT', `This share is ${row.state}; there is nothing to approve any more.`);
    if (decision === 'approved') await refuseUnfit(tx, row);
    await tx.query(
      `insert into share_approvals (tenant_id, store_id, incident_id, share_id, actor, actor_role, decision, at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [tenantId, row.store_id, row.incident_id, shareId, ctx.actor.id, ctx.actor.role, decision, tx.at],
    );
    tx.audit({
      action: decision === 'approved' ? 'share.approved' : 'share.refused',
      subject: subjectOf(row.incident_id),
      details: { shareId, missing: said.outcome === 'waiting' ? said.missing : 0 },
    });
    if (said.outcome === 'refused')
      await tx.query("update shares set state = 'refused' where tenant_id = $1 and id = $2", [tenantId, shareId]);
    if (said.outcome === 'agreed') {
      await tx.query("update shares set state = 'queued', queued_at = $3 where tenant_id = $1 and id = $2", [
        ...[tenantId, shareId, tx.at],
      ]);
      await orderSending(tx, row, { shareId, round: row.round });
    }
    return shareView(tx, ctx, await loadShare(tx, tenantId, shareId));
  });
}

/** Nobody agrees to what would be refused all the same. */
async function refuseUnfit(tx: WriteTransaction, row: ShareRow): Promise<void> {
  const incident = assertReal(await loadIncident(tx, row.tenant_id, row.incident_id));
  const packet = await loadPacket(tx, row.tenant_id, row.packet_id);
  const recipient = await loadRecipient(tx, row.tenant_id, row.recipient_id);
  const { template, consent, quality } = row;
  const refusal = await refusalNow(tx, { incident, packet, recipient, template, consent, quality, newestOnly: false });
  if (refusal) throw new DomainError('PRECONDITION_FAILED', `${refusalWords(refusal)} (${refusal.code})`);
}

/** Tries again now what failed or waits, be it the packet or the notice that follows it. */
export function retryShare(ctx: ServiceContext, input: { shareId: string }): Promise<Share> {
  requirePermission(ctx.actor, 'packet.issue');
  const { shareId } = input;
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    const row = await loadShare(tx, tenantId, shareId, true);
    const [notice] = await tx.query<NoticeRow>(
      "select * from share_notices where tenant_id = $1 and share_id = $2 and state in ('queued', 'failed') for update",
      [tenantId, shareId],
    );
    if (notice) await retryNotice(tx, notice);
    else if (row.state === 'failed' || row.state === 'queued') await retrySending(tx, row);
    else throw new DomainError('CONFLICT', `This share is ${row.state}; there is nothing to try again.`);
    const recipient = await loadRecipient(tx, tenantId, row.recipient_id, true);
    await saveCircuit(tx, tenantId, recipient.id, tryNow(circuitOf(recipient), tx.at));
    tx.audit({
      action: 'share.retried',
      subject: subjectOf(row.incident_id),
      details: { shareId, was: row.state, notice: notice?.state ?? null },
    });
    return shareView(tx, ctx, await loadShare(tx, tenantId, shareId));
  });
}

async function retrySending(tx: WriteTransaction, row: ShareRow): Promise<void> {
  const round = row.state === 'failed' ? row.round + 1 : row.round;
  const again = row.state === 'failed' ? ', attempts = 0, queued_at = $4' : '';
  await tx.query(
    `update shares set state = 'queued', round = $3, next_attempt_at = $4, waiting = null, failure = null${again} where tenant_id = $1 and id = $2`,
    [row.tenant_id, row.id, round, tx.at],
  );
  await orderSending(tx, row, { shareId: row.id, round });
}

async function retryNotice(tx: WriteTransaction, notice: NoticeRow): Promise<void> {
  const round = notice.state === 'failed' ? notice.round + 1 : notice.round;
  await tx.query(
    "update share_notices set state = 'queued', round = $3, attempts = 0, waiting = null, failure = null, settled_at = null where tenant_id = $1 and id = $2",
    [notice.tenant_id, notice.id, round],
  );
  await orderSending(tx, notice, { noticeId: notice.id, round });
}
