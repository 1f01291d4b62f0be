import type { Candidate } from '../routing.ts';
import { toIso, toMs } from '../time.ts';
import type { Channel, Role, SeverityLevel } from '../types.ts';
import type { Past, PastPerson, PastShift } from './types.ts';

interface SentAlert {
  atMs: number;
  incidentKey: string;
  /** As it is now: an incident may become more severe after somebody was told. */
  severity: () => SeverityLevel;
}

export interface Asking {
  storeId: string;
  role: Role;
  nowMs: number;
  incidentKey: string;
  severity: SeverityLevel;
  budgetWindowMs: number;
  /** Who was asked about this incident already. */
  asked: ReadonlySet<string>;
  excludePersonId: string | null;
  channelsOf: (person: PastPerson) => readonly Channel[];
}

/** Who was on shift, and how often each of them has been disturbed so far; the live path asks the database for both. */
export class SimulatedRoster {
  private readonly shiftsByStore = new Map<string, PastShift[]>();
  private readonly people: ReadonlyMap<string, PastPerson>;
  private readonly alerts = new Map<string, SentAlert[]>();

  constructor(past: Pick<Past, 'shifts' | 'people'>) {
    this.people = new Map(past.people.map((person) => [person.personId, person]));
    for (const shift of past.shifts) {
      const known = this.shiftsByStore.get(shift.storeId);
      if (known) known.push(shift);
      else this.shiftsByStore.set(shift.storeId, [shift]);
    }
  }

  candidates(asking: Asking): Candidate[] {
    const shifts = this.shiftsByStore.get(asking.storeId) ?? [];
    const nowAt = toIso(asking.nowMs);
    const now = shifts
      .filter(
        ({ role, personId, startsAt, endsAt }) =>
          role === asking.role && personId !== asking.excludePersonId && startsAt <= nowAt && endsAt > nowAt,
      )
      .sort((a, b) => a.distance - b.distance || b.startsAt.localeCompare(a.startsAt));
    const nearest = new Map<string, PastShift>();
    for (const shift of now) if (!nearest.has(shift.personId)) nearest.set(shift.personId, shift);
    return [...nearest.values()].flatMap((shift) => {
      const person = this.people.get(shift.personId);
      return person ? [this.candidate(person, shift, shifts, asking)] : [];
    });
  }

  private candidate(person: PastPerson, shift: PastShift, shifts: readonly PastShift[], asking: Asking): Candidate {
    const sent = this.alerts.get(person.personId) ?? [];
    const others = (fromMs: number) =>
      endOf(sent, fromMs).filter(({ incidentKey }) => incidentKey !== asking.incidentKey);
    return {
      personId: person.personId,
      locale: person.locale,
      channels: asking.channelsOf(person),
      // The simulation takes every message to have arrived.
      unreachable: false,
      distance: shift.distance,
      shiftStartsAt: shift.startsAt,
      shiftEndsAt: endOfDuty(shift, shifts),
      quiet: person.quiet,
      alertsThisShift: others(toMs(shift.startsAt)).length,
      alertsInBudget: others(asking.nowMs - asking.budgetWindowMs + 1).filter(
        ({ severity }) => severity() === asking.severity,
      ).length,
      asked: asking.asked.has(person.personId),
    };
  }

  remember(personId: string, alert: SentAlert): void {
    const known = this.alerts.get(personId);
    if (known) known.push(alert);
    else this.alerts.set(personId, [alert]);
  }
}

/** Shifts of one person that follow one another count as one, so that nobody hands over to themselves. */
function endOfDuty(shift: PastShift, shifts: readonly PastShift[]): string {
  return shifts.reduce(
    (end, next) =>
      next.personId === shift.personId && next.startsAt <= shift.endsAt && next.endsAt > end ? next.endsAt : end,
    shift.endsAt,
  );
}

/** The part of a list by time that is not before an instant. */
export function endOf<T extends { atMs: number }>(list: readonly T[], fromMs: number): T[] {
  let from = list.length;
  while (from > 0 && list[from - 1]!.atMs >= fromMs) from -= 1;
  return list.slice(from);
}
