import type { RealIncident } from '../../domain/drill.ts';
import { assertReal } from '../../domain/drill.ts';
import type { PacketFacts } from '../../domain/packet/facts.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { admit, type Circuit, type CircuitRules } from '../../domain/sharing/circuit.ts';
import { backoffMs, bookSlot, type RetryRules } from '../../domain/sharing/pacing.ts';
import type { ShareResult } from '../../domain/sharing/ports.ts';
import { addMs, toMs } from '../../domain/time.ts';
import type { Reason } from '../../domain/types.ts';
import { isoOrNull, type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { type IncidentFacts, loadIncident } from '../incident/facts.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';
import { objectOf, type PacketObject } from '../packets/read.ts';
import { loadPacket } from '../packets/request.ts';
import { refusalNow } from './admission.ts';
import { noteContact } from './contact.ts';
import {
  circuitOf,
  loadRecipient,
  loadShare,
  type RecipientRow,
  type ShareRow,
  type ShareState,
  saveCircuit,
} from './rows.ts';

export interface SendingRules {
  retry: RetryRules;
  circuit: CircuitRules;
}

export interface ShareJob {
  incident: RealIncident<IncidentFacts>;
  share: ShareRow;
  recipient: RecipientRow;
  packet: PacketObject;
  facts: PacketFacts;
  /** Something may have gone before. */
  mayHaveArrived: boolean;
}

export type ShareTurn =
  | { turn: 'send'; job: ShareJob }
  | { turn: 'wait'; waitMs: number }
  | { turn: 'over'; state: ShareState };

/** Longer than a packet can take to go up; while it stands a notice waits for what becomes of the sending. */
const leaseMs = 15 * 60_000;
/** Somebody else is trying whether the recipient is there; that is known soon. */
const longestProbeWaitMs = 5_000;
/** A recipient that is switched off is looked at again this often. */
const disabledPauseMs = 600_000;

/** Whose turn it is: may it go now, has it to wait, or is it over. An attempt that may go is on record before it goes. */
export function beginAttempt(ctx: ServiceContext, input: { shareId: string; rules: SendingRules }): Promise<ShareTurn> {
  requirePermission(ctx.actor, 'system.run');
  const { shareId, rules } = input;
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    const row = await loadShare(tx, tenantId, shareId, true);
    tx.noAudit('bookkeeping');
    if (row.state !== 'queued' && row.state !== 'sending') {
      await tx.query('update shares set leased_until = null where tenant_id = $1 and id = $2', [tenantId, shareId]);
      return { turn: 'over', state: row.state };
    }
    const job = await prepare(tx, row);
    if ('refusal' in job) return fail(tx, ctx, row, job.refusal);
    if (
      row.attempts >= rules.retry.maxAttempts ||
      tx.at >= addMs(isoOrNull(row.queued_at) ?? tx.at, rules.retry.giveUpAfterMs)
    )
      return fail(tx, ctx, row, {
        code: 'SHARE_GAVE_UP',
        params: { attempts: row.attempts, last: row.waiting?.code ?? null },
      });
    // A worker that died in the middle goes on at once; what was settled as a failure waits for its time.
    const dueAt = row.state === 'queued' ? isoOrNull(row.next_attempt_at) : null;
    if (dueAt !== null && dueAt > tx.at) return waitUntil(tx, row, dueAt, row.waiting);
    const recipient = await loadRecipient(tx, tenantId, row.recipient_id, true);
    const pace = await bookTurn(tx, row, recipient);
    if (pace > tx.at)
      return waitUntil(tx, row, pace, { code: 'THROTTLED', params: { perMinute: recipient.throttle_per_minute } });
    const held = await passCircuit(tx, recipient, rules.circuit);
    if (held) return waitUntil(tx, row, held.until, held.reason);
    const [claimed] = await tx.query<ShareRow>(
      `update shares set state = 'sending', attempts = attempts + 1, slot_at = null, waiting = null, next_attempt_at = null, leased_until = $3
       where tenant_id = $1 and id = $2 returning *`,
      [tenantId, shareId, addMs(tx.at, leaseMs)],
    );
    const mayHaveArrived = row.attempts > 0 || row.round > 1;
    return { turn: 'send', job: { ...job, share: claimed!, recipient, mayHaveArrived } };
  });
}

