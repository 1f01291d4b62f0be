import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLocalClock } from './local-clock.ts';
import { isoTime, timePattern } from './time-pattern.ts';

/** What a clock on the wall of the zone shows; the runtime's own tables, not the library that is tested. */
function wallClockOf(ms: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return `${format.format(ms).replace(' ', 'T')}.000`;
}

const times = (zone: string, locals: readonly string[], terminal = 'sco-3') => {
  const clock = createLocalClock(zone);
  return locals.map((local) => {
    const read = clock.read(terminal, `${local}.000`);
    return 'ms' in read ? new Date(read.ms).toISOString() : read.problem;
  });
};

describe('the hour that happens twice', () => {
  it.each([
    ['Europe/Berlin', '2026-10-25T02', '2026-10-25T00', '2026-10-25T01'],
    ['America/New_York', '2026-11-01T01', '2026-11-01T05', '2026-11-01T06'],
  ])('in %s is told by the order of the file', (zone, hour, first, second) => {
    expect(times(zone, [`${hour}:10:00`, `${hour}:50:00`, `${hour}:05:00`, `${hour}:59:00`])).toEqual([
      `${first}:10:00.000Z`,
      `${first}:50:00.000Z`,
      `${second}:05:00.000Z`,
      `${second}:59:00.000Z`,
    ]);
  });

  it('stays in the first round for lines that only changed places', () => {
    expect(times('Europe/Berlin', ['2026-10-25T02:30:10', '2026-10-25T02:29:50'])).toEqual([
      '2026-10-25T00:30:10.000Z',
      '2026-10-25T00:29:50.000Z',
    ]);
  });

  it('is told for each till by its own lines', () => {
    const clock = createLocalClock('Europe/Berlin');
    clock.read('one', '2026-10-25T02:50:00.000');
    expect(clock.read('two', '2026-10-25T02:10:00.000')).toEqual({ ms: Date.parse('2026-10-25T00:10:00Z') });
    expect(clock.read('one', '2026-10-25T02:10:00.000')).toEqual({ ms: Date.parse('2026-10-25T01:10:00Z') });
  });

  it('is told by times with an offset too', () => {
    const clock = createLocalClock('Europe/Berlin');
    clock.note('one', Date.parse('2026-10-25T02:20:00+01:00'));
    expect(clock.read('one', '2026-10-25T02:30:00.000')).toEqual({ ms: Date.parse('2026-10-25T01:30:00Z') });
  });
});

describe('the hour that is skipped', () => {
  it.each([
    ['Europe/Berlin', '2026-03-29T02:00:00', '2026-03-29T02:59:59', '2026-03-29T01:59:59', '2026-03-29T03:00:00'],
    ['America/New_York', '2026-03-08T02:00:00', '2026-03-08T02:59:59', '2026-03-08T01:59:59', '2026-03-08T03:00:00'],
  ])('in %s does not exist', (zone, from, to, before, after) => {
    const [first, last, earlier, later] = times(zone, [from, to, before, after]);
    expect(first).toMatch(/was skipped by the clocks of/);
    expect(last).toMatch(/was skipped by the clocks of/);
    expect(Date.parse(later!) - Date.parse(earlier!)).toBe(1_000);
  });
});

it.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'America/St_Johns'])(
  'in %s a till that runs through both changes of the year is read back to the second',
  (zone) => {
    fc.assert(
      fc.property(
        fc.constantFrom('2026-03-07', '2026-03-28', '2026-04-04', '2026-10-03', '2026-10-24', '2026-10-31'),
        // Never quiet for a whole round: then nobody could tell which one a line is of.
        fc.array(fc.integer({ min: 1, max: 20 * 60 }), { minLength: 150, maxLength: 300 }),
        (from, gapsSeconds) => {
          const clock = createLocalClock(zone);
          let ms = Date.parse(`${from}T12:00:00Z`);
          for (const gapSeconds of gapsSeconds) {
            ms += gapSeconds * 1_000;
            const read = clock.read('sco-3', wallClockOf(ms, zone));
            if (!('ms' in read) || read.ms !== ms) return false;
          }
          return true;
        },
      ),
      { numRuns: 12 },
    );
  },
);

describe('a written time', () => {
  it.each([
    ['iso', '2026-11-21T09:30', { local: '2026-11-21T09:30:00.000' }],
    ['iso', '2026-11-21 09:30:05.1234', { local: '2026-11-21T09:30:05.123' }],
    ['iso', '2026-11-21T09:30:05+0100', { at: Date.parse('2026-11-21T08:30:05Z') }],
    ['dd.MM.yyyy HH:mm:ss', '1.2.2026 9:05:00', { local: '2026-02-01T09:05:00.000' }],
    ['MM/dd/yy HH:mm', '02/29/28 23:59', { local: '2028-02-29T23:59:00.000' }],
    ['yyyyMMdd HHmmss', '20260504 080005', { local: '2026-05-04T08:00:05.000' }],
  ])('by %s: %s', (pattern, written, expected) => {
    expect(timePattern(pattern)(written)).toEqual(expected);
  });

  it.each([
    ['iso', '2026-02-29T08:00:00'],
    ['iso', '2026-05-04T24:30:00'],
    ['iso', '04.05.2026'],
    ['dd.MM.yyyy HH:mm', '31.04.2026 08:00'],
    ['dd.MM.yyyy HH:mm', '05/04/2026 08:00'],
    ['yyyyMMdd HHmmss', '2026504 80005'],
  ])('by %s is not %s', (pattern, written) => {
    expect(timePattern(pattern)(written)).toBeNull();
  });

  it('of a second that leaps is none, rather than the next minute', () => {
    expect(isoTime('2016-12-31T23:59:60Z')).toBeNull();
  });
});
