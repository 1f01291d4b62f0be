import { lineIdOf } from '../basket.ts';
import { type Candidate, candidateOf, type LaneDay } from '../lane.ts';
import { cancelledAfterTotal } from '../measures.ts';
import type { TillRule } from '../settings.ts';

/** A line is taken back once a payment was begun: the customer pays the sum, the till keeps less. */
export function voidAfterTender(lane: LaneDay, rule: TillRule): Candidate[] {
  return lane.baskets.flatMap((basket) => {
    const late = basket.voids.filter(({ afterTender }) => afterTender);
    const amountMinor = late.reduce((sum, each) => sum + each.amountMinor, 0);
    if (late.length === 0 || amountMinor < (rule.amountMinor ?? 0)) return [];
    const params = { lines: late.length, amountMinor };
    return candidateOf(basket, {
      ...{ at: late[0]!.at, amountMinor, evidence: 0.6 },
      lines: late.map(({ line }) => lineIdOf(basket.transactionId, line)),
      reasons: [{ code: 'VOIDED_AFTER_PAYMENT', params }],
    });
  });
}

/** A whole transaction that was paid is undone afterwards. */
export function postVoid(lane: LaneDay, rule: TillRule): Candidate[] {
  return lane.baskets.flatMap((basket) =>
    basket.postVoids
      .filter(({ amountMinor }) => amountMinor === 0 || amountMinor >= (rule.amountMinor ?? 0))
      .map(({ line, at, amountMinor, relatedTransactionId }) =>
        candidateOf(basket, {
          ...{ at, amountMinor, evidence: 0.5, lines: [lineIdOf(basket.transactionId, line)] },
          reasons: [{ code: 'PAID_TRANSACTION_VOIDED', params: { relatedTransactionId, amountMinor } }],
        }),
      ),
  );
}

/** A whole transaction is cancelled when the customer had been told the total, or the drawer was open. */
export function cancelledAfterTotalRule(lane: LaneDay, rule: TillRule): Candidate[] {
  return lane.baskets.flatMap((basket) => {
    const { cancelled } = basket;
    if (!cancelled || !cancelledAfterTotal(basket) || cancelled.amountMinor < (rule.amountMinor ?? 0)) return [];
    const { at, line, amountMinor, pieces, afterTender } = cancelled;
    return candidateOf(basket, {
      ...{ at, amountMinor, evidence: 0.6, lines: [lineIdOf(basket.transactionId, line)] },
      reasons: [{ code: 'CANCELLED_AFTER_TOTAL', params: { pieces, amountMinor, afterTender } }],
    });
  });
}

/** Lines taken back before the payment, which is everyday; only how often is looked at. */
export function lineVoidRate(lane: LaneDay, _rule: TillRule): Candidate[] {
  return lane.baskets.flatMap((basket) =>
    basket.voids.map(({ line, at, amountMinor }) =>
      candidateOf(basket, {
        ...{ at, amountMinor, evidence: 0, lines: [lineIdOf(basket.transactionId, line)] },
        reasons: [],
      }),
    ),
  );
}
