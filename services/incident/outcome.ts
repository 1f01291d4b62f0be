import { requirePermission } from '../../domain/permissions.ts';
import { type ServiceContext, sha256Hex, write } from '../context.ts';
import { placeOf } from './assess.ts';
import { loadIncident } from './facts.ts';
import { addTimelineEntry } from './timeline-entry.ts';

export interface IncidentOutcome {
  intervention:
    | 'none'
    | 'customer_assisted'
    | 'asked_to_rescan'
    | 'receipt_shown'
    | 'item_returned'
    | 'person_left'
    | 'police_called';
  currency: string;
  /** What was lost, what came back, and what would have been lost; minor units of the currency. */
  lossMinor: number;
  recoveredMinor: number;
  preventedMinor: number;
  items: { label: string; quantity: number; amountMinor: number | null }[];
  notes: string | null;
}

/** What came of it, in goods and money; may be completed and changed later, each time with an audit row. */
export function describeOutcome(
  ctx: ServiceContext,
  input: { incidentId: string; outcome: IncidentOutcome },
): Promise<IncidentOutcome> {
  requirePermission(ctx.actor, 'incident.decide');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const place = placeOf(incident);
    await tx.query('update incidents set outcome = $3 where tenant_id = $1 and id = $2', [
      place.tenantId,
      place.incidentId,
      JSON.stringify(input.outcome),
    ]);
    const { notes, ...facts } = input.outcome;
    await addTimelineEntry(tx, {
      ...place,
      kind: 'outcome_recorded',
      actor: ctx.actor.id,
      params: { ...facts, items: facts.items.length },
    });
    tx.audit({
      action: 'incident.outcome_recorded',
      subject: `incident:${place.incidentId}`,
      // Free words go with the incident; the log keeps what they were by their hash.
      details: { ...facts, ...(notes === null ? {} : { notesSha256: sha256Hex(notes) }) },
    });
    return input.outcome;
  });
}
