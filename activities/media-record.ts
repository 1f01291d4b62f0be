import type { ServiceContext } from '../services/context.ts';
import { giveUpEvidence } from '../services/evidence/retry.ts';
import type { EvidenceRecordActivities } from './contracts.ts';
import { translated } from './failure.ts';
import { systemActor } from './incident.ts';

/** Activities of the `incident` queue for when the store's worker gave up or never came. */
export function createEvidenceRecordActivities(deps: {
  db: ServiceContext['db'];
  now: () => string;
}): EvidenceRecordActivities {
  return translated<EvidenceRecordActivities>({
    async giveUpEvidence({ tenantId, incidentId, afterMs }) {
      const ctx: ServiceContext = { db: deps.db, now: deps.now, actor: systemActor(tenantId, 'media') };
      await giveUpEvidence(ctx, { incidentId, reason: { code: 'EVIDENCE_WORKER_GAVE_UP', params: { afterMs } } });
    },
  });
}
