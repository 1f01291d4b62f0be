import type { CorrelationWindow } from './pos-correlation.ts';
import type { RedactionPolicy } from './redaction/types.ts';
import type { RetentionRule } from './retention.ts';
import type { Runbook } from './runbook.ts';
import type { Behaviour, HumanVerdict, OperatingModel, Role, SeverityLevel, Verdict } from './types.ts';

export interface EscalationStep {
  role: Role;
  /** How long this person has, counted from when they could see proof. */
  timeoutMs: number;
  /** 0: the person's first channel; each further try takes the next one. Left out in policies of the first version. */
  attempt?: number;
}

/** The camera that saw it, or also those that are said to see the same place. */
export type EvidenceCameras = 'own' | 'neighbours';

export type MergeKey = 'camera' | 'zone' | 'behaviour';

/** A behaviour that only matters when it is seen this often in this time. */
export interface Gate {
  behaviour: Behaviour;
  count: number;
  windowMs: number;
}

/** What the confidence of all sources together decides. */
interface FusionPolicy {
  /** Whose confidence the severity counts: the surest detection's, or that of all sources. */
  severityFrom: 'detection' | 'fused';
  /** Nobody is paged about such a behaviour while the fused confidence is under this. */
  holdBelow: Partial<Record<Behaviour, number>>;
}

export interface Allowance {
  count: number;
  windowMs: number;
}

/** What keeps people from drowning. None of it ever holds back a safety event, a critical incident or a call for help. */
export interface NoisePolicy {
  gates: readonly Gate[];
  /** First texts of one store in the window; the rest is for the console. */
  storm: Allowance;
  /** Camera × behaviour pairs that people keep dismissing; null: nothing is learnt. */
  suppression: {
    /** Fewer verdicts than this say nothing. */
    minVerdicts: number;
    /** Share of confirmed verdicts under which a pair is held back. */
    floorPrecision: number;
    /** Older verdicts are forgotten, and with them the suppression. */
    windowMs: number;
    /** One in this many passes all the same, so that a camera that was put right is noticed. */
    passEvery: number;
  } | null;
  /** Alerts for one person in one shift. */
  perShift: number;
  /** Alerts for one person by severity; a severity that is not named has no limit. */
  budgets: Partial<Record<SeverityLevel, Allowance>>;
  /** From this severity on a person may be disturbed in their quiet hours. */
  quietHoursPass: SeverityLevel;
}

/** What a self-checkout does when nobody answered its prompt: it calls the attendant, or keeps the payment waiting for them. */
export interface PromptFollowUp {
  kind: 'attend' | 'block';
  message: string;
  /** Whatever happens, the terminal lets go after this. */
  maxMs: number;
}

/** Everything that decides how an incident runs; copied into the workflow at its start, so later edits change nothing. */
export interface Policy {
  id: string;
  version: number;
  operatingModel: OperatingModel;
  /** Behaviours for which the till is asked before anybody is told. */
  receiptFirst: readonly Behaviour[];
  posWindow: CorrelationWindow;
  /** Before any person is told of an item without a receipt, a self-checkout asks for it this long; null: it does not. */
  prompt: { waitMs: number; message: string; after?: PromptFollowUp } | null;
  /** Detections that agree in the merge keys and are closer than this belong to one incident. */
  mergeWindowMs: number;
  mergeKeys: readonly MergeKey[];
  /** A detection older than this on arrival is marked late. */
  lateAfterMs: number;
  /** A detection older than this on arrival pages nobody: whoever it was about has long left. */
  pageWithinMs: number;
  evidence: {
    preRollMs: number;
    postRollMs: number;
    graceMs: number;
    giveUpAfterMs: number;
    /** Whose recordings are secured; left out in policies of before there were neighbours. */
    cameras?: EvidenceCameras;
  };
  /** Who may be seen in what leaves, and how the others are masked. */
  redaction: RedactionPolicy;
  escalation: readonly EscalationStep[];
  /** After an acknowledgement escalation waits this long for the verdict. */
  acknowledgedTimeoutMs: number;
  /** An incident that only waits in the console closes as unreviewed after this. */
  reviewTimeoutMs: number;
  /** Who takes an incident in the console has it to themselves for this long. */
  claimMs: number;
  linkTtlMs: number;
  noise: NoisePolicy;
  fusion: FusionPolicy;
  /** Points that replace the behaviour's usual ones in the severity. */
  severityPoints: Partial<Record<Behaviour, number>>;
  /** Verdicts that a second person looks at, and of how many: 1 is all of them. */
  secondReview: { verdicts: readonly HumanVerdict[]; share: number };
  runbooks: readonly Runbook[];
  /** How long evidence is kept after the end, by outcome. */
  retentionMs: Record<Exclude<Verdict, 'unsure' | 'help' | 'safe'>, number>;
  retention: {
    /** The longest of all that apply counts. */
    rules: readonly RetentionRule[];
    /** Whether a policy that keeps shorter than the one before counts for what is stored already. */
    whenShortened: 'keep' | 'apply';
    /** From when files lie in the cold tier; null: they do not move. */
    coldAfterMs: number | null;
  };
}

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const dayMs = 24 * 60 * minuteMs;

