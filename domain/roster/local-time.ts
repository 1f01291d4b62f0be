/**
 * Local dates (`2026-10-25`) and wall-clock times (`2026-10-25T22:00`) of a store. What instant a wall clock means is the
 * business of the zone's rules, which come from outside.
 */
export interface ZoneRules {
  /** The instant of a wall-clock time; in a gap the clock has already moved on, and of two equal ones it is the first. */
  toInstant(local: string, zone: string): string;
  /** The wall-clock time of an instant, to the second. */
  toLocal(at: string, zone: string): string;
}

const dayMs = 86_400_000;
const dateMs = (date: string): number => Date.parse(`${date}T00:00:00Z`);

/** Whether the text is a date of the calendar, in our one form. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(dateMs(text))) return false;
  return new Date(dateMs(text)).toISOString().startsWith(text);
}

export const isTimeOfDay = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text);

export const addDays = (date: string, days: number): string =>
  new Date(dateMs(date) + days * dayMs).toISOString().slice(0, 10);

export const daysBetween = (from: string, to: string): number => Math.round((dateMs(to) - dateMs(from)) / dayMs);

/** 1 is Monday, 7 is Sunday. */
export const weekdayOf = (date: string): number => ((new Date(dateMs(date)).getUTCDay() + 6) % 7) + 1;

export const dateOf = (local: string): string => local.slice(0, 10);
