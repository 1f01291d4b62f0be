import { toIso, toMs } from '../../time.ts';
import { type Basket, lineIdOf } from '../basket.ts';
import { between, type Candidate, candidateOf, type LaneCrossing, type LaneDay } from '../lane.ts';
import { pairRung, scannedTwice } from '../rung-pairs.ts';
import type { TillRule } from '../settings.ts';

/** A camera sees the hand or the item of a void within this long of it. */
const aroundVoidMs = 6_000;
/** What was moved before the first line and after the last still belongs to the basket. */
const aroundBasketMs = 2_000;

interface Moved {
  basket: Basket;
  crossings: number;
  missing: LaneCrossing[];
}

/** More items were moved past the scanner than were rung, or rung items were taken back just before the payment. */
export function sweethearting(lane: LaneDay, rule: TillRule): Candidate[] {
  if (lane.crossings.length === 0) return [];
  const { unpaired, pairs } = pairRung(lane.baskets, lane.crossings);
  const crossed = new Set(pairs.map(({ basket, line }) => lineIdOf(basket.transactionId, line.line)));
  const moved = lane.baskets
    .filter((basket) => basket.operator !== null && basket.rung.length > 0)
    .map((basket) => movedIn(lane, basket, unpaired));
  return [
    ...moved.flatMap((each) => notRung(each, moved, rule)),
    ...moved.flatMap(({ basket }) => takenBackBeforePayment(basket, crossed, unpaired, rule)),
  ];
}

function movedIn(lane: LaneDay, basket: Basket, unpaired: readonly LaneCrossing[]): Moved {
  const fromMs = toMs(basket.startedAt) - aroundBasketMs;
  const untilMs = toMs(basket.tenders[0]?.at ?? basket.endedAt) + aroundBasketMs;
  const missing = between(unpaired, fromMs, untilMs).filter(
    ({ atMs }) => !basket.voids.some(({ at }) => Math.abs(toMs(at) - atMs) <= aroundVoidMs),
  );
  return { basket, crossings: between(lane.crossings, fromMs, untilMs).length, missing };
}

function notRung({ basket, crossings, missing }: Moved, lane: readonly Moved[], rule: TillRule): Candidate[] {
  if (missing.length < rule.minCount) return [];
  // Hands and bags are taken for items at every camera, at some more often: that is what is usual here.
  const usualShare = missingShare(lane.filter((other) => other.basket !== basket));
  const expected = crossings * usualShare;
  const z = (missing.length - expected) / Math.sqrt(Math.max(expected, 0.25));
  if (z < (rule.zThreshold ?? 0)) return [];
  const rung = basket.rung.reduce((sum, { pieces }) => sum + pieces, 0);
  const perPieceMinor =
    rung === 0 ? 0 : Math.round(basket.rung.reduce((sum, line) => sum + line.amountMinor, 0) / rung);
  return [
    candidateOf(basket, {
      at: toIso(missing[0]!.atMs),
      amountMinor: perPieceMinor * missing.length,
      lines: [],
      count: missing.length,
      evidence: 1 - 0.6 ** missing.length,
      reasons: [
        {
          code: 'MORE_MOVED_THAN_RUNG',
          params: { crossings, rung, missing: missing.length, expected: round(expected) },
        },
      ],
    }),
  ];
}

/** The tenth of the baskets with most is left out, so that what is looked for does not make itself usual. */
function missingShare(lane: readonly Moved[]): number {
  const sorted = lane.toSorted((a, b) => a.missing.length - b.missing.length);
  const kept = sorted.slice(0, Math.ceil(sorted.length * 0.9));
  const crossings = kept.reduce((sum, each) => sum + each.crossings, 0);
  return crossings === 0 ? 0 : kept.reduce((sum, each) => sum + each.missing.length, 0) / crossings;
}

function takenBackBeforePayment(
  basket: Basket,
  crossed: ReadonlySet<string>,
  unpaired: readonly LaneCrossing[],
  rule: TillRule,
): Candidate[] {
  const paidAt = basket.tenders[0]?.at;
  if (paidAt === undefined) return [];
  const kept = basket.voids.filter((taken) => {
    const beforeMs = toMs(paidAt) - toMs(taken.at);
    if (taken.afterTender || beforeMs < 0 || beforeMs > (rule.windowMs ?? 0)) return false;
    if (taken.itemLine === null || !crossed.has(lineIdOf(basket.transactionId, taken.itemLine))) return false;
    if (basket.rung.some((line) => line.line === taken.itemLine && scannedTwice(basket, line))) return false;
    return between(unpaired, toMs(taken.at) - aroundVoidMs, toMs(taken.at) + aroundVoidMs).length === 0;
  });
  const amountMinor = kept.reduce((sum, taken) => sum + taken.amountMinor, 0);
  if (kept.length < rule.minCount || amountMinor < (rule.amountMinor ?? 0)) return [];
  return [
    candidateOf(basket, {
      ...{ at: kept[0]!.at, amountMinor, evidence: 0.4 },
      lines: kept.map(({ line }) => lineIdOf(basket.transactionId, line)),
      reasons: [{ code: 'TAKEN_BACK_BEFORE_PAYMENT', params: { lines: kept.length, amountMinor } }],
    }),
  ];
}

const round = (value: number): number => Math.round(value * 100) / 100;
