import type { Queryable } from '../../adapters/postgres/database.ts';
import {
  approvalsNeeded,
  approvalValidMs,
  type RunbookAction,
  type RunbookMode,
  type StepOrder,
} from '../../domain/runbook.ts';
import { countOpenMandatory, type StepState, type StepStatus } from '../../domain/runbook-state.ts';
import { addMs } from '../../domain/time.ts';
import type { Behaviour, IncidentState, Reason, Role, SeverityLevel, Verdict } from '../../domain/types.ts';
import { found, isoOrNull, type WriteTransaction } from '../context.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';

/** The incident as far as its runbook is concerned. */
export interface RunbookIncident {
  tenantId: string;
  storeId: string;
  incidentId: string;
  behaviour: Behaviour;
  severity: SeverityLevel;
  state: IncidentState;
  verdict: Verdict | null;
  drill: boolean;
}

export interface StepRow extends StepStatus {
  stepId: string;
  runbookId: string;
  position: number;
  mandatory: boolean;
  target: string | null;
  about: string | null;
  message: string | null;
  approvers: Role[];
  ackTimeoutMs: number;
  round: number;
  reason: Reason | null;
  note: string | null;
  orderedAt: string | null;
  changedAt: string;
  changedBy: string;
  approvals: { actor: string; role: string; at: string }[];
}

interface RawStep {
  [column: string]: unknown;
  step_id: string;
  runbook_id: string;
  position: number;
  action: RunbookAction;
  mode: RunbookMode;
  mandatory: boolean;
  target: string | null;
  about: string | null;
  message: string | null;
  approvers: Role[];
  ack_timeout_ms: number;
  state: StepState;
  command: 'run' | 'release';
  attempt: number;
  release_wanted: boolean;
  round: number;
  reason: Reason | null;
  note: string | null;
  ordered_at: Date | null;
  changed_at: Date;
  changed_by: string;
  approvals: { actor: string; role: string; at: string }[];
}

/** `lock` when the caller will change a step: every change of one incident's steps goes through its row. */
export async function loadRunbookIncident(
  tx: Queryable,
  tenantId: string,
  incidentId: string,
  lock = false,
): Promise<RunbookIncident> {
  const [row] = await tx.query<{
    store_id: string;
    behaviour: Behaviour;
    severity: SeverityLevel;
    state: IncidentState;
    verdict: Verdict | null;
    drill: boolean;
  }>(
    `select store_id, behaviour, severity, state, verdict, drill from incidents where tenant_id = $1 and id = $2 ${lock ? 'for update' : ''}`,
    [tenantId, incidentId],
  );
  const incident = found(row, `incident ${incidentId}`);
  const { behaviour, severity, state, verdict, drill } = incident;
  return { tenantId, storeId: incident.store_id, incidentId, behaviour, severity, state, verdict, drill };
}

export async function loadSteps(tx: Queryable, tenantId: string, incidentId: string): Promise<StepRow[]> {
  const rows = await tx.query<RawStep>(
    `select s.*, coalesce((select jsonb_agg(jsonb_build_object('actor', a.actor, 'role', a.role, 'at', a.at) order by a.at, a.actor) from runbook_approvals a
       where a.tenant_id = s.tenant_id and a.incident_id = s.incident_id and a.step_id = s.step_id and a.round = s.round and a.approved), '[]') as approvals
     from runbook_steps s where s.tenant_id = $1 and s.incident_id = $2 order by s.position`,
    [tenantId, incidentId],
  );
  return rows.map((row) => ({
    stepId: row.step_id,
    runbookId: row.runbook_id,
    position: row.position,
    action: row.action,
    mode: row.mode,
    mandatory: row.mandatory,
    target: row.target,
    about: row.about,
    message: row.message,
    approvers: row.approvers,
    ackTimeoutMs: row.ack_timeout_ms,
    state: row.state,
    command: row.command,
    attempt: row.attempt,
    releaseWanted: row.release_wanted,
    round: row.round,
    reason: row.reason,
    note: row.note,
    orderedAt: isoOrNull(row.ordered_at),
    changedAt: row.changed_at.toISOString(),
    changedBy: row.changed_by,
    approvals: row.approvals.map((approval) => ({ ...approval, at: new Date(approval.at).toISOString() })),
  }));
}

