import { ActivityFailure, ApplicationFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { RedactionMediaActivities, RedactionRecordActivities } from '../activities/contracts.ts';
import { incidentQueue } from './contracts.ts';
import { type RedactionInput, redactionQueue } from './redaction-contracts.ts';

const record = proxyActivities<RedactionRecordActivities>({
  taskQueue: incidentQueue,
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '24h',
  retry: { initialInterval: '500ms', maximumInterval: '15s' },
});

/** Makes one version of a masked clip where the store's clips are made; what cannot be made is on record with its reason. */
export async function redactionWorkflow(input: RedactionInput): Promise<{ state: string }> {
  const { tenantId, incidentId, version } = input;
  try {
    return await mediaOf(input).redactClip({ tenantId, incidentId, version });
  } catch (error) {
    if (isCancellation(error)) throw error;
    await record.giveUpRedaction({ tenantId, incidentId, version, code: codeOf(error) });
    return { state: 'failed' };
  }
}

/** A store that is cut off leaves the task waiting for a day; a clip that breaks its worker is not tried for ever. */
const mediaOf = ({ tenantId, storeId }: RedactionInput): RedactionMediaActivities =>
  proxyActivities<RedactionMediaActivities>({
    taskQueue: redactionQueue(tenantId, storeId),
    startToCloseTimeout: '20m',
    scheduleToCloseTimeout: '24h',
    heartbeatTimeout: '30s',
    retry: { initialInterval: '2s', maximumInterval: '60s', maximumAttempts: 6 },
  });

function codeOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof ApplicationFailure && cause.type ? cause.type : 'TIMED_OUT';
}
