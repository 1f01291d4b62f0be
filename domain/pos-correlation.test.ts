import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CorrelationInput, correlate, pairScans } from './pos-correlation.ts';
import { toIso } from './time.ts';

const startMs = Date.parse('2026-03-01T12:00:00.000Z');
const at = (seconds: number) => toIso(startMs + Math.round(seconds * 1_000));
const window = { beforeMs: 1_000, afterMs: 2_000, feedStaleAfterMs: 5_000 };

function ask(input: {
  sighting: number;
  neighbours?: number[];
  scans?: number[];
  feedSeen?: number | null;
}): ReturnType<typeof correlate> {
  const { sighting, neighbours = [], scans = [], feedSeen = sighting + 2 } = input;
  const question: CorrelationInput = {
    sightingAt: at(sighting),
    neighbourSightingsAt: neighbours.map(at),
    lines: scans.map((second) => ({ lineId: `T/${second}`, occurredAt: at(second), plu: '4017' })),
    feedSeenAt: feedSeen === null ? null : at(feedSeen),
    window,
  };
  return correlate(question);
}

describe('what the till says of one item', () => {
  it.each([
    ['a scan just after', { sighting: 10, scans: [10.4] }, 'MATCH', 'T/10.4'],
    ['a scan just before', { sighting: 10, scans: [9.1] }, 'MATCH', 'T/9.1'],
    ['a scan on the early edge', { sighting: 10, scans: [9] }, 'MATCH', 'T/9'],
    ['a scan on the late edge', { sighting: 10, scans: [12] }, 'MATCH', 'T/12'],
    ['a scan one millisecond too early', { sighting: 10, scans: [8.999] }, 'MISMATCH', null],
    ['a scan one millisecond too late', { sighting: 10, scans: [12.001] }, 'MISMATCH', null],
    ['no scan, and the till lives', { sighting: 10 }, 'MISMATCH', null],
    ['no scan, and the till was never heard of', { sighting: 10, feedSeen: null }, 'UNKNOWN', null],
    ['no scan, and the till spoke last at the limit', { sighting: 10, feedSeen: 7 }, 'MISMATCH', null],
    ['no scan, and the till fell silent', { sighting: 10, feedSeen: 6.999 }, 'UNKNOWN', null],
    ['a scan from a till that fell silent right after', { sighting: 10, scans: [9.5], feedSeen: 0 }, 'MATCH', 'T/9.5'],
    [
      "the only scan is nearer to the neighbour's item",
      { sighting: 10, neighbours: [11], scans: [11.1] },
      'MISMATCH',
      null,
    ],
    ['each of two items has its scan', { sighting: 10, neighbours: [11], scans: [10.2, 11.1] }, 'MATCH', 'T/10.2'],
    ['both scans come late, but in order', { sighting: 10, neighbours: [11], scans: [11.2, 12.4] }, 'MATCH', 'T/11.2'],
    ['the sighting is also among its neighbours', { sighting: 10, neighbours: [10], scans: [10.1] }, 'MATCH', 'T/10.1'],
  ] as const)('%s', (_name, input, verdict, matchedLineId) => {
    expect(ask(input as Parameters<typeof ask>[0])).toMatchObject({ verdict, matchedLineId });
  });

  it('finds the one item of a belt of four that was not rung', () => {
    const sightings = [1.02, 2.08, 4.67, 6.03];
    const verdicts = sightings.map(
      (sighting) => ask({ sighting, neighbours: sightings, scans: [1.45, 2.6, 6.4], feedSeen: 8 }).verdict,
    );
    expect(verdicts).toEqual(['MATCH', 'MATCH', 'MISMATCH', 'MATCH']);
  });

  it('says why, with the window that it looked at', () => {
    expect(ask({ sighting: 10, neighbours: [11], scans: [11.1] })).toMatchObject({
      windowFromAt: at(9),
      windowToAt: at(12),
      reasons: [{ code: 'NO_RECEIPT_LINE', params: { linesInWindow: 1, explainedByOtherItems: 1, sightings: 2 } }],
    });
    expect(ask({ sighting: 10, scans: [9.5] }).reasons).toEqual([
      {
        code: 'RECEIPT_LINE_FOUND',
        params: { lineId: 'T/9.5', distanceMs: -500, plu: '4017', description: null },
      },
    ]);
    expect(ask({ sighting: 10, feedSeen: null }).reasons[0]?.code).toBe('TILL_NEVER_HEARD');
    expect(ask({ sighting: 10, feedSeen: 1 }).reasons[0]).toEqual({
      code: 'TILL_SILENT',
      params: { lastSeenAt: at(1), lagMs: 11_000, allowedMs: 5_000 },
    });
  });
});

describe('pairing', () => {
  const instants = fc
    .uniqueArray(fc.integer({ min: 0, max: 12_000 }), { maxLength: 6 })
    .map((values) => [...values].sort((a, b) => a - b));
  const fits = (sightingMs: number, scanMs: number) =>
    scanMs - sightingMs >= -window.beforeMs && scanMs - sightingMs <= window.afterMs;

  /** Every pairing there is: the most pairs, and the least distance among those. */
  function best(sightings: readonly number[], scans: readonly number[]): { pairs: number; costMs: number } {
    const [first, ...rest] = sightings;
    if (first === undefined) return { pairs: 0, costMs: 0 };
    const choices = [best(rest, scans)];
    for (const [index, scan] of scans.entries()) {
      if (!fits(first, scan)) continue;
      const left = best(rest, scans.toSpliced(index, 1));
      choices.push({ pairs: left.pairs + 1, costMs: left.costMs + Math.abs(scan - first) });
    }
    return choices.reduce((a, b) => (b.pairs > a.pairs || (b.pairs === a.pairs && b.costMs < a.costMs) ? b : a));
  }

  it('explains as many items as any pairing could, at the least distance, each scan once and in order', () => {
    fc.assert(
      fc.property(instants, instants, (sightings, scans) => {
        const pairing = pairScans(sightings, scans, window);
        const used = pairing.filter((index) => index >= 0);
        expect(pairing).toHaveLength(sightings.length);
        expect(used).toEqual([...new Set(used)].sort((a, b) => a - b));
        let costMs = 0;
        for (const [row, column] of pairing.entries()) {
          if (column < 0) continue;
          expect(fits(sightings[row]!, scans[column]!)).toBe(true);
          costMs += Math.abs(scans[column]! - sightings[row]!);
        }
        expect({ pairs: used.length, costMs }).toEqual(best(sightings, scans));
      }),
      { numRuns: 300 },
    );
  });
});
