import { toIso, toMs } from '../../domain/time.ts';
import type { RosterPerson, ShiftPlace } from './places.ts';

/** A shift as a file asks for it, with everything resolved. */
export interface DraftShift {
  line: number;
  /** What tells it from others of the file that start at the same time. */
  uid: string;
  place: ShiftPlace;
  personId: string;
  startsAt: string;
  endsAt: string;
  skipOnHoliday: string | null;
}

export interface LineError {
  line: number;
  /** The column of a CSV or the property of a calendar; null when the line as a whole is meant. */
  column: string | null;
  message: string;
}

/** What a file is read against. */
export interface ReadingContext {
  at: string;
  /** The stores in scope, with their zones. */
  zones: ReadonlyMap<string, string>;
  regions: ReadonlySet<string>;
  /** Where shifts count that name no place; null when each line has to. */
  place: ShiftPlace | null;
  /** For shifts that are not of one store. */
  zone: string | null;
  seesEveryStore: boolean;
  findPerson: PersonFinder;
  isHoliday(storeId: string | null, date: string): boolean;
}

export interface Reading {
  drafts: DraftShift[];
  errors: LineError[];
}

export const limits = { signs: 500_000, rows: 5_000, shifts: 5_000, errors: 100, horizonDays: 120 } as const;
const dayMs = 86_400_000;

/** Recurring shifts are made up to here; a later import goes on. */
export const horizonOf = (at: string): string => toIso(toMs(at) + limits.horizonDays * dayMs);

/** Stops a reading that is hopeless, so that a bad file costs no more than its first hundred errors. */
class TooMuch extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** Collects what a reader finds; bounds both lists. */
export class Findings implements Reading {
  readonly drafts: DraftShift[] = [];
  readonly errors: LineError[] = [];
  private readonly seen = new Map<string, number>();

  error(line: number, column: string | null, message: string): void {
    this.errors.push({ line, column, message });
    if (this.errors.length >= limits.errors)
      throw new TooMuch(line, `These are the first ${limits.errors} errors; the rest of the file was not read.`);
  }

  add(draft: DraftShift): void {
    const key = JSON.stringify([draft.uid, draft.place.storeId, draft.place.regionId, draft.personId, draft.startsAt]);
    const earlier = this.seen.get(key);
    if (earlier !== undefined) {
      // A recurring line repeats another one many times; once is enough to say so.
      if (this.errors.at(-1)?.line !== draft.line)
        this.error(
          draft.line,
          null,
          `repeats line ${earlier}: the same person starts at the same time at the same place; remove one of the two`,
        );
      return;
    }
    this.seen.set(key, draft.line);
    if (this.drafts.length >= limits.shifts)
      throw new TooMuch(
        draft.line,
        `The file makes more than ${limits.shifts} shifts in the next ${limits.horizonDays} days; import it in parts, each with a source of its own.`,
      );
    this.drafts.push(draft);
  }
}

/** Runs a reader; running into a bound is one more error of the file. */
export function collect(read: (findings: Findings) => void): Reading {
  const findings = new Findings();
  try {
    read(findings);
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    findings.errors.push({ line: error.line, column: null, message: error.message });
  }
  return { drafts: findings.drafts, errors: findings.errors };
}

const plain = (text: string): string => text.trim().toLowerCase().replaceAll(/\s+/g, ' ');

/** The person that a file means, by id, address or name; a sentence when that is nobody, or more than one. */
export type PersonFinder = (text: string) => { id: string } | { problem: string };

export function personFinder(people: readonly RosterPerson[]): PersonFinder {
  const ids = new Set(people.map(({ id }) => id));
  const byName = new Map<string, Set<string>>();
  for (const { id, displayName, email } of people)
    for (const name of [displayName, email ?? ''].map(plain).filter((each) => each !== ''))
      byName.set(name, (byName.get(name) ?? new Set()).add(id));
  return (text) => {
    if (text.trim() === '') return { problem: 'is empty; write the id or the name of a person' };
    if (ids.has(text.trim())) return { id: text.trim() };
    const [only, ...others] = byName.get(plain(text)) ?? [];
    if (only === undefined)
      return {
        problem: `${shorten(text)} is not the id, name or address of anybody whom you can put on shift; create the person first, or correct the spelling`,
      };
    if (others.length === 0) return { id: only };
    return {
      problem: `${others.length + 1} people are called ${shorten(text)}; write the id instead: ${[only, ...others].join(' or ')}`,
    };
  };
}

/** What a file said, short enough for a sentence. */
export const shorten = (text: string): string => `“${text.length > 60 ? `${text.slice(0, 60)}…` : text}”`;
