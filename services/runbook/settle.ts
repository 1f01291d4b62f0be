import type { StepOrder } from '../../domain/runbook.ts';
import { closingOf, type StepStatus, stepTransition } from '../../domain/runbook-state.ts';
import type { Reason, Verdict } from '../../domain/types.ts';
import type { WriteTransaction } from '../context.ts';
import { loadRunbookIncident, loadSteps, orderOf, orderSteps, saveStep } from './rows.ts';

/**
 * What the end of an incident means for its steps: what nobody confirmed lets everybody go at once, and what is not
 * begun is not needed any more. Idempotent; the caller holds the incident's row.
 */
export async function settleRunbook(
  tx: WriteTransaction,
  place: { tenantId: string; storeId: string; incidentId: string },
  verdict: Verdict,
): Promise<void> {
  const steps = await loadSteps(tx, place.tenantId, place.incidentId);
  if (steps.length === 0) return;
  const incident = await loadRunbookIncident(tx, place.tenantId, place.incidentId);
  const reason: Reason = { code: 'INCIDENT_CLOSED', params: { verdict } };
  const orders: StepOrder[] = [];
  const changed: Record<string, string>[] = [];
  for (const step of steps) {
    const transition = stepTransition(step, { kind: 'close', closing: closingOf(verdict) });
    if (!transition.ok || !differs(step, transition.next)) continue;
    const saved = await saveStep(tx, incident, step, { ...transition, by: 'system:runbook', reason });
    if (transition.order) orders.push(orderOf(saved));
    changed.push({ stepId: step.stepId, action: step.action, from: step.state, to: saved.state });
  }
  if (changed.length === 0) return;
  await orderSteps(tx, incident, 'runbook_command', orders);
  tx.audit({ action: 'runbook.closed', subject: `incident:${place.incidentId}`, details: { verdict, steps: changed } });
}

const differs = (before: StepStatus, after: StepStatus): boolean =>
  before.state !== after.state || before.releaseWanted !== after.releaseWanted;
