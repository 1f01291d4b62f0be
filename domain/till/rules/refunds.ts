import { toMs } from '../../time.ts';
import { type Basket, lineIdOf } from '../basket.ts';
import { between, type Candidate, candidateOf, type LaneDay } from '../lane.ts';
import type { TillRule } from '../settings.ts';

/** Money is paid back for a sale that nobody names. */
export function refundWithoutReceipt(lane: LaneDay, rule: TillRule): Candidate[] {
  return lane.baskets.flatMap((basket) => {
    const unnamed = basket.refunds.filter(({ relatedTransactionId }) => relatedTransactionId === null);
    const amountMinor = unnamed.reduce((sum, refund) => sum + refund.amountMinor, 0);
    if (unnamed.length === 0 || amountMinor < (rule.amountMinor ?? 0)) return [];
    return candidateOf(basket, {
      ...{ at: unnamed[0]!.at, amountMinor, evidence: 0.3 },
      lines: unnamed.map(({ line }) => lineIdOf(basket.transactionId, line)),
      reasons: [{ code: 'REFUND_WITHOUT_RECEIPT', params: { refunds: unnamed.length, amountMinor } }],
    });
  });
}

/** Cash is paid back while nobody else is served and, where a camera looks, nothing lies on the counter. */
export function refundWithoutCustomer(lane: LaneDay, rule: TillRule): Candidate[] {
  const quietMs = rule.windowMs ?? 0;
  return lane.baskets.flatMap((basket, index) => {
    const amountMinor = basket.refunds.reduce((sum, refund) => sum + refund.amountMinor, 0);
    if (basket.refunds.length === 0 || basket.rung.length > 0 || !paidInCash(basket)) return [];
    if (amountMinor < (rule.amountMinor ?? 0)) return [];
    const named = basket.refunds.every(({ relatedTransactionId }) => relatedTransactionId !== null);
    const [fromMs, untilMs] = [toMs(basket.startedAt) - quietMs, toMs(basket.endedAt) + quietMs];
    if (servedBetween(lane.baskets, index, fromMs, untilMs)) return [];
    const watched = cameraWorked(lane, basket);
    if (watched && between(lane.crossings, fromMs, untilMs).length > 0) return [];
    // Without a camera a receipt is all that speaks for a customer, and it is enough.
    if (!watched && named) return [];
    return candidateOf(basket, {
      ...{ at: basket.refunds[0]!.at, amountMinor, evidence: watched ? 0.8 : 0.4 },
      lines: basket.refunds.map(({ line }) => lineIdOf(basket.transactionId, line)),
      reasons: [{ code: 'REFUND_WITH_NOBODY_THERE', params: { amountMinor, quietMs, watched, named } }],
    });
  });
}

const paidInCash = (basket: Basket): boolean =>
  basket.tenders.length > 0 ? basket.tenders.some(({ tenderType }) => tenderType === 'cash') : basket.drawer.length > 0;

function servedBetween(baskets: readonly Basket[], self: number, fromMs: number, untilMs: number): boolean {
  return baskets.some(
    (other, index) =>
      index !== self && other.rung.length > 0 && toMs(other.endedAt) >= fromMs && toMs(other.startedAt) <= untilMs,
  );
}

/** A camera that saw nothing for half an hour either side cannot testify that nobody was there. */
const cameraAliveMs = 30 * 60_000;
const cameraWorked = (lane: LaneDay, basket: Basket): boolean =>
  between(lane.crossings, toMs(basket.startedAt) - cameraAliveMs, toMs(basket.startedAt)).length > 0 &&
  between(lane.crossings, toMs(basket.endedAt), toMs(basket.endedAt) + cameraAliveMs).length > 0;
