import type { PosEvent } from '../../domain/types.ts';
import type { StoreCalendar } from './calendar.ts';
import type { Random } from './random.ts';
import type { RawLine } from './record.ts';
import type { Till, Trouble } from './tills.ts';
import type { DayFault, DayLine, Faults } from './types.ts';

const hourMs = 3_600_000;
const stepMs = 90_000;

interface Stretch {
  fromMs: number;
  toMs: number;
}

/** A till's clock against true time: off in the morning, drifting, and wrong by a step for an hour. */
export interface TillClock {
  offsetMs: number;
  driftPpm: number;
  steps: readonly (Stretch & { byMs: number })[];
}

/** What the till's clock shows. */
export function tillTime(clock: TillClock, trueMs: number, sinceMs: number): number {
  const step = clock.steps.find(({ fromMs, toMs }) => trueMs >= fromMs && trueMs < toMs)?.byMs ?? 0;
  return Math.round(trueMs + clock.offsetMs + ((trueMs - sinceMs) * clock.driftPpm) / 1e6 + step);
}

export interface PostingOptions {
  storeId: string;
  calendar: StoreCalendar;
  tills: readonly Till[];
  trouble: Trouble;
  faults: Faults;
  /** 0: tills give no sign of life between their lines. */
  heartbeatEveryMs: number;
  random: Random;
}

/** Puts each line under its till's own clock and on the wire, by the time of posting; and says what went wrong. */
export function postLines(raw: readonly RawLine[], options: PostingOptions): { lines: DayLine[]; faults: DayFault[] } {
  const { calendar, faults, random, trouble } = options;
  const { clocks, clockFaults } = setClocks(options);
  const outage =
    trouble.cutOffTerminal === null
      ? null
      : { terminalId: trouble.cutOffTerminal, fromMs: calendar.at('13:00'), toMs: calendar.at('14:00') };
  const isCutOff = (terminalId: string, atMs: number) =>
    outage !== null && terminalId === outage.terminalId && atMs >= outage.fromMs && atMs < outage.toMs;
  const lateBy = new Map<string, number>();
  const posted: { postedMs: number; event: PosEvent }[] = [];
  const counts = { late: 0, overtaken: 0, duplicates: 0 };
  for (const { atMs, event } of [...raw].sort((a, b) => a.atMs - b.atMs)) {
    const { terminalId, transactionId } = event;
    const clock = clocks.get(terminalId)!;
    const line: PosEvent = { ...event, occurredAt: iso(tillTime(clock, atMs, calendar.opensMs)) };
    const key = `${terminalId}/${transactionId}`;
    let lateMs = lateBy.get(key);
    if (lateMs === undefined) {
      lateMs = random.chance(faults.lateShare) ? random.between(1_000, 600_000) : 0;
      lateBy.set(key, lateMs);
    }
    let postedMs = atMs + lateMs + random.between(80, 400);
    if (lateMs > 0) counts.late += 1;
    if (random.chance(faults.outOfOrderShare)) {
      postedMs += random.between(500, 5_000);
      counts.overtaken += 1;
    }
    if (outage && isCutOff(terminalId, postedMs)) postedMs = outage.toMs + random.between(0, 5_000);
    posted.push({ postedMs, event: line });
    if (random.chance(faults.duplicateShare)) {
      posted.push({ postedMs: postedMs + random.between(200, 120_000), event: line });
      counts.duplicates += 1;
    }
  }
  for (const { atMs, event } of heartbeats(options)) {
    if (isCutOff(event.terminalId, atMs)) continue;
    const clock = clocks.get(event.terminalId)!;
    const occurredAt = iso(tillTime(clock, atMs, calendar.opensMs));
    posted.push({ postedMs: atMs + random.between(80, 400), event: { ...event, occurredAt } });
  }
  posted.sort((a, b) => a.postedMs - b.postedMs);
  return {
    lines: posted.map(({ postedMs, event }) => ({ event, postedAt: iso(postedMs) })),
    faults: [
      ...clockFaults,
      ...(outage ? [faultOf('feed_outage', outage.terminalId, outage, {})] : []),
      ...(
        [
          ['late_posting', counts.late],
          ['out_of_order_posting', counts.overtaken],
          ['duplicated_posting', counts.duplicates],
        ] as const
      ).flatMap(([kind, lines]) => (lines === 0 ? [] : [faultOf(kind, null, wholeDay(calendar), { lines })])),
    ],
  };
}

