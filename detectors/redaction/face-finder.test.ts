import { expect, it } from 'vitest';
import { decodeFaces } from './face-finder.ts';

const anchors = 40 * 30 * 3 + 20 * 15 * 2 + 10 * 8 * 2 + 5 * 4 * 3;

it('decodes a face back into the picture, and keeps the surest of those in one place', () => {
  expect(anchors).toBe(4_420);
  const scores = new Float32Array(anchors * 2);
  const offsets = new Float32Array(anchors * 4);
  // The second size (48) of row 3, column 5 at stride 16, moved by half its width and twice as high.
  const at = 40 * 30 * 3 + (3 * 20 + 5) * 2 + 1;
  scores[at * 2 + 1] = 0.9;
  offsets.set([5, 0, 0, Math.log(2) * 5], at * 4);
  // The smaller size beside it says the same with less certainty.
  scores[(at - 1) * 2 + 1] = 0.7;
  offsets.set([7.5, 0, Math.log(1.5) * 5, Math.log(3) * 5], (at - 1) * 4);
  const [face, ...others] = decodeFaces(scores, offsets, 0.5);
  expect(others).toEqual([]);
  expect(face?.score).toBeCloseTo(0.9);
  expect(face!.box.width * 320).toBeCloseTo(48);
  expect(face!.box.height * 240).toBeCloseTo(96);
  expect((face!.box.x + face!.box.width / 2) * 320).toBeCloseTo(5.5 * 16 + 24);
  expect((face!.box.y + face!.box.height / 2) * 240).toBeCloseTo(3.5 * 16);
  expect(decodeFaces(scores, offsets, 0.95)).toEqual([]);
});
