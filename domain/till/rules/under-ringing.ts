import { minLabelScore } from '../articles.ts';
import { subjectOf } from '../baseline.ts';
import { lineIdOf, type RungLine } from '../basket.ts';
import { type Candidate, candidateOf, type LaneCrossing, type LaneDay } from '../lane.ts';
import { clearPairs } from '../rung-pairs.ts';
import type { TillRule } from '../settings.ts';

/** The price of what was named must be this many times what was rung. */
const dearerBy = 2;

/** The camera named one thing and a cheaper one was rung: article and class have rarely been seen together. */
export function rungAsCheaper(lane: LaneDay, rule: TillRule): Candidate[] {
  const byBasket = new Map<
    (typeof lane.baskets)[number],
    { line: RungLine; crossing: LaneCrossing; lossMinor: number }[]
  >();
  for (const { basket, line, crossing } of clearPairs(lane.baskets, lane.crossings)) {
    const lossMinor = lossOf(lane, line, crossing);
    if (lossMinor < (rule.amountMinor ?? 0) || lossMinor === 0 || basket.operator === null) continue;
    byBasket.set(basket, [...(byBasket.get(basket) ?? []), { line, crossing, lossMinor }]);
  }
  return [...byBasket].map(([basket, lines]) =>
    candidateOf(basket, {
      at: lines[0]!.line.at,
      amountMinor: lines.reduce((sum, { lossMinor }) => sum + lossMinor, 0),
      lines: lines.map(({ line }) => lineIdOf(basket.transactionId, line.line)),
      evidence: 0.6,
      reasons: lines.map(({ line, crossing, lossMinor }) => ({
        code: 'RUNG_AS_SOMETHING_CHEAPER',
        params: { line: line.line, plu: line.plu, description: line.description, named: crossing.label, lossMinor },
      })),
    }),
  );
}

function lossOf(lane: LaneDay, line: RungLine, crossing: LaneCrossing): number {
  if (line.plu === null || crossing.label === null || crossing.labelScore < minLabelScore) return 0;
  if (!lane.articles.looksOtherwise(line.plu, crossing.label)) return 0;
  const rungMinor = line.amountMinor / line.pieces;
  const usualMinor = lane.articles.usualUnitMinor(crossing.label);
  return usualMinor === null || usualMinor < dearerBy * rungMinor ? 0 : Math.round(usualMinor - rungMinor);
}

/** About a hundred cheap articles are looked at, so that one of them must stand out further than one figure alone. */
const acrossArticles = 1.5;
/** Most of what is pointed at must be more than chance and habit explain. */
const minExcess = 0.7;

/** One cheap article is keyed by one cashier far more often than by all the others together: small rung, something big bagged. */
export function oneCheapArticle(lane: LaneDay, rule: TillRule): Candidate[] {
  return lane.baskets.flatMap((basket) => {
    if (basket.operator === null) return [];
    const odd = basket.rung.flatMap((line) => {
      const keyed = line.plu === null || line.pieces > 1 ? null : lane.articles.keyedBy(subjectOf(basket), line.plu);
      if (!keyed || keyed.count < 2 * rule.minCount || keyed.expected > (1 - minExcess) * keyed.count) return [];
      const z = (keyed.count - keyed.expected) / Math.sqrt(Math.max(keyed.expected, 1));
      return z < (rule.zThreshold ?? 0) + acrossArticles ? [] : { line, ...keyed };
    });
    if (odd.length === 0) return [];
    const [{ line, count, expected }] = odd as [(typeof odd)[number]];
    const params = {
      plu: line.plu,
      description: line.description,
      lines: odd.length,
      count,
      expected: Math.round(expected),
    };
    return candidateOf(basket, {
      ...{ at: line.at, amountMinor: 0, evidence: 0.7 * (1 - expected / count) },
      lines: odd.map((each) => lineIdOf(basket.transactionId, each.line.line)),
      reasons: [{ code: 'ONE_CHEAP_ARTICLE_AGAIN_AND_AGAIN', params }],
    });
  });
}

/** Pieces of cheap articles, which is everyday; only how large their share is, is looked at. */
export function cheapShare(lane: LaneDay, _rule: TillRule): Candidate[] {
  return lane.baskets.flatMap((basket) => {
    const cheap = basket.items.filter(
      (item) =>
        item.unit === 'each' && item.rungMinor > 0 && item.rungMinor / item.pieces <= lane.articles.cheapUnitMinor,
    );
    if (cheap.length === 0 || basket.operator === null) return [];
    return candidateOf(basket, {
      ...{ at: cheap[0]!.at, amountMinor: 0, evidence: 0, reasons: [] },
      lines: cheap.map(({ line }) => lineIdOf(basket.transactionId, line)),
    });
  });
}
