import {
  allHandlersFinished,
  condition,
  defineSignal,
  isCancellation,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { RunbookActivities } from '../activities/runbook-contracts.ts';
import * as contracts from './runbook-contracts.ts';

/** Further orders for an incident whose runbook is at work; whoever ordered reads the outcome from the step. */
const ordersSignal = defineSignal<[contracts.RunbookOrder[]]>(contracts.runbookOrdersSignalName);

/** What the broker and the database may take on top of the device's own time, before another try. */
const overheadMs = 15_000;

/**
 * Lives as long as there is something to carry out: what is ordered together goes in its order, what is ordered later
 * does not wait for it. When all is done it ends, and the next order starts it anew; so it holds no timer and costs
 * one Action to start and one for each step.
 */
export async function runbookWorkflow(input: contracts.RunbookInput): Promise<{ ran: number; gaveUp: string[] }> {
  const { tenantId, incidentId } = input;
  const batches: contracts.RunbookOrder[][] = [input.orders];
  const gaveUp: string[] = [];
  let atWork = 0;
  let ran = 0;
  setHandler(ordersSignal, (orders) => {
    batches.push(orders);
  });

  const runInOrder = async (orders: readonly contracts.RunbookOrder[]): Promise<void> => {
    for (const { stepId, attempt, ackTimeoutMs } of orders) {
      try {
        await activitiesFor(ackTimeoutMs).runStep({ tenantId, incidentId, stepId, attempt });
        ran += 1;
      } catch (error) {
        // The step stays as it is on record, and the next one has its turn.
        gaveUp.push(stepId);
        if (isCancellation(error)) break;
      }
    }
    atWork -= 1;
  };

  const runs: Promise<void>[] = [];
  for (;;) {
    await condition(() => batches.length > 0 || (atWork === 0 && allHandlersFinished()));
    const orders = batches.shift();
    if (!orders) break;
    atWork += 1;
    runs.push(runInOrder(orders));
  }
  await Promise.all(runs);
  return { ran, gaveUp };
}

/** A database that is away is waited for; what is too late by then is settled as such by the activity itself. */
const activitiesFor = (ackTimeoutMs: number): RunbookActivities =>
  proxyActivities<RunbookActivities>({
    startToCloseTimeout: ackTimeoutMs + overheadMs,
    scheduleToCloseTimeout: '7d',
    retry: { initialInterval: '500ms', maximumInterval: '15s' },
  });