type Prepared = Pick<ShareJob, 'incident' | 'packet' | 'facts'>;

/** Whatever was agreed to, it goes only while it may go: the record and the masking rule are asked each time. */
async function prepare(tx: WriteTransaction, row: ShareRow): Promise<Prepared | { refusal: Reason }> {
  const incident = assertReal(await loadIncident(tx, row.tenant_id, row.incident_id));
  const packet = await loadPacket(tx, row.tenant_id, row.packet_id);
  const { kind } = await loadRecipient(tx, row.tenant_id, row.recipient_id);
  const { template, consent, quality } = row;
  const refusal = await refusalNow(tx, {
    ...{ incident, packet, template, consent, quality, newestOnly: false },
    recipient: { kind, enabled: true },
  });
  return refusal ? { refusal } : { incident, packet: objectOf(packet), facts: packet.input };
}

async function bookTurn(tx: WriteTransaction, row: ShareRow, recipient: RecipientRow): Promise<string> {
  if (row.slot_at !== null) return row.slot_at.toISOString();
  const { slotAt, nextSlotAt } = bookSlot(isoOrNull(recipient.next_slot_at), tx.at, recipient.throttle_per_minute);
  await tx.query('update recipients set next_slot_at = $3 where tenant_id = $1 and id = $2', [
    ...[row.tenant_id, recipient.id, nextSlotAt],
  ]);
  await tx.query('update shares set slot_at = $3 where tenant_id = $1 and id = $2', [row.tenant_id, row.id, slotAt]);
  return slotAt;
}

/** Null: it may be spoken to, and if nobody was sure, this is the one who tries. The recipient's row is locked. */
export async function passCircuit(
  tx: WriteTransaction,
  recipient: RecipientRow,
  rules: CircuitRules,
): Promise<{ until: string; reason: Reason } | null> {
  if (!recipient.enabled)
    return { until: addMs(tx.at, disabledPauseMs), reason: { code: 'RECIPIENT_DISABLED', params: {} } };
  const before: Circuit = circuitOf(recipient);
  const admission = admit(before, tx.at, rules);
  if (!admission.admitted) {
    const soon = addMs(tx.at, longestProbeWaitMs);
    const until = before.state === 'half_open' && soon < admission.until ? soon : admission.until;
    return { until, reason: { code: 'CIRCUIT_OPEN', params: { until: admission.until } } };
  }
  if (admission.circuit !== before) await saveCircuit(tx, recipient.tenant_id, recipient.id, admission.circuit);
  return null;
}

async function waitUntil(
  tx: WriteTransaction,
  row: ShareRow,
  until: string,
  reason: Reason | null,
): Promise<ShareTurn> {
  await tx.query(
    "update shares set state = 'queued', leased_until = null, next_attempt_at = $3, waiting = $4 where tenant_id = $1 and id = $2",
    [row.tenant_id, row.id, until, reason === null ? null : JSON.stringify(reason)],
  );
  return { turn: 'wait', waitMs: Math.max(1, toMs(until) - toMs(tx.at)) };
}

async function fail(tx: WriteTransaction, ctx: ServiceContext, row: ShareRow, reason: Reason): Promise<ShareTurn> {
  const { tenant_id: tenantId, store_id: storeId, incident_id: incidentId, id: shareId } = row;
  await tx.query(
    "update shares set state = 'failed', failure = $3, waiting = null, next_attempt_at = null, leased_until = null, slot_at = null where tenant_id = $1 and id = $2",
    [tenantId, shareId, JSON.stringify(reason)],
  );
  await addTimelineEntry(tx, {
    ...{ tenantId, storeId, incidentId, kind: 'share_failed', actor: ctx.actor.id },
    params: { shareId, code: reason.code },
    factKey: `share_failed:${shareId}:${row.round}`,
  });
  tx.audit({
    action: 'share.failed',
    subject: `incident:${incidentId}`,
    details: { shareId, attempts: row.attempts, reason },
  });
  return { turn: 'over', state: 'failed' };
}

