import { expect, it } from 'vitest';
import { multiItemPass } from './multi-item-pass.ts';

const window = { beforeMs: 1_000, afterMs: 2_000 };

it.each<[string, number, number[], number[], { items: number; rung: number } | undefined]>([
  ['two in one movement, one rung', 10_000, [10_000, 10_400], [10_600], { items: 2, rung: 1 }],
  ['three in one movement, one rung', 10_400, [10_000, 10_400, 10_800], [10_600], { items: 3, rung: 1 }],
  ['three in one movement, a line for two', 10_400, [10_000, 10_400, 10_800], [10_600, 10_600], { items: 3, rung: 2 }],
  ['two in one movement, each rung', 10_000, [10_000, 10_400], [10_300, 10_700], undefined],
  ['two in one movement, a line for two', 10_000, [10_000, 10_400], [10_600, 10_600], undefined],
  ['two in one movement, none rung: two missed scans', 10_000, [10_000, 10_400], [], undefined],
  ['one item, not rung', 10_000, [10_000], [], undefined],
  ['one item, rung', 10_000, [10_000], [10_200], undefined],
  ['exactly a second apart is one movement', 10_000, [10_000, 11_000], [11_200], { items: 2, rung: 1 }],
  ['a little more is two', 10_000, [10_000, 11_001], [11_200], undefined],
  ['one that came apart: the same instant twice', 10_000, [10_000, 10_000], [10_300], { items: 2, rung: 1 }],
  ['one that came apart, and a line for two', 10_000, [10_000, 10_000], [10_300, 10_300], undefined],
  ["a neighbour's scan is not theirs", 10_000, [10_000, 10_400, 11_600], [11_800], undefined],
])('%s', (_name, crossingMs, crossingsMs, scansMs, expected) => {
  expect(multiItemPass({ crossingMs, crossingsMs: [...crossingsMs].reverse(), scansMs, window })).toEqual(expected);
});
