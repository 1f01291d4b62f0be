import type { ServiceContext } from '../services/context.ts';
import { recordRedaction } from '../services/evidence/record-redaction.ts';
import type { RedactionRecordActivities } from './contracts.ts';
import { translated } from './failure.ts';
import { systemActor } from './incident.ts';

/** Activities of the `incident` queue for when the store's worker gave up or never came. */
export function createRedactionRecordActivities(deps: {
  db: ServiceContext['db'];
  now: () => string;
}): RedactionRecordActivities {
  return translated<RedactionRecordActivities>({
    async giveUpRedaction({ tenantId, incidentId, version, code }) {
      const ctx: ServiceContext = { db: deps.db, now: deps.now, actor: systemActor(tenantId, 'redaction') };
      const reason = { code: 'REDACTION_GAVE_UP', params: { because: code } };
      await recordRedaction(ctx, { incidentId, version, result: { state: 'failed', reason } });
    },
  });
}
