import type { Crossing } from '../../domain/types.ts';
import { ringNoSale, ringRefund } from './asides.ts';
import { createAssortment, createShopper } from './assortment.ts';
import { type StoreCalendar, storeCalendar } from './calendar.ts';
import { watchDay } from './camera.ts';
import { faultOf, postLines } from './posting.ts';
import { createRandom } from './random.ts';
import { DayRecord, type Place, type RawCrossing } from './record.ts';
import { ringSale } from './sale.ts';
import type { Shop } from './shop.ts';
import { nextStart, openTills, type Till, type Trouble } from './tills.ts';
import { type DayFault, defaultFaults, type Faults, type StoreDay } from './types.ts';
import { planVisits, type Visit } from './visits.ts';

export interface StoreDayOptions {
  seed: number;
  /** `2026-05-04`, by the store's calendar. */
  date: string;
  timeZone: string;
  storeId: string;
  lanes?: number;
  selfCheckouts?: number;
  baskets?: number;
  opening?: { from: string; to: string };
  currency?: string;
  /** False: nobody steals; such days are the baseline of the others. */
  fraud?: boolean;
  faults?: Partial<Faults>;
  /** How often a till says that it is there; 0: never. A real one does every two seconds. */
  heartbeatEveryMs?: number;
}

const dearFromMinor = 500;

/** A day of a supermarket with the truth about it: the same for the same arguments, whatever the machine. */
export function simulateDay(options: StoreDayOptions): StoreDay {
  const { seed, date, timeZone, storeId, lanes = 8, selfCheckouts = 4, baskets = 3_000 } = options;
  const { opening = { from: '07:00', to: '22:00' }, currency = 'EUR', fraud = true } = options;
  const faults = { ...defaultFaults, ...options.faults };
  requireSense({ lanes, selfCheckouts, baskets }, faults);
  const calendar = storeCalendar(date, timeZone, opening);
  const stream = (name: string) => createRandom(seed, `${date}/${name}`);
  const { tills, trouble } = openTills(calendar, { lanes, selfCheckouts }, faults);
  const record = new DayRecord({ storeId, currency, date, random: stream('camera') });
  // The assortment is the shop's and not the day's.
  const articles = createAssortment(seed);
  const draw = createShopper(articles, seed);
  const random = stream('tills');
  const plain = articles.filter(({ weighed, packSize }) => !weighed && packSize === 1);
  const dear = plain.filter(({ priceMinor }) => priceMinor >= dearFromMinor);
  const cheapest = (of: typeof articles) =>
    of.reduce((least, each) => (each.priceMinor < least.priceMinor ? each : least));
  const shop: Shop = {
    ...{ record, random, faults, draw: () => draw(random), paid: [] },
    dear,
    dearNamed: dear.filter(({ label }) => label !== null),
    cheapWeighed: cheapest(articles.filter(({ weighed }) => weighed)),
    cheapPiece: cheapest(plain),
  };
  for (const visit of planVisits({ calendar, tills, baskets, fraud, random: stream('visits') }))
    serve(shop, tills, visit);
  if (trouble.closedPlace) cleanScanner(record, trouble.closedPlace, calendar);
  signOnAndOff(record, tills, calendar);

  const { heartbeatEveryMs = 30_000 } = options;
  const wire = { storeId, calendar, tills, trouble, faults, heartbeatEveryMs, random: stream('posting') };
  const posted = postLines(record.lines, wire);
  const reports = tills
    .filter(({ place }) => place.kind === 'self_checkout')
    .flatMap(({ place, shifts }) => {
      const under = new Set(shifts.map(({ terminalId }) => terminalId));
      return watchDay({
        storeId,
        crossings: record.crossings.filter((crossing) => crossing.place === place),
        lines: posted.lines.filter(({ event }) => under.has(event.terminalId)),
        labelOf: labels(articles),
        plusOf: (label) => articles.filter((article) => article.label === label).map(({ plu }) => plu),
      });
    })
    .sort((a, b) => byText(a.detection.detectedAt, b.detection.detectedAt));
  const { truth } = record;
  truth.frauds.sort((a, b) => byText(a.at, b.at));
  truth.detections = reports.map(({ detection, crossingId }) => ({ eventId: detection.eventId, crossingId }));
  truth.faults = [...posted.faults, ...placeFaults(trouble, calendar, faults)];
  return {
    ...{ storeId, date, timeZone },
    fromAt: iso(calendar.fromMs),
    toAt: iso(calendar.toMs),
    lines: posted.lines,
    crossings: [...record.crossings].sort((a, b) => a.atMs - b.atMs).map((raw) => toCrossing(storeId, raw)),
    detections: reports.map(({ detection }) => detection),
    terminalChanges: trouble.changes,
    truth,
  };
}

