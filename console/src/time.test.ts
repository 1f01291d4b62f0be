import { describe, expect, it } from 'vitest';
import { clipPosition, countdown, dateTime, duration, relativeTime } from './time.ts';

const nowMs = Date.parse('2026-11-21T14:00:00Z');
const ago = (seconds: number) => new Date(nowMs - seconds * 1000).toISOString();

describe('time in words', () => {
  it.each([
    [2, 'just now'],
    [42, '42 s ago'],
    [60, '1 min ago'],
    [3599, '59 min ago'],
    [7200, '2 h ago'],
    [172_800, '2 days ago'],
    [-90, 'in 1 min'],
  ])('%d seconds: %s', (seconds, words) => {
    expect(relativeTime(ago(seconds), nowMs)).toBe(words);
  });

  it('counts down to the second and stops', () => {
    expect(countdown(ago(-42), nowMs)).toBe('0:42');
    expect(countdown(ago(-3661), nowMs)).toBe('1:01:01');
    expect(countdown(ago(0), nowMs)).toBeNull();
  });

  it('writes the time of the store, not of the desk', () => {
    expect(dateTime('2026-11-21T23:30:00Z', 'Europe/Berlin')).toContain('22 Nov 2026');
  });

  it('keeps tenths where they matter', () => {
    expect(duration(450)).toBe('0.5 s');
    expect(duration(95_000)).toBe('1 min');
    expect(clipPosition(4.67)).toBe('0:04.6');
    expect(clipPosition(-1)).toBe('0:00.0');
  });
});
