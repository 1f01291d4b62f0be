import { describe, expect, it } from 'vitest';
import { agedErrorMs, arrivalOf, estimateOffset, jumpIndex, median } from './clock-offset.ts';

/** Mulberry32: small, seeded, the same everywhere. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Lane {
  items: number;
  offsetMs: number;
  /** Between items: this at least, and as much again on the average. */
  gapMs: number;
  jitterMs: number;
  unscanned: number;
  unseen: number;
}

const usual: Lane = { items: 60, offsetMs: 37_000, gapMs: 1_500, jitterMs: 250, unscanned: 0.05, unseen: 0.1 };

/** What a camera and a till stamp while items pass; a scan comes within a normal jitter of its crossing. */
function played(lane: Lane, random: () => number): { crossings: number[]; scans: number[] } {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const crossings: number[] = [];
  const scans: number[] = [];
  let atMs = 1_000_000_000;
  for (let item = 0; item < lane.items; item += 1) {
    atMs += lane.gapMs - Math.log(1 - random()) * lane.gapMs;
    if (random() >= lane.unseen) crossings.push(Math.round(atMs));
    if (random() >= lane.unscanned) scans.push(Math.round(atMs + lane.offsetMs + normal() * lane.jitterMs));
  }
  return { crossings, scans: scans.sort((a, b) => a - b) };
}

const estimated = (change: Partial<Lane>, seed = 1) => {
  const { crossings, scans } = played({ ...usual, ...change }, randomOf(seed));
  return estimateOffset(crossings, scans);
};

describe('the offset of two clocks', () => {
  it.each<[string, Partial<Lane>]>([
    ['clocks that agree', { offsetMs: 0 }],
    ['a till that runs ahead', { offsetMs: 37_000 }],
    ['a till that runs behind', { offsetMs: -90_000 }],
    ['a till that is nearly three minutes off', { offsetMs: 170_000 }],
    ['many items without a scan', { unscanned: 0.3 }],
    ['many scans of which the camera saw no item', { unseen: 0.3 }],
    ['both', { unscanned: 0.2, unseen: 0.2 }],
    ['a slow lane', { gapMs: 10_000, items: 30 }],
    ['hasty hands', { jitterMs: 400 }],
  ])('is measured within its error: %s', (_name, change) => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const estimate = estimated(change, seed);
      if (!estimate.ok) throw new Error(`seed ${seed}: ${JSON.stringify(estimate)}`);
      expect(Math.abs(estimate.offsetMs - (change.offsetMs ?? usual.offsetMs))).toBeLessThanOrEqual(estimate.errorMs);
      expect(estimate.errorMs).toBeLessThan(500);
      expect(estimate.samples).toBeGreaterThan(11);
    }
  });

  it('is told or left open, and hardly ever told wrongly, whatever the lane is like', () => {
    const random = randomOf(42);
    const outcomes = { right: 0, wrong: 0, open: 0 };
    for (let run = 0; run < 300; run += 1) {
      const offsetMs = Math.round((random() * 2 - 1) * 170_000);
      const lane: Lane = {
        ...{ offsetMs, items: 15 + Math.floor(random() * 50), gapMs: 1_000 + random() * 6_000 },
        ...{ jitterMs: 100 + random() * 500, unscanned: random() * 0.4, unseen: random() * 0.4 },
      };
      const { crossings, scans } = played(lane, random);
      const estimate = estimateOffset(crossings, scans);
      if (!estimate.ok) outcomes.open += 1;
      else if (Math.abs(estimate.offsetMs - offsetMs) <= 2 * estimate.errorMs) outcomes.right += 1;
      else outcomes.wrong += 1;
    }
    expect(outcomes.wrong).toBe(0);
    expect(outcomes.right).toBeGreaterThan(200);
  });

  it.each<[string, number[], number[], string]>([
    ['nothing', [], [], 'TOO_FEW'],
    ['a handful', [1, 2, 3], [1, 2, 3], 'TOO_FEW'],
    ['no scans', Array.from({ length: 40 }, (_, index) => index * 4_000), [], 'TOO_FEW'],
    [
      'items in step like a metronome, which fit at every beat',
      Array.from({ length: 40 }, (_, index) => index * 4_000),
      Array.from({ length: 40 }, (_, index) => index * 4_000 + 37_000),
      'AMBIGUOUS',
    ],
  ])('is left open for %s', (_name, crossings, scans, reason) => {
    expect(estimateOffset(crossings, scans)).toMatchObject({ ok: false, reason });
  });

  it('is left open for a till that belongs to another lane', () => {
    const reasons = Array.from({ length: 30 }, (_, seed) => {
      const mine = played({ ...usual, offsetMs: 0 }, randomOf(seed + 1));
      const other = played({ ...usual, offsetMs: 0 }, randomOf(seed + 1_001));
      return estimateOffset(mine.crossings, other.scans).ok;
    });
    expect(reasons.filter(Boolean)).toEqual([]);
  });

  it('shows in the crossings where it jumped', () => {
    const before = played({ ...usual, items: 30, unscanned: 0, unseen: 0 }, randomOf(7));
    const after = played({ ...usual, items: 30, offsetMs: 127_000, unscanned: 0, unseen: 0 }, randomOf(8));
    const shiftMs = 10 * 60_000;
    const crossings = [...before.crossings, ...after.crossings.map((ms) => ms + shiftMs)];
    const scans = [...before.scans, ...after.scans.map((ms) => ms + shiftMs)];
    expect(jumpIndex(crossings, scans, 37_000, 127_000)).toBe(30);
    expect(jumpIndex(crossings.slice(0, 30), scans, 37_000, 127_000)).toBe(30);
    expect(jumpIndex(crossings.slice(30), scans, 37_000, 127_000)).toBe(0);
  });
});

describe('the figures around it', () => {
  it('take the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(() => median([])).toThrow(RangeError);
  });

  it('let an error grow while nobody measures: 2.6 s a day', () => {
    expect(agedErrorMs(200, 0)).toBe(200);
    expect(agedErrorMs(200, -5_000)).toBe(200);
    expect(agedErrorMs(200, 24 * 3_600_000)).toBe(2_792);
  });

  it('know what is usual although a third is not', () => {
    expect(arrivalOf([200, 210, 190, 205, 90_000, 90_000])).toMatchObject({ usualMs: 208 });
    expect(arrivalOf([200, 200, 200]).spreadMs).toBe(0);
  });
});
