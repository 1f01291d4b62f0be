import { type DeviceCommand, guardedCommand, promptCommand } from '../../domain/device-command.ts';
import { assertReal } from '../../domain/drill.ts';
import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { approvalsNeeded, isHighRisk, isTarget, staleAfterMs } from '../../domain/runbook.ts';
import { type StepCommand, stepTransition } from '../../domain/runbook-state.ts';
import { addMs } from '../../domain/time.ts';
import type { Reason } from '../../domain/types.ts';
import { type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { prepareReport } from './report.ts';
import {
  isApproved,
  loadRunbookIncident,
  loadSteps,
  orderOf,
  orderSteps,
  type RunbookIncident,
  type StepRow,
  saveStep,
  stepOf,
  tellMandatory,
  validApprovals,
} from './rows.ts';

export interface StepReference {
  incidentId: string;
  stepId: string;
  attempt: number;
}

/** What a device is to be told. */
export interface DeviceOrder {
  address: { tenantId: string; storeId: string; target: string };
  command: DeviceCommand;
  ackTimeoutMs: number;
}

export type DeviceOutcome = { outcome: 'acknowledged' } | { outcome: 'failed'; reason: Reason };

/**
 * Begins an ordered step: null when there is nothing (more) to tell a device. Asked again after a crash it gives the
 * same command with the same id. What is too late is not sent, and what a drill may not reach is not even built.
 */
export function beginStep(ctx: ServiceContext, input: StepReference): Promise<DeviceOrder | null> {
  requirePermission(ctx.actor, 'system.run');
  return write(ctx, async (tx) => {
    const found = await orderedStep(tx, ctx, input);
    if (found === null) {
      tx.noAudit('nothing changed');
      return null;
    }
    const { incident, step } = found;
    const inTime = tx.at <= addMs(step.orderedAt ?? step.changedAt, staleAfterMs);
    // Counted from when it was first told; a release is always worth telling.
    const begunAt = step.state === 'running' && step.command === 'run' ? step.changedAt : tx.at;
    const expiresAt = addMs(begunAt, step.ackTimeoutMs + staleAfterMs);
    if (incident.drill && isHighRisk(step.action)) {
      await apply(tx, ctx, found, { kind: 'close', closing: 'exculpated' }, { code: 'DRILL_STOPS_HERE', params: {} });
      return null;
    }
    if (tx.at > expiresAt) {
      await apply(tx, ctx, found, { kind: 'failed' }, { code: 'INTERRUPTED', params: {} });
      return null;
    }
    if (step.action === 'police_report') {
      const approvals = validApprovals(step, tx.at);
      if (!isApproved(step, tx.at)) {
        await apply(tx, ctx, found, { kind: 'begin', inTime, approved: false }, expired);
        return null;
      }
      await prepareReport(tx, assertReal(incident), approvals);
      await apply(tx, ctx, found, { kind: 'prepared' }, null);
      return null;
    }
    const begun = await apply(
      tx,
      ctx,
      found,
      { kind: 'begin', inTime, approved: isApproved(step, tx.at) },
      approvalsNeeded[step.mode] > 0 ? expired : { code: 'TOO_LATE', params: { afterMs: staleAfterMs } },
    );
    if (begun.state !== 'running') return null;
    if (!isTarget(begun.target)) throw new DomainError('INTERNAL', `step ${step.stepId} has no target to address`);
    return {
      address: { tenantId: incident.tenantId, storeId: incident.storeId, target: begun.target },
      command: commandFor(incident, begun, expiresAt),
      ackTimeoutMs: begun.ackTimeoutMs,
    };
  });
}

const expired: Reason = { code: 'APPROVAL_EXPIRED', params: {} };

function commandFor(incident: RunbookIncident, step: StepRow, expiresAt: string): DeviceCommand {
  switch (step.action) {
    case 'terminal_prompt':
    case 'signage':
    case 'intercom':
      return promptCommand(incident, { ...step, action: step.action }, expiresAt);
    case 'door_lock':
    case 'credential_disable':
      return guardedCommand(assertReal(incident), { ...step, action: step.action }, expiresAt);
    case 'task':
    case 'police_report':
      throw new DomainError('INTERNAL', `no device carries out ${step.action}`);
  }
}

/** Writes down what the device answered, or that it did not; what is to be taken back is ordered at once. */
export function finishStep(ctx: ServiceContext, input: StepReference & { result: DeviceOutcome }): Promise<void> {
  requirePermission(ctx.actor, 'system.run');
  return write(ctx, async (tx) => {
    const found = await orderedStep(tx, ctx, input);
    if (found?.step.state !== 'running') return tx.noAudit('nothing changed');
    const { result } = input;
    const finished = await apply(
      tx,
      ctx,
      found,
      { kind: result.outcome },
      result.outcome === 'failed' ? result.reason : null,
    );
    if (!finished.releaseWanted) return;
    const release = stepTransition(finished, { kind: 'release' });
    if (!release.ok) return;
    const { incident } = found;
    const saved = await saveStep(tx, incident, finished, { ...release, by: ctx.actor.id });
    await orderSteps(tx, incident, 'runbook_command', [orderOf(saved)]);
  });
}

interface Found {
  incident: RunbookIncident;
  steps: StepRow[];
  step: StepRow;
}

/** Null: an earlier order, or one that has come to its end. */
async function orderedStep(tx: WriteTransaction, ctx: ServiceContext, input: StepReference): Promise<Found | null> {
  const incident = await loadRunbookIncident(tx, ctx.actor.tenantId, input.incidentId, true);
  const steps = await loadSteps(tx, ctx.actor.tenantId, input.incidentId);
  const step = stepOf(steps, input.stepId);
  const waits = step.attempt === input.attempt && (step.state === 'ready' || step.state === 'running');
  return waits ? { incident, steps, step } : null;
}

/** `reason` is kept only where the step did not simply go on. */
async function apply(
  tx: WriteTransaction,
  ctx: ServiceContext,
  { incident, steps, step }: Found,
  command: StepCommand,
  reason: Reason | null,
): Promise<StepRow> {
  const transition = stepTransition(step, command);
  if (!transition.ok) throw new DomainError('INTERNAL', `step ${step.stepId} refused: ${transition.refusal}`);
  const wentOn = transition.next.state === 'running';
  const saved = await saveStep(tx, incident, step, { ...transition, by: ctx.actor.id, reason: wentOn ? null : reason });
  if (wentOn) tx.noAudit('bookkeeping');
  else
    tx.audit({
      action: 'runbook.step_settled',
      subject: `incident:${incident.incidentId}`,
      details: {
        ...{ stepId: step.stepId, action: step.action, state: saved.state, attempt: step.attempt },
        ...(saved.reason === null ? {} : { reason: saved.reason }),
      },
    });
  await tellMandatory(
    tx,
    incident,
    steps,
    steps.map((other) => (other === step ? saved : other)),
  );
  return saved;
}
