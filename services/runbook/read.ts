import { requirePermission } from '../../domain/permissions.ts';
import { approvalsNeeded, approvalValidMs, type RunbookAction, type RunbookMode } from '../../domain/runbook.ts';
import type { StepState } from '../../domain/runbook-state.ts';
import { addMs } from '../../domain/time.ts';
import type { Reason, Role } from '../../domain/types.ts';
import { actorNames } from '../access/names.ts';
import { readOnly, type ServiceContext } from '../context.ts';
import { loadRunbookIncident, loadSteps, validApprovals } from './rows.ts';

export interface StepView {
  id: string;
  runbookId: string;
  action: RunbookAction;
  mode: RunbookMode;
  mandatory: boolean;
  state: StepState;
  /** Whether what was ordered last is the action or what takes it back. */
  command: 'run' | 'release';
  attempt: number;
  target: string | null;
  message: string | null;
  approvers: Role[];
  approvalsNeeded: number;
  /** Only those that still count. */
  approvals: { by: string; role: string; at: string; expiresAt: string }[];
  reason: Reason | null;
  note: string | null;
  changedAt: string;
  changedBy: string;
}

/** The steps of an incident's runbook in their order, with who has approved what. */
export function listSteps(ctx: ServiceContext, incidentId: string): Promise<StepView[]> {
  requirePermission(ctx.actor, 'incident.read');
  return readOnly(ctx, async (tx) => {
    await loadRunbookIncident(tx, ctx.actor.tenantId, incidentId);
    const at = ctx.now();
    const steps = await loadSteps(tx, ctx.actor.tenantId, incidentId);
    if (steps.length === 0) return [];
    const nameOf = await actorNames(tx, ctx.actor.tenantId);
    return steps.map((step) => ({
      id: step.stepId,
      runbookId: step.runbookId,
      action: step.action,
      mode: step.mode,
      mandatory: step.mandatory,
      state: step.state,
      command: step.command,
      attempt: step.attempt,
      target: step.target,
      message: step.message,
      approvers: step.approvers,
      approvalsNeeded: approvalsNeeded[step.mode],
      approvals: validApprovals(step, at).map((approval) => ({
        by: nameOf(approval.actor),
        role: approval.role,
        at: approval.at,
        expiresAt: addMs(approval.at, approvalValidMs),
      })),
      reason: step.reason,
      note: step.note,
      changedAt: step.changedAt,
      changedBy: nameOf(step.changedBy),
    }));
  });
}
