import type { Policy } from './policy.ts';
import type { Behaviour, PosVerdict } from './types.ts';

/** What an incident starts from; plain JSON, and no personal data. */
export interface IncidentInput {
  tenantId: string;
  storeId: string;
  incidentId: string;
  behaviour: Behaviour;
  detectedAt: string;
  policy: Policy;
  /** When the clip should be there; the first deadline allows for it. */
  proofExpectedAt?: string;
  /** Steps are tried inside the workflow's own task, and waits are whole seconds. Runs that began without go on without. */
  stepsAtOnce?: true;
  drill?: boolean;
  /** Set from the second run on: somebody opened the incident again, and it goes on from there. */
  reopened?: { run: number; version: number; posVerdict: PosVerdict };
}
