import type { StoreCalendar } from './calendar.ts';
import type { Place } from './record.ts';
import type { Faults, TerminalChange } from './types.ts';

/** A stretch in which a till is served, by one cashier or by the shoppers themselves. */
export interface Shift {
  fromMs: number;
  toMs: number;
  terminalId: string;
  operatorId: string | null;
  /** The last receipt may run over the end. */
  lastEndMs: number;
}

export interface Till {
  place: Place;
  shifts: Shift[];
  freeAtMs: number;
}

/** No receipt begins so shortly before the end of a shift: it must be over before the next cashier signs on. */
const lastStartMs = 6 * 60_000;
const handOverMs = 10 * 60_000;
const minuteMs = 60_000;

export const laneId = (index: number): string => `lane-${index + 1}`;
export const selfCheckoutId = (index: number): string => `sco-${index + 1}`;
export const replacementId = (terminalId: string): string => `${terminalId}-new`;
export const cameraId = (terminalId: string): string => `${terminalId}-cam`;
/** Unique in the store, and the same whichever terminal stands there. */
export const zoneId = (terminalId: string): string => `${terminalId}-zone`;

/** Which self-checkout has which trouble; with fewer of them one has several. */
const troubled = (selfCheckouts: number) => ({
  clockAhead: 0,
  replaced: 1 % selfCheckouts,
  cutOff: 2 % selfCheckouts,
  closed: 3 % selfCheckouts,
  misses: 3 % selfCheckouts,
  hands: 0,
});

export interface Trouble {
  clockAheadTerminals: string[];
  clockBehindTerminals: string[];
  cutOffTerminal: string | null;
  closedPlace: Place | null;
  missingCamera: string | null;
  handsCamera: string | null;
  changes: TerminalChange[];
}

/** Lanes with their cashiers, self-checkouts, and who of them is in trouble today. */
export function openTills(
  calendar: StoreCalendar,
  counts: { lanes: number; selfCheckouts: number },
  faults: Faults,
): { tills: Till[]; trouble: Trouble } {
  const { lanes, selfCheckouts } = counts;
  const bad = troubled(Math.max(1, selfCheckouts));
  const open = (wallClock: string, endClock: string) =>
    calendar.at(wallClock) >= calendar.opensMs && calendar.at(endClock) <= calendar.closesMs;
  const trouble: Trouble = {
    clockAheadTerminals: [],
    clockBehindTerminals: lanes > 0 && open('10:00', '11:00') ? [laneId(0)] : [],
    cutOffTerminal: null,
    closedPlace: null,
    missingCamera: null,
    handsCamera: null,
    changes: [],
  };
  const place = (kind: Place['kind'], terminalId: string): Place => ({
    kind,
    terminalId,
    cameraId: cameraId(terminalId),
    zoneId: zoneId(terminalId),
    missShare: faults.cameraMissShare,
    handShare: 0,
  });
  let operator = 1000;
  const cashierTills = Array.from({ length: lanes }, (_, index): Till => {
    const terminalId = laneId(index);
    const shifts = laneHours(calendar, index).map(({ fromMs, toMs }) => {
      operator += 1;
      return { fromMs, toMs, terminalId, operatorId: String(operator), lastEndMs: fromMs };
    });
    return { place: place('cashier', terminalId), shifts, freeAtMs: calendar.opensMs };
  });
  const selfTills = Array.from({ length: selfCheckouts }, (_, index): Till => {
    const here = place('self_checkout', selfCheckoutId(index));
    const shift = (fromMs: number, toMs: number, terminalId = here.terminalId): Shift => ({
      ...{ fromMs, toMs, terminalId, operatorId: null, lastEndMs: fromMs },
    });
    let shifts = [shift(calendar.opensMs, calendar.closesMs)];
    if (faults.terminalReplaced && index === bad.replaced && open('11:00', '13:00')) {
      const newId = replacementId(here.terminalId);
      const noonMs = calendar.at('12:00');
      shifts = [shift(calendar.opensMs, noonMs - 5 * minuteMs), shift(noonMs + 5 * minuteMs, calendar.closesMs, newId)];
      trouble.changes.push({
        at: new Date(noonMs).toISOString(),
        ...{ cameraId: here.cameraId, zoneId: here.zoneId, fromTerminalId: here.terminalId, toTerminalId: newId },
      });
    }
    if (faults.terminalClosed && index === bad.closed && open('14:30', '15:00')) {
      trouble.closedPlace = here;
      shifts = shifts.flatMap((whole) => closedBetween(whole, calendar.at('14:30'), calendar.at('15:00')));
    }
    if (faults.badCameraMissShare > 0 && index === bad.misses) {
      here.missShare = faults.badCameraMissShare;
      trouble.missingCamera = here.cameraId;
    }
    if (faults.handShare > 0 && index === bad.hands) {
      here.handShare = faults.handShare;
      trouble.handsCamera = here.cameraId;
    }
    const afternoon = shifts.at(-1)!.terminalId;
    if (index === bad.clockAhead && open('16:00', '17:00')) trouble.clockAheadTerminals.push(afternoon);
    if (faults.feedOutage && index === bad.cutOff && open('13:00', '14:00')) trouble.cutOffTerminal = afternoon;
    return { place: here, shifts, freeAtMs: calendar.opensMs };
  });
  return { tills: [...cashierTills, ...selfTills], trouble };
}

/** Three lanes are served all day by two cashiers each, the others in the rush hours. */
function laneHours(calendar: StoreCalendar, index: number): { fromMs: number; toMs: number }[] {
  const { opensMs, closesMs } = calendar;
  if (index < 3) {
    const middleMs = (opensMs + closesMs) / 2 + index * 15 * minuteMs;
    return [
      { fromMs: opensMs, toMs: middleMs },
      { fromMs: middleMs + handOverMs, toMs: closesMs },
    ];
  }
  return [
    { fromMs: calendar.at('11:00'), toMs: calendar.at('14:00') },
    { fromMs: calendar.at('16:00'), toMs: calendar.at('20:00') },
  ].filter(({ fromMs, toMs }) => fromMs >= opensMs && toMs <= closesMs);
}

const closedBetween = (shift: Shift, fromMs: number, toMs: number): Shift[] =>
  shift.toMs <= fromMs || shift.fromMs >= toMs
    ? [shift]
    : [
        { ...shift, toMs: fromMs },
        { ...shift, fromMs: toMs, lastEndMs: toMs },
      ];

/** The earliest moment at which this till can begin a receipt, and who serves it then. */
export function nextStart(till: Till, notBeforeMs: number): { atMs: number; shift: Shift } | null {
  const readyMs = Math.max(notBeforeMs, till.freeAtMs);
  for (const shift of till.shifts) {
    const atMs = Math.max(readyMs, shift.fromMs + minuteMs);
    if (atMs <= shift.toMs - lastStartMs) return { atMs, shift };
  }
  return null;
}
