import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import type { HumanVerdict, Verdict } from '../../domain/types.ts';
import { type ServiceContext, sha256Hex, type WriteTransaction, write } from '../context.ts';
import { placeOf } from './assess.ts';
import { type Exoneration, exonerate } from './correct.ts';
import { type IncidentFacts, loadIncident } from './facts.ts';
import { reopen } from './reopen.ts';
import { addTimelineEntry } from './timeline-entry.ts';

/** Which incidents a second person looks at is fixed by their id, so that nobody can choose the convenient ones. */
const sampled = (incidentId: string, share: number): boolean =>
  Number.parseInt(sha256Hex(`second-review:${incidentId}`).slice(0, 8), 16) / 0x1_0000_0000 < share;

/** Called as an incident closes: whether the policy wants a second person's opinion of this verdict. */
export async function askSecondReview(
  tx: WriteTransaction,
  incident: IncidentFacts,
  verdict: Verdict,
): Promise<boolean> {
  const { secondReview } = incident.policy;
  if (incident.drill || !secondReview.verdicts.includes(verdict as HumanVerdict)) return false;
  if (!sampled(incident.incidentId, secondReview.share)) return false;
  const place = placeOf(incident);
  await tx.query(
    `insert into incident_reviews (tenant_id, store_id, incident_id, id, kind, state, opened_by, opened_at) values ($1, $2, $3, $4, 'second_review', 'open', 'system:incident', $5)`,
    [place.tenantId, place.storeId, place.incidentId, `rev_${place.incidentId.slice(4)}_${incident.run}`, tx.at],
  );
  await addTimelineEntry(tx, {
    ...place,
    kind: 'second_review_asked',
    actor: 'system:incident',
    params: { verdict },
    factKey: `second_review:${incident.run}`,
  });
  return true;
}

export interface SecondReviewInput {
  incidentId: string;
  agrees: boolean;
  /** Of somebody who disagrees: what it was. Without it the incident is opened again. */
  verdict?: Exoneration;
  reasonCode: string;
}

/** A second person, never the one who decided, agrees or sets it right. */
export function giveSecondReview(
  ctx: ServiceContext,
  input: SecondReviewInput,
): Promise<{ incidentId: string; secondReview: 'agreed' | 'disagreed'; told: number }> {
  requirePermission(ctx.actor, 'incident.review');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const place = placeOf(incident);
    if (incident.decidedBy === ctx.actor.id)
      throw new DomainError('FORBIDDEN', 'You gave this verdict yourself; somebody else has to look at it.');
    const secondReview = input.agrees ? ('agreed' as const) : ('disagreed' as const);
    const [open] = await tx.query(
      `update incident_reviews set state = $4, decided_by = $5, decided_at = $6, reason_code = $7
       where tenant_id = $1 and incident_id = $2 and kind = $3 and state = 'open' returning id`,
      [
        place.tenantId,
        place.incidentId,
        'second_review',
        input.agrees ? 'upheld' : 'overturned',
        ctx.actor.id,
        tx.at,
        input.reasonCode,
      ],
    );
    if (!open) throw new DomainError('CONFLICT', 'No second review is asked for here, or it was given already.');
    await tx.query('update incidents set second_review = $3 where tenant_id = $1 and id = $2', [
      place.tenantId,
      place.incidentId,
      secondReview,
    ]);
    await addTimelineEntry(tx, {
      ...place,
      kind: 'second_review_given',
      actor: ctx.actor.id,
      params: { agrees: input.agrees, verdict: input.verdict ?? null, reasonCode: input.reasonCode },
    });
    tx.audit({
      action: 'incident.second_review_given',
      subject: `incident:${place.incidentId}`,
      details: { agrees: input.agrees, verdict: input.verdict ?? null, reasonCode: input.reasonCode },
    });
    let told = 0;
    if (!input.agrees && input.verdict !== undefined)
      told = await exonerate(tx, ctx.actor.id, incident, {
        verdict: input.verdict,
        reasonCode: input.reasonCode,
        because: 'SECOND_REVIEW',
      });
    else if (!input.agrees) await reopen(tx, ctx.actor.id, incident, input.reasonCode);
    return { incidentId: input.incidentId, secondReview, told };
  });
}
