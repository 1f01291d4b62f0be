import type { Allowance, EscalationStep, NoisePolicy, Policy } from '../policy.ts';
import type { Runbook } from '../runbook.ts';
import type { SeverityLevel } from '../types.ts';
import {
  type DocumentAllowance,
  type DocumentNoise,
  type DocumentRunbook,
  type DocumentRung,
  type PolicyDocument,
  type RetainedVerdict,
  retainedVerdicts,
} from './document.ts';
import { formatDuration } from './durations.ts';

/** The document that compiles to this policy, with nothing left out: a person who edits it sees everything there is. */
export function describePolicy(policy: Omit<Policy, 'version'>): PolicyDocument {
  const { posWindow, evidence } = policy;
  return {
    id: policy.id,
    operatingModel: policy.operatingModel,
    receiptFirst: [...policy.receiptFirst],
    till: {
      before: formatDuration(posWindow.beforeMs),
      after: formatDuration(posWindow.afterMs),
      feedStaleAfter: formatDuration(posWindow.feedStaleAfterMs),
    },
    prompt: describePrompt(policy.prompt),
    merge: { window: formatDuration(policy.mergeWindowMs), keys: [...policy.mergeKeys] },
    lateAfter: formatDuration(policy.lateAfterMs),
    pageWithin: formatDuration(policy.pageWithinMs),
    evidence: {
      preRoll: formatDuration(evidence.preRollMs),
      postRoll: formatDuration(evidence.postRollMs),
      grace: formatDuration(evidence.graceMs),
      giveUpAfter: formatDuration(evidence.giveUpAfterMs),
      cameras: evidence.cameras ?? 'neighbours',
    },
    redaction: { ...policy.redaction },
    escalation: gatherTries(policy.escalation),
    acknowledgedTimeout: formatDuration(policy.acknowledgedTimeoutMs),
    reviewTimeout: formatDuration(policy.reviewTimeoutMs),
    claim: formatDuration(policy.claimMs),
    linkLifetime: formatDuration(policy.linkTtlMs),
    noise: describeNoise(policy.noise),
    fusion: { severityFrom: policy.fusion.severityFrom, holdBelow: { ...policy.fusion.holdBelow } },
    severityPoints: { ...policy.severityPoints },
    secondReview: { verdicts: [...policy.secondReview.verdicts], share: policy.secondReview.share },
    runbooks: policy.runbooks.map(describeRunbook),
    retention: {
      ...(Object.fromEntries(
        retainedVerdicts.map((verdict) => [verdict, formatDuration(policy.retentionMs[verdict])]),
      ) as Record<RetainedVerdict, string>),
      rules: policy.retention.rules.map(({ id, categories, outcomes, keepMs }) => ({
        id,
        ...(categories === undefined ? {} : { categories: [...categories] }),
        ...(outcomes === undefined ? {} : { outcomes: [...outcomes] }),
        keep: formatDuration(keepMs),
      })),
      whenShortened: policy.retention.whenShortened,
      coldAfter: policy.retention.coldAfterMs === null ? 'never' : formatDuration(policy.retention.coldAfterMs),
    },
  };
}

function describePrompt(prompt: Policy['prompt']): NonNullable<PolicyDocument['prompt']> {
  if (prompt === null) return 'off';
  const { waitMs, message, after } = prompt;
  return {
    ...{ wait: formatDuration(waitMs), message, after: after?.kind ?? 'none' },
    ...(after === undefined ? {} : { afterMessage: after.message, maxHold: formatDuration(after.maxMs) }),
  };
}

/** Rungs of one role and time that count their attempts up are tries of one. */
function gatherTries(escalation: readonly EscalationStep[]): DocumentRung[] {
  const gathered: DocumentRung[] = [];
  for (const step of escalation) {
    const last = gathered.at(-1);
    const timeout = formatDuration(step.timeoutMs);
    const attempt = step.attempt ?? 0;
    if (last && last.role === step.role && last.timeout === timeout && attempt === (last.tries ?? 1))
      last.tries = attempt + 1;
    else gathered.push({ role: step.role, timeout });
  }
  return gathered;
}

const allowance = ({ count, windowMs }: Allowance): DocumentAllowance => ({ count, window: formatDuration(windowMs) });

function describeNoise(noise: NoisePolicy): DocumentNoise {
  const { suppression } = noise;
  return {
    gates: noise.gates.map((gate) => ({ behaviour: gate.behaviour, ...allowance(gate) })),
    storm: allowance(noise.storm),
    suppression:
      suppression === null
        ? 'off'
        : {
            minVerdicts: suppression.minVerdicts,
            floorPrecision: suppression.floorPrecision,
            window: formatDuration(suppression.windowMs),
            passEvery: suppression.passEvery,
          },
    perShift: noise.perShift,
    budgets: Object.fromEntries(
      Object.entries(noise.budgets).map(([level, budget]) => [level, allowance(budget)]),
    ) as Partial<Record<SeverityLevel, DocumentAllowance>>,
    quietHoursPass: noise.quietHoursPass,
  };
}

const describeRunbook = ({ id, behaviours, minSeverity, steps }: Runbook): DocumentRunbook => ({
  id,
  behaviours: behaviours === 'any' ? 'any' : [...behaviours],
  minSeverity,
  steps: steps.map(({ ackTimeoutMs, approvers, ...step }) => ({
    ...step,
    approvers: [...approvers],
    ackTimeout: formatDuration(ackTimeoutMs),
  })),
});
