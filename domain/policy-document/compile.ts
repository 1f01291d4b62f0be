import type { Allowance, EscalationStep, NoisePolicy, Policy } from '../policy.ts';
import type { Runbook, RunbookStep } from '../runbook.ts';
import type { SeverityLevel } from '../types.ts';
import { defaultMode, modelDefaults, promptDefaults, stepDefaults } from './defaults.ts';
import {
  type DocumentAllowance,
  type DocumentNoise,
  type DocumentRunbook,
  type DocumentStep,
  type PolicyDocument,
  retainedVerdicts,
} from './document.ts';
import { parseDuration } from './durations.ts';

const ms = (text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : (parseDuration(text) ?? otherwise);

/** A valid document with everything filled in that it leaves out. */
export function compilePolicy(document: PolicyDocument, id: string): Omit<Policy, 'version'> {
  const base = modelDefaults[document.operatingModel];
  const { till, merge, evidence, secondReview } = document;
  const reviewed = secondReview?.verdicts ?? base.secondReview.verdicts;
  return {
    id,
    operatingModel: document.operatingModel,
    receiptFirst: document.receiptFirst ?? base.receiptFirst,
    posWindow: {
      beforeMs: ms(till?.before, base.posWindow.beforeMs),
      afterMs: ms(till?.after, base.posWindow.afterMs),
      feedStaleAfterMs: ms(till?.feedStaleAfter, base.posWindow.feedStaleAfterMs),
    },
    prompt: compilePrompt(document.prompt),
    mergeWindowMs: ms(merge?.window, base.mergeWindowMs),
    mergeKeys: merge?.keys ?? base.mergeKeys,
    lateAfterMs: ms(document.lateAfter, base.lateAfterMs),
    pageWithinMs: ms(document.pageWithin, base.pageWithinMs),
    evidence: {
      preRollMs: ms(evidence?.preRoll, base.evidence.preRollMs),
      postRollMs: ms(evidence?.postRoll, base.evidence.postRollMs),
      graceMs: ms(evidence?.grace, base.evidence.graceMs),
      giveUpAfterMs: ms(evidence?.giveUpAfter, base.evidence.giveUpAfterMs),
      cameras: evidence?.cameras ?? base.evidence.cameras ?? 'neighbours',
    },
    redaction: {
      rule: document.redaction?.rule ?? base.redaction.rule,
      target: document.redaction?.target ?? base.redaction.target,
      style: document.redaction?.style ?? base.redaction.style,
    },
    escalation: document.escalation === undefined ? base.escalation.map(rung) : document.escalation.flatMap(rungs),
    acknowledgedTimeoutMs: ms(document.acknowledgedTimeout, base.acknowledgedTimeoutMs),
    reviewTimeoutMs: ms(document.reviewTimeout, base.reviewTimeoutMs),
    claimMs: ms(document.claim, base.claimMs),
    linkTtlMs: ms(document.linkLifetime, base.linkTtlMs),
    noise: compileNoise(document.noise, base.noise),
    fusion: {
      severityFrom: document.fusion?.severityFrom ?? base.fusion.severityFrom,
      holdBelow: document.fusion?.holdBelow ?? base.fusion.holdBelow,
    },
    severityPoints: document.severityPoints ?? base.severityPoints,
    secondReview: { verdicts: reviewed, share: secondReview?.share ?? (reviewed.length === 0 ? 0 : 1) },
    runbooks: (document.runbooks ?? []).map(compileRunbook),
    retentionMs: Object.fromEntries(
      retainedVerdicts.map((verdict) => [verdict, ms(document.retention?.[verdict], base.retentionMs[verdict])]),
    ) as Policy['retentionMs'],
    retention: {
      rules:
        document.retention?.rules?.map(({ keep, ...rule }) => ({ ...rule, keepMs: ms(keep, 0) })) ??
        base.retention.rules,
      whenShortened: document.retention?.whenShortened ?? base.retention.whenShortened,
      coldAfterMs: coldAfterMs(document.retention?.coldAfter, base.retention.coldAfterMs),
    },
  };
}

const coldAfterMs = (text: string | undefined, otherwise: number | null): number | null =>
  text === undefined ? otherwise : text === 'never' ? null : (parseDuration(text) ?? otherwise);

function compilePrompt(prompt: PolicyDocument['prompt']): Policy['prompt'] {
  if (prompt === undefined || prompt === 'off') return null;
  const { after = 'none', afterMessage = promptDefaults.afterMessage } = prompt;
  const asks = {
    waitMs: ms(prompt.wait, promptDefaults.waitMs),
    message: prompt.message ?? promptDefaults.message,
  };
  if (after === 'none') return asks;
  return {
    ...asks,
    after: { kind: after, message: afterMessage, maxMs: ms(prompt.maxHold, promptDefaults.maxHoldMs) },
  };
}

const rung = (step: EscalationStep): EscalationStep => ({ ...step, attempt: step.attempt ?? 0 });

const rungs = ({ role, timeout, tries }: NonNullable<PolicyDocument['escalation']>[number]): EscalationStep[] =>
  Array.from({ length: tries ?? 1 }, (_, attempt) => ({ role, timeoutMs: ms(timeout, 0), attempt }));

const allowance = ({ count, window }: DocumentAllowance): Allowance => ({ count, windowMs: ms(window, 0) });

function compileNoise(noise: DocumentNoise | undefined, base: NoisePolicy): NoisePolicy {
  if (noise === undefined) return base;
  return {
    gates: (noise.gates ?? []).map((gate) => ({ behaviour: gate.behaviour, ...allowance(gate) })),
    storm: {
      count: noise.storm?.count ?? base.storm.count,
      windowMs: ms(noise.storm?.window, base.storm.windowMs),
    },
    suppression: compileSuppression(noise.suppression, base.suppression),
    perShift: noise.perShift ?? base.perShift,
    budgets:
      noise.budgets === undefined
        ? base.budgets
        : (Object.fromEntries(
            Object.entries(noise.budgets).map(([level, budget]) => [level, allowance(budget)]),
          ) as Partial<Record<SeverityLevel, Allowance>>),
    quietHoursPass: noise.quietHoursPass ?? base.quietHoursPass,
  };
}

function compileSuppression(
  rule: DocumentNoise['suppression'],
  base: NoisePolicy['suppression'],
): NoisePolicy['suppression'] {
  if (rule === undefined) return base;
  if (rule === 'off' || base === null) return null;
  return {
    minVerdicts: rule.minVerdicts ?? base.minVerdicts,
    floorPrecision: rule.floorPrecision ?? base.floorPrecision,
    windowMs: ms(rule.window, base.windowMs),
    passEvery: rule.passEvery ?? base.passEvery,
  };
}

const compileRunbook = ({ id, behaviours, minSeverity, steps }: DocumentRunbook): Runbook => ({
  id,
  behaviours: behaviours ?? 'any',
  minSeverity: minSeverity ?? 'low',
  steps: steps.map(compileStep),
});

function compileStep(step: DocumentStep): RunbookStep {
  const mode = step.mode ?? defaultMode(step.action);
  return {
    id: step.id,
    action: step.action,
    mode,
    approvers: step.approvers ?? (mode === 'automatic' ? [] : stepDefaults.approvers),
    mandatory: step.mandatory ?? false,
    ...(step.target === undefined ? {} : { target: step.target }),
    ...(step.about === undefined ? {} : { about: step.about }),
    ...(step.message === undefined ? {} : { message: step.message }),
    ackTimeoutMs: ms(step.ackTimeout, stepDefaults.ackTimeoutMs),
  };
}
