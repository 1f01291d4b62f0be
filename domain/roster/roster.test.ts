import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zoneRules } from '../../services/roster/zone-rules.ts';
import { toMs } from '../time.ts';
import type { Actor, Role } from '../types.ts';
import { findGaps, type StaffedShift } from './coverage.ts';
import { addDays, daysBetween, isDate, isTimeOfDay, weekdayOf } from './local-time.ts';
import { concreteShift, expandPattern, type ShiftPattern } from './pattern.ts';
import { maintains, rosterRoles } from './rights.ts';

const everyDay = [1, 2, 3, 4, 5, 6, 7];
const pattern = (change: Partial<ShiftPattern> = {}): ShiftPattern => ({
  ...{ weekdays: everyDay, from: '22:00', to: '06:00', validFrom: '2026-01-01', validTo: null, worksHolidays: false },
  ...change,
});
const place = (zone: string, holidays: string[] = []) => ({
  ...{ zone, rules: zoneRules, isHoliday: (date: string) => holidays.includes(date) },
});
const hours = (shift: { startsAt: string; endsAt: string }) => (toMs(shift.endsAt) - toMs(shift.startsAt)) / 3_600_000;

describe('the nights in which the clocks change', () => {
  const cases: [string, string, string, string, string, string | null, string | null, number][] = [
    // zone, date, from, to, what, start, end, hours
    ['Europe/London', '2026-03-28', '22:00', '06:00', 'forward', '2026-03-28T22:00', '2026-03-29T05:00', 7],
    ['Europe/London', '2026-10-24', '22:00', '06:00', 'back', '2026-10-24T21:00', '2026-10-25T06:00', 9],
    ['America/Chicago', '2026-03-07', '22:00', '06:00', 'forward', '2026-03-08T04:00', '2026-03-08T11:00', 7],
    ['America/Chicago', '2026-10-31', '22:00', '06:00', 'back', '2026-11-01T03:00', '2026-11-01T12:00', 9],
    ['Europe/London', '2026-03-29', '01:30', '09:30', 'a start in the gap', '2026-03-29T01:30', '2026-03-29T08:30', 7],
    [
      'America/Chicago',
      '2026-03-08',
      '02:30',
      '10:30',
      'a start in the gap',
      '2026-03-08T08:30',
      '2026-03-08T15:30',
      7,
    ],
    [
      'Europe/London',
      '2026-10-25',
      '01:30',
      '09:30',
      'a start that comes twice',
      '2026-10-25T00:30',
      '2026-10-25T09:30',
      9,
    ],
    [
      'America/Chicago',
      '2026-11-01',
      '01:30',
      '09:30',
      'a start that comes twice',
      '2026-11-01T06:30',
      '2026-11-01T15:30',
      9,
    ],
    ['Europe/London', '2026-03-28', '18:00', '01:30', 'an end in the gap', '2026-03-28T18:00', '2026-03-29T01:30', 7.5],
    [
      'Europe/London',
      '2026-10-24',
      '18:00',
      '01:30',
      'an end that comes twice',
      '2026-10-24T17:00',
      '2026-10-25T00:30',
      7.5,
    ],
    ['Europe/London', '2026-03-29', '01:00', '02:00', 'an hour that is skipped', null, null, 0],
    ['Europe/London', '2026-06-01', '00:00', '24:00', 'a whole day', '2026-05-31T23:00', '2026-06-01T23:00', 24],
    ['Europe/London', '2026-10-25', '00:00', '24:00', 'the longest day', '2026-10-24T23:00', '2026-10-26T00:00', 25],
    ['Asia/Kolkata', '2026-03-28', '22:00', '06:00', 'no summer time', '2026-03-28T16:30', '2026-03-29T00:30', 8],
  ];
  it.each(cases)('%s %s %s to %s: %s', (zone, date, from, to, _what, start, end, length) => {
    const shift = concreteShift(date, from, to, place(zone));
    const expected = start === null ? null : { date, startsAt: `${start}:00.000Z`, endsAt: `${end}:00.000Z` };
    expect(shift).toEqual(expected);
    if (shift) expect(hours(shift)).toBe(length);
  });

  it.each(['Europe/London', 'America/Chicago', 'Australia/Lord_Howe'])(
    'a night watch and a day watch in %s leave no gap and never overlap, all year',
    (zone) => {
      const window = { fromDate: '2026-01-01', toDate: '2026-12-31' };
      const shifts = [pattern(), pattern({ from: '06:00', to: '22:00' })]
        .flatMap((each) => expandPattern(each, place(zone), window))
        .sort((a, b) => (a.startsAt < b.startsAt ? -1 : 1));
      expect(shifts).toHaveLength(730);
      for (const [index, shift] of shifts.entries())
        if (index > 0) expect(shift.startsAt).toBe(shifts[index - 1]!.endsAt);
    },
  );
});

