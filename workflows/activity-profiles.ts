import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { AtOnceActivities, IncidentActivities, NotifyActivities } from '../activities/contracts.ts';
import { notifyQueue } from './contracts.ts';

/** Activities of the next three say so while they take longer than a second; a worker that was killed is missed this soon. */
const heartbeatTimeout = '3s';

/** In process, no queue hop: 27 ms from acceptance to the carrier at the median. Must end well inside a workflow task. */
export const quick = proxyLocalActivities<IncidentActivities>({
  startToCloseTimeout: '6s',
  scheduleToCloseTimeout: '20s',
  retry: { maximumAttempts: 3, initialInterval: '200ms' },
});
/** One try of a step in process: half of what it costs the engine over a queue. */
export const atOnce = proxyLocalActivities<AtOnceActivities>({
  startToCloseTimeout: '6s',
  retry: { maximumAttempts: 1 },
});
/** When the quick path is refused by a database or carrier that is down: slower, and for as long as a shift. */
export const patient = proxyActivities<IncidentActivities>({
  startToCloseTimeout: '30s',
  heartbeatTimeout,
  scheduleToCloseTimeout: '24h',
  retry: { initialInterval: '500ms', maximumInterval: '15s' },
});
/**
 * One step of the chain gives up after this and the next person is tried. It is asked for again every second, since after
 * an outage somebody is waiting.
 */
export const notify = proxyActivities<NotifyActivities>({
  taskQueue: notifyQueue,
  startToCloseTimeout: '15s',
  heartbeatTimeout,
  scheduleToCloseTimeout: '60s',
  retry: { initialInterval: '300ms', maximumInterval: '1s' },
});
/** Texts that are owed to people after the end: an outage may delay them, and does not forgive them. */
export const owed = proxyActivities<NotifyActivities>({
  taskQueue: notifyQueue,
  startToCloseTimeout: '15s',
  heartbeatTimeout,
  scheduleToCloseTimeout: '24h',
  retry: { initialInterval: '500ms', maximumInterval: '15s' },
});
