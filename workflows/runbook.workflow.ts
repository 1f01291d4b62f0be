import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { RunbookActivities } from '../activities/contracts.ts';
import { type RunbookInput, runbookQueue } from './runbook-contracts.ts';

/** What the broker and the database may take on top of the device's own time, before another try. */
const overheadMs = 15_000;

/**
 * Carries out what was ordered together, in its order; a step that fails is on record and does not keep the next from
 * its turn. What is ordered later runs beside it in a workflow of its own, so this one waits for nobody: no timer, no
 * signal, one Action to start and one for each step.
 */
export async function runbookWorkflow(input: RunbookInput): Promise<{ ran: number; gaveUp: string[] }> {
  const { tenantId, incidentId } = input;
  const gaveUp: string[] = [];
  let ran = 0;
  for (const { stepId, attempt, ackTimeoutMs } of input.orders) {
    try {
      await activitiesFor(ackTimeoutMs).runStep({ tenantId, incidentId, stepId, attempt });
      ran += 1;
    } catch (error) {
      if (isCancellation(error)) throw error;
      gaveUp.push(stepId);
    }
  }
  return { ran, gaveUp };
}

/** A database that is away is waited for; what is too late by then is settled as such by the activity itself. */
const activitiesFor = (ackTimeoutMs: number): RunbookActivities =>
  proxyActivities<RunbookActivities>({
    taskQueue: runbookQueue,
    startToCloseTimeout: ackTimeoutMs + overheadMs,
    scheduleToCloseTimeout: '7d',
    retry: { initialInterval: '500ms', maximumInterval: '15s' },
  });
