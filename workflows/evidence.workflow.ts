import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { EvidenceRecordActivities, MediaActivities } from '../activities/contracts.ts';
import { incidentQueue, mediaQueue } from './contracts.ts';
import type { EvidenceRetryInput } from './evidence-contracts.ts';

const giveUpAfterMs = 30 * 60_000;

const record = proxyActivities<EvidenceRecordActivities>({
  taskQueue: incidentQueue,
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '24h',
  retry: { initialInterval: '500ms', maximumInterval: '15s' },
});

/** Has a recording tried again that could not be secured beside its incident; what still fails is on record with its reason. */
export async function evidenceWorkflow(input: EvidenceRetryInput): Promise<{ state: string }> {
  const { tenantId, storeId, incidentId } = input;
  const media = proxyActivities<MediaActivities>({
    taskQueue: mediaQueue(tenantId, storeId),
    startToCloseTimeout: '10m',
    scheduleToCloseTimeout: giveUpAfterMs,
    heartbeatTimeout: '20s',
    retry: { initialInterval: '1s', maximumInterval: '20s' },
  });
  try {
    const { state } = await media.secureEvidence({ tenantId, incidentId });
    return { state };
  } catch (error) {
    if (isCancellation(error)) throw error;
    await record.giveUpEvidence({ tenantId, incidentId, afterMs: giveUpAfterMs });
    return { state: 'failed' };
  }
}
