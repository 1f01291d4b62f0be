import ICAL from 'ical.js';
import { addDays, dateOf, daysBetween } from '../../domain/roster/local-time.ts';
import { EventProblem, type WallClock, wallClock, wallClocks } from './ical-time.ts';
import { zoneRules } from './zone-rules.ts';

/** Steps that all rules of a file may take together; a rule that never ends, or began long ago, runs into it. */
export interface StepBudget {
  steps: number;
}

export const stepBudget = (): StepBudget => ({ steps: 25_000 });

/** The parts that each frequency may carry. Within them the library always finds its next step; with others it can search for ever. */
const allowedParts: Readonly<Record<string, readonly string[]>> = {
  DAILY: ['BYDAY'],
  WEEKLY: ['BYDAY'],
  MONTHLY: ['BYDAY', 'BYMONTHDAY'],
};
const widestInterval = 60;

/** The wall-clock starts of an event in the window: itself, what RRULE and RDATE add, less what EXDATE takes out. */
export function startsOf(
  event: ICAL.Component,
  start: WallClock,
  window: { fromDate: string; toDate: string; storeZone: string | null },
  budget: StepBudget,
): string[] {
  const within = (local: string) => dateOf(local) >= window.fromDate && dateOf(local) <= window.toDate;
  const starts = new Set([start.local]);
  if (event.hasProperty('exrule')) throw new EventProblem('EXRULE', 'is not read; take single dates out with EXDATE');
  const rules = event.getAllProperties('rrule');
  if (rules.length > 1) throw new EventProblem('RRULE', 'is there twice; make two events of it');
  const rule: unknown = rules[0]?.getFirstValue();
  if (rule !== undefined) for (const local of ruleStarts(checkRule(rule), start, window, budget)) starts.add(local);
  for (const property of event.getAllProperties('rdate'))
    for (const extra of wallClocks(property, window.storeZone))
      starts.add(
        extra.zone === start.zone
          ? extra.local
          : zoneRules.toLocal(zoneRules.toInstant(extra.local, extra.zone), start.zone),
      );
  const kept = rule === undefined && !event.hasProperty('rdate') ? [start.local] : [...starts].filter(within).sort();
  const excluded = exclusionsOf(event, start, window.storeZone);
  return kept.filter((local) => !excluded(local));
}

function exclusionsOf(event: ICAL.Component, start: WallClock, storeZone: string | null): (local: string) => boolean {
  const dates = new Set<string>();
  const instants = new Set<string>();
  for (const property of event.getAllProperties('exdate'))
    for (const { local, zone, wholeDay } of wallClocks(property, storeZone)) {
      if (wholeDay) dates.add(dateOf(local));
      else instants.add(zoneRules.toInstant(local, zone));
    }
  return (local) =>
    dates.has(dateOf(local)) || (instants.size > 0 && instants.has(zoneRules.toInstant(local, start.zone)));
}

function checkRule(rule: unknown): ICAL.Recur {
  const fail = (message: string) => new EventProblem('RRULE', message);
  if (!(rule instanceof ICAL.Recur)) throw fail('cannot be read');
  const allowed = Object.hasOwn(allowedParts, rule.freq) ? allowedParts[rule.freq]! : null;
  if (!allowed) throw fail(`repeats ${rule.freq}, which no roster does; use DAILY, WEEKLY or MONTHLY`);
  const parts = rule.parts as Record<string, (string | number)[]>;
  const unknown = Object.keys(parts).find((part) => !allowed.includes(part));
  if (unknown !== undefined)
    throw fail(
      `has ${unknown}, which is not read with FREQ=${rule.freq}; use ${allowed.join(' or ')}, INTERVAL, COUNT and UNTIL`,
    );
  if (Object.keys(parts).length > 1) throw fail('has both BYDAY and BYMONTHDAY; use one of them');
  if (Object.values(parts).some((values) => values.length === 0 || values.length > 31))
    throw fail('lists too many days, or none');
  if (rule.freq !== 'MONTHLY' && (parts['BYDAY'] ?? []).some((day) => !/^(MO|TU|WE|TH|FR|SA|SU)$/.test(String(day))))
    throw fail('counts weekdays, which only FREQ=MONTHLY does; write BYDAY=MO,TU');
  if ((parts['BYMONTHDAY'] ?? []).some((day) => Math.abs(Number(day)) > 31 || Number(day) === 0))
    throw fail('names a day that no month has');
  if (!Number.isInteger(rule.interval) || rule.interval < 1 || rule.interval > widestInterval)
    throw fail(`has an INTERVAL that is not from 1 to ${widestInterval}`);
  if (rule.freq === 'DAILY' && parts['BYDAY'] && rule.interval > 1)
    throw fail('has BYDAY with every so many days; use FREQ=WEEKLY;BYDAY=… instead');
  return rule;
}

/** By the clock on the wall, so that 22:00 stays 22:00 when the clocks change. */
function* ruleStarts(
  rule: ICAL.Recur,
  start: WallClock,
  window: { fromDate: string; toDate: string },
  budget: StepBudget,
): Generator<string> {
  const until = rule.until ? rule.until.toString() : null;
  const isOver = (local: string): boolean => {
    if (until === null) return false;
    if (until.endsWith('Z')) return zoneRules.toInstant(local, start.zone) > new Date(until).toISOString();
    return until.length === 10 ? dateOf(local) > until : local > until;
  };
  const floating = ICAL.Time.fromDateTimeString(
    `${skipAhead(rule, dateOf(start.local), window.fromDate)}${start.local.slice(10)}`,
  );
  // The library compares UNTIL as if it were a time of the same clock.
  const rest = ICAL.Recur.fromData({ ...rule.toJSON(), until: undefined } as never);
  const iterator = rest.iterator(floating);
  for (let next = iterator.next(); next; next = iterator.next()) {
    budget.steps -= 1;
    if (budget.steps < 0)
      throw new EventProblem(
        'RRULE',
        'began too long ago, or there are too many such rules; begin the series nearer to today',
      );
    const local = next.toString().slice(0, 19);
    if (dateOf(local) > window.toDate || isOver(local)) return;
    yield local;
  }
}

/** Whole rounds of a daily or weekly rule that lie before the window need not be walked, unless they are counted. */
function skipAhead(rule: ICAL.Recur, startDate: string, fromDate: string): string {
  if (rule.count || rule.freq === 'MONTHLY') return startDate;
  const roundDays = rule.interval * (rule.freq === 'WEEKLY' ? 7 : 1);
  const rounds = Math.floor(daysBetween(startDate, fromDate) / roundDays);
  return rounds > 0 ? addDays(startDate, rounds * roundDays) : startDate;
}

/** The instance of a series that an event stands for. */
export function recurrenceInstant(event: ICAL.Component, storeZone: string | null): string | null {
  const property = event.getFirstProperty('recurrence-id');
  if (!property) return null;
  if (property.getFirstParameter('range'))
    throw new EventProblem(
      'RECURRENCE-ID',
      'changes this and all later shifts at once (RANGE), which is not read; end the series and begin a new one',
    );
  const { local, zone } = wallClock(property, storeZone);
  return zoneRules.toInstant(local, zone);
}
