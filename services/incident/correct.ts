import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { purgeAfter } from '../../domain/retention.ts';
import type { PosVerdict, Verdict } from '../../domain/types.ts';
import { readOnly, type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { recallEverything } from '../sharing/withdraw.ts';
import { assess, placeOf } from './assess.ts';
import { type IncidentFacts, loadIncident } from './facts.ts';
import { addTimelineEntry } from './timeline-entry.ts';
import { revokeLinks, toldPeople } from './told.ts';

/** What a person may correct a closed incident to: that nothing was wrong. The other way round it is opened again. */
export type Exoneration = Extract<Verdict, 'paid' | 'staff_error' | 'false_positive'>;

export interface Corrected {
  corrected: boolean;
  toldPersonIds: string[];
  /** Which correction of this incident the people are owed. */
  round: number;
}

/**
 * A receipt arrived after the incident was closed. Asks the till again; when everything is explained now, the earlier
 * verdict is annotated as wrong, never rewritten away, links stay revoked and whoever was told is owed a correction.
 */
export function correctIncident(ctx: ServiceContext, input: { incidentId: string }): Promise<Corrected> {
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const place = placeOf(incident);
    const round = Math.max(0, incident.corrections - 1);
    if (incident.state !== 'closed' || incident.posVerdict === 'MATCH') {
      tx.noAudit('nothing changed');
      // A retry of this very correction still has to name the people to text.
      const owed =
        incident.state === 'closed' && incident.posVerdict === 'MATCH' && incident.verdict === 'paid'
          ? await toldPeople(tx, place)
          : [];
      return { corrected: false, toldPersonIds: owed, round };
    }
    const { pos } = await assess(tx, incident, ctx.actor.id);
    if (pos.verdict !== 'MATCH') return { corrected: false, toldPersonIds: [], round };
    // Cleared by a person before: they know, and need no second message.
    const known = isExonerating(incident.verdict);
    const toldPersonIds = known ? [] : await toldPeople(tx, place);
    await annotate(tx, ctx.actor.id, incident, { verdict: 'paid', because: 'RECEIPT_FOUND', toldPersonIds });
    return { corrected: true, toldPersonIds, round: incident.corrections };
  });
}

/**
 * A person says that a closed incident was judged wrongly. The record is annotated in the same moment; an outbox row
 * has everybody who was told hear of it.
 */
export function correctByPerson(
  ctx: ServiceContext,
  input: { incidentId: string; verdict: Exoneration; reasonCode: string },
): Promise<{ incidentId: string; told: number }> {
  requirePermission(ctx.actor, 'incident.correct');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    requirePermission(ctx.actor, 'incident.correct', incident.storeId);
    const told = await exonerate(tx, ctx.actor.id, incident, { ...input, because: 'PERSON_CORRECTED' });
    return { incidentId: input.incidentId, told };
  });
}

/** The part of a correction that reviews and appeals share; returns how many people hear of it. */
export async function exonerate(
  tx: WriteTransaction,
  actorId: string,
  incident: IncidentFacts,
  change: { verdict: Exoneration; reasonCode: string; because: string },
): Promise<number> {
  if (incident.state !== 'closed')
    throw new DomainError('CONFLICT', 'This incident is still open: give it a verdict instead of a correction.');
  if (incident.verdict === change.verdict)
    throw new DomainError('CONFLICT', `This incident is closed as ${change.verdict} already.`);
  const place = placeOf(incident);
  const toldPersonIds = await toldPeople(tx, place);
  await annotate(tx, actorId, incident, { ...change, toldPersonIds });
  if (toldPersonIds.length > 0)
    await tx.query(
      "insert into outbox (tenant_id, store_id, incident_id, kind, payload) values ($1, $2, $3, 'correction', $4)",
      [place.tenantId, place.storeId, place.incidentId, JSON.stringify({ round: incident.corrections })],
    );
  return toldPersonIds.length;
}

/** Everybody who was ever told of it, for the messages that a correction owes them. */
export function listToldPeople(ctx: ServiceContext, input: { incidentId: string }): Promise<string[]> {
  return readOnly(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId);
    return toldPeople(tx, placeOf(incident));
  });
}

const isExonerating = (verdict: Verdict | null): boolean => verdict === 'paid' || verdict === 'false_positive';

async function annotate(
  tx: WriteTransaction,
  actorId: string,
  incident: IncidentFacts,
  change: { verdict: Exoneration; because: string; reasonCode?: string; toldPersonIds: string[] },
): Promise<void> {
  const place = placeOf(incident);
  await tx.query(
    `update incidents set verdict = $3, corrected_at = $4, corrections = corrections + 1, reason_code = coalesce($6, reason_code),
       purge_after = greatest(least(purge_after, $5),
         (select max(a.locked_until) from evidence_artifacts a where a.tenant_id = $1 and a.incident_id = $2 and a.purged_at is null)), version = version + 1
     where tenant_id = $1 and id = $2`,
    [
      place.tenantId,
      place.incidentId,
      change.verdict,
      tx.at,
      purgeAfter(incident.policy, { category: incident.category, verdict: change.verdict }, tx.at),
      change.reasonCode ?? null,
    ],
  );
  const earlier = { earlierVerdict: incident.verdict, earlierPosVerdict: incident.posVerdict satisfies PosVerdict };
  await addTimelineEntry(tx, {
    ...place,
    kind: 'correction_recorded',
    actor: actorId,
    params: { ...earlier, verdict: change.verdict, because: change.because, told: change.toldPersonIds.length },
  });
  await revokeLinks(tx, place);
  await recallEverything(tx, place, { actorId, because: change.because });
  tx.audit({
    action: 'incident.corrected',
    subject: `incident:${place.incidentId}`,
    details: {
      ...earlier,
      verdict: change.verdict,
      because: change.because,
      reasonCode: change.reasonCode ?? null,
      earlierDecidedBy: incident.decidedBy,
      toldPersonIds: change.toldPersonIds,
    },
  });
}
