import { describe, expect, it } from 'vitest';
import { toMs } from '../time.ts';
import { foldBaskets } from './basket.ts';
import type { LaneCrossing } from './lane.ts';
import { alignCrossings } from './lane-clock.ts';
import { linesOf } from './test-lines.ts';

/** An irregular but repeatable beat: no two stretches of it look alike. */
const beatMs = (index: number) => 2_000 + ((index * index * 7_919) % 3_500);
const lines = linesOf(
  'T-1',
  '2026-03-02T10:00:00.000Z',
  Array.from({ length: 360 }, (_, index) => ({ type: 'scan', plu: 'x', amountMinor: 100, afterMs: beatMs(index) })),
);
const baskets = foldBaskets(lines);
const scansMs = lines.map(({ occurredAt }) => toMs(occurredAt));
const seen = (offsetMs: (index: number) => number): LaneCrossing[] =>
  scansMs.map((atMs, index) => ({ id: String(index), atMs: atMs - offsetMs(index), label: null, labelScore: 0 }));
const offBy = (crossing: LaneCrossing) => Math.abs(crossing.atMs - scansMs[Number(crossing.id)]!);

describe('crossings are moved to the clock of the till', () => {
  it.each([0, 400, 37_000, -88_000])('that runs ahead by %d ms', (offsetMs) => {
    const aligned = alignCrossings(
      baskets,
      seen(() => offsetMs),
    );
    expect(aligned).toHaveLength(scansMs.length);
    for (const crossing of aligned) expect(offBy(crossing)).toBeLessThan(300);
  });

  it('and left out around the moment at which it was set', () => {
    const aligned = alignCrossings(
      baskets,
      seen((index) => (index < 190 ? 500 : 90_500)),
    );
    expect(aligned.length).toBeGreaterThan(200);
    expect(aligned.length).toBeLessThan(scansMs.length);
    for (const crossing of aligned) expect(offBy(crossing)).toBeLessThan(300);
  });

  it('and left as they are where there are too few to tell', () => {
    const few = seen(() => 700).slice(0, 8);
    expect(alignCrossings(baskets, few)).toEqual(few);
  });

  it('and left out where they have nothing to do with what was rung', () => {
    const other = scansMs.map((_, index) => ({
      ...{ id: String(index), label: null, labelScore: 0 },
      atMs: scansMs[0]! + index * 3_600 + ((index * index * 104_729) % 3_000),
    }));
    const aligned = alignCrossings(
      baskets,
      other.toSorted((a, b) => a.atMs - b.atMs),
    );
    expect(aligned.length).toBeLessThan(other.length / 2);
  });
});
