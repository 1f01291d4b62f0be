import ICAL from 'ical.js';
import { addDays, dateOf, daysBetween } from '../../domain/roster/local-time.ts';
import { toIso, toMs } from '../../domain/time.ts';
import { collect, type Findings, horizonOf, type Reading, type ReadingContext, shorten } from './draft.ts';
import { type EventLines, eventLines } from './ical-lines.ts';
import { recurrenceInstant, type StepBudget, startsOf, stepBudget } from './ical-recurrence.ts';
import { EventProblem, type WallClock, wallClock } from './ical-time.ts';
import { longestShiftMs } from './shifts.ts';
import { zoneRules } from './zone-rules.ts';

/** A calendar of shifts: an event is a shift, a recurring event a pattern. Times without a zone are the store's. */
export function readCalendar(content: string, ctx: ReadingContext): Reading {
  return collect((findings) => {
    const lines = eventLines(content, findings);
    if (!lines) return;
    const events = eventsOf(content, findings);
    if (!events) return;
    const replaced = replacedInstances(events, ctx);
    const budget = stepBudget();
    events.forEach((event, index) => {
      const at = lines[index] ?? { begin: 1, lineOf: () => 1 };
      try {
        readEvent(event, at, ctx, replaced, budget, findings);
      } catch (error) {
        if (error instanceof EventProblem) findings.error(at.lineOf(error.property), error.property, error.message);
        // The library throws plain errors, about values that are not of their type.
        else if (error instanceof Error && error.constructor === Error)
          findings.error(
            at.begin,
            null,
            `has a value that cannot be read (${shorten(error.message)}); export the calendar again, or take the event out`,
          );
        else throw error;
      }
    });
  });
}

function eventsOf(content: string, findings: Findings): ICAL.Component[] | null {
  try {
    const parsed = ICAL.parse(content) as unknown[];
    const calendars = (typeof parsed[0] === 'string' ? [parsed] : parsed) as [string, unknown[], unknown[]][];
    if (calendars.length === 0 || calendars.some(([name]) => name !== 'vcalendar')) {
      findings.error(1, null, 'is not a calendar; the file must begin with BEGIN:VCALENDAR');
      return null;
    }
    return calendars.flatMap((calendar) => new ICAL.Component(calendar as never).getAllSubcomponents('vevent'));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    findings.error(1, null, `cannot be read as a calendar (${shorten(error.message)}); export it again`);
    return null;
  }
}

const textOf = (event: ICAL.Component, name: string): string | null => {
  const value = event.getFirstPropertyValue(name);
  return value === null ? null : String(value).trim();
};
const isCancelled = (event: ICAL.Component) => textOf(event, 'status')?.toUpperCase() === 'CANCELLED';

/** Instances of a series that an event of their own stands for, as `uid` and instant. */
function replacedInstances(events: readonly ICAL.Component[], ctx: ReadingContext): Set<string> {
  const replaced = new Set<string>();
  for (const event of events) {
    try {
      const at = recurrenceInstant(event, ctx.zone);
      if (at !== null) replaced.add(instanceKey(textOf(event, 'uid') ?? '', at));
    } catch (error) {
      // The event is read again below, and says there what is wrong with it.
      if (!(error instanceof Error)) throw error;
    }
  }
  return replaced;
}

const instanceKey = (uid: string, at: string) => `${uid}\n${at}`;

function readEvent(
  event: ICAL.Component,
  lines: EventLines,
  ctx: ReadingContext,
  replaced: ReadonlySet<string>,
  budget: StepBudget,
  findings: Findings,
): void {
  if (isCancelled(event)) return;
  const uid = textOf(event, 'uid');
  if (!uid) throw new EventProblem('UID', 'is missing; without it a later import could not recognise the shift');
  const startProperty = event.getFirstProperty('dtstart');
  if (!startProperty) throw new EventProblem('DTSTART', 'is missing; an event without a start is no shift');
  const override = recurrenceInstant(event, ctx.zone);
  const start = wallClock(startProperty, ctx.zone);
  const endOf = lengthOf(event, start, ctx);
  const people = peopleOf(event, ctx, lines, findings);
  const worksHolidays = textOf(event, 'x-floorwalker-works-holidays')?.toUpperCase() === 'TRUE';
  const place = ctx.place ?? { storeId: null, regionId: null };
  const recurring = override === null && event.hasProperty('rrule');
  const window = {
    fromDate: addDays(dateOf(zoneRules.toLocal(ctx.at, start.zone)), -32),
    toDate: dateOf(zoneRules.toLocal(horizonOf(ctx.at), start.zone)),
    storeZone: ctx.zone,
  };
  const locals = override ? [start.local] : startsOf(event, start, window, budget);
  for (const local of locals) {
    const startsAt = zoneRules.toInstant(local, start.zone);
    const endsAt = endOf(local);
    // The clocks skip the whole of it.
    if (toMs(endsAt) <= toMs(startsAt)) continue;
    if (override === null && replaced.has(instanceKey(uid, startsAt))) continue;
    if (recurring && !worksHolidays && ctx.isHoliday(place.storeId, dateOf(local))) continue;
    // A recurring shift that is over is nobody's business any more; a single one is counted as past by the import.
    if (recurring && toMs(endsAt) <= toMs(ctx.at)) continue;
    for (const personId of people)
      findings.add({
        ...{ line: lines.begin, uid, place, personId, startsAt, endsAt },
        skipOnHoliday: recurring && !worksHolidays ? dateOf(local) : null,
      });
  }
}

