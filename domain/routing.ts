import type { NoisePolicy } from './policy.ts';
import { atLeast } from './runbook.ts';
import type { Channel, Locale, Reason, SeverityLevel } from './types.ts';

/** Somebody on shift now who has the role that the step asks for. */
export interface Candidate {
  personId: string;
  locale: Locale;
  /** In the person's own order; those that cannot work now (no number, opted out) are left out already. */
  channels: readonly Channel[];
  /** Their last messages of the last hour did not arrive: a phone that is off. Asked only when nobody else is there. */
  unreachable: boolean;
  /** 0 for a shift at this very store, 1 for its region, 2 for the whole company. */
  distance: number;
  shiftStartsAt: string;
  shiftEndsAt: string;
  /** `HH:MM` by the store's clock; null when the person has no quiet hours. */
  quiet: { from: string; to: string } | null;
  alertsThisShift: number;
  /** Alerts of this severity in its budget's window. */
  alertsInBudget: number;
  /** Already asked about this incident. */
  asked: boolean;
}

export interface RoutingNeed {
  severity: SeverityLevel;
  /** Nothing holds back danger and calls for help. */
  urgent: boolean;
  /** Which try at this role it is. */
  attempt: number;
  /** `HH:MM` by the store's clock. */
  localTime: string;
}

export type Routing =
  | { kind: 'reach'; candidate: Candidate; channel: Channel }
  | { kind: 'withheld'; reasons: Reason[] }
  | { kind: 'nobody' };

/**
 * Who is reached, and how. A further try goes to the person who was asked before, over their next channel; a first one
 * to whoever can be reached, is nearest, and among those to whoever was disturbed least in this shift.
 */
export function chooseRecipient(noise: NoisePolicy, candidates: readonly Candidate[], need: RoutingNeed): Routing {
  const reachable = candidates.filter(({ channels }) => channels.length > 0);
  if (reachable.length === 0) return { kind: 'nobody' };
  const ordered = [...reachable].sort(
    (a, b) =>
      (need.attempt > 0 ? Number(b.asked) - Number(a.asked) : 0) ||
      Number(a.unreachable) - Number(b.unreachable) ||
      a.distance - b.distance ||
      a.alertsThisShift - b.alertsThisShift ||
      b.shiftStartsAt.localeCompare(a.shiftStartsAt) ||
      a.personId.localeCompare(b.personId),
  );
  const reasons: Reason[] = [];
  for (const candidate of ordered) {
    const held = need.urgent ? null : heldBack(noise, candidate, need);
    if (held === null) {
      const tries = candidate.asked ? need.attempt : 0;
      return { kind: 'reach', candidate, channel: candidate.channels[tries % candidate.channels.length]! };
    }
    reasons.push(held);
  }
  return { kind: 'withheld', reasons };
}

function heldBack(noise: NoisePolicy, candidate: Candidate, need: RoutingNeed): Reason | null {
  const { personId } = candidate;
  if (
    candidate.quiet !== null &&
    inQuietHours(candidate.quiet, need.localTime) &&
    !atLeast(need.severity, noise.quietHoursPass)
  )
    return { code: 'QUIET_HOURS', params: { personId, ...candidate.quiet, passes: noise.quietHoursPass } };
  // A further try about the same incident is no further interruption by the budget's count.
  if (candidate.asked) return null;
  if (candidate.alertsThisShift >= noise.perShift)
    return {
      code: 'SHIFT_BUDGET_SPENT',
      params: { personId, alerts: candidate.alertsThisShift, allowed: noise.perShift },
    };
  const budget = noise.budgets[need.severity];
  if (budget && candidate.alertsInBudget >= budget.count)
    return {
      code: 'SEVERITY_BUDGET_SPENT',
      params: {
        personId,
        severity: need.severity,
        alerts: candidate.alertsInBudget,
        allowed: budget.count,
        windowMs: budget.windowMs,
      },
    };
  return null;
}

/** `22:00` to `06:00` goes over midnight. */
export function inQuietHours({ from, to }: { from: string; to: string }, localTime: string): boolean {
  return from <= to ? localTime >= from && localTime < to : localTime >= from || localTime < to;
}
