import { describe, expect, it } from 'vitest';
import type { Blob } from './blobs.ts';
import { LineTracker } from './tracks.ts';

type Stretch = [left: number, right: number];

/** Follows what stands in the zone, ten pictures a second; returns the instants of crossings and of those that came apart. */
function follow(pictures: readonly (readonly Stretch[])[]) {
  const tracker = new LineTracker({ scanLineX: 0.5, direction: 'left-to-right' });
  const crossings: number[] = [];
  const splits: number[] = [];
  for (const [index, stretches] of pictures.entries()) {
    const blobs = stretches.map(
      ([x, right]): Blob => ({ box: { x, y: 0.4, width: right - x, height: 0.2 }, area: 100 }),
    );
    crossings.push(...tracker.update(blobs, index * 100).map(({ atMs }) => Math.round(atMs)));
    splits.push(...tracker.takeSplits().map(({ atMs }) => Math.round(atMs)));
  }
  return { crossings, splits };
}

const steps = Array.from({ length: 16 }, (_, index) => index);
/** One thing 0.2 wide that travels 0.04 a picture and crosses at 0.8 s. */
const left = (step: number) => 0.08 + step * 0.04;
/** Behind the line, in the tenth picture, it is two. */
const apart = 10;

describe('what crosses as one and turns out to be two', () => {
  it.each<[string, (step: number) => Stretch[], number, number?]>([
    ['one item stays one', (step) => [[left(step), left(step) + 0.2]], 0],
    [
      'two items that go on side by side',
      (step) =>
        step < apart
          ? [[left(step), left(step) + 0.2]]
          : [
              [left(step), left(step) + 0.08],
              [left(step) + 0.11, left(step) + 0.2],
            ],
      1,
    ],
    [
      'three items',
      (step) =>
        step < apart
          ? [[left(step), left(step) + 0.2]]
          : [
              [left(step), left(step) + 0.05],
              [left(step) + 0.07, left(step) + 0.12],
              [left(step) + 0.14, left(step) + 0.2],
            ],
      2,
    ],
    [
      'a hand lets go and goes back',
      (step) =>
        step < apart
          ? [[left(step), left(step) + 0.2]]
          : [
              [left(apart) - (step - apart) * 0.04, left(apart) + 0.08 - (step - apart) * 0.04],
              [left(step) + 0.11, left(step) + 0.2],
            ],
      0,
    ],
    [
      'a hand lets go and stays',
      (step) =>
        step < apart
          ? [[left(step), left(step) + 0.2]]
          : [
              [left(apart), left(apart) + 0.08],
              [left(step) + 0.11, left(step) + 0.2],
            ],
      0,
    ],
    [
      'another item comes up from behind',
      (step) => [
        [left(step), left(step) + 0.2],
        ...(step < apart ? [] : ([[left(step) - 0.14, left(step) - 0.04]] as Stretch[])),
      ],
      0,
      1_275,
    ],
  ])('%s', (_name, picture, parts, nextMs) => {
    const { crossings, splits } = follow(steps.map(picture));
    expect(crossings).toEqual(nextMs === undefined ? [800] : [800, nextMs]);
    expect(splits).toEqual(Array<number>(parts).fill(800));
  });
});
