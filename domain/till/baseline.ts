import { type DayMeasure, type MeasureName, measurePer } from './measures.ts';

/** How a day's count compares with what is usual. */
export interface Judgement {
  count: number;
  /** Null: too little is known of this store to call anything usual. */
  expected: number | null;
  z: number | null;
  ownDays: number;
  laneDays: number;
  storeDays: number;
}

/** Days until a cashier's own habit weighs as much as that of the lane, and the lane's as much as the store's. */
const shrinkageDays = 5;
/** Of fewer days (of any till or cashier, other ones of the same day included) no habit can be told. */
const minStoreDays = 4;
/** A day with less than this says nothing of a rate. */
const minOpportunities = { transactions: 20, pieces: 100 } as const;

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/**
 * The median absolute deviation, scaled to estimate the standard deviation of normal data (1.4826 = 1 / Φ⁻¹(3/4);
 * Rousseeuw and Croux, Alternatives to the Median Absolute Deviation, JASA 88, 1993).
 */
export function scaledMad(values: readonly number[]): number {
  const centre = median(values);
  return 1.4826 * median(values.map((value) => Math.abs(value - centre)));
}

interface Habit {
  rate: number;
  spread: number;
  days: number;
}

const habitOf = (rates: readonly number[]): Habit => ({
  rate: median(rates),
  spread: scaledMad(rates),
  days: rates.length,
});

/** A few days of one's own are drawn towards the wider habit: weight n / (n + k), as in empirical-Bayes shrinkage. */
function shrink(own: Habit, wider: Habit): Habit {
  const weight = own.days / (own.days + shrinkageDays);
  const mix = (a: number, b: number) => weight * a + (1 - weight) * b;
  return { rate: mix(own.rate, wider.rate), spread: mix(own.spread, wider.spread), days: own.days };
}

/** Who a day is judged as: a cashier, or a till that nobody sits at. */
export const subjectOf = (of: { operator: string | null; terminalId: string }): string =>
  of.operator ?? `till:${of.terminalId}`;

/** One measure of all subjects of a day against the days before. */
export function judgeMeasure(
  name: MeasureName,
  today: readonly DayMeasure[],
  history: readonly DayMeasure[],
): (of: { operator: string | null; terminalId: string }) => Judgement {
  const per = measurePer[name];
  const units = (rows: readonly DayMeasure[]) => unitsOf(rows, name, per);
  const [now, past] = [units(today), units(history)];
  const judged = new Map<string, Judgement>();
  return (of) => {
    const subject = subjectOf(of);
    const known = judged.get(subject);
    if (known) return known;
    const own = now.find((unit) => unit.subject === subject);
    // People at tills and tills without people live by different habits.
    const alike = (unit: Unit) => unit.manned === (of.operator !== null) && unit.opportunities >= minOpportunities[per];
    const rates = (of: readonly Unit[]) => of.map((unit) => unit.count / unit.opportunities);
    const days = past.filter(alike);
    const store = habitOf(rates([...days, ...now.filter((unit) => alike(unit) && unit.subject !== subject)]));
    const lane = habitOf(rates(days.filter((unit) => unit.terminalId === (own?.terminalId ?? of.terminalId))));
    const self = habitOf(rates(days.filter((unit) => unit.subject === subject)));
    const counts = { count: own?.count ?? 0, ownDays: self.days, laneDays: lane.days, storeDays: store.days };
    const verdict: Judgement = { ...counts, expected: null, z: null };
    if (store.days >= minStoreDays) {
      const usual = shrink(self, shrink(lane, store));
      const opportunities = own?.opportunities ?? 0;
      const expected = usual.rate * opportunities;
      // Counts cannot be steadier than chance: a Poisson count has at least the root of its mean as its deviation.
      const spread = Math.max(usual.spread * opportunities, Math.sqrt(Math.max(expected, 1)));
      Object.assign(verdict, { expected, z: (counts.count - expected) / spread });
    }
    judged.set(subject, verdict);
    return verdict;
  };
}

interface Unit {
  subject: string;
  manned: boolean;
  /** Where most of the day was worked. */
  terminalId: string;
  count: number;
  opportunities: number;
}

/** A subject's day is one unit, at however many tills it was worked. */
function unitsOf(rows: readonly DayMeasure[], name: MeasureName, per: 'transactions' | 'pieces'): Unit[] {
  const units = new Map<string, Unit & { most: number }>();
  for (const row of rows) {
    const subject = subjectOf(row);
    const key = `${row.day}/${subject}`;
    const unit = units.get(key) ?? {
      ...{ subject, manned: row.operator !== null, terminalId: row.terminalId },
      ...{ count: 0, opportunities: 0, most: -1 },
    };
    unit.count += row.measures[name];
    unit.opportunities += row.measures[per];
    if (row.measures.transactions > unit.most)
      Object.assign(unit, { most: row.measures.transactions, terminalId: row.terminalId });
    units.set(key, unit);
  }
  return [...units.values()];
}
