import type { Policy } from '../policy.ts';
import type { Behaviour } from '../types.ts';
import { type Change, changesBetween, outcomesOf, type Totals, totalsOf } from './compare.ts';
import { replaying } from './replay.ts';
import type { Outcome, Past } from './types.ts';

export interface ComparedIncident {
  incidentId: string;
  storeId: string;
  behaviour: Behaviour;
  detectedAt: string;
  /** What really happened, and what each of the two policies would have made of the same facts. */
  recorded: Outcome;
  active: Outcome;
  draft: Outcome;
  /** From the active policy to the draft. */
  changes: Change[];
}

export interface Simulation {
  totals: { recorded: Totals; active: Totals; draft: Totals };
  /** How many incidents the draft would treat differently than the active policy. */
  changed: number;
  /** By time, the changed ones first. */
  incidents: ComparedIncident[];
}

/**
 * What the draft would have done with the past, beside what the active policies would have done with it and what was
 * really done. Incidents before `countedFromAt` only warm up the counts of shifts, budgets and storms. It pauses often, so
 * that it need not hold anything up.
 */
export function* simulate(input: {
  past: Past;
  draft: Policy;
  activeOf: (storeId: string) => Policy;
  countedFromAt: string;
}): Generator<undefined, Simulation> {
  const { past, draft, activeOf, countedFromAt } = input;
  const counted = past.incidents
    .filter(({ detectedAt }) => detectedAt >= countedFromAt)
    .sort((a, b) => a.detectedAt.localeCompare(b.detectedAt) || a.incidentId.localeCompare(b.incidentId));
  const underDraft = outcomesOf(yield* replaying(past, () => draft), counted);
  const underActive = outcomesOf(yield* replaying(past, activeOf), counted);
  const compared = counted.map((incident): ComparedIncident => {
    const active = underActive.get(incident.incidentId)!;
    const after = underDraft.get(incident.incidentId)!;
    const { incidentId, storeId, behaviour, detectedAt, recorded } = incident;
    return {
      incidentId,
      storeId,
      behaviour,
      detectedAt,
      recorded,
      active,
      draft: after,
      changes: changesBetween(active, after),
    };
  });
  const totals = (which: 'recorded' | 'active' | 'draft') =>
    totalsOf(
      compared.map((one) => one[which]),
      counted,
    );
  return {
    totals: { recorded: totals('recorded'), active: totals('active'), draft: totals('draft') },
    changed: compared.filter(({ changes }) => changes.length > 0).length,
    incidents: [
      ...compared.filter(({ changes }) => changes.length > 0),
      ...compared.filter(({ changes }) => changes.length === 0),
    ],
  };
}