/** The end of an instance: DTEND is a time of the clock on the wall, hours of a DURATION are hours. */
function lengthOf(event: ICAL.Component, start: WallClock, ctx: ReadingContext): (local: string) => string {
  const endProperty = event.getFirstProperty('dtend');
  const duration = event.getFirstPropertyValue('duration');
  const check = (property: string, lengthMs: number) => {
    if (lengthMs <= 0) throw new EventProblem(property, 'is not after DTSTART; a shift must last');
    if (lengthMs > longestShiftMs)
      throw new EventProblem(property, 'makes the shift longer than 31 days; check the year and the month');
  };
  if (endProperty) {
    const end = wallClock(endProperty, ctx.zone);
    const endsAt = zoneRules.toInstant(end.local, end.zone);
    check('DTEND', toMs(endsAt) - toMs(zoneRules.toInstant(start.local, start.zone)));
    const endLocal = end.zone === start.zone ? end.local : zoneRules.toLocal(endsAt, start.zone);
    const days = daysBetween(dateOf(start.local), dateOf(endLocal));
    return (local) => zoneRules.toInstant(`${addDays(dateOf(local), days)}${endLocal.slice(10)}`, start.zone);
  }
  if (duration instanceof ICAL.Duration) {
    check('DURATION', duration.toSeconds() * 1_000);
    const days = duration.weeks * 7 + duration.days;
    const exactMs = ((duration.hours * 60 + duration.minutes) * 60 + duration.seconds) * 1_000;
    return (local) =>
      toIso(toMs(zoneRules.toInstant(`${addDays(dateOf(local), days)}${local.slice(10)}`, start.zone)) + exactMs);
  }
  if (start.wholeDay) return (local) => zoneRules.toInstant(`${addDays(dateOf(local), 1)}T00:00:00`, start.zone);
  throw new EventProblem('DTEND', 'is missing; give the shift a DTEND or a DURATION');
}

/** Named by id, else those who are invited, else the title. */
function peopleOf(event: ICAL.Component, ctx: ReadingContext, lines: EventLines, findings: Findings): string[] {
  const ids = event.getAllProperties('x-floorwalker-person').map((property) => [String(property.getFirstValue())]);
  const invited = event
    .getAllProperties('attendee')
    .filter((property) => String(property.getFirstParameter('partstat') ?? '').toUpperCase() !== 'DECLINED')
    .filter(
      (property) => !['ROOM', 'RESOURCE'].includes(String(property.getFirstParameter('cutype') ?? '').toUpperCase()),
    )
    .map((property) => [
      String(property.getFirstValue()).replace(/^mailto:/i, ''),
      String(property.getFirstParameter('cn') ?? ''),
    ]);
  const [property, asked]: [string, string[][]] =
    ids.length > 0
      ? ['X-FLOORWALKER-PERSON', ids]
      : invited.length > 0
        ? ['ATTENDEE', invited]
        : ['SUMMARY', [[textOf(event, 'summary') ?? '']]];
  const people = new Set<string>();
  for (const names of asked.slice(0, 50)) {
    const answers = names.filter((name) => name !== '').map((name) => ctx.findPerson(name));
    const person = answers.find((answer) => 'id' in answer);
    if (person && 'id' in person) people.add(person.id);
    else {
      const problem = answers.at(-1) ?? ctx.findPerson('');
      if ('problem' in problem) findings.error(lines.lineOf(property), property, problem.problem);
    }
  }
  if (asked.length > 50) throw new EventProblem(property, 'names more than 50 people; that is no shift');
  return [...people];
}