const wholeDay = ({ opensMs, closesMs }: StoreCalendar): Stretch => ({ fromMs: opensMs, toMs: closesMs });

/** One row of the truth about what was broken. */
export const faultOf = (
  kind: DayFault['kind'],
  place: string | null,
  { fromMs, toMs }: Stretch,
  params: DayFault['params'],
): DayFault => ({ kind, place, fromAt: iso(fromMs), toAt: iso(toMs), params });

function setClocks({ tills, calendar, faults, trouble, random }: PostingOptions): {
  clocks: Map<string, TillClock>;
  clockFaults: DayFault[];
} {
  const clocks = new Map<string, TillClock>();
  const clockFaults: DayFault[] = [];
  const wobble = (reach: number) => (2 * random.next() - 1) * reach;
  for (const terminalId of terminalsOf(tills)) {
    const clock = {
      offsetMs: Math.round(wobble(faults.clockOffsetMs)),
      driftPpm: wobble(faults.clockDriftPpm),
      steps: faults.clockSteps ? stepsOf(terminalId, calendar, trouble) : [],
    };
    clocks.set(terminalId, clock);
    if (clock.offsetMs !== 0 || clock.driftPpm !== 0) {
      const params = { offsetMs: clock.offsetMs, driftPpm: Math.round(clock.driftPpm * 10) / 10 };
      clockFaults.push(faultOf('clock_drift', terminalId, wholeDay(calendar), params));
    }
    for (const step of clock.steps) clockFaults.push(faultOf('clock_step', terminalId, step, { byMs: step.byMs }));
  }
  return { clocks, clockFaults };
}

function stepsOf(terminalId: string, calendar: StoreCalendar, trouble: Trouble): TillClock['steps'] {
  const hour = (wallClock: string, byMs: number) => {
    const fromMs = calendar.at(wallClock);
    return { fromMs, toMs: fromMs + hourMs, byMs };
  };
  return [
    ...(trouble.clockAheadTerminals.includes(terminalId) ? [hour('16:00', stepMs)] : []),
    ...(trouble.clockBehindTerminals.includes(terminalId) ? [hour('10:00', -stepMs)] : []),
  ];
}

const terminalsOf = (tills: readonly Till[]): string[] => [
  ...new Set(tills.flatMap(({ shifts, place }) => [place.terminalId, ...shifts.map(({ terminalId }) => terminalId)])),
];

/** A till beats from a while before the store opens until a while after it closes, served or not. */
function* heartbeats(options: PostingOptions): Generator<RawLine> {
  const { storeId, calendar, tills, trouble, heartbeatEveryMs } = options;
  if (heartbeatEveryMs <= 0) return;
  const aroundMs = 15 * 60_000;
  for (const terminalId of terminalsOf(tills)) {
    const cameMs = trouble.changes.find(({ toTerminalId }) => toTerminalId === terminalId)?.at;
    const wentMs = trouble.changes.find(({ fromTerminalId }) => fromTerminalId === terminalId)?.at;
    const fromMs = cameMs ? Date.parse(cameMs) : calendar.opensMs - aroundMs;
    const toMs = wentMs ? Date.parse(wentMs) : calendar.closesMs + 2 * aroundMs;
    const transactionId = `${terminalId}-alive-${fromMs}`;
    for (let atMs = fromMs, line = 0; atMs < toMs; atMs += heartbeatEveryMs, line += 1)
      yield { atMs, event: { storeId, terminalId, transactionId, line, type: 'heartbeat' } };
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();
