import type { Policy } from './policy.ts';
import type { Behaviour } from './types.ts';

/** What an incident starts from; plain JSON, and no personal data. */
export interface IncidentInput {
  tenantId: string;
  storeId: string;
  incidentId: string;
  behaviour: Behaviour;
  detectedAt: string;
  policy: Policy;
}
