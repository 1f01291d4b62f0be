import { expect, it } from 'vitest';
import { COCO_CLASSES, ITEM_CLASSES } from './classes.ts';
import { decodeObjects, overlapShare, suppressOverlaps } from './postprocess.ts';

const box = (x: number, y: number, width = 0.2, height = 0.2) => ({ x, y, width, height });

it('knows the 80 classes in their order', () => {
  expect(COCO_CLASSES).toHaveLength(80);
  expect([COCO_CLASSES[0], COCO_CLASSES[39], COCO_CLASSES[47], COCO_CLASSES[50]]).toEqual([
    'person',
    'bottle',
    'apple',
    'broccoli',
  ]);
  for (const item of ITEM_CLASSES) expect(COCO_CLASSES).toContain(item);
});

it('decodes a cell of the second stride back into the picture', () => {
  const output = new Float32Array(3549 * 85);
  // Stride 16 has 26 cells a side and starts after the 52 × 52 cells of stride 8; this one is row 10, column 4.
  const at = (52 * 52 + 10 * 26 + 4) * 85;
  output.set([0.5, 0.5, Math.log(2), Math.log(4), 0.9], at);
  output[at + 5 + 47] = 0.8;
  const letterbox = { side: 416, scale: 416 / 640, pictureWidth: 640, pictureHeight: 360 };
  const [apple, ...others] = decodeObjects(output, letterbox, 0.25);
  expect(others).toEqual([]);
  expect(apple?.label).toBe('apple');
  expect(apple?.score).toBeCloseTo(0.72);
  const scale = 640 / 416;
  expect(apple?.box.x).toBeCloseTo(((4.5 * 16 - 16) * scale) / 640);
  expect(apple?.box.y).toBeCloseTo(((10.5 * 16 - 32) * scale) / 360);
  expect(apple?.box.width).toBeCloseTo((32 * scale) / 640);
  expect(apple?.box.height).toBeCloseTo((64 * scale) / 360);
  expect(decodeObjects(output, letterbox, 0.75)).toEqual([]);
});

it('keeps the surest of overlapping boxes of one class, and neighbours', () => {
  const kept = suppressOverlaps(
    [
      { label: 'apple', score: 0.6, box: box(0.11, 0.1) },
      { label: 'apple', score: 0.9, box: box(0.1, 0.1) },
      { label: 'apple', score: 0.5, box: box(0.4, 0.1) },
      { label: 'orange', score: 0.4, box: box(0.1, 0.1) },
    ],
    0.45,
  );
  expect(kept.map((object) => object.score)).toEqual([0.9, 0.5, 0.4]);
  expect(overlapShare(box(0, 0), box(0.1, 0))).toBeCloseTo(1 / 3);
  expect(overlapShare(box(0, 0), box(0.3, 0))).toBe(0);
});
