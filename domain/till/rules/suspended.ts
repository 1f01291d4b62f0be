import { toMs } from '../../time.ts';
import { lineIdOf } from '../basket.ts';
import { type Candidate, candidateOf, type LaneDay } from '../lane.ts';
import type { TillRule } from '../settings.ts';

/** A basket is parked and nobody ever comes back to it: the goods may have left. */
export function suspendNotResumed(lane: LaneDay, rule: TillRule): Candidate[] {
  return lane.baskets.flatMap((basket) => {
    const parked = basket.suspended.at(-1);
    if (basket.state !== 'suspended' || !parked) return [];
    const waitedMs = lane.knownToMs - toMs(parked.at);
    if (waitedMs < (rule.windowMs ?? 0) || basket.totalMinor < (rule.amountMinor ?? 0)) return [];
    return candidateOf(basket, {
      ...{ at: parked.at, amountMinor: basket.totalMinor, evidence: 0.4 },
      lines: [lineIdOf(basket.transactionId, parked.line)],
      reasons: [{ code: 'PARKED_AND_LEFT', params: { pieces: basket.pieces, amountMinor: basket.totalMinor } }],
    });
  });
}
