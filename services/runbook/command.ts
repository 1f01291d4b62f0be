import { DomainError, invalidField } from '../../domain/errors.ts';
import { may, requirePermission } from '../../domain/permissions.ts';
import { approvalsNeeded, isDeviceAction, isHighRisk } from '../../domain/runbook.ts';
import {
  type StepCommand,
  type StepState,
  type StepTransition,
  stepRefusalMessages,
  stepTransition,
} from '../../domain/runbook-state.ts';
import type { Actor, Reason } from '../../domain/types.ts';
import type { AuditAction } from '../audit/actions.ts';
import { type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';
import { listSteps, type StepView } from './read.ts';
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

export type StepCommandName = 'approve' | 'reject' | 'done' | 'override' | 'release' | 'retry';

export interface StepCommandInput {
  incidentId: string;
  stepId: string;
  command: StepCommandName;
  reason?: string;
}

const auditActionOf: Record<StepCommandName, AuditAction> = {
  approve: 'runbook.approved',
  reject: 'runbook.rejected',
  done: 'runbook.done',
  override: 'runbook.overridden',
  release: 'runbook.release_ordered',
  retry: 'runbook.retry_ordered',
};

/** What the same person asking again finds: the answer they got before, not a refusal. */
const endOf: Partial<Record<StepCommandName, StepState>> = {
  reject: 'rejected',
  done: 'done',
  override: 'overridden',
};

const stopsAtDrill: Reason = { code: 'DRILL_STOPS_HERE', params: {} };

/** A person approves, rejects, reports as done, overrides, releases or retries one step. */
export async function commandStep(ctx: ServiceContext, input: StepCommandInput): Promise<StepView> {
  requirePermission(ctx.actor, input.command === 'override' ? 'runbook.override' : 'runbook.approve');
  if (input.command === 'override' && !input.reason?.trim())
    throw invalidField('reason', 'is missing: say why this step is skipped');
  await write(ctx, async (tx) => {
    const incident = await loadRunbookIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const steps = await loadSteps(tx, ctx.actor.tenantId, input.incidentId);
    const step = stepOf(steps, input.stepId);
    requireRole(ctx.actor, step, input.command);
    requireOpen(incident, step, input.command);
    const transition = stepTransition(step, commandOf(tx, ctx.actor, step, input.command));
    if (!transition.ok) {
      if (!repeated(ctx.actor, step, input.command))
        throw new DomainError('CONFLICT', stepRefusalMessages[transition.refusal]);
      return tx.noAudit('nothing changed');
    }
    const saved = await carryOut(tx, ctx.actor, incident, step, input, transition);
    await tellMandatory(
      tx,
      incident,
      steps,
      steps.map((other) => (other === step ? saved : other)),
    );
    tx.audit({
      action: auditActionOf[input.command],
      subject: `incident:${input.incidentId}`,
      details: { stepId: step.stepId, action: step.action, state: saved.state, attempt: saved.attempt },
    });
  });
  const view = (await listSteps(ctx, input.incidentId)).find(({ id }) => id === input.stepId);
  if (!view) throw new DomainError('INTERNAL', `step ${input.stepId} is gone`);
  return view;
}

function requireRole(actor: Actor, step: StepRow, command: StepCommandName): void {
  if (command === 'override') return;
  const named = step.approvers.some((role) => role === actor.role);
  // Letting go must never fail for want of a role; approving must.
  const mayAnyway = (command === 'release' || command === 'retry') && may(actor, 'runbook.override');
  if (!named && !mayAnyway) {
    const who = step.approvers.length === 0 ? 'nobody (override it instead)' : step.approvers.join(', ');
    throw new DomainError('FORBIDDEN', `This step is for ${who}; you are ${actor.role}.`);
  }
  if (command === 'approve' && step.about !== null && personOf(actor) === step.about)
    throw new DomainError('FORBIDDEN', 'This step is about you. Somebody else has to approve it.');
}

const personOf = (actor: Actor): string => actor.id.replace(/^[a-z]+:/, '');

/** After the end a door is opened and never locked; papers may still be written. */
function requireOpen(incident: RunbookIncident, step: StepRow, command: StepCommandName): void {
  const acts = command === 'approve' || (command === 'retry' && step.command === 'run');
  if (incident.state === 'closed' && acts && isDeviceAction(step.action))
    throw new DomainError('CONFLICT', 'This incident is closed: nothing is sent to a device any more but a release.');
}

function commandOf(tx: WriteTransaction, actor: Actor, step: StepRow, command: StepCommandName): StepCommand {
  switch (command) {
    case 'approve': {
      const others = validApprovals(step, tx.at).filter((approval) => approval.actor !== actor.id);
      return { kind: 'approve', approvals: others.length + 1 };
    }
    case 'retry':
      return { kind: 'retry', approved: isApproved(step, tx.at) };
    default:
      return { kind: command };
  }
}

const repeated = (actor: Actor, step: StepRow, command: StepCommandName): boolean =>
  command === 'approve'
    ? step.approvals.some((approval) => approval.actor === actor.id)
    : step.changedBy === actor.id && step.state === endOf[command];

async function carryOut(
  tx: WriteTransaction,
  actor: Actor,
  incident: RunbookIncident,
  step: StepRow,
  { command, reason }: StepCommandInput,
  transition: Extract<StepTransition, { ok: true }>,
): Promise<StepRow> {
  if (command === 'approve' || command === 'reject') await recordWord(tx, actor, incident, step, command, reason);
  if (command === 'approve' && !transition.order) {
    await showApproval(tx, actor, incident, step);
    return step;
  }
  // Two people have practised saying yes; there is nothing behind it that a drill may reach.
  const stopped = transition.order && transition.next.command === 'run' && incident.drill && isHighRisk(step.action);
  const saved = await saveStep(tx, incident, step, {
    next: stopped ? { ...step, state: 'not_needed' } : transition.next,
    order: transition.order && !stopped,
    by: actor.id,
    reason: stopped ? stopsAtDrill : null,
    ...(reason === undefined ? {} : { note: reason }),
  });
  if (transition.order && !stopped) await orderSteps(tx, incident, 'runbook_command', [orderOf(saved)]);
  return saved;
}

async function recordWord(
  tx: WriteTransaction,
  actor: Actor,
  incident: RunbookIncident,
  step: StepRow,
  command: 'approve' | 'reject',
  note: string | undefined,
): Promise<void> {
  await tx.query(
    `insert into runbook_approvals (tenant_id, store_id, incident_id, step_id, round, actor, role, approved, note, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (tenant_id, incident_id, step_id, round, actor) do update set role = excluded.role, approved = excluded.approved, note = excluded.note, at = excluded.at`,
    [
      incident.tenantId,
      incident.storeId,
      incident.incidentId,
      step.stepId,
      step.round,
      actor.id,
      actor.role,
      command === 'approve',
      note ?? null,
      tx.at,
    ],
  );
}

async function showApproval(
  tx: WriteTransaction,
  actor: Actor,
  incident: RunbookIncident,
  step: StepRow,
): Promise<void> {
  const { tenantId, storeId, incidentId } = incident;
  const given = validApprovals(step, tx.at).filter((approval) => approval.actor !== actor.id).length + 1;
  await addTimelineEntry(tx, {
    ...{ tenantId, storeId, incidentId, kind: 'runbook_step', actor: actor.id },
    params: {
      ...{ stepId: step.stepId, action: step.action, state: step.state },
      ...{ approvals: given, needed: approvalsNeeded[step.mode] },
    },
  });
}
