import { describe, expect, it } from 'vitest';
import { CoverGauge } from './cover.ts';

const COUNT = 100;
type Colour = [number, number, number];
const BELT: Colour = [95, 95, 95];

/** A belt whose first cells are of another colour. */
function cells(covered: number, colour: Colour, light = 1): Float32Array {
  return Float32Array.from({ length: 3 * COUNT }, (_, at) => {
    const plane = Math.floor(at / COUNT);
    return at % COUNT < covered ? colour[plane]! : BELT[plane]! * light;
  });
}

/** The share that is said of the last picture, after the zone was free for a while; ten pictures a second. */
function shareOf(picture: Float32Array, pictures = 1): number {
  const gauge = new CoverGauge({ inside: new Float32Array(COUNT).fill(1) }, 24);
  for (let index = 0; index < 20; index++) gauge.share(cells(0, BELT), index * 100);
  let share = 0;
  for (let index = 0; index < pictures; index++) share = gauge.share(picture, 2_000 + index * 100);
  return share;
}

describe('how much of a zone is covered', () => {
  it.each<[string, Float32Array, number]>([
    ['nothing', cells(0, BELT), 0],
    ['an item', cells(20, [200, 60, 40]), 0.2],
    ['a bag over most of it', cells(85, [200, 60, 40]), 0.85],
    ['a plain dark coat over all of it', cells(100, [40, 40, 45]), 1],
    ['a plain bright board over all of it', cells(100, [220, 220, 220]), 1],
    ['a lamp, a fifth brighter', cells(0, BELT, 1.2), 0],
    ['a lamp, and an item', cells(20, [200, 60, 40], 1.2), 0.2],
    ['something as dull as the belt, which is not seen', cells(100, [100, 105, 95]), 0],
    ['the light going off, which looks like a cover', cells(0, BELT, 0.4), 1],
  ])('%s', (_name, picture, share) => {
    expect(shareOf(picture)).toBeCloseTo(share);
  });

  it('still knows a cover after ten seconds, and has got used to it after minutes', () => {
    const coat = cells(100, [30, 30, 30]);
    expect(shareOf(coat, 100)).toBe(1);
    expect(shareOf(coat, 3_000)).toBe(0);
  });

  it('leaves out what is outside the polygon', () => {
    const inside = Float32Array.from({ length: COUNT }, (_, cell) => (cell < 50 ? 0 : 1));
    const gauge = new CoverGauge({ inside }, 24);
    gauge.share(cells(0, BELT), 0);
    expect(gauge.share(cells(50, [200, 60, 40]), 100)).toBe(0);
    expect(gauge.share(cells(75, [200, 60, 40]), 200)).toBeCloseTo(0.5);
  });
});
