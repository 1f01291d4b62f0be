import type { Queryable } from '../../adapters/postgres/database.ts';
import { canonicalJson } from '../../domain/audit-chain.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { backoffMs } from '../../domain/sharing/pacing.ts';
import type { NoticeResult, SignedNotice } from '../../domain/sharing/ports.ts';
import { addMs, toMs } from '../../domain/time.ts';
import type { Reason } from '../../domain/types.ts';
import { found, iso, type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';
import { noteContact } from './contact.ts';
import { loadRecipient, loadShare, type NoticeRow, type NoticeState, type RecipientRow } from './rows.ts';
import { passCircuit, type SendingRules } from './send.ts';

export interface NoticeSigner {
  publicKeyPem: string;
  sign(text: string): string;
}

export type NoticeTurn =
  | { turn: 'send'; shareKey: string; recipient: RecipientRow; notice: SignedNotice }
  | { turn: 'wait'; waitMs: number }
  | { turn: 'over'; state: NoticeState };

/** How soon a sending that is still under way is asked about again. */
const underWayMs = 500;

async function loadNotice(tx: Queryable, tenantId: string, id: string): Promise<NoticeRow> {
  const [row] = await tx.query<NoticeRow>('select * from share_notices where tenant_id = $1 and id = $2 for update', [
    tenantId,
    id,
  ]);
  return found(row, `notice ${id}`);
}

/** Signs a notice, once, and says whether it may go now. No throttle: whoever has the packet is told at once. */
export function beginNotice(
  ctx: ServiceContext,
  input: { noticeId: string; signer: NoticeSigner; rules: SendingRules },
): Promise<NoticeTurn> {
  requirePermission(ctx.actor, 'system.run');
  const { noticeId, rules } = input;
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    const row = await loadNotice(tx, tenantId, noticeId);
    tx.noAudit('bookkeeping');
    if (row.state !== 'queued') return { turn: 'over', state: row.state };
    const notice = await signed(tx, row, input.signer);
    if (row.share_id === null) return end(tx, ctx, row, { state: 'published', receipt: null, failure: null });
    const share = await loadShare(tx, tenantId, row.share_id);
    // Whether they have it is known only when the sending that is under way has ended.
    if (share.leased_until !== null && iso(share.leased_until) > tx.at) return { turn: 'wait', waitMs: underWayMs };
    if (
      row.attempts >= rules.retry.maxAttempts ||
      tx.at >= addMs(iso(row.created_at), rules.retry.giveUpAfterMs * row.round)
    )
      return end(tx, ctx, row, {
        state: 'failed',
        receipt: null,
        failure: { code: 'SHARE_GAVE_UP', params: { attempts: row.attempts } },
      });
    const recipient = await loadRecipient(tx, tenantId, share.recipient_id, true);
    const held = await passCircuit(tx, recipient, rules.circuit);
    if (held) return wait(tx, row, held.until, held.reason);
    await tx.query(
      'update share_notices set attempts = attempts + 1, waiting = null where tenant_id = $1 and id = $2',
      [...[tenantId, noticeId]],
    );
    return { turn: 'send', shareKey: share.id, recipient, notice };
  });
}

/** The first signature stays, whatever key signs by the time of a later attempt. */
async function signed(tx: WriteTransaction, row: NoticeRow, signer: NoticeSigner): Promise<SignedNotice> {
  const { statement } = row;
  if (row.signature !== null) return { statement, signature: row.signature, publicKeyPem: row.public_key ?? '' };
  const signature = signer.sign(canonicalJson(statement));
  await tx.query('update share_notices set signature = $3, public_key = $4 where tenant_id = $1 and id = $2', [
    ...[row.tenant_id, row.id, signature, signer.publicKeyPem],
  ]);
  return { statement, signature, publicKeyPem: signer.publicKeyPem };
}

async function wait(tx: WriteTransaction, row: NoticeRow, until: string, reason: Reason): Promise<NoticeTurn> {
  await tx.query('update share_notices set waiting = $3 where tenant_id = $1 and id = $2', [
    ...[row.tenant_id, row.id, JSON.stringify(reason)],
  ]);
  return { turn: 'wait', waitMs: Math.max(1, toMs(until) - toMs(tx.at)) };
}

/** What became of an attempt to tell a recipient. */
export function settleNotice(
  ctx: ServiceContext,
  input: { noticeId: string; result: NoticeResult; rules: SendingRules; random: number },
): Promise<NoticeTurn> {
  requirePermission(ctx.actor, 'system.run');
  const { noticeId, result, rules } = input;
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    const row = await loadNotice(tx, tenantId, noticeId);
    tx.noAudit('bookkeeping');
    if (row.state !== 'queued' || row.share_id === null) return { turn: 'over', state: row.state };
    await noteContact(tx, await loadShare(tx, tenantId, row.share_id), result, rules.circuit);
    switch (result.outcome) {
      case 'delivered':
        return end(tx, ctx, row, { state: 'delivered', receipt: result.receipt, failure: null });
      case 'moot':
        return end(tx, ctx, row, { state: 'moot', receipt: null, failure: null });
      case 'permanent':
        return end(tx, ctx, row, { state: 'failed', receipt: null, failure: result.reason });
      case 'temporary': {
        const delayMs = backoffMs(row.attempts, input.random, result.retryAfterMs, rules.retry);
        return wait(tx, row, addMs(tx.at, delayMs), result.reason);
      }
    }
  });
}

async function end(
  tx: WriteTransaction,
  ctx: ServiceContext,
  row: NoticeRow,
  how: { state: Exclude<NoticeState, 'queued'>; receipt: string | null; failure: Reason | null },
): Promise<NoticeTurn> {
  const { tenant_id: tenantId, store_id: storeId, incident_id: incidentId, id: noticeId } = row;
  await tx.query(
    'update share_notices set state = $3, receipt = $4, failure = $5, waiting = null, settled_at = $6 where tenant_id = $1 and id = $2',
    [tenantId, noticeId, how.state, how.receipt, how.failure === null ? null : JSON.stringify(how.failure), tx.at],
  );
  await addTimelineEntry(tx, {
    ...{ tenantId, storeId, incidentId, kind: 'share_notified', actor: ctx.actor.id },
    params: { noticeId, shareId: row.share_id, handoverId: row.handover_id, state: how.state, event: row.event },
    factKey: `share_notified:${noticeId}:${row.round}`,
  });
  tx.audit({
    action: how.state === 'failed' ? 'share.notice_failed' : 'share.notice_settled',
    subject: `incident:${incidentId}`,
    details: {
      ...{ noticeId, shareId: row.share_id, handoverId: row.handover_id, event: row.event, because: row.because },
      ...{ state: how.state, receipt: how.receipt, reason: how.failure },
    },
  });
  return { turn: 'over', state: how.state };
}
