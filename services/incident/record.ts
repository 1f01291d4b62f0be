import type { IncidentStatus } from '../../domain/incident-state.ts';
import { purgeAfter } from '../../domain/retention.ts';
import type { HumanVerdict, Reason, Verdict } from '../../domain/types.ts';
import { type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { noteHistoryDue } from '../history/due.ts';
import { settleRunbook } from '../runbook/settle.ts';
import { placeOf } from './assess.ts';
import { loadIncident } from './facts.ts';
import { askSecondReview } from './second-review.ts';
import { addTimelineEntry } from './timeline-entry.ts';
import { revokeLinks, toldPeople } from './told.ts';

/** Who decided, as the workflow passes it on: ids only. */
export interface DecisionMaker {
  actorId: string;
  role: string;
}

export interface DecisionRecord {
  verdict: HumanVerdict;
  by: DecisionMaker;
  at: string;
  reasonCode?: string;
  via: 'api' | 'sms' | 'voice';
}

export interface ProgressInput {
  incidentId: string;
  status: IncidentStatus;
  /** What made the change; each is written once. */
  facts: ProgressFact[];
}

export type ProgressFact =
  | { kind: 'acknowledged'; by: DecisionMaker; at: string }
  | { kind: 'decision'; decision: DecisionRecord }
  | { kind: 'escalation_exhausted' }
  | { kind: 'evidence_given_up'; reason: Reason };

/** Brings the read model up to what the workflow knows, for everything short of the end. Idempotent by fact. */
export function recordProgress(ctx: ServiceContext, input: ProgressInput): Promise<void> {
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    // The end is written by recordOutcome alone: half of it here would have the rest taken for done.
    if (input.status.state !== 'closed')
      await tx.query(
        `update incidents set state = $3, verdict = $4, help_requested = $5, version = greatest(version, $6),
         severity = case when $5 then 'critical' else severity end, severity_score = case when $5 then 100 else severity_score end,
         severity_reasons = case when $5 and not severity_reasons @> '[{"code": "HELP_REQUESTED"}]' then severity_reasons || jsonb_build_object('code', 'HELP_REQUESTED', 'params', jsonb_build_object('points', 100 - severity_score)) else severity_reasons end,
         waiting_person_id = case when $3 = 'alerting' then waiting_person_id end, waiting_due_at = case when $3 = 'alerting' then waiting_due_at end
       where tenant_id = $1 and id = $2 and state <> 'closed'`,
        [
          ctx.actor.tenantId,
          input.incidentId,
          input.status.state,
          input.status.verdict,
          input.status.helpRequested,
          input.status.version,
        ],
      );
    tx.noAudit('nothing changed');
    for (const fact of input.facts) await recordFact(tx, placeOf(incident), ctx.actor.id, fact);
  });
}

type Place = ReturnType<typeof placeOf>;

async function recordFact(tx: WriteTransaction, place: Place, actorId: string, fact: ProgressFact): Promise<void> {
  const subject = `incident:${place.incidentId}`;
  switch (fact.kind) {
    case 'acknowledged': {
      const fresh = await addTimelineEntry(tx, {
        ...place,
        at: fact.at,
        kind: 'acknowledged',
        actor: fact.by.actorId,
        factKey: `acknowledged:${fact.at}`,
      });
      await tx.query(
        'update incidents set acknowledged_at = coalesce(acknowledged_at, $3) where tenant_id = $1 and id = $2',
        [place.tenantId, place.incidentId, fact.at],
      );
      if (fresh)
        tx.audit({ action: 'incident.acknowledged', subject, details: { by: fact.by.actorId, role: fact.by.role } });
      return;
    }
    case 'decision':
      return recordDecision(tx, place, fact.decision);
    case 'escalation_exhausted': {
      const fresh = await addTimelineEntry(tx, {
        ...place,
        kind: 'escalation_exhausted',
        actor: actorId,
        factKey: 'escalation_exhausted',
      });
      if (fresh) tx.audit({ action: 'incident.sent_to_review', subject, details: {} });
      return;
    }
    case 'evidence_given_up': {
      const fresh = await addTimelineEntry(tx, {
        ...place,
        kind: 'evidence_failed',
        actor: actorId,
        params: { ...fact.reason },
        factKey: 'evidence_given_up',
      });
      await tx.query(
        "update evidence set state = 'failed', failure = $3, settled_at = $4 where tenant_id = $1 and incident_id = $2 and state = 'requested'",
        [place.tenantId, place.incidentId, JSON.stringify(fact.reason), tx.at],
      );
      await tx.query(
        "update incidents set evidence_state = 'failed' where tenant_id = $1 and id = $2 and evidence_state = 'requested'",
        [place.tenantId, place.incidentId],
      );
      if (fresh) tx.audit({ action: 'evidence.failed', subject, details: { reason: fact.reason } });
    }
  }
}

async function recordDecision(tx: WriteTransaction, place: Place, decision: DecisionRecord): Promise<void> {
  const kind =
    decision.verdict === 'help' ? 'help_requested' : decision.verdict === 'safe' ? 'help_ended' : 'verdict_given';
  const params = { verdict: decision.verdict, via: decision.via, reasonCode: decision.reasonCode ?? null };
  const fresh = await addTimelineEntry(tx, {
    ...place,
    at: decision.at,
    kind,
    actor: decision.by.actorId,
    params,
    factKey: `decision:${decision.at}:${decision.verdict}`,
  });
  if (!fresh) return;
  if (decision.verdict === 'confirmed')
    await tx.query('update incidents set decided_by = $3 where tenant_id = $1 and id = $2', [
      place.tenantId,
      place.incidentId,
      decision.by.actorId,
    ]);
  const action = decision.verdict === 'help' ? 'incident.help_requested' : 'incident.decided';
  tx.audit({
    action,
    subject: `incident:${place.incidentId}`,
    details: { by: decision.by.actorId, role: decision.by.role, ...params },
  });
}

