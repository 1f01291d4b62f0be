import { median } from './baseline.ts';
import { growForest } from './isolation-forest.ts';
import type { Finding } from './lane.ts';
import { type DayMeasure, type MeasureName, measureNames, measurePer } from './measures.ts';

/** Of fewer days of tills and cashiers nothing can be said to be unlike them. */
const minHistory = 40;
/** A day with less than this is unlike others only because it is short. */
const minTransactions = 20;
/** The paper's ordinary is 0.5; under this nothing is worth a look, however tame the history was. */
const scoreFloor = 0.6;
const shownReasons = 3;
const seed = 20_081_215;

/** How often per transaction or piece; sums would only say who worked longest. */
const rates = measureNames.filter((name) => name !== 'transactions');
const pointOf = ({ measures }: DayMeasure): number[] =>
  rates.map((name) => measures[name] / Math.max(1, measures[measurePer[name]]));

/**
 * Days of a till or cashier that look unlike the store's days before, in ways that no rule names. A day stands out when it
 * is more alone than any day of the history, and its reasons are the measures that make it so: those without which
 * (put back to what is usual) it would stand out least. The same days give the same answer.
 */
export function findAnomalies(today: readonly DayMeasure[], history: readonly DayMeasure[], at: string): Finding[] {
  const known = history.filter(({ measures }) => measures.transactions >= minTransactions);
  if (known.length < minHistory) return [];
  const points = known.map(pointOf);
  // With today's among them: cuts are made between what is known, and would never fall beyond it.
  const forest = growForest([...points, ...today.map(pointOf)], seed);
  const limit = Math.max(scoreFloor, ...points.map((point) => forest.score(point)));
  const usual = rates.map((_, feature) => median(points.map((point) => point[feature]!)));
  return today.flatMap((day) => {
    if (day.measures.transactions < minTransactions) return [];
    const point = pointOf(day);
    const score = forest.score(point);
    if (score <= limit) return [];
    const reasons = rates
      .map((measure, feature) => ({
        ...{ measure, value: point[feature]!, usual: usual[feature]! },
        drop: score - forest.score(point.with(feature, usual[feature]!)),
      }))
      .filter(({ drop }) => drop > 0)
      .sort((a, b) => b.drop - a.drop)
      .slice(0, shownReasons);
    return [findingOf(day, { at, score, limit, days: known.length }, reasons)];
  });
}

function findingOf(
  { terminalId, operator }: DayMeasure,
  { at, score, limit, days }: { at: string; score: number; limit: number; days: number },
  reasons: readonly { measure: MeasureName; value: number; usual: number }[],
): Finding {
  return {
    ...{ ruleId: 'anomaly', terminalId, operator, transactionId: null, at, amountMinor: 0, lines: [] },
    params: { limit: round(limit), days },
    score: round(score),
    reasons: reasons.map(({ measure, value, usual }) => ({
      code: 'UNLIKE_OTHER_DAYS',
      params: { measure, value: round(value), usual: round(usual), per: measurePer[measure] },
    })),
  };
}

const round = (value: number): number => Number(value.toFixed(4));