export const defaultPolicy: Policy = {
  id: 'default',
  version: 1,
  operatingModel: 'checkout_validation',
  receiptFirst: ['missed_scan', 'wrong_scan', 'fake_scan', 'multi_item_pass', 'occlusion'],
  posWindow: { beforeMs: secondMs, afterMs: 2 * secondMs, feedStaleAfterMs: 5 * secondMs },
  prompt: null,
  mergeWindowMs: 2 * secondMs,
  mergeKeys: ['camera', 'zone', 'behaviour'],
  lateAfterMs: minuteMs,
  pageWithinMs: 15 * minuteMs,
  evidence: {
    preRollMs: 5 * secondMs,
    postRollMs: 5 * secondMs,
    graceMs: 20 * secondMs,
    giveUpAfterMs: 10 * minuteMs,
    cameras: 'neighbours',
  },
  redaction: { rule: 'sharing', target: 'people', style: 'solid' },
  escalation: [
    { role: 'store_staff', timeoutMs: 45 * secondMs },
    { role: 'store_manager', timeoutMs: 90 * secondMs },
  ],
  acknowledgedTimeoutMs: 10 * minuteMs,
  reviewTimeoutMs: 24 * 60 * minuteMs,
  claimMs: 5 * minuteMs,
  linkTtlMs: 30 * minuteMs,
  noise: {
    gates: [],
    storm: { count: 3, windowMs: minuteMs },
    suppression: { minVerdicts: 20, floorPrecision: 0.05, windowMs: 7 * dayMs, passEvery: 5 },
    perShift: 40,
    budgets: { low: { count: 4, windowMs: 60 * minuteMs }, medium: { count: 20, windowMs: 60 * minuteMs } },
    quietHoursPass: 'high',
  },
  fusion: { severityFrom: 'detection', holdBelow: {} },
  severityPoints: {},
  secondReview: { verdicts: [], share: 0 },
  runbooks: [],
  retentionMs: {
    paid: dayMs,
    staff_error: 7 * dayMs,
    false_positive: 7 * dayMs,
    confirmed: 180 * dayMs,
    unreviewed: 30 * dayMs,
  },
  retention: { rules: [], whenShortened: 'keep', coldAfterMs: null },
};

/** So many alerts in one shift are no budget. */
export const unlimitedPerShift = 1_000_000;

/** Nothing is held back: for tests and benches whose subject is something else. */
export const quietNothing: NoisePolicy = {
  gates: [],
  storm: { count: 1_000_000, windowMs: minuteMs },
  suppression: null,
  perShift: unlimitedPerShift,
  budgets: {},
  quietHoursPass: 'low',
};

/** A snapshot that was taken before a field existed goes on with that field's default. */
export const completePolicy = (snapshot: Partial<Policy>): Policy => ({ ...defaultPolicy, ...snapshot });
