// Called Tempo here, since "Temporal" is the workflow engine in this code.
import { Temporal as Tempo } from 'temporal-polyfill';

/** Lines of one till may stand this much out of order without being taken for the second round of an hour. */
const disorderMs = 60_000;
const maxRemembered = 20_000;

export type ReadTime = { ms: number } | { problem: string };

export interface LocalClock {
  /** The instant of a till's wall-clock time (`2026-10-25T02:30:00.000`), or why there is none. */
  read(terminal: string, local: string): ReadTime;
  /** A time that came with its offset; it too moves the till's clock on. */
  note(terminal: string, ms: number): void;
}

/**
 * Wall-clock times of a store become instants. In the hour that happens twice the order of the file decides: a till's
 * next line lies in the first round until that would go back in time. An hour that was skipped does not exist.
 */
export function createLocalClock(timeZone: string): LocalClock {
  const offsetsOf = new Map<string, readonly number[]>();
  const lastMs = new Map<string, number>();
  const note = (terminal: string, ms: number): void => {
    if (lastMs.size >= maxRemembered && !lastMs.has(terminal)) lastMs.clear();
    lastMs.set(terminal, Math.max(ms, lastMs.get(terminal) ?? ms));
  };
  return {
    note,
    read(terminal, local) {
      const minute = local.slice(0, 16);
      let offsets = offsetsOf.get(minute);
      if (offsets === undefined) {
        offsets = offsetsAt(minute, timeZone);
        if (offsetsOf.size >= maxRemembered) offsetsOf.clear();
        offsetsOf.set(minute, offsets);
      }
      const wallMs = Date.parse(`${local}Z`);
      const [first, second] = offsets.map((offsetMs) => wallMs - offsetMs);
      if (first === undefined)
        return {
          problem: `${minute.replace('T', ' ')} was skipped by the clocks of ${timeZone}; check the till's clock`,
        };
      const last = lastMs.get(terminal);
      const ms = second !== undefined && last !== undefined && first < last - disorderMs ? second : first;
      note(terminal, ms);
      return { ms };
    },
  };
}

/** None in an hour that was skipped, two in one that happened twice, the earlier instant first. */
function offsetsAt(minute: string, timeZone: string): readonly number[] {
  const wall = Tempo.PlainDateTime.from(minute);
  const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) =>
    wall.toZonedDateTime(timeZone, { disambiguation }),
  );
  if (!earlier || !later) return [];
  const wallMs = Date.parse(`${minute}:00Z`);
  if (earlier.epochMilliseconds === later.epochMilliseconds) return [wallMs - earlier.epochMilliseconds];
  if (!earlier.toPlainDateTime().equals(wall)) return [];
  return [wallMs - earlier.epochMilliseconds, wallMs - later.epochMilliseconds];
}
