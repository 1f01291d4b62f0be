import { Temporal as Tempo } from 'temporal-polyfill';

/** One calendar day of a store, in epoch milliseconds. */
export interface StoreCalendar {
  fromMs: number;
  toMs: number;
  opensMs: number;
  closesMs: number;
  /** The moment at which a clock on the store's wall shows `13:30` that day; of an hour that comes twice, the first. */
  at(wallClock: string): number;
  /** The hour that a clock on the store's wall shows. */
  hourOf(ms: number): number;
}

/** The day by the store's own clock: 23 or 25 hours long when the clocks change. */
export function storeCalendar(date: string, timeZone: string, opening: { from: string; to: string }): StoreCalendar {
  const day = Tempo.PlainDate.from(date);
  const midnight = (of: Tempo.PlainDate) => of.toZonedDateTime({ timeZone }).epochMilliseconds;
  const fromMs = midnight(day);
  const toMs = midnight(day.add({ days: 1 }));
  const at = (wallClock: string) =>
    wallClock === '24:00'
      ? toMs
      : day.toZonedDateTime({ timeZone, plainTime: Tempo.PlainTime.from(wallClock) }).epochMilliseconds;
  const opensMs = at(opening.from);
  const closesMs = at(opening.to);
  if (closesMs - opensMs < 2 * 3_600_000)
    throw new Error(`The opening hours ${opening.from} to ${opening.to} are shorter than two hours; give longer ones.`);
  const hourOf = (ms: number) => Tempo.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone).hour;
  return { fromMs, toMs, opensMs, closesMs, at, hourOf };
}

/** How busy an hour is against the day's average: lunch and the way home are rush hours. */
const busyness: Readonly<Record<number, number>> = {
  7: 0.4,
  8: 0.7,
  9: 0.8,
  10: 0.9,
  11: 1.2,
  12: 1.6,
  13: 1.3,
  14: 0.9,
  15: 1,
  16: 1.4,
  17: 1.9,
  18: 1.8,
  19: 1.2,
  20: 0.7,
  21: 0.4,
};
const quietHour = 0.1;
const slotMs = 15 * 60_000;
/** Nobody comes in during the last minutes: they could not finish. */
const lastEntryMs = 20 * 60_000;

/** When the shoppers of a day come to a till, earliest first. */
export function arrivals(calendar: StoreCalendar, count: number, next: () => number): number[] {
  const slots: { fromMs: number; weight: number }[] = [];
  for (let fromMs = calendar.opensMs; fromMs + slotMs <= calendar.closesMs - lastEntryMs; fromMs += slotMs)
    slots.push({ fromMs, weight: busyness[calendar.hourOf(fromMs)] ?? quietHour });
  const total = slots.reduce((sum, slot) => sum + slot.weight, 0);
  const draw = () => {
    let left = next() * total;
    const slot =
      slots.find(({ weight }) => {
        left -= weight;
        return left < 0;
      }) ?? slots.at(-1)!;
    return slot.fromMs + Math.floor(next() * slotMs);
  };
  return Array.from({ length: count }, draw).sort((a, b) => a - b);
}
