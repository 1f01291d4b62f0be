import { describe, expect, it } from 'vitest';
import { boxAt, dragged, freeId, type Track, withEdge, withKeyFrame } from './boxes.ts';

const box = (x: number) => ({ x, y: 0.5, width: 0.2, height: 0.2 });
const track = (...frames: [atMs: number, x: number][]): Track => ({
  id: 'box-1',
  action: 'mask',
  keyFrames: frames.map(([atMs, x]) => ({ atMs, ...box(x) })),
});
const frames = ({ keyFrames }: Track) => keyFrames.map(({ atMs, x }) => [atMs, Number(x.toFixed(2))]);

describe('a drag', () => {
  it.each([
    ['any way round', { x: 0.5, y: 0.6 }, { x: 0.2, y: 0.1 }, { x: 0.2, y: 0.1, width: 0.3, height: 0.5 }],
    ['out of the picture', { x: 0.5, y: 0.5 }, { x: 1.5, y: 2 }, { x: 0.5, y: 0.5, width: 0.5, height: 0.5 }],
    ['that is a click', { x: 0.5, y: 0.5 }, { x: 0.501, y: 0.5 }, null],
  ])('%s', (_name, from, to, expected) => {
    const made = dragged(from, to);
    if (expected === null) return expect(made).toBeNull();
    for (const [name, value] of Object.entries(expected)) expect(made?.[name as 'x']).toBeCloseTo(value);
  });
});

it.each([
  [900, null],
  [1_000, 0.2],
  [1_500, 0.3],
  [2_010, 0.4],
  [2_100, null],
])('a box at %i ms', (atMs, x) => {
  const found = boxAt(track([1_000, 0.2], [2_000, 0.4]), atMs);
  expect(found === null ? null : Number(found.x.toFixed(3))).toBe(x);
});

it('takes a key frame in order, and in place of one at the same moment', () => {
  const two = track([1_000, 0.2], [2_000, 0.4]);
  expect(frames(withKeyFrame(two, 1_500, box(0.1)))).toEqual([
    [1_000, 0.2],
    [1_500, 0.1],
    [2_000, 0.4],
  ]);
  expect(frames(withKeyFrame(two, 2_010, box(0.1)))).toEqual([
    [1_000, 0.2],
    [2_010, 0.1],
  ]);
});

it('begins and ends where it is told', () => {
  const two = track([1_000, 0.2], [2_000, 0.4]);
  expect(frames(withEdge(two, 'end', 1_500))).toEqual([
    [1_000, 0.2],
    [1_500, 0.3],
  ]);
  expect(frames(withEdge(two, 'end', 3_000))).toEqual([
    [1_000, 0.2],
    [2_000, 0.4],
    [3_000, 0.4],
  ]);
  expect(frames(withEdge(two, 'start', 500))).toEqual([
    [500, 0.2],
    [1_000, 0.2],
    [2_000, 0.4],
  ]);
  expect(frames(withEdge(two, 'start', 2_500))).toEqual([[2_500, 0.4]]);
});

it('finds an id that is free', () => {
  expect(freeId([])).toBe('box-1');
  expect(freeId([{ ...track(), id: 'box-2' }])).toBe('box-3');
});
