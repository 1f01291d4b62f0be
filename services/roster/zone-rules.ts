// Called Tempo here, since "Temporal" is the workflow engine in this code.
import { Temporal as Tempo } from 'temporal-polyfill';
import type { ZoneRules } from '../../domain/roster/local-time.ts';

const instant = (epochMilliseconds: number): string => new Date(epochMilliseconds).toISOString();

/** The rules of the IANA time zones; `compatible` is what RFC 5545 asks for in gaps and repeated hours. */
export const zoneRules: ZoneRules = {
  toInstant: (local, zone) =>
    instant(Tempo.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds),
  toLocal: (at, zone) =>
    Tempo.Instant.from(at).toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: 'second' }),
};

/** Whether the runtime knows the zone; offsets such as +01:00 have no summer time and are not meant. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    Tempo.PlainDateTime.from('2026-01-01T00:00').toZonedDateTime(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
