/** Wall clocks of stores: dates are `2026-10-25`, local times `2026-10-25T22:00`, instants ISO strings. */
const dayMs = 86_400_000;
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  let clock = clocks.get(timeZone);
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
    });
    clocks.set(timeZone, clock);
  }
  return clock;
}

/** What the store's clock shows at an instant, to the second. */
function localOf(at: string, timeZone: string): string {
  const parts = new Map(
    clockOf(timeZone)
      .formatToParts(new Date(at))
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '00';
  const date = `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
  return `${date}T${part('hour')}:${part('minute')}:${part('second')}`;
}

const offsetMs = (atMs: number, timeZone: string): number =>
  Date.parse(`${localOf(new Date(atMs).toISOString(), timeZone)}Z`) - Math.floor(atMs / 1000) * 1000;

/** The store's clock as a field for date and time takes it. */
export const localMinute = (at: string, timeZone: string): string => localOf(at, timeZone).slice(0, 16);
export const localDate = (at: string, timeZone: string): string => localOf(at, timeZone).slice(0, 10);

/**
 * The instant of a local time, as the roster's import reads it: of an hour that comes twice the first is meant, and a time
 * inside the hour that is skipped moves on by it. Null when it is no time at all.
 */
export function instantOf(local: string, timeZone: string): string | null {
  const asUtcMs = Date.parse(`${local.length === 10 ? `${local}T00:00` : local}Z`);
  if (Number.isNaN(asUtcMs)) return null;
  const candidates = [asUtcMs - dayMs, asUtcMs + dayMs].map((nearMs) => asUtcMs - offsetMs(nearMs, timeZone));
  const real = candidates.filter((atMs) => atMs + offsetMs(atMs, timeZone) === asUtcMs);
  return new Date(real.length > 0 ? Math.min(...real) : candidates[0]!).toISOString();
}

export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);

/** The Monday of a date's week. */
export const mondayOf = (date: string): string => addDays(date, -((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7));

export interface Day {
  date: string;
  startsAt: string;
  endsAt: string;
  /** 24, or 23 and 25 when the clocks change. */
  hours: number;
}

/** Days of the store's calendar, each as long as it really is. */
export function daysFrom(date: string, count: number, timeZone: string): Day[] {
  return Array.from({ length: count }, (_, index) => {
    const day = addDays(date, index);
    const startsAt = instantOf(day, timeZone) ?? `${day}T00:00:00.000Z`;
    const endsAt = instantOf(addDays(day, 1), timeZone) ?? startsAt;
    return { date: day, startsAt, endsAt, hours: (Date.parse(endsAt) - Date.parse(startsAt)) / 3_600_000 };
  });
}

/** Where an instant lies in a row of days, in days from their start; every day is drawn as wide as the others. */
export function positionIn(days: readonly Day[], at: string): number {
  const atMs = Date.parse(at);
  for (const [index, day] of days.entries()) {
    const startMs = Date.parse(day.startsAt);
    const endMs = Date.parse(day.endsAt);
    if (atMs < startMs) return index;
    if (atMs < endMs) return index + (atMs - startMs) / (endMs - startMs);
  }
  return days.length;
}

/** "8 h", "7 h 30 min". */
export function span(fromAt: string, toAt: string): string {
  const minutes = Math.round((Date.parse(toAt) - Date.parse(fromAt)) / 60_000);
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours >= 72) return `${Math.round(hours / 24).toLocaleString('en-GB')} days`;
  return [...(hours > 0 ? [`${hours} h`] : []), ...(rest > 0 || hours === 0 ? [`${rest} min`] : [])].join(' ');
}

/** "Mon 23 Nov" of a date, whatever the zone of the workstation. */
export const dayName = (date: string): string =>
  new Date(`${date}T12:00:00Z`).toLocaleDateString('en-GB', {
    ...{ weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' },
  });

/** "22:00" by the store's clock. */
export const hourMinute = (at: string, timeZone: string): string => localOf(at, timeZone).slice(11, 16);
