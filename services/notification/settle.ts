import { addMs } from '../../domain/time.ts';
import { type ServiceContext, write } from '../context.ts';
import { placeOf } from '../incident/assess.ts';
import { loadIncident } from '../incident/facts.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';

interface NotificationRow {
  [column: string]: unknown;
  incident_id: string;
  kind: string;
  step: number;
  round: number;
  channel: string;
  person_id: string;
  state: string;
}

const load = `select incident_id, kind, step, round, channel, person_id, state from notifications where tenant_id = $1 and id = $2 for update`;

/** Takes the intent over from an attempt that died: since when it is ours, or null when another attempt took it first. */
export function reclaimIntent(
  ctx: ServiceContext,
  input: { notificationId: string; claimedAt: string },
): Promise<string | null> {
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    const rows = await tx.query(
      "update notifications set claimed_at = $4 where tenant_id = $1 and id = $2 and claimed_at = $3 and state = 'intended' returning id",
      [ctx.actor.tenantId, input.notificationId, input.claimedAt, tx.at],
    );
    return rows.length === 1 ? tx.at : null;
  });
}

/**
 * The carrier certainly did not take it: the next attempt need not wait for the carrier's list to settle. Nothing happens
 * when another attempt has taken it over meanwhile, which may be sending it.
 */
export function releaseIntent(
  ctx: ServiceContext,
  claim: { notificationId: string; claimedAt: string },
): Promise<void> {
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    await tx.query(
      "update notifications set claimed_at = 'epoch' where tenant_id = $1 and id = $2 and claimed_at = $3 and state = 'intended'",
      [ctx.actor.tenantId, claim.notificationId, claim.claimedAt],
    );
  });
}

/** The carrier took the text, even if we had given it up; the person's time starts. Idempotent. */
export function markSent(
  ctx: ServiceContext,
  input: { notificationId: string; sid: string; segments: number; from?: string },
): Promise<{ sentAt: string }> {
  return write(ctx, async (tx) => {
    const [updated] = await tx.query<NotificationRow>(
      `update notifications set state = 'sent', carrier_sid = $3, segments = $4, sent_at = $5, from_number = coalesce($6, from_number), failure = null, settled_at = null
       where tenant_id = $1 and id = $2 and state in ('intended', 'failed') returning incident_id, kind, step, round, channel, person_id, state`,
      [ctx.actor.tenantId, input.notificationId, input.sid, input.segments, tx.at, input.from ?? null],
    );
    if (!updated) {
      tx.noAudit('nothing changed');
      return { sentAt: tx.at };
    }
    const incident = await loadIncident(tx, ctx.actor.tenantId, updated.incident_id, true);
    const timeoutMs = incident.policy.escalation[updated.step]?.timeoutMs ?? 0;
    const asksForAnswer = updated.kind === 'alert' || updated.kind === 'help';
    await tx.query(
      `update incidents set texts_sent = texts_sent + $7, state = case when $6 and state in ('new', 'in_review') then 'alerting' else state end,
         waiting_person_id = case when $6 and state <> 'closed' then $3 else waiting_person_id end,
         waiting_step = case when $6 and state <> 'closed' then $4 else waiting_step end,
         waiting_due_at = case when $6 and state <> 'closed' then $5::timestamptz else waiting_due_at end
       where tenant_id = $1 and id = $2`,
      [
        ctx.actor.tenantId,
        incident.incidentId,
        updated.person_id,
        updated.step,
        addMs(tx.at, timeoutMs),
        asksForAnswer,
        updated.channel === 'sms' ? 1 : 0,
      ],
    );
    await addTimelineEntry(tx, {
      ...placeOf(incident),
      kind: updated.channel === 'voice' ? 'call_placed' : 'text_sent',
      actor: ctx.actor.id,
      params: { step: updated.step, kind: updated.kind, personId: updated.person_id, channel: updated.channel },
      factKey: `sent:${input.notificationId}`,
    });
    tx.audit({
      action: 'notification.sent',
      subject: `incident:${incident.incidentId}`,
      details: { notificationId: input.notificationId, sid: input.sid, segments: input.segments },
    });
    return { sentAt: tx.at };
  });
}

/** The carrier refused for good: said on the timeline, and the caller moves on to the next step. */
export function markFailed(ctx: ServiceContext, input: { notificationId: string; failure: string }): Promise<void> {
  return write(ctx, async (tx) => {
    const [row] = await tx.query<NotificationRow>(load, [ctx.actor.tenantId, input.notificationId]);
    if (row?.state !== 'intended') return tx.noAudit('nothing changed');
    await tx.query(
      "update notifications set state = 'failed', failure = $3, settled_at = $4 where tenant_id = $1 and id = $2",
      [ctx.actor.tenantId, input.notificationId, input.failure, tx.at],
    );
    const incident = await loadIncident(tx, ctx.actor.tenantId, row.incident_id);
    await addTimelineEntry(tx, {
      ...placeOf(incident),
      kind: row.channel === 'voice' ? 'call_unanswered' : 'text_undelivered',
      actor: ctx.actor.id,
      params: { step: row.step, personId: row.person_id, failure: input.failure },
      factKey: `failed:${input.notificationId}`,
    });
    tx.audit({
      action: 'notification.failed',
      subject: `incident:${row.incident_id}`,
      details: { notificationId: input.notificationId, failure: input.failure },
    });
  });
}

/** A delivery receipt. Undelivered leaves an outbox row, so that the workflow moves on. Out-of-order receipts change nothing. */
export function recordDelivery(
  ctx: ServiceContext,
  input: { notificationId: string; sid: string; delivered: boolean; errorCode: string | null },
): Promise<{ incidentId: string } | null> {
  return write(ctx, async (tx) => {
    const [row] = await tx.query<NotificationRow & { store_id: string }>(
      `update notifications set state = $3, failure = $5, settled_at = $6
       where tenant_id = $1 and id = $2 and state = 'sent' and carrier_sid = $4 returning store_id, incident_id, kind, step, round, channel, person_id, state`,
      [
        ctx.actor.tenantId,
        input.notificationId,
        input.delivered ? 'delivered' : 'undelivered',
        input.sid,
        input.errorCode,
        tx.at,
      ],
    );
    if (!row) {
      tx.noAudit('nothing changed');
      return null;
    }
    const kind = input.delivered ? 'text_delivered' : 'text_undelivered';
    await addTimelineEntry(tx, {
      tenantId: ctx.actor.tenantId,
      storeId: row.store_id,
      incidentId: row.incident_id,
      kind,
      actor: ctx.actor.id,
      params: { step: row.step, personId: row.person_id, errorCode: input.errorCode },
    });
    tx.audit({
      action: input.delivered ? 'notification.delivered' : 'notification.undelivered',
      subject: `incident:${row.incident_id}`,
      details: { notificationId: input.notificationId, errorCode: input.errorCode },
    });
    if (!input.delivered && row.kind === 'alert') {
      await tx.query(
        "insert into outbox (tenant_id, store_id, incident_id, kind, payload) values ($1, $2, $3, 'undelivered', $4)",
        [ctx.actor.tenantId, row.store_id, row.incident_id, JSON.stringify({ step: row.step, round: row.round })],
      );
    }
    return { incidentId: row.incident_id };
  });
}
