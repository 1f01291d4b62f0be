import type { Policy } from './policy.ts';
import { addMs, toIso, toMs } from './time.ts';

export interface StepProgress {
  step: number;
  outcome: 'sent' | 'nobody_on_shift' | 'undeliverable' | 'withheld';
  at: string;
  /** Counts hand-overs of this step. */
  round?: number;
  /** When the person's shift ends; whoever follows takes over with a time of their own. */
  shiftEndsAt?: string;
}

export interface EscalationProgress {
  steps: readonly StepProgress[];
  /** When the clip became visible or was given up; null while it is being made. */
  evidenceSettledAt: string | null;
  /** When the clip should be there; null for incidents that began before this was known. */
  proofExpectedAt?: string | null;
  /** What is left of a deadline and shorter than the shortest timer is not waited for. */
  wholeSeconds?: boolean;
  acknowledgedAt: string | null;
  /** Somebody answered "not sure" or asked for help after this many steps: do not wait out their timeout. */
  skipWaitAfterSteps: number;
}

export type EscalationAction =
  /** `dueAt`: the moment that has passed, when a time has run out. */
  | { kind: 'page'; step: number; round?: number; dueAt?: string }
  /** `wakeOnEvidence`: the plain timeout has passed and only proof is missing, so its arrival changes the deadline. */
  | { kind: 'wait'; untilAt: string; wakeOnEvidence: boolean }
  | { kind: 'exhausted' };

/** Two shifts that end within one step's time would be a mistake of the roster. */
const maxHandOvers = 2;

type EscalationPolicy = Pick<Policy, 'escalation' | 'acknowledgedTimeoutMs' | 'evidence'>;

/** From the end of the post-roll until a person can see it; measured by `npm run bench -- people`. */
const clipReadyMs = 2_000;

/**
 * A timer for less than this fires after it all the same. So a proof that came a little later than expected moves the
 * deadline by whole seconds only: the next person hears a moment early rather than a second and a half late.
 */
const shortestWaitMs = 1_000;

/** When the clip of a detection should be there. */
export function proofExpectedAt(policy: Pick<Policy, 'evidence'>, detectedAt: string): string {
  return addMs(detectedAt, policy.evidence.postRollMs + clipReadyMs);
}

/**
 * What to do now. The deadline of a step runs from the later of text and proof; proof that does not come extends it by
 * the policy's grace at most. Ask again at `untilAt`: one timer serves the normal case, since it is set for the time at
 * which the proof should be there, and the deadline is only recomputed when that has passed.
 */
export function nextAction(policy: EscalationPolicy, progress: EscalationProgress, nowAt: string): EscalationAction {
  const last = progress.steps.at(-1);
  if (!last) return advance(policy, 0);
  const nowMs = toMs(nowAt);
  if (progress.acknowledgedAt !== null) {
    const untilAt = addMs(progress.acknowledgedAt, policy.acknowledgedTimeoutMs);
    if (nowMs < toMs(untilAt)) return { kind: 'wait', untilAt, wakeOnEvidence: false };
  }
  if (last.outcome !== 'sent' || progress.skipWaitAfterSteps >= progress.steps.length)
    return advance(policy, last.step + 1);
  const timeoutMs = policy.escalation[last.step]?.timeoutMs ?? 0;
  const firstAt = firstDeadline(policy, progress, last.at, timeoutMs);
  const round = last.round ?? 0;
  const handsOver = last.shiftEndsAt !== undefined && last.shiftEndsAt < firstAt && round < maxHandOvers;
  if (handsOver && nowMs >= toMs(last.shiftEndsAt!))
    return { kind: 'page', step: last.step, round: round + 1, dueAt: last.shiftEndsAt! };
  if (nowMs < toMs(firstAt))
    return { kind: 'wait', untilAt: handsOver ? last.shiftEndsAt! : firstAt, wakeOnEvidence: false };
  const fromProofAt = proofDeadline(policy, progress.evidenceSettledAt, last.at, timeoutMs);
  const untilAt = toIso(Math.max(toMs(fromProofAt), toMs(firstAt)));
  const graceOnly = progress.proofExpectedAt != null && progress.evidenceSettledAt === null;
  const worthWaitingMs = graceOnly || progress.wholeSeconds ? shortestWaitMs : 0;
  if (nowMs + worthWaitingMs < toMs(untilAt))
    return { kind: 'wait', untilAt, wakeOnEvidence: progress.evidenceSettledAt === null };
  return advance(policy, last.step + 1, untilAt < nowAt ? untilAt : nowAt);
}

/**
 * The step that should have begun `lateByMs` ago or earlier, and that nobody has begun; null when there is none. A first
 * contact is none: it has no time that ran out.
 */
export function overdueStep(
  policy: EscalationPolicy,
  progress: EscalationProgress,
  nowAt: string,
  lateByMs: number,
): { step: number; round?: number; dueAt: string } | null {
  const thenAt = addMs(nowAt, -lateByMs);
  const action = nextAction(policy, progress, thenAt);
  if (action.kind !== 'page') return null;
  // Without a time that ran out the chain moves on at once: it was due when the step before it came to nothing.
  const dueAt = action.dueAt ?? progress.steps.at(-1)?.at;
  if (dueAt === undefined || dueAt > thenAt) return null;
  return { step: action.step, ...(action.round === undefined ? {} : { round: action.round }), dueAt };
}

/** The deadline if the proof comes when it should; proof that came with the text needs no allowance. */
function firstDeadline(
  policy: EscalationPolicy,
  { evidenceSettledAt, proofExpectedAt }: EscalationProgress,
  sentAt: string,
  timeoutMs: number,
): string {
  const there = evidenceSettledAt !== null && evidenceSettledAt <= sentAt;
  return there ? addMs(sentAt, timeoutMs) : proofDeadline(policy, proofExpectedAt ?? sentAt, sentAt, timeoutMs);
}

/** When a person texted at `sentAt` has had their time with the proof, never later than timeout plus grace. */
export function proofDeadline(
  policy: Pick<Policy, 'evidence'>,
  evidenceSettledAt: string | null,
  sentAt: string,
  timeoutMs: number,
): string {
  const latestMs = toMs(sentAt) + timeoutMs + policy.evidence.graceMs;
  if (evidenceSettledAt === null) return addMs(sentAt, timeoutMs + policy.evidence.graceMs);
  const fromProofMs = Math.max(toMs(sentAt), toMs(evidenceSettledAt)) + timeoutMs;
  return addMs(sentAt, Math.min(fromProofMs, latestMs) - toMs(sentAt));
}

function advance(policy: EscalationPolicy, step: number, dueAt?: string): EscalationAction {
  if (step >= policy.escalation.length) return { kind: 'exhausted' };
  return { kind: 'page', step, ...(dueAt === undefined ? {} : { dueAt }) };
}
