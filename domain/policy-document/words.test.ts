import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './durations.ts';
import { nearestWord } from './nearest.ts';

describe('a duration', () => {
  it.each([
    ['0s', 0],
    ['500ms', 500],
    ['45s', 45_000],
    ['2m', 120_000],
    ['24h', 86_400_000],
    ['180d', 15_552_000_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '45', 's', '1.5h', '-1s', '+1s', '01s', '1 s', '1S', '1w', '1e3s', '9999999999999s', '1m30s', '1s\n'])(
    'is not "%s"',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it('comes back from its text, in the largest unit that is whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 315_360_000_000 }), (ms) => parseDuration(formatDuration(ms)) === ms),
    );
    expect([90_000, 3_600_000, 0, 1_500].map(formatDuration)).toEqual(['90s', '1h', '0s', '1500ms']);
  });
});

describe('the nearest word', () => {
  const known = ['lateAfter', 'pageWithin', 'escalation', 'store_staff', 'till'];
  it.each([
    ['lateAfterMs', 'lateAfter'],
    ['late_after', 'lateAfter'],
    ['escaltaion', 'escalation'],
    ['storestaff', 'store_staff'],
    ['tlil', 'till'],
    ['xyzzy', null],
    ['', null],
    ['e'.repeat(200), null],
  ])('to %s is %s', (word, near) => {
    expect(nearestWord(word, known)).toBe(near);
  });
});
