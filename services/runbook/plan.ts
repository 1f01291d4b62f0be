import { completePolicy } from '../../domain/policy.ts';
import {
  effectiveMode,
  isDeviceAction,
  isTarget,
  maxAckTimeoutMs,
  type Runbook,
  type RunbookStep,
  runbookFor,
} from '../../domain/runbook.ts';
import { countOpenMandatory, newStep } from '../../domain/runbook-state.ts';
import type { SeverityLevel } from '../../domain/types.ts';
import type { WriteTransaction } from '../context.ts';
import type { IncidentFacts } from '../incident/facts.ts';
import { loadRunbookIncident, loadSteps, orderOf, orderSteps, type StepRow, showStep } from './rows.ts';

export type PlannedIncident = Pick<
  IncidentFacts,
  'tenantId' | 'storeId' | 'incidentId' | 'behaviour' | 'terminalId' | 'policy'
>;

/** What the incident's workflow has to know of its runbook. */
export interface PlannedRunbook {
  openMandatory: number;
  /** Positions of the steps that wait for an approval and that nobody has been told of. */
  approvals: number[];
}

const planner = 'system:runbook';

/**
 * Writes down what is to be done for an incident of this severity and orders what nobody has to approve. Again with a
 * higher severity it adds the steps of the stronger runbook; nothing is ever taken away. The caller holds the incident's row.
 */
export async function planRunbook(
  tx: WriteTransaction,
  facts: PlannedIncident,
  severity: SeverityLevel,
): Promise<PlannedRunbook> {
  // The usual case, on the way to the first text.
  if (facts.policy.runbooks.length === 0) return { openMandatory: 0, approvals: [] };
  const known = await loadSteps(tx, facts.tenantId, facts.incidentId);
  const runbook = runbookFor(completePolicy(facts.policy).runbooks, { behaviour: facts.behaviour, severity });
  if (runbook === null) return whatIsOpen(tx, facts, known);
  const incident = await loadRunbookIncident(tx, facts.tenantId, facts.incidentId);
  // A stronger runbook may repeat what the weaker one has done already.
  const sameThing = (step: RunbookStep) => (other: StepRow) =>
    other.stepId === stepIdOf(runbook, step) ||
    (other.runbookId !== runbook.id &&
      other.action === step.action &&
      other.target === targetOf(step, facts) &&
      other.message === (step.message ?? null));
  const fresh = runbook.steps.filter((step) => !known.some(sameThing(step)));
  if (fresh.length === 0) return whatIsOpen(tx, facts, known);
  const planned: StepRow[] = [];
  for (const [index, step] of fresh.entries()) {
    const row = plannedStep(runbook, step, facts, known.length + index, tx.at);
    await insertStep(tx, facts, row);
    // What is under way by itself shows when it has come to something.
    if (row.state !== 'ready') await showStep(tx, incident, row);
    planned.push(row);
  }
  await orderSteps(
    tx,
    incident,
    known.length === 0 ? 'runbook' : 'runbook_command',
    planned.filter(({ state }) => state === 'ready').map(orderOf),
  );
  tx.audit({
    action: 'runbook.planned',
    subject: `incident:${facts.incidentId}`,
    details: {
      runbookId: runbook.id,
      severity,
      steps: planned.map(({ stepId, action, mode, mandatory, state }) => ({ stepId, action, mode, mandatory, state })),
    },
  });
  return whatIsOpen(tx, facts, [...known, ...planned]);
}

/** Said again until it has been acted on: whoever heard it first may have died over it. */
async function whatIsOpen(
  tx: WriteTransaction,
  { tenantId, incidentId }: PlannedIncident,
  steps: readonly StepRow[],
): Promise<PlannedRunbook> {
  const openMandatory = countOpenMandatory(steps);
  const waiting = steps.filter(({ state }) => state === 'waiting_for_approval').map(({ position }) => position);
  if (waiting.length === 0) return { openMandatory, approvals: [] };
  const told = await tx.query<{ step: number }>(
    "select step from notifications where tenant_id = $1 and incident_id = $2 and kind = 'notice' and step = any ($3)",
    [tenantId, incidentId, waiting],
  );
  return { openMandatory, approvals: waiting.filter((position) => !told.some(({ step }) => step === position)) };
}

const stepIdOf = (runbook: Runbook, step: RunbookStep): string => `${runbook.id}.${step.id}`;

/** A prompt without a target is for the till of the lane where it happened. */
const targetOf = (step: RunbookStep, facts: PlannedIncident): string | null =>
  step.target ?? (step.action === 'terminal_prompt' ? facts.terminalId : null);

function plannedStep(
  runbook: Runbook,
  step: RunbookStep,
  facts: PlannedIncident,
  position: number,
  at: string,
): StepRow {
  const mode = effectiveMode(step);
  const target = targetOf(step, facts);
  const status = newStep(step.action, mode);
  const unreachable = isDeviceAction(step.action) && !isTarget(target);
  return {
    ...status,
    ...(unreachable ? { state: 'failed' as const } : {}),
    stepId: stepIdOf(runbook, step),
    runbookId: runbook.id,
    position,
    mandatory: step.mandatory,
    target,
    about: step.about ?? null,
    message: step.message ?? null,
    approvers: [...step.approvers],
    ackTimeoutMs: Math.min(step.ackTimeoutMs, maxAckTimeoutMs),
    round: 0,
    reason: unreachable ? { code: 'NO_TARGET', params: { target } } : null,
    note: null,
    orderedAt: status.state === 'ready' ? at : null,
    changedAt: at,
    changedBy: planner,
    approvals: [],
  };
}

async function insertStep(tx: WriteTransaction, place: PlannedIncident, step: StepRow): Promise<void> {
  await tx.query(
    `insert into runbook_steps (tenant_id, store_id, incident_id, step_id, runbook_id, position, action, mode, mandatory, target, about, message, approvers, ack_timeout_ms, state, command, attempt, reason, planned_at, ordered_at, changed_at, changed_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $19, $21)`,
    [
      place.tenantId,
      place.storeId,
      place.incidentId,
      step.stepId,
      step.runbookId,
      step.position,
      step.action,
      step.mode,
      step.mandatory,
      step.target,
      step.about,
      step.message,
      step.approvers,
      step.ackTimeoutMs,
      step.state,
      step.command,
      step.attempt,
      step.reason === null ? null : JSON.stringify(step.reason),
      step.changedAt,
      step.orderedAt,
      step.changedBy,
    ],
  );
}
