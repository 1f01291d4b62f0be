import { toIso, toMs } from '../time.ts';
import type { Role } from '../types.ts';

export interface StaffedShift {
  role: Role;
  startsAt: string;
  endsAt: string;
}

export interface Gap {
  role: Role;
  fromAt: string;
  toAt: string;
}

/** When nobody of a role is on shift; shifts that touch leave no gap between them. */
export function findGaps(
  shifts: readonly StaffedShift[],
  rolesNeeded: readonly Role[],
  fromAt: string,
  toAt: string,
): Gap[] {
  return rolesNeeded.flatMap((role) => {
    const spans = shifts
      .filter((shift) => shift.role === role)
      .map((shift) => ({ from: toMs(shift.startsAt), to: toMs(shift.endsAt) }))
      .sort((a, b) => a.from - b.from);
    const gaps: Gap[] = [];
    let coveredTo = toMs(fromAt);
    const end = toMs(toAt);
    for (const span of [...spans, { from: end, to: end }]) {
      const from = Math.min(span.from, end);
      if (from > coveredTo) gaps.push({ role, fromAt: toIso(coveredTo), toAt: toIso(from) });
      coveredTo = Math.max(coveredTo, span.to);
    }
    return gaps;
  });
}
