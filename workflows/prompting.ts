import { condition, isCancellation, patched, proxyActivities } from '@temporalio/workflow';
import type { RunbookActivities } from '../activities/contracts.ts';
import type { ReleaseCause } from '../domain/device-command.ts';
import type { IncidentInput } from '../domain/incident-input.ts';
import type { OpenIncident } from './open-incident.ts';
import { runbookQueue } from './runbook-contracts.ts';

type Place = Pick<IncidentInput, 'tenantId' | 'incidentId'>;

/** The till's own time to answer, and what the broker and the database may take; after this a person is told. */
const till = proxyActivities<RunbookActivities>({
  taskQueue: runbookQueue,
  startToCloseTimeout: '5s',
  scheduleToCloseTimeout: '8s',
  retry: { initialInterval: '200ms' },
});
/** Longer than a till may hold: it is asked to let go until it says so, or has done so by itself. */
const lettingGo = proxyActivities<RunbookActivities>({
  taskQueue: runbookQueue,
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '5m',
  retry: { initialInterval: '500ms', maximumInterval: '5s' },
});

/**
 * The self-checkout asks before any person is told. A till that does not show the words costs no wait; one that does
 * gives the customer their time, and a rescan ends it. True: the words were shown, and the time passed without an answer.
 */
export async function askAtTheTill(
  { tenantId, incidentId }: Place,
  incident: OpenIncident,
  waitMs: number,
  askTillAgain: () => Promise<void>,
): Promise<boolean> {
  const moot = () => incident.closed || incident.helpWanted !== null;
  const untilMs = Date.now() + waitMs;
  try {
    const { state } = await till.promptTerminal({ tenantId, incidentId });
    if (state !== 'acknowledged') return false;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return false;
  }
  while (!moot()) {
    if (incident.tillNews) await askTillAgain();
    const leftMs = untilMs - Date.now();
    if (moot()) return false;
    if (leftMs <= 0) {
      // A till that fell silent meanwhile could not have told us of a scan: it is asked before anybody is sent.
      if (patched('till-asked-when-time-is-over')) await askTillAgain();
      return !moot();
    }
    await condition(() => incident.tillNews || moot(), leftMs);
  }
  return false;
}

/**
 * Beside the escalation, and only from here on: the till calls the attendant or keeps the payment waiting, until somebody
 * has answered, the till is no longer sure, the incident closes, or the time is over. The till itself knows that time too,
 * so nothing that happens to us leaves it held.
 */
export async function holdTheTill(
  { tenantId, incidentId }: Place,
  incident: OpenIncident,
  maxMs: number,
): Promise<void> {
  if (incident.suppressed || causeToLetGo(incident) !== null) return;
  const untilMs = Date.now() + maxMs;
  try {
    const { ordered } = await till.holdTerminal({ tenantId, incidentId });
    if (!ordered) return;
  } catch (error) {
    if (isCancellation(error)) return;
    // It may have heard us all the same.
  }
  try {
    const leftMs = untilMs - Date.now();
    if (leftMs > 0) await condition(() => causeToLetGo(incident) !== null, leftMs);
    await lettingGo.releaseTerminal({ tenantId, incidentId, cause: causeToLetGo(incident) ?? 'time_over' });
  } catch {
    // Cancelled, or silent for longer than it may hold: it has let go by itself, and the record shows that nobody confirmed it.
  }
}

function causeToLetGo(incident: OpenIncident): ReleaseCause | null {
  if (incident.tillReleased) return 'person';
  if (incident.closed) return 'closed';
  if (incident.answered) return 'answered';
  return incident.status.posVerdict === 'MISMATCH' ? null : 'till_unsure';
}
