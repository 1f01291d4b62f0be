import { invalidField } from './errors.ts';

/** Instants are ISO strings at the borders and epoch milliseconds in arithmetic; these two are the only bridge. */
export const toMs = (at: string): number => Date.parse(at);
export const toIso = (ms: number): string => new Date(ms).toISOString();
export const addMs = (at: string, ms: number): string => toIso(toMs(at) + ms);

const earliestMs = Date.UTC(2000, 0);
const latestMs = Date.UTC(2100, 0);

/** A sender's instant in our one form. Leap seconds, odd offsets and clocks that are decades off are refused by name. */
export function instantFrom(field: string, at: string): string {
  const ms = toMs(at);
  if (Number.isNaN(ms)) throw invalidField(field, 'must be an instant such as 2026-03-01T12:00:00.000Z');
  if (ms < earliestMs || ms >= latestMs)
    throw invalidField(field, "must lie between 2000 and 2099; check the sender's clock");
  return toIso(ms);
}
