import { describe, expect, it } from 'vitest';
import { PictureAssembler, SessionClock } from './frames.ts';
import { HealthWatch } from './health.ts';

it('joins chunks of any size into whole pictures', () => {
  const pictures: number[][] = [];
  const assembler = new PictureAssembler(4, (picture) => pictures.push([...picture]));
  for (const chunk of [[1], [2, 3], [4, 5, 6, 7, 8, 9, 10], [11], [12, 13]]) assembler.push(Uint8Array.from(chunk));
  expect(pictures).toEqual([
    [1, 2, 3, 4],
    [5, 6, 7, 8],
    [9, 10, 11, 12],
  ]);
});

describe('SessionClock', () => {
  it('takes the picture with the least delay for the truth', async () => {
    const clock = new SessionClock(10);
    const delays = [180, 90, 20, 35, 60, 22, 500];
    for (const [index, delay] of delays.entries()) clock.arrive(index, 1_000_000 + index * 100 + delay);
    expect(await clock.settled).toBe(1_000_020);
    clock.arrive(7, 1_000_000 + 700);
    expect(clock.zeroAtMs).toBe(1_000_020);
  });

  it('settles early when a stream ends at once', async () => {
    const clock = new SessionClock(10);
    clock.settle();
    expect(clock.zeroAtMs).toBeUndefined();
    clock.arrive(0, 5_000);
    clock.settle();
    expect(await clock.settled).toBe(5_000);
  });

  it('notices a camera whose clock runs away', () => {
    const clock = new SessionClock(10);
    for (let index = 0; index <= 1_300; index++) clock.arrive(index, index * 100 * 1.01);
    expect(clock.driftMs).toBeGreaterThan(300);
  });
});

describe('HealthWatch', () => {
  const noisy = (seed: number, level: number) =>
    Uint8Array.from({ length: 600 }, (_, index) => level + ((index * seed) % 5));

  it('tells recording, lost after three silent seconds, and recording again', () => {
    const watch = new HealthWatch(0);
    expect(watch.picture(noisy(1, 90), 100)).toBe('recording');
    expect(watch.picture(noisy(2, 90), 200)).toBeUndefined();
    expect(watch.tick(3_100)).toBeUndefined();
    expect(watch.tick(3_200)).toBe('lost');
    expect(watch.tick(4_000)).toBeUndefined();
    expect(watch.picture(noisy(3, 90), 4_100)).toBe('recording');
  });

  it('tells a frozen and a black picture, and when they pass', () => {
    const watch = new HealthWatch(0);
    const states: (string | undefined)[] = [];
    for (let now = 0; now <= 12_000; now += 1_000) states.push(watch.picture(noisy(1, 90), now));
    expect(states.indexOf('frozen')).toBe(10);
    expect(watch.picture(noisy(2, 90), 13_000)).toBe('recording');
    const dark: (string | undefined)[] = [];
    for (let now = 14_000; now <= 18_000; now += 1_000) dark.push(watch.picture(noisy(now, 5), now));
    expect(dark.indexOf('black')).toBe(3);
  });
});
