import { describe, expect, it } from 'vitest';
import { zoneRules } from '../../../services/roster/zone-rules.ts';
import { daysFrom, instantOf, localMinute, mondayOf, positionIn, span } from './zone.ts';

const london = 'Europe/London';

describe('clocks of stores', () => {
  it.each([
    ['2026-11-23T22:00', london],
    // Skipped, and coming twice.
    ['2026-03-29T01:30', london],
    ['2026-10-25T01:30', london],
    ['2026-10-25T00:30', london],
    ['2026-03-08T02:15', 'America/New_York'],
    ['2026-11-01T01:15', 'America/New_York'],
    ['2026-10-04T02:10', 'Australia/Lord_Howe'],
    ['2026-04-05T01:45', 'Australia/Lord_Howe'],
    ['2026-12-31T23:59', 'Pacific/Kiritimati'],
  ])('reads %s in %s as the roster does', (local, zone) => {
    expect(instantOf(local, zone)).toBe(zoneRules.toInstant(local, zone));
  });

  it('shows an instant as a clock of the store does', () => {
    expect(localMinute('2026-07-01T11:00:00.000Z', london)).toBe('2026-07-01T12:00');
    expect(localMinute('2026-12-31T23:30:00.000Z', 'Asia/Kolkata')).toBe('2027-01-01T05:00');
    expect(localMinute('2026-11-23T00:00:00.000Z', london)).toBe('2026-11-23T00:00');
  });

  it('says no to what is no time', () => {
    expect(instantOf('', london)).toBeNull();
    expect(instantOf('2026-13-01T00:00', london)).toBeNull();
  });
});

describe('days of a week', () => {
  it('begins on Monday', () => {
    expect(mondayOf('2026-11-23')).toBe('2026-11-23');
    expect(mondayOf('2026-11-29')).toBe('2026-11-23');
  });

  it('has 25 and 23 hours when the clocks change, and midnight stays at the edge', () => {
    const autumn = daysFrom('2026-10-19', 7, london);
    expect(autumn.map(({ hours }) => hours)).toEqual([24, 24, 24, 24, 24, 24, 25]);
    expect(daysFrom('2026-03-29', 1, london)[0]?.hours).toBe(23);
    // Noon of the long day is after 13 of its 25 hours.
    expect(positionIn(autumn, '2026-10-25T12:00:00.000Z')).toBeCloseTo(6 + 13 / 25);
    expect(positionIn(autumn, '2026-10-20T23:00:00.000Z')).toBe(2);
    expect(positionIn(autumn, '2020-01-01T00:00:00.000Z')).toBe(0);
    expect(positionIn(autumn, '2100-01-01T00:00:00.000Z')).toBe(7);
  });

  it('says how long a night really is', () => {
    const night = (from: string, to: string) => span(instantOf(from, london)!, instantOf(to, london)!);
    expect(night('2026-10-24T22:00', '2026-10-25T06:00')).toBe('9 h');
    expect(night('2026-03-28T22:00', '2026-03-29T06:00')).toBe('7 h');
    expect(night('2026-11-23T22:00', '2026-11-24T05:30')).toBe('7 h 30 min');
  });
});