/** Approvals of this round that still count. */
export const validApprovals = (step: StepRow, at: string): StepRow['approvals'] =>
  step.approvals.filter((approval) => approval.at > addMs(at, -approvalValidMs));

export const isApproved = (step: StepRow, at: string): boolean =>
  validApprovals(step, at).length >= approvalsNeeded[step.mode];

export const stepOf = (steps: readonly StepRow[], stepId: string): StepRow =>
  found(
    steps.find((step) => step.stepId === stepId),
    `step ${stepId}`,
  );

/** Writes what has become of a step, and shows it on the incident's timeline. */
export async function saveStep(
  tx: WriteTransaction,
  incident: RunbookIncident,
  step: StepRow,
  change: { next: StepStatus; order: boolean; by: string; reason?: Reason | null; note?: string },
): Promise<StepRow> {
  const { next } = change;
  const saved: StepRow = {
    ...step,
    ...next,
    reason: change.reason ?? null,
    note: change.note ?? step.note,
    // Whoever approved an order did so for that order; asked again means approved anew.
    round: next.state === 'waiting_for_approval' && step.state !== 'waiting_for_approval' ? step.round + 1 : step.round,
    orderedAt: change.order ? tx.at : step.orderedAt,
    changedAt: tx.at,
    changedBy: change.by,
  };
  await tx.query(
    `update runbook_steps set state = $4, command = $5, attempt = $6, release_wanted = $7, round = $8, reason = $9, note = $10, ordered_at = $11, changed_at = $12, changed_by = $13
     where tenant_id = $1 and incident_id = $2 and step_id = $3`,
    [
      incident.tenantId,
      incident.incidentId,
      step.stepId,
      saved.state,
      saved.command,
      saved.attempt,
      saved.releaseWanted,
      saved.round,
      saved.reason === null ? null : JSON.stringify(saved.reason),
      saved.note,
      saved.orderedAt,
      saved.changedAt,
      saved.changedBy,
    ],
  );
  if (saved.state !== step.state) await showStep(tx, incident, saved);
  return saved;
}

/** Running is a moment between two others; what it came to is what people read. */
export async function showStep(tx: WriteTransaction, incident: RunbookIncident, step: StepRow): Promise<void> {
  if (step.state === 'running') return;
  await addTimelineEntry(tx, {
    tenantId: incident.tenantId,
    storeId: incident.storeId,
    incidentId: incident.incidentId,
    kind: 'runbook_step',
    actor: step.changedBy,
    params: {
      stepId: step.stepId,
      action: step.action,
      state: step.state,
      ...(step.command === 'release' ? { command: step.command } : {}),
      ...(step.reason === null ? {} : { reason: step.reason }),
    },
  });
}

export const orderOf = ({ stepId, command, attempt, ackTimeoutMs }: StepRow): StepOrder => ({
  stepId,
  command,
  attempt,
  ackTimeoutMs,
});

/** Remembers, in the same transaction, what the workflow engine must be told. */
export async function orderSteps(
  tx: WriteTransaction,
  incident: Pick<RunbookIncident, 'tenantId' | 'storeId' | 'incidentId'>,
  kind: 'runbook' | 'runbook_command',
  orders: readonly StepOrder[],
): Promise<void> {
  if (orders.length === 0) return;
  await tx.query('insert into outbox (tenant_id, store_id, incident_id, kind, payload) values ($1, $2, $3, $4, $5)', [
    incident.tenantId,
    incident.storeId,
    incident.incidentId,
    kind,
    JSON.stringify({ orders }),
  ]);
}

/** Tells the incident's own workflow how much is still to be done, when that has changed. */
export async function tellMandatory(
  tx: WriteTransaction,
  incident: RunbookIncident,
  before: readonly StepRow[],
  after: readonly StepRow[],
): Promise<void> {
  const open = countOpenMandatory(after);
  if (open === countOpenMandatory(before) || incident.state === 'closed') return;
  await tx.query(
    "insert into outbox (tenant_id, store_id, incident_id, kind, payload) values ($1, $2, $3, 'mandatory_steps', $4)",
    [incident.tenantId, incident.storeId, incident.incidentId, JSON.stringify({ open })],
  );
}
