import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MissedScanOptions, MissedScanRule } from './missed-scan.ts';

const WINDOWS: MissedScanOptions = { beforeMs: 1_000, afterMs: 2_000, tillStaleMs: 60_000 };

/** Plays crossings and scans in order of time and asks for decisions every 100 ms, as the camera does. */
function play(crossings: readonly number[], scans: readonly number[], options: { heardMs?: number } = {}) {
  const rule = new MissedScanRule<{ atMs: number }, { atMs: number }>(WINDOWS);
  if (options.heardMs !== undefined) rule.tillHeard(options.heardMs);
  const decisions: string[] = [];
  const end = Math.max(...crossings, ...scans, 0) + 5_000;
  for (let now = 0; now <= end; now += 100) {
    for (const atMs of crossings) if (atMs > now - 100 && atMs <= now) rule.crossed({ atMs });
    for (const atMs of scans) if (atMs > now - 100 && atMs <= now) rule.scanned({ atMs }, now);
    for (const { crossing, verdict, scan } of rule.decide(now)) {
      decisions.push(`${crossing.atMs} ${verdict}${scan ? ` ${scan.atMs}` : ''} @${now}`);
    }
  }
  return decisions;
}

describe('MissedScanRule', () => {
  const table: [name: string, crossings: number[], scans: number[], expected: string[]][] = [
    ['each item rung', [1_000, 4_000], [1_400, 4_300], ['1000 scanned 1400 @3000', '4000 scanned 4300 @6000']],
    ['rung before it crosses', [3_000], [2_100], ['3000 scanned 2100 @5000']],
    ['rung too early to be meant', [3_000], [1_900], ['3000 missed_scan @5000']],
    ['rung too late to be meant', [3_000], [5_100], ['3000 missed_scan @5000']],
    ['never rung while the till is alive', [3_000], [500], ['3000 missed_scan @5000']],
    [
      'one scan, two items: it serves the nearer one',
      [3_000, 4_300],
      [4_600],
      ['3000 missed_scan @5000', '4300 scanned 4600 @6300'],
    ],
    [
      'two scans, two items close together',
      [3_000, 3_600],
      [3_500, 3_900],
      ['3000 scanned 3500 @5000', '3600 scanned 3900 @5600'],
    ],
    [
      'as many items as possible get a scan',
      [3_000, 4_000],
      [4_100, 4_200],
      ['3000 scanned 4100 @5000', '4000 scanned 4200 @6000'],
    ],
    ['a scan serves once', [3_000, 3_300], [3_200], ['3000 missed_scan @5000', '3300 scanned 3200 @5300']],
    [
      'a belt of four, the third never rung',
      [1_020, 2_080, 4_670, 6_030],
      [1_450, 2_600, 6_400],
      ['1020 scanned 1450 @3100', '2080 scanned 2600 @4100', '4670 missed_scan @6700', '6030 scanned 6400 @8100'],
    ],
  ];
  it.each(table)('%s', (_name, crossings, scans, expected) => {
    expect(play(crossings, scans, { heardMs: 0 })).toEqual(expected);
  });

  it('accuses nobody when the till was never heard, or not for a minute', () => {
    expect(play([3_000], [])).toEqual(['3000 unknown @5000']);
    expect(play([70_000], [], { heardMs: 5_000 })).toEqual(['70000 unknown @72000']);
    expect(play([64_000], [], { heardMs: 30_000 })).toEqual(['64000 missed_scan @66000']);
  });

  it('decides about every item exactly once and uses every scan at most once', () => {
    const instants = fc.uniqueArray(fc.integer({ min: 1, max: 20_000 }), { maxLength: 12 });
    fc.assert(
      fc.property(instants, instants, (crossings, scans) => {
        const decisions = play(crossings, scans, { heardMs: 0 });
        expect(decisions).toHaveLength(crossings.length);
        const used = decisions.flatMap((decision) => /scanned (\d+)/.exec(decision)?.[1] ?? []);
        expect(new Set(used).size).toBe(used.length);
      }),
      { numRuns: 60 },
    );
  });
});
