import type { CorrelationWindow } from './pos-correlation.ts';
import type { Behaviour, Role, Verdict } from './types.ts';

export interface EscalationStep {
  role: Role;
  /** How long this person has, counted from when they could see proof. */
  timeoutMs: number;
}

/** Everything that decides how an incident runs; copied into the workflow at its start, so later edits change nothing. */
export interface Policy {
  id: string;
  version: number;
  /** Behaviours for which the till is asked before anybody is told. */
  receiptFirst: readonly Behaviour[];
  posWindow: CorrelationWindow;
  /** Detections of one camera, zone and behaviour closer than this belong to one incident. */
  mergeWindowMs: number;
  /** A detection older than this on arrival is marked late. */
  lateAfterMs: number;
  evidence: { preRollMs: number; postRollMs: number; graceMs: number; giveUpAfterMs: number };
  escalation: readonly EscalationStep[];
  /** After an acknowledgement escalation waits this long for the verdict. */
  acknowledgedTimeoutMs: number;
  /** An incident that only waits in the console closes as unreviewed after this. */
  reviewTimeoutMs: number;
  linkTtlMs: number;
  retentionMs: Record<Exclude<Verdict, 'unsure' | 'help'>, number>;
}

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const dayMs = 24 * 60 * minuteMs;

export const defaultPolicy: Policy = {
  id: 'default',
  version: 1,
  receiptFirst: ['missed_scan', 'wrong_scan', 'fake_scan', 'multi_item_pass', 'occlusion'],
  posWindow: { beforeMs: secondMs, afterMs: 2 * secondMs, feedStaleAfterMs: 5 * secondMs },
  mergeWindowMs: 2 * secondMs,
  lateAfterMs: minuteMs,
  evidence: { preRollMs: 5 * secondMs, postRollMs: 5 * secondMs, graceMs: 20 * secondMs, giveUpAfterMs: 10 * minuteMs },
  escalation: [
    { role: 'store_staff', timeoutMs: 45 * secondMs },
    { role: 'store_manager', timeoutMs: 90 * secondMs },
  ],
  acknowledgedTimeoutMs: 10 * minuteMs,
  reviewTimeoutMs: 24 * 60 * minuteMs,
  linkTtlMs: 30 * minuteMs,
  retentionMs: {
    paid: dayMs,
    staff_error: 7 * dayMs,
    false_positive: 7 * dayMs,
    confirmed: 180 * dayMs,
    unreviewed: 30 * dayMs,
  },
};
