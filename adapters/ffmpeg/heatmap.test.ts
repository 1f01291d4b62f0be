import { expect, it } from 'vitest';
import { heatColours, MotionGrid } from './heatmap.ts';

/** Three cells: one still, one that moves once, one that moves in each picture. */
const pictures = [
  [10, 10, 0],
  [12, 200, 255],
  [9, 200, 0],
  [10, 201, 255],
].map((cells) => Uint8Array.from(cells));

it('counts where something moved, however the bytes arrive', () => {
  const whole = new MotionGrid(3);
  for (const picture of pictures) whole.push(picture);
  expect(whole.pictures).toBe(4);
  expect([...whole.heat()]).toEqual([0, 1 / 3, 1]);

  const bytes = Uint8Array.from(pictures.flatMap((picture) => [...picture]));
  const inPieces = new MotionGrid(3);
  for (const [from, to] of [
    [0, 2],
    [2, 9],
    [9, 12],
  ])
    inPieces.push(bytes.subarray(from, to));
  expect([...inPieces.heat()]).toEqual([...whole.heat()]);
});

it('says nothing of a picture that stands still, and does not shout about one change', () => {
  const still = new MotionGrid(1);
  for (let index = 0; index < 5; index += 1) still.push(Uint8Array.from([80]));
  expect([...still.heat()]).toEqual([0]);
  still.push(Uint8Array.from([200]));
  expect([...still.heat()]).toEqual([0.5]);
});

it('draws nothing where nothing moved, and red where most did', () => {
  const colours = heatColours(Float64Array.from([0, 0.25, 1]));
  expect([...colours.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
  expect([...colours.subarray(8, 12)]).toEqual([255, 0, 0, 210]);
  expect(colours[5]).toBeGreaterThan(colours[9]!);
  expect(colours[7]).toBeLessThan(colours[11]!);
});
