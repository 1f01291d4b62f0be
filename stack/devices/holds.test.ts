import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createHolds } from './holds.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const block = (commandId: string, ms: number, forMs?: number) => ({
  ...{ commandId, action: 'terminal_block', expiresAt: inMs(ms) },
  ...(forMs === undefined ? {} : { forMs }),
});
const release = (releases: string) => ({
  ...{ commandId: `${releases}:release`, action: 'terminal_release', expiresAt: inMs(1_000), releases },
});

test('a terminal that nobody tells anything any more lets go by itself, by whichever clock is first', () => {
  const holds = createHolds();
  const over: string[] = [];
  holds.obey('sco-3', block('by-date', 2_000), () => over.push('by-date'));
  holds.obey('sco-4', block('by-own-clock', 3_600_000, 1_000), () => over.push('by-own-clock'));
  expect([holds.of('sco-3').blocked, holds.of('sco-4').blocked]).toEqual([true, true]);
  vi.advanceTimersByTime(1_001);
  expect([holds.of('sco-3').blocked, holds.of('sco-4').blocked]).toEqual([true, false]);
  vi.advanceTimersByTime(1_000);
  expect(holds.of('sco-3').blocked).toBe(false);
  expect(over).toEqual(['by-own-clock', 'by-date']);
});

test('two incidents hold one terminal, and it goes on when both have let go', () => {
  const holds = createHolds();
  holds.obey('sco-3', block('one', 60_000), () => undefined);
  holds.obey('sco-3', { ...block('two', 60_000), action: 'terminal_attend' }, () => undefined);
  holds.obey('sco-3', release('one'), () => undefined);
  expect(holds.of('sco-3')).toEqual({ blocked: false, attending: true });
  holds.obey('sco-3', release('two'), () => undefined);
  expect(holds.of('sco-3')).toEqual({ blocked: false, attending: false });
});

test('a release that overtakes its hold keeps it from beginning', () => {
  const holds = createHolds();
  holds.obey('sco-3', release('one'), () => undefined);
  holds.obey('sco-3', block('one', 60_000), () => undefined);
  expect(holds.of('sco-3').blocked).toBe(false);
});
