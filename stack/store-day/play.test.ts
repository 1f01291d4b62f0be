import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PosEvent } from '../../domain/types.ts';
import { simulateDay } from './day.ts';
import { type Playing, playDay } from './play.ts';

const day = simulateDay({ seed: 5, date: '2026-05-04', timeZone: 'Europe/London', storeId: 'market', baskets: 150 });
const hour = {
  ...day,
  lines: day.lines.filter(({ postedAt }) => postedAt.slice(11, 13) === '12'),
  crossings: day.crossings.filter(({ at }) => at.slice(11, 13) === '12'),
  detections: [],
  terminalChanges: [],
};

const collect = (playing: Partial<Playing> = {}) => {
  const sent: { what: string; count: number }[] = [];
  const lines: PosEvent[] = [];
  const done = playDay(playing.speed === Infinity ? day : hour, {
    speed: 60,
    post: async (batch) => {
      lines.push(...batch);
      sent.push({ what: 'lines', count: batch.length });
    },
    crossings: async ({ length }) => void sent.push({ what: 'crossings', count: length }),
    detections: async ({ length }) => void sent.push({ what: 'detections', count: length }),
    ...playing,
  });
  return { done, sent, lines };
};

describe('playing a day', () => {
  it('sends everything once and in the order of posting, at once when nothing limits the speed', async () => {
    const { done, sent, lines } = collect({ speed: Infinity });
    const played = await done;
    expect(lines).toEqual(day.lines.map(({ event }) => event));
    const count = (what: string) =>
      sent.filter((each) => each.what === what).reduce((sum, each) => sum + each.count, 0);
    expect(count('crossings')).toBe(day.crossings.length);
    expect(count('detections')).toBe(day.detections.length);
    expect(Math.max(...sent.map((each) => each.count))).toBeLessThanOrEqual(1_000);
    expect(played).toMatchObject({ fraction: 1, lines: day.lines.length });
  });

  it('tells of a new terminal before its first line', async () => {
    const order: string[] = [];
    const [change] = day.terminalChanges;
    await playDay(day, {
      speed: Infinity,
      post: async (batch) => {
        if (batch.some(({ terminalId, type }) => terminalId === change!.toTerminalId && type === 'scan'))
          order.push('line');
      },
      terminalChanged: async ({ toTerminalId }) => void order.push(toTerminalId),
    });
    expect(order[0]).toBe(change!.toTerminalId);
    expect(order[1]).toBe('line');
  });

  it('refuses a speed of nothing', async () => {
    await expect(collect({ speed: 0 }).done).rejects.toThrow('greater than 0');
  });

  it('passes on what the other side says', async () => {
    const post = () => Promise.reject(new Error('HTTP 503'));
    await expect(collect({ speed: Infinity, post }).done).rejects.toThrow('HTTP 503');
  });
});

describe('with a clock', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('takes a minute for an hour at sixty times the speed', async () => {
    const { done, lines } = collect();
    await vi.advanceTimersByTimeAsync(30_000);
    const half = lines.length;
    expect(half).toBeGreaterThan(0);
    expect(half).toBeLessThan(hour.lines.length);
    await vi.advanceTimersByTimeAsync(31_000);
    await done;
    expect(lines).toHaveLength(hour.lines.length);
  });

  it('stops when told to, leaving no timer', async () => {
    const stopping = new AbortController();
    const { done, lines } = collect({ signal: stopping.signal });
    await vi.advanceTimersByTimeAsync(10_000);
    stopping.abort();
    await done;
    expect(lines.length).toBeLessThan(hour.lines.length);
    expect(vi.getTimerCount()).toBe(0);
  });
});
