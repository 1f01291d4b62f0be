import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { kept } from './kept.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('reads once for everybody who asks in its time, and anew after it', async () => {
  let reads = 0;
  const read = kept(10_000, async () => {
    reads += 1;
    return reads;
  });
  expect(await Promise.all([read(), read()])).toEqual([1, 1]);
  vi.advanceTimersByTime(9_999);
  expect(await read()).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await read()).toBe(2);
});

it('keeps no failure', async () => {
  let away = true;
  const read = kept(10_000, async () => {
    if (away) throw new Error('away');
    return 'back';
  });
  await expect(read()).rejects.toThrow('away');
  away = false;
  expect(await read()).toBe('back');
});
