import { arrivals, type StoreCalendar } from './calendar.ts';
import type { Random } from './random.ts';
import type { Sale } from './shop.ts';
import type { Shift, Till } from './tills.ts';
import type { FraudKind } from './types.ts';

/** Something that happens at a till, from the moment at which somebody wants it. */
export interface Visit {
  atMs: number;
  /** Only this till; absent: whichever is free first. */
  placeId?: string;
  /** Only self-checkouts, or only lanes. */
  kind?: 'cashier' | 'self_checkout';
  what:
    | { kind: 'sale'; sale: Sale }
    | { kind: 'refund'; withReceipt: boolean; fraud: boolean }
    | { kind: 'no_sale'; times: number };
}

/** How often each fraud is planted in a day of three thousand baskets, and which of the lanes' cashiers does it. */
const planted: Readonly<Record<FraudKind, { count: number; by: { lane: number; shift: number } | 'shopper' }>> = {
  missed_scan: { count: 12, by: 'shopper' },
  wrong_item: { count: 8, by: 'shopper' },
  fake_scan: { count: 6, by: 'shopper' },
  several_items: { count: 6, by: 'shopper' },
  sweethearting: { count: 8, by: { lane: 1, shift: 0 } },
  under_ringing: { count: 8, by: { lane: 1, shift: 0 } },
  void_after_tender: { count: 6, by: { lane: 2, shift: 1 } },
  post_void: { count: 4, by: { lane: 2, shift: 0 } },
  refund_nobody_there: { count: 4, by: { lane: 0, shift: 1 } },
  no_sale_burst: { count: 2, by: { lane: 0, shift: 0 } },
  price_override: { count: 8, by: { lane: 3, shift: 0 } },
};
const plantedPer = 3_000;
const refundShare = 0.007;
const trainingPerDay = 4;

/** Everything that will be asked of the tills, earliest first. */
export function planVisits(options: {
  calendar: StoreCalendar;
  tills: readonly Till[];
  baskets: number;
  fraud: boolean;
  random: Random;
}): Visit[] {
  const { calendar, tills, baskets, fraud, random } = options;
  const lanes = tills.filter(({ place }) => place.kind === 'cashier');
  const selfCheckouts = tills.length - lanes.length;
  const visits: Visit[] = arrivals(calendar, baskets, random.next).map((atMs) => {
    const size = basketSize(random);
    const quick = selfCheckouts > 0 && (lanes.length === 0 || (size <= 12 && random.chance(0.62)));
    return {
      atMs,
      kind: quick ? 'self_checkout' : 'cashier',
      what: { kind: 'sale', sale: { size: quick ? Math.min(size, 12) : size, fraud: null, training: false } },
    };
  });
  if (fraud) {
    const scale = Math.min(1, baskets / plantedPer);
    for (const [kind, { count, by }] of Object.entries(planted) as [FraudKind, (typeof planted)[FraudKind]][]) {
      const times = Math.max(1, Math.round(count * scale));
      if (by === 'shopper') {
        if (selfCheckouts > 0) turnCrooked(visits, kind, times, random, null);
      } else if (lanes.length > 0) plantAtLane(visits, kind, times, random, lanes, by);
    }
  }
  if (lanes.length > 0) visits.push(...honestAsides(lanes, baskets, random));
  return visits.sort((a, b) => a.atMs - b.atMs);
}

/** Most baskets are small, a few are large (log-normal). */
const basketSize = (random: Random): number =>
  Math.min(60, Math.max(1, Math.round(Math.exp(random.normal(1.9, 0.85)))));

/** Picks sales that are honest so far and has this happen in them. */
function turnCrooked(
  visits: readonly Visit[],
  kind: FraudKind,
  times: number,
  random: Random,
  at: { placeId: string; shift: Shift } | null,
): void {
  const wanted = at === null ? 'self_checkout' : 'cashier';
  const candidates = visits.filter(
    ({ atMs, kind: where, placeId, what }) =>
      what.kind === 'sale' &&
      what.sale.fraud === null &&
      where === wanted &&
      placeId === undefined &&
      (at === null || within(atMs, at.shift)),
  );
  for (let time = 0; time < times && candidates.length > 0; time += 1) {
    const [visit] = candidates.splice(random.between(0, candidates.length - 1), 1);
    if (visit?.what.kind !== 'sale') continue;
    visit.what.sale.fraud = kind;
    visit.what.sale.size = Math.max(5, visit.what.sale.size);
    if (at !== null) visit.placeId = at.placeId;
  }
}

const edgeMs = 20 * 60_000;
const within = (atMs: number, shift: Shift): boolean => atMs > shift.fromMs + edgeMs && atMs < shift.toMs - 2 * edgeMs;

function plantAtLane(
  visits: Visit[],
  kind: FraudKind,
  times: number,
  random: Random,
  lanes: readonly Till[],
  by: { lane: number; shift: number },
): void {
  const till = lanes[by.lane % lanes.length]!;
  const shift = till.shifts[by.shift % Math.max(1, till.shifts.length)] ?? lanes[0]!.shifts[0]!;
  const placeId = till.shifts.length > 0 ? till.place.terminalId : lanes[0]!.place.terminalId;
  if (kind !== 'refund_nobody_there' && kind !== 'no_sale_burst') {
    turnCrooked(visits, kind, times, random, { placeId, shift });
    return;
  }
  for (let time = 0; time < times; time += 1) {
    const atMs = random.between(shift.fromMs + edgeMs, shift.toMs - 2 * edgeMs);
    visits.push({
      atMs,
      placeId,
      what:
        kind === 'refund_nobody_there'
          ? { kind: 'refund', withReceipt: false, fraud: true }
          : { kind: 'no_sale', times: random.between(5, 8) },
    });
  }
}

/** Goods brought back, change fetched, a trainee practising. */
function honestAsides(lanes: readonly Till[], baskets: number, random: Random): Visit[] {
  const shifts = lanes.flatMap(({ place, shifts: of }) => of.map((shift) => ({ placeId: place.terminalId, shift })));
  const during = ({ fromMs, toMs }: Shift) => random.between(fromMs + edgeMs, Math.max(fromMs + edgeMs, toMs - edgeMs));
  const asides: Visit[] = [];
  for (let time = 0; time < Math.round(baskets * refundShare); time += 1) {
    const { placeId, shift } = random.pick(shifts.filter((each) => each.placeId === lanes[0]!.place.terminalId));
    const what = { kind: 'refund', withReceipt: random.chance(0.8), fraud: false } as const;
    asides.push({ atMs: during(shift), placeId, what });
  }
  for (const { placeId, shift } of shifts)
    for (let time = random.between(0, 2); time > 0; time -= 1)
      asides.push({ atMs: during(shift), placeId, what: { kind: 'no_sale', times: 1 } });
  const trainee = shifts.at(-1)!;
  for (let time = 0; time < trainingPerDay; time += 1) {
    const sale = { size: random.between(3, 8), fraud: null, training: true };
    asides.push({ atMs: during(trainee.shift), placeId: trainee.placeId, what: { kind: 'sale', sale } });
  }
  return asides;
}
