import { expect, it } from 'vitest';
import { PictureQueue } from './picture-queue.ts';

const picture = (atMs: number) => ({ rgb: new Uint8Array(0), atMs });

it('reads in order, one at a time, and drops the oldest when the reader is slow', async () => {
  const read: number[] = [];
  let release: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  let busy = 0;
  const queue = new PictureQueue(3, async ({ atMs }) => {
    expect(++busy).toBe(1);
    if (atMs === 0) await gate;
    await Promise.resolve();
    read.push(atMs);
    busy--;
  });
  for (let atMs = 0; atMs < 7; atMs++) queue.add(picture(atMs));
  release();
  await queue.idle();
  expect(read).toEqual([0, 4, 5, 6]);
  expect(queue.dropped).toBe(3);
  queue.add(picture(9));
  await queue.idle();
  expect(read.at(-1)).toBe(9);
});