describe('a pattern', () => {
  const week = { fromDate: '2026-12-21', toDate: '2026-12-27' };
  const dates = (change: Partial<ShiftPattern>, holidays: string[] = []) =>
    expandPattern(pattern(change), place('Europe/London', holidays), week).map(({ date }) => date.slice(8));

  it.each<[string, Partial<ShiftPattern>, string[], string[]]>([
    ['every day', {}, [], ['21', '22', '23', '24', '25', '26', '27']],
    ['Monday and Sunday', { weekdays: [1, 7] }, [], ['21', '27']],
    ['a holiday takes out what starts on it', {}, ['2026-12-25'], ['21', '22', '23', '24', '26', '27']],
    ['not the night that began on the eve', { weekdays: [4] }, ['2026-12-25'], ['24']],
    ['unless holidays are worked', { worksHolidays: true, weekdays: [5] }, ['2026-12-25'], ['25']],
    ['from its first day', { validFrom: '2026-12-26' }, [], ['26', '27']],
    ['to its last day', { validTo: '2026-12-22' }, [], ['21', '22']],
    ['long over', { validTo: '2026-01-31' }, [], []],
  ])('%s', (_name, change, holidays, expected) => {
    expect(dates(change, holidays)).toEqual(expected);
  });
});

describe('dates', () => {
  it.each([
    ['2026-02-28', true],
    ['2028-02-29', true],
    ['2026-02-29', false],
    ['2026-13-01', false],
    ['2026-1-1', false],
    ['20260101', false],
    ['', false],
  ])('%s: %s', (text, expected) => expect(isDate(text)).toBe(expected));

  it.each([
    ['00:00', true],
    ['23:59', true],
    ['24:00', false],
    ['7:00', false],
    ['12:60', false],
  ])('%s: %s', (text, expected) => expect(isTimeOfDay(text)).toBe(expected));

  it('are counted over months, years and changes of the clocks', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2026-03-29', -1)).toBe('2026-03-28');
    expect(daysBetween('2026-03-01', '2026-04-01')).toBe(31);
    expect(weekdayOf('2026-11-23')).toBe(1);
    expect(weekdayOf('2026-11-22')).toBe(7);
  });
});

describe('coverage', () => {
  const at = (hour: number) => `2026-11-21T${String(hour).padStart(2, '0')}:00:00.000Z`;
  const shift = (from: number, to: number, role: Role = 'store_staff'): StaffedShift => ({
    ...{ role, startsAt: at(from), endsAt: at(to) },
  });
  const gaps = (shifts: StaffedShift[], roles: Role[] = ['store_staff']) =>
    findGaps(shifts, roles, at(6), at(20)).map(({ role, fromAt, toAt }) => [
      role,
      fromAt.slice(11, 13),
      toAt.slice(11, 13),
    ]);

  it.each<[string, StaffedShift[], string[][]]>([
    ['nobody at all', [], [['06', '20']]],
    ['all of it', [shift(5, 21)], []],
    ['touching shifts', [shift(6, 12), shift(12, 20)], []],
    ['a hole', [shift(6, 12), shift(13, 20)], [['12', '13']]],
    [
      'late and early',
      [shift(8, 18)],
      [
        ['06', '08'],
        ['18', '20'],
      ],
    ],
    ['overlapping, in no order', [shift(10, 20), shift(5, 11), shift(7, 8)], []],
    ['one within another', [shift(6, 15), shift(7, 9)], [['15', '20']]],
    ['outside of the range', [shift(1, 5), shift(21, 23)], [['06', '20']]],
    ['of another role', [shift(6, 20, 'regional')], [['06', '20']]],
  ])('%s', (_name, shifts, expected) => {
    expect(gaps(shifts)).toEqual(expected.map((span) => ['store_staff', ...span]));
  });

  it('is told for each role', () => {
    expect(gaps([shift(6, 20)], ['store_staff', 'store_manager'])).toEqual([['store_manager', '06', '20']]);
  });

  it('and its gaps make up the whole, without overlap', () => {
    const span = fc.tuple(fc.integer({ min: 0, max: 22 }), fc.integer({ min: 1, max: 10 }));
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), (spans) => {
        const shifts = spans.map(([from, length]) => shift(from, Math.min(23, from + length)));
        const found = findGaps(shifts, ['store_staff'], at(6), at(20));
        for (let hour = 6; hour < 20; hour += 1) {
          const instant = at(hour);
          const covered = shifts.some(({ startsAt, endsAt }) => startsAt <= instant && instant < endsAt);
          const inGap = found.filter(({ fromAt, toAt }) => fromAt <= instant && instant < toAt).length;
          expect(inGap).toBe(covered ? 0 : 1);
        }
      }),
    );
  });
});

describe('who maintains whom', () => {
  const actor = (role: Actor['role'], storeIds: string[] | null = null): Actor => ({
    ...{ id: 'user:x', displayName: '', tenantId: 'demo', role, storeIds },
  });
  it.each<[Actor, Role[]]>([
    [actor('store_staff'), []],
    [actor('store_manager'), ['store_staff', 'store_manager']],
    [actor('regional'), ['store_staff', 'store_manager', 'regional']],
    [actor('soc_operator'), []],
    [actor('soc_lead'), [...rosterRoles]],
    [actor('admin'), [...rosterRoles]],
    [actor('compliance'), []],
    [actor('system'), []],
  ])('$role', (who, expected) => {
    const all: Role[] = [...rosterRoles, 'admin', 'compliance', 'device'];
    expect(all.filter((role) => maintains(who, { role, homeStoreId: 'north' }))).toEqual(expected);
  });

  it.each([
    ['their own store', ['north'], 'north', true],
    ['another store', ['south'], 'north', false],
    ['no store', ['north'], null, false],
    ['no store, seeing all', null, null, true],
  ])('%s', (_name, storeIds, homeStoreId, expected) => {
    expect(maintains(actor('store_manager', storeIds), { role: 'store_staff', homeStoreId })).toBe(expected);
  });
});
