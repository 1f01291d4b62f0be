import { lineIdOf } from '../basket.ts';
import { type Candidate, candidateOf, type LaneDay } from '../lane.ts';
import type { TillRule } from '../settings.ts';

/** A price is lowered by hand. */
export function priceOverride(lane: LaneDay, rule: TillRule): Candidate[] {
  return lane.baskets.flatMap((basket) => {
    const lowered = basket.overrides.filter(({ amountMinor }) => amountMinor < 0);
    const amountMinor = -lowered.reduce((sum, change) => sum + change.amountMinor, 0);
    if (lowered.length === 0 || amountMinor < (rule.amountMinor ?? 0)) return [];
    const share = Math.max(...lowered.map((change) => -(change.share ?? 0)));
    return candidateOf(basket, {
      ...{ at: lowered[0]!.at, amountMinor, evidence: Math.min(0.6, share) },
      lines: lowered.map(({ line }) => lineIdOf(basket.transactionId, line)),
      reasons: [{ code: 'PRICE_LOWERED_BY_HAND', params: { lines: lowered.length, amountMinor, share: round(share) } }],
    });
  });
}

/** Discounts are everyday; only how often is looked at. */
export function discountRate(lane: LaneDay, _rule: TillRule): Candidate[] {
  return lane.baskets.flatMap((basket) =>
    basket.discounts.map(({ line, at, amountMinor }) =>
      candidateOf(basket, {
        ...{ at, amountMinor: Math.max(0, -amountMinor), evidence: 0, lines: [lineIdOf(basket.transactionId, line)] },
        reasons: [],
      }),
    ),
  );
}

const round = (value: number): number => Math.round(value * 100) / 100;
