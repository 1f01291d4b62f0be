import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAnomalies } from './anomalies.ts';
import { growForest } from './isolation-forest.ts';
import { completeMeasures, type DayMeasure, type Measures } from './measures.ts';

/** A number that is the same for the same index, spread over 0 to 1. */
const spread = (index: number) => (Math.sin(index * 12.9898) * 43_758.5453) % 1 ** 2;
const wobble = (index: number, around: number) => Math.max(0, Math.round(around * (1 + 0.3 * spread(index))));

const dayOf = (index: number, change: Partial<Measures> = {}): DayMeasure => ({
  ...{ day: '2026-03-01', terminalId: `lane-${index % 8}`, operator: `op_${index % 12}` },
  measures: {
    ...completeMeasures({}),
    ...{ transactions: wobble(index, 200), pieces: wobble(index + 1, 2_000), salesMinor: wobble(index + 2, 400_000) },
    ...{ lineVoids: wobble(index + 3, 20), overrides: wobble(index + 4, 10), noSales: wobble(index + 5, 3) },
    ...{ refunds: wobble(index + 6, 4), cheapPieces: wobble(index + 7, 300), suspended: wobble(index + 8, 5) },
    ...change,
  },
});
const history = Array.from({ length: 120 }, (_, index) => dayOf(index));
const at = '2026-03-02T00:00:00.000Z';

describe('a day that is unlike the others', () => {
  it('is named with the measures that make it so', () => {
    const odd = dayOf(500, { noSales: 60, refunds: 45 });
    const [finding, ...more] = findAnomalies([dayOf(501), odd, dayOf(502)], history, at);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ ruleId: 'anomaly', terminalId: odd.terminalId, transactionId: null });
    expect(finding!.reasons.slice(0, 2).map(({ params }) => params['measure'])).toEqual(
      expect.arrayContaining(['noSales', 'refunds']),
    );
    expect(finding!.score).toBeGreaterThan(finding!.params['limit'] as number);
  });

  it('is not found among days of the same kind', () => {
    const alike = Array.from({ length: 40 }, (_, index) => dayOf(1_000 + index));
    expect(findAnomalies(alike, history, at).length).toBeLessThanOrEqual(1);
  });

  it.each([
    ['too little is known', history.slice(0, 39), dayOf(500, { noSales: 60, refunds: 45 })],
    ['the day was short', history, dayOf(500, { transactions: 19, noSales: 60 })],
  ])('is not looked for when %s', (_name, known, odd) => {
    expect(findAnomalies([odd], known, at)).toEqual([]);
  });

  it('is the same when it is asked again', () => {
    const odd = [dayOf(500, { noSales: 60 })];
    expect(findAnomalies(odd, history, at)).toEqual(findAnomalies(odd, history, at));
  });
});

describe('the forest', () => {
  it('puts what lies far outside above everything inside, and every score between 0 and 1', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 })), {
          minLength: 30,
          maxLength: 120,
        }),
        fc.integer(),
        (points, seed) => {
          const forest = growForest(points, seed);
          const inside = points.map((point) => forest.score(point));
          for (const score of inside) expect(score > 0 && score < 1).toBe(true);
          const alone = growForest([...points, [5_000, -5_000]], seed).score([5_000, -5_000]);
          expect(alone).toBeGreaterThan(0.6);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('calls nothing odd when all are the same', () => {
    const forest = growForest(
      Array.from({ length: 50 }, () => [1, 2]),
      1,
    );
    expect(forest.score([1, 2])).toBeCloseTo(0.5, 2);
  });
});