/** Whether what is being sent may still go; asked before each step that cannot be taken back. */
export function stillWanted(ctx: ServiceContext, input: { shareId: string }): Promise<boolean> {
  requirePermission(ctx.actor, 'system.run');
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    const rows = await tx.query(
      `update shares s set leased_until = $3 from incidents i
       where s.tenant_id = $1 and s.id = $2 and s.state = 'sending' and i.tenant_id = s.tenant_id and i.id = s.incident_id
         and i.state = 'closed' and i.verdict = 'confirmed' returning s.id`,
      [ctx.actor.tenantId, input.shareId, addMs(tx.at, leaseMs)],
    );
    return rows.length > 0;
  });
}

export interface AttemptOutcome {
  shareId: string;
  result: ShareResult;
  rules: SendingRules;
  /** In [0, 1), for the jitter. */
  random: number;
}

/** What became of an attempt. A share that was withdrawn meanwhile stays withdrawn, and keeps the receipt that came all the same. */
export function settleAttempt(ctx: ServiceContext, input: AttemptOutcome): Promise<ShareTurn> {
  requirePermission(ctx.actor, 'system.run');
  const { shareId, result, rules } = input;
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    const row = await loadShare(tx, tenantId, shareId, true);
    tx.noAudit('bookkeeping');
    if (result.outcome !== 'unwanted') await noteContact(tx, row, result, rules.circuit);
    if (result.outcome === 'delivered') return deliver(tx, ctx, row, result);
    await tx.query('update shares set leased_until = null where tenant_id = $1 and id = $2', [tenantId, shareId]);
    if (row.state !== 'sending') return { turn: 'over', state: row.state };
    if (result.outcome === 'permanent') return fail(tx, ctx, row, result.reason);
    if (result.outcome === 'unwanted') return waitUntil(tx, row, tx.at, null);
    const delayMs = backoffMs(row.attempts, input.random, result.retryAfterMs, rules.retry);
    return waitUntil(tx, row, addMs(tx.at, delayMs), result.reason);
  });
}

async function deliver(
  tx: WriteTransaction,
  ctx: ServiceContext,
  row: ShareRow,
  result: Extract<ShareResult, { outcome: 'delivered' }>,
): Promise<ShareTurn> {
  const { tenant_id: tenantId, store_id: storeId, incident_id: incidentId, id: shareId } = row;
  if (row.delivered_at !== null) return { turn: 'over', state: row.state };
  const state = row.state === 'withdrawn' ? 'withdrawn' : 'delivered';
  await tx.query(
    `update shares set state = $3, delivered_at = $4, remote_id = $5, receipt = $6, waiting = null, failure = null, next_attempt_at = null, leased_until = null
     where tenant_id = $1 and id = $2`,
    [tenantId, shareId, state, tx.at, result.remoteId, result.receipt],
  );
  await addTimelineEntry(tx, {
    ...{ tenantId, storeId, incidentId, kind: 'share_delivered', actor: ctx.actor.id },
    params: { shareId, receipt: result.receipt },
    factKey: `share_delivered:${shareId}`,
  });
  const packet = await loadPacket(tx, tenantId, row.packet_id);
  tx.audit({
    action: 'share.delivered',
    subject: `incident:${incidentId}`,
    details: {
      ...{ shareId, recipientId: row.recipient_id, packetId: row.packet_id, packetSha256: packet.sha256 },
      ...{ remoteId: result.remoteId, receipt: result.receipt, attempts: row.attempts },
    },
  });
  return { turn: 'over', state };
}
