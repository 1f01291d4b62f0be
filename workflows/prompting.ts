import { condition, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { RunbookActivities } from '../activities/contracts.ts';
import type { IncidentInput } from '../domain/incident-input.ts';
import type { OpenIncident } from './open-incident.ts';
import { runbookQueue } from './runbook-contracts.ts';

/** The till's own time to answer, and what the broker and the database may take; after this a person is told. */
const till = proxyActivities<RunbookActivities>({
  taskQueue: runbookQueue,
  startToCloseTimeout: '5s',
  scheduleToCloseTimeout: '8s',
  retry: { initialInterval: '200ms' },
});

/**
 * The self-checkout asks before any person is told. A till that does not show the words costs no wait; one that does
 * gives the customer their time, and a rescan ends it.
 */
export async function askAtTheTill(
  { tenantId, incidentId }: Pick<IncidentInput, 'tenantId' | 'incidentId'>,
  incident: OpenIncident,
  waitMs: number,
  askTillAgain: () => Promise<void>,
): Promise<void> {
  const moot = () => incident.closed || incident.helpWanted !== null;
  const untilMs = Date.now() + waitMs;
  try {
    const { state } = await till.promptTerminal({ tenantId, incidentId });
    if (state !== 'acknowledged') return;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return;
  }
  while (!moot()) {
    if (incident.tillNews) await askTillAgain();
    const leftMs = untilMs - Date.now();
    if (moot() || leftMs <= 0) return;
    await condition(() => incident.tillNews || moot(), leftMs);
  }
}
