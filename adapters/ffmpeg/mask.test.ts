import { describe, expect, it } from 'vitest';
import { type MaskStyle, paintMasks, yuvSize } from './mask.ts';

const [width, height] = [40, 20];
/** Every pixel differs from its neighbours, so that whatever is left would show. */
const picture = () =>
  Uint8Array.from({ length: yuvSize(width, height) }, (_, index) => (index * 97 + (index % width) * 31) % 251);
const box = { x: 8, y: 4, width: 12, height: 10 };
const light = width * height;
const inside = (index: number): boolean => {
  const plane = index < light ? { at: 0, stride: width, scale: 1 } : { at: light, stride: width / 2, scale: 2 };
  const within = (index - plane.at) % (light / 4 / (plane.scale === 1 ? 0.25 : 1));
  const [x, y] = [within % plane.stride, Math.floor(within / plane.stride)];
  const edge = (from: number, size: number, value: number) =>
    value >= from / plane.scale && value < (from + size) / plane.scale;
  return edge(box.x, box.width, x) && edge(box.y, box.height, y);
};

describe.each<MaskStyle>(['solid', 'blur'])('%s', (style) => {
  it('leaves every pixel outside as it was', () => {
    const before = picture();
    const after = picture();
    paintMasks({ data: after, width, height }, [box], style);
    const touched = [...before.keys()].filter((index) => before[index] !== after[index]);
    expect(touched.length).toBeGreaterThan(100);
    expect(touched.every(inside)).toBe(true);
  });

  it('copes with boxes at the edges and of the smallest size', () => {
    const data = picture();
    const boxes = [
      { x: 0, y: 0, width: 2, height: 2 },
      { x: width - 2, y: height - 2, width: 2, height: 2 },
      { x: 0, y: 0, width, height },
    ];
    paintMasks({ data, width, height }, boxes, style);
    expect(data).toHaveLength(yuvSize(width, height));
  });
});

it('solid is one colour, whatever was there', () => {
  const data = picture();
  paintMasks({ data, width, height }, [box], 'solid');
  expect(
    new Set([...data.keys()].filter((index) => index < light && inside(index)).map((index) => data[index])).size,
  ).toBe(1);
  expect(
    new Set([...data.keys()].filter((index) => index >= light && inside(index)).map((index) => data[index])).size,
  ).toBe(1);
});

it('blur keeps no more than a few means: two pictures that differ only in fine detail become the same', () => {
  const checks = (phase: number) =>
    Uint8Array.from({ length: yuvSize(64, 64) }, (_, index) =>
      (index + Math.floor(index / 64) + phase) % 2 === 0 ? 40 : 200,
    );
  const [one, other] = [checks(0), checks(1)];
  const all = { x: 0, y: 0, width: 64, height: 64 };
  paintMasks({ data: one, width: 64, height: 64 }, [all], 'blur');
  paintMasks({ data: other, width: 64, height: 64 }, [all], 'blur');
  expect(one.subarray(0, 64 * 64)).toEqual(other.subarray(0, 64 * 64));
});
