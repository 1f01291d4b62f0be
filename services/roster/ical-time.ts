import type ICAL from 'ical.js';
import { isDate } from '../../domain/roster/local-time.ts';
import { isTimeZone } from './zone-rules.ts';

/** What is wrong with one property of an event; the reader adds the line. */
export class EventProblem extends Error {
  readonly property: string;

  constructor(property: string, message: string) {
    super(message);
    this.property = property;
  }
}

/** A time as a clock on a wall of its zone shows it. */
export interface WallClock {
  /** `2026-10-25T22:00:00` */
  local: string;
  zone: string;
  /** Written as a date alone. */
  wholeDay: boolean;
}

/** The names that Outlook writes, for the places where a rota is most likely made with it (CLDR windowsZones). */
const windowsZones: Readonly<Record<string, string>> = {
  'GMT Standard Time': 'Europe/London',
  'W. Europe Standard Time': 'Europe/Berlin',
  'Romance Standard Time': 'Europe/Paris',
  'Central Europe Standard Time': 'Europe/Budapest',
  'Central European Standard Time': 'Europe/Warsaw',
  'Eastern Standard Time': 'America/New_York',
  'Central Standard Time': 'America/Chicago',
  'Mountain Standard Time': 'America/Denver',
  'Pacific Standard Time': 'America/Los_Angeles',
};

/** The property's own zone; without one its times float, which here means the store's clock. */
function zoneOf(property: ICAL.Property, storeZone: string | null): string {
  const tzid = property.getFirstParameter('tzid');
  if (!tzid) {
    if (storeZone !== null) return storeZone;
    throw new EventProblem(
      property.name.toUpperCase(),
      'has no time zone and the import is for no store; add a TZID, or send timeZone with the import',
    );
  }
  const zone = Object.hasOwn(windowsZones, tzid) ? windowsZones[tzid]! : tzid;
  if (!isTimeZone(zone))
    throw new EventProblem(
      property.name.toUpperCase(),
      `has the unknown time zone “${tzid.slice(0, 60)}”; use a name such as Europe/London`,
    );
  return zone;
}

/** Every value of the property, as it stands in the file. */
export function wallClocks(property: ICAL.Property, storeZone: string | null): WallClock[] {
  // As parsed, not as the library's own type, which turns the 13th month into January.
  const values: unknown[] = property.jCal.slice(3);
  return values.map((value) => {
    const text = typeof value === 'string' ? value : '';
    const wellFormed = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ?)?$/.test(text) && isDate(text.slice(0, 10));
    if (!wellFormed || Number.isNaN(Date.parse(text)) || text < '1970' || text >= '2100')
      throw new EventProblem(
        property.name.toUpperCase(),
        'is not a time between 1970 and 2099; write it as 20261122T060000',
      );
    const wholeDay = text.length === 10;
    const zone = text.endsWith('Z') ? 'UTC' : zoneOf(property, storeZone);
    return { local: wholeDay ? `${text}T00:00:00` : text.slice(0, 19), zone, wholeDay };
  });
}

export function wallClock(property: ICAL.Property, storeZone: string | null): WallClock {
  const [first] = wallClocks(property, storeZone);
  if (!first) throw new EventProblem(property.name.toUpperCase(), 'has no value');
  return first;
}
