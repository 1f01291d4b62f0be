import { toMs } from '../time.ts';
import { addDays, weekdayOf, type ZoneRules } from './local-time.ts';

/** A shift that comes back every week, by the store's clock. */
export interface ShiftPattern {
  /** 1 is Monday, 7 is Sunday. */
  weekdays: readonly number[];
  /** `22:00` */
  from: string;
  /** `06:00`, or `24:00`; not later than `from` means on the next day. */
  to: string;
  /** First and last date on which it may start. */
  validFrom: string;
  validTo: string | null;
  worksHolidays: boolean;
}

export interface ConcreteShift {
  /** The local date on which it starts. */
  date: string;
  startsAt: string;
  endsAt: string;
}

/**
 * The shifts of a pattern that start from `fromDate` to `toDate`, as instants. The wall clock counts: 22:00 to 06:00 lasts
 * seven or nine hours in the nights in which the clocks change.
 */
export function expandPattern(
  pattern: ShiftPattern,
  place: { zone: string; rules: ZoneRules; isHoliday: (date: string) => boolean },
  window: { fromDate: string; toDate: string },
): ConcreteShift[] {
  const shifts: ConcreteShift[] = [];
  for (let date = window.fromDate; date <= window.toDate; date = addDays(date, 1)) {
    if (date < pattern.validFrom || (pattern.validTo !== null && date > pattern.validTo)) continue;
    if (!pattern.weekdays.includes(weekdayOf(date))) continue;
    if (!pattern.worksHolidays && place.isHoliday(date)) continue;
    const shift = concreteShift(date, pattern.from, pattern.to, place);
    if (shift) shifts.push(shift);
  }
  return shifts;
}

/** Null when the clocks skip the whole of it. */
export function concreteShift(
  date: string,
  from: string,
  to: string,
  place: { zone: string; rules: ZoneRules },
): ConcreteShift | null {
  const endDate = to <= from || to === '24:00' ? addDays(date, 1) : date;
  const startsAt = place.rules.toInstant(`${date}T${from}`, place.zone);
  const endsAt = place.rules.toInstant(`${endDate}T${to === '24:00' ? '00:00' : to}`, place.zone);
  return toMs(startsAt) < toMs(endsAt) ? { date, startsAt, endsAt } : null;
}
