import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeMeasure, median, scaledMad } from './baseline.ts';
import { completeMeasures, type DayMeasure } from './measures.ts';

const dayOf = (day: string, operator: string | null, overrides: number, terminalId = 'lane-1'): DayMeasure => ({
  ...{ day, operator, terminalId },
  measures: completeMeasures({ transactions: 100, pieces: 1_000, overrides }),
});
const days = (operator: string, counts: number[], terminalId?: string) =>
  counts.map((count, index) => dayOf(`2026-02-${String(index + 1).padStart(2, '0')}`, operator, count, terminalId));

describe('median and MAD', () => {
  it('are those of the books', () => {
    expect([median([]), median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([0, 2, 2.5]);
    expect(scaledMad([1, 1, 2, 2, 4, 6, 9])).toBeCloseTo(1.4826, 6);
  });

  it('are not moved by one wild value', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 5, maxLength: 30 }), (values) => {
        expect(median([...values, 1e9])).toBeLessThanOrEqual(10);
      }),
    );
  });
});

describe('a day is judged', () => {
  const judge = (today: DayMeasure[], history: DayMeasure[]) =>
    judgeMeasure('overrides', today, history)({ operator: 'op_a', terminalId: 'lane-1' });

  it('against what the cashier does on other days', () => {
    const habit = days('op_a', [4, 5, 6, 5, 4, 6, 5, 5, 4, 6]);
    expect(judge([dayOf('2026-03-02', 'op_a', 6)], habit).z).toBeLessThan(1);
    expect(judge([dayOf('2026-03-02', 'op_a', 25)], habit).z).toBeGreaterThan(3.5);
  });

  it('against the others when the cashier is new, and ever less so', () => {
    const others = ['op_b', 'op_c'].flatMap((operator) => days(operator, [1, 1, 1, 1], 'lane-2'));
    const expected = [0, 2, 8].map(
      (known) =>
        judge([dayOf('2026-03-02', 'op_a', 9)], [...others, ...days('op_a', Array(known).fill(9) as number[])])
          .expected,
    );
    expect(expected[0]).toBeCloseTo(1, 6);
    expect(expected[1]).toBeGreaterThan(expected[0]!);
    expect(expected[2]).toBeGreaterThan(expected[1]!);
    expect(expected[2]).toBeLessThan(9);
  });

  it('against nobody when nobody is known', () => {
    expect(judge([dayOf('2026-03-02', 'op_a', 9)], [])).toMatchObject({ count: 9, expected: null, z: null });
  });

  it('never against tills without people', () => {
    const unmanned = Array.from({ length: 9 }, (_, index) => ({ ...dayOf(`2026-02-0${index + 1}`, null, 0, 'sco-1') }));
    expect(judge([dayOf('2026-03-02', 'op_a', 9)], unmanned).z).toBeNull();
  });

  it('the more the higher, and the same whatever the order of days', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 4, maxLength: 20 }), fc.nat(50), (counts, today) => {
        const habit = days('op_a', counts);
        const z = judge([dayOf('2026-03-02', 'op_a', today)], habit).z!;
        expect(judge([dayOf('2026-03-02', 'op_a', today)], habit.toReversed()).z).toBe(z);
        expect(judge([dayOf('2026-03-02', 'op_a', today + 1)], habit).z).toBeGreaterThan(z);
      }),
    );
  });
});