export interface OutcomeInput {
  incidentId: string;
  status: IncidentStatus;
  verdict: Verdict;
  closedAt: string;
  cause: 'human_verdict' | 'receipt_found' | 'review_deadline';
  decisions: DecisionRecord[];
  acknowledgements: { by: DecisionMaker; at: string }[];
  evidenceGivenUp: Reason | null;
}

export interface Outcome {
  purgeAfter: string;
  /** People who were told before the receipt was found; they are owed a correction. */
  toldPersonIds: string[];
  /** Which correction of this incident that is. */
  round: number;
}

/** Closes the incident: decisions, verdict, purge date, links revoked. The same outcome again changes nothing. */
export function recordOutcome(ctx: ServiceContext, input: OutcomeInput): Promise<Outcome> {
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const place = placeOf(incident);
    const purgeAfterAt = purgeAfter(
      incident.policy,
      { category: incident.category, verdict: input.verdict },
      input.closedAt,
    );
    const toldPersonIds = input.cause === 'receipt_found' ? await toldPeople(tx, place) : [];
    if (incident.state === 'closed') {
      tx.noAudit('nothing changed');
      return { purgeAfter: purgeAfterAt, toldPersonIds, round: Math.max(0, incident.corrections - 1) };
    }
    for (const acknowledgement of input.acknowledgements)
      await recordFact(tx, place, ctx.actor.id, { kind: 'acknowledged', ...acknowledgement });
    for (const decision of input.decisions) await recordDecision(tx, place, decision);
    if (input.evidenceGivenUp)
      await recordFact(tx, place, ctx.actor.id, { kind: 'evidence_given_up', reason: input.evidenceGivenUp });
    const last = input.decisions.at(-1);
    const decidedBy = input.cause === 'human_verdict' ? (last?.by.actorId ?? incident.decidedBy) : ctx.actor.id;
    const needsReview = input.cause === 'human_verdict' && (await askSecondReview(tx, incident, input.verdict));
    await tx.query(
      `update incidents set state = 'closed', verdict = $3, reason_code = $4, decided_by = $5, closed_at = $6, purge_after = $7, version = greatest(version, $8),
         help_requested = $9, waiting_person_id = null, waiting_step = null, waiting_due_at = null, corrected_at = case when $10 then $6::timestamptz else corrected_at end, corrections = corrections + case when $10 then 1 else 0 end,
         second_review = $11, claimed_by = null, claimed_until = null
       where tenant_id = $1 and id = $2`,
      [
        place.tenantId,
        place.incidentId,
        input.verdict,
        last?.reasonCode ?? null,
        decidedBy,
        input.closedAt,
        purgeAfterAt,
        input.status.version,
        input.status.helpRequested,
        toldPersonIds.length > 0,
        needsReview ? 'pending' : null,
      ],
    );
    if (input.cause === 'receipt_found') await dropUnmadeEvidence(tx, place, ctx.actor.id);
    if (input.cause === 'review_deadline')
      await addTimelineEntry(tx, { ...place, kind: 'review_deadline_passed', actor: ctx.actor.id });
    if (toldPersonIds.length > 0)
      await addTimelineEntry(tx, {
        ...place,
        kind: 'correction_recorded',
        actor: ctx.actor.id,
        params: { told: toldPersonIds.length },
      });
    await addTimelineEntry(tx, {
      ...place,
      at: input.closedAt,
      kind: 'closed',
      actor: ctx.actor.id,
      params: { verdict: input.verdict, cause: input.cause, purgeAfter: purgeAfterAt },
    });
    await settleRunbook(tx, place, input.verdict);
    await revokeLinks(tx, place);
    await noteHistoryDue(tx, { ...place, run: incident.run, closedAt: input.closedAt });
    tx.audit({
      action: 'incident.closed',
      subject: `incident:${place.incidentId}`,
      details: { verdict: input.verdict, cause: input.cause, purgeAfter: purgeAfterAt, toldPersonIds },
    });
    return { purgeAfter: purgeAfterAt, toldPersonIds, round: incident.corrections };
  });
}

/** A paying customer's picture is not kept: what has not been cut yet will not be. */
async function dropUnmadeEvidence(tx: WriteTransaction, place: Place, actorId: string): Promise<void> {
  const dropped = await tx.query(
    "update evidence set state = 'not_kept', settled_at = $3 where tenant_id = $1 and incident_id = $2 and state = 'requested' returning incident_id",
    [place.tenantId, place.incidentId, tx.at],
  );
  if (dropped.length === 0) return;
  await tx.query("update incidents set evidence_state = 'not_kept' where tenant_id = $1 and id = $2", [
    place.tenantId,
    place.incidentId,
  ]);
  await addTimelineEntry(tx, {
    ...place,
    kind: 'evidence_not_kept',
    actor: actorId,
    params: { code: 'RECEIPT_FOUND' },
  });
  tx.audit({
    action: 'evidence.not_kept',
    subject: `incident:${place.incidentId}`,
    details: { because: 'RECEIPT_FOUND' },
  });
}