function requireSense(counts: Record<string, number>, faults: Faults): void {
  for (const [name, count] of Object.entries(counts))
    if (!Number.isInteger(count) || count < 0)
      throw new Error(`${name} must be a whole number from 0; it is ${count}.`);
  if (counts['lanes'] === 0 && counts['selfCheckouts'] === 0)
    throw new Error('A store needs a till: give lanes or selfCheckouts.');
  for (const [name, value] of Object.entries(faults))
    if (name.endsWith('Share') && (Number(value) < 0 || Number(value) > 1))
      throw new Error(`${name} must be a share from 0 to 1; it is ${value}.`);
}

/** The till that can begin first rings the visit. */
function serve(shop: Shop, tills: readonly Till[], { atMs, placeId, kind, what }: Visit): void {
  const free = tills
    .filter(({ place }) => (placeId === undefined || place.terminalId === placeId) && (!kind || place.kind === kind))
    .flatMap((till) => {
      const start = nextStart(till, atMs);
      return start ? [{ till, ...start }] : [];
    })
    .sort((a, b) => a.atMs - b.atMs)[0];
  if (!free)
    throw new Error(
      `The tills cannot serve everybody before the store closes (at ${iso(atMs)}); give fewer baskets or more tills.`,
    );
  const { till, shift } = free;
  const at = { place: till.place, shift, startMs: free.atMs };
  const endMs =
    what.kind === 'sale'
      ? ringSale(shop, at, what.sale)
      : what.kind === 'refund'
        ? ringRefund(shop, at, what)
        : ringNoSale(shop, at, what.times);
  shift.lastEndMs = Math.max(shift.lastEndMs, endMs);
  till.freeAtMs = endMs + shop.random.between(4_000, 15_000);
}

/** While the self-checkout is closed somebody wipes it, and its camera sees items that are none. */
function cleanScanner(record: DayRecord, place: Place, calendar: StoreCalendar): void {
  const fromMs = calendar.at('14:40');
  for (let wipe = 0; wipe < 8; wipe += 1) record.crossHand(place, fromMs + wipe * 7_000);
}

function signOnAndOff(record: DayRecord, tills: readonly Till[], calendar: StoreCalendar): void {
  const day = new Date(calendar.opensMs).toISOString().slice(0, 10).replaceAll('-', '');
  for (const till of tills) {
    let lastMs = 0;
    for (const [index, { fromMs, toMs, terminalId, operatorId, lastEndMs }] of till.shifts.entries()) {
      const common = { storeId: record.storeId, terminalId, ...(operatorId === null ? {} : { operatorId }) };
      const transactionId = (what: string) => `${terminalId}-${day}-${what}-${index + 1}`;
      const onMs = Math.max(fromMs, lastMs + 1_000);
      lastMs = Math.max(toMs, lastEndMs + 1_000);
      record.lines.push(
        { atMs: onMs, event: { ...common, transactionId: transactionId('on'), line: 1, type: 'sign_on' } },
        { atMs: lastMs, event: { ...common, transactionId: transactionId('off'), line: 1, type: 'sign_off' } },
      );
    }
  }
}

function placeFaults(trouble: Trouble, calendar: StoreCalendar, faults: Faults): DayFault[] {
  const day = { fromMs: calendar.opensMs, toMs: calendar.closesMs };
  const closed = () => ({ fromMs: calendar.at('14:30'), toMs: calendar.at('15:00') });
  return [
    ...trouble.changes.map(({ at, fromTerminalId, toTerminalId }) =>
      faultOf('terminal_replaced', fromTerminalId, { fromMs: Date.parse(at), toMs: day.toMs }, { toTerminalId }),
    ),
    ...(trouble.closedPlace ? [faultOf('terminal_closed', trouble.closedPlace.terminalId, closed(), {})] : []),
    ...(trouble.missingCamera
      ? [faultOf('camera_misses', trouble.missingCamera, day, { share: faults.badCameraMissShare })]
      : []),
    ...(trouble.handsCamera
      ? [faultOf('camera_sees_hands', trouble.handsCamera, day, { share: faults.handShare })]
      : []),
  ];
}

function labels(articles: ReturnType<typeof createAssortment>): (plu: string) => string | null {
  const byPlu = new Map(articles.map(({ plu, label }) => [plu, label]));
  return (plu) => byPlu.get(plu) ?? null;
}

const toCrossing = (storeId: string, { place, id, atMs, label, labelScore }: RawCrossing): Crossing => ({
  ...{ storeId, cameraId: place.cameraId, zoneId: place.zoneId, id, at: iso(atMs) },
  ...(label === null ? {} : { label, labelScore: Math.round(labelScore * 10_000) / 10_000 }),
});

const iso = (ms: number): string => new Date(ms).toISOString();
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
