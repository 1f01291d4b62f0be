import { describe, expect, it } from 'vitest';
import { FakeScanRule } from './fake-scan.ts';

interface Play {
  crossings?: number[];
  scans?: number[];
  pieces?: number;
  /** When the line comes in after it was rung. */
  lateMs?: number;
  /** No picture, or a covered one, from … to. */
  blind?: [number, number];
  covered?: [number, number];
}

/** Pictures every 100 ms; an item is counted half a second after it crossed. Returns "line @when" of each fake. */
function play({ crossings = [], scans = [], pieces = 1, lateMs = 0, blind, covered }: Play): string[] {
  const rule = new FakeScanRule<{ atMs: number; pieces: number }>();
  const within = (range: [number, number] | undefined, now: number) =>
    range !== undefined && now >= range[0] && now <= range[1];
  const found: string[] = [];
  for (let now = 0; now <= 70_000; now += 100) {
    if (!within(blind, now)) rule.saw(now, within(covered, now));
    for (const atMs of crossings) if (atMs + 500 > now - 100 && atMs + 500 <= now) rule.crossed(atMs);
    for (const atMs of scans)
      if (atMs + lateMs > now - 100 && atMs + lateMs <= now) rule.scanned({ atMs, pieces }, now);
    found.push(...rule.decide(now).map(({ atMs }) => `${atMs} @${now}`));
  }
  return found;
}

describe('a line that no item belongs to', () => {
  it.each<[string, Play, string[]]>([
    ['nothing crossed', { scans: [10_000] }, ['10000 @12500']],
    ['its item crossed before', { scans: [10_000], crossings: [8_000] }, []],
    ['an item crossed a little too early', { scans: [10_000], crossings: [7_999] }, ['10000 @12500']],
    ['its item crossed after', { scans: [10_000], crossings: [11_000] }, []],
    ['an item crossed a little too late', { scans: [10_000], crossings: [11_001] }, ['10000 @12500']],
    ['two lines, one item: the nearer has it', { scans: [10_000, 10_900], crossings: [9_900] }, ['10900 @13400']],
    ['two lines and two items', { scans: [10_000, 10_900], crossings: [9_900, 10_400] }, []],
    ['one of three pieces crossed, which is enough', { scans: [10_000], pieces: 3, crossings: [9_900] }, []],
    ['none of three pieces crossed', { scans: [10_000], pieces: 3 }, ['10000 @12500']],
    ['a line that came late, with its item', { scans: [10_000], lateMs: 15_000, crossings: [9_900] }, []],
    ['a line that came late, without', { scans: [10_000], lateMs: 15_000 }, ['10000 @25000']],
    ['a line that came too late to say', { scans: [10_000], lateMs: 20_100 }, []],
    ['the camera had begun only just before', { scans: [3_400] }, []],
    ['the camera saw nothing for a while', { scans: [10_000], blind: [8_000, 9_500] }, []],
    ['the camera saw nothing when it was judged', { scans: [10_000], blind: [11_400, 60_000] }, []],
    ['one picture in ten was lost', { scans: [10_000], blind: [9_000, 9_800] }, ['10000 @12500']],
    ['the zone was covered', { scans: [10_000], covered: [9_000, 9_000] }, []],
    ['it was covered long before', { scans: [30_000], covered: [1_000, 20_000] }, ['30000 @32500']],
  ])('%s', (_name, input, expected) => {
    expect(play(input)).toEqual(expected);
  });
});
