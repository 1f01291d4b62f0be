import type { StepOrder } from '../domain/runbook.ts';

/** Names and shapes that the runbook's workflow shares with whoever starts it; ids and codes only. */
export const runbookWorkflowType = 'runbookWorkflow';
/** A queue of its own: devices that do not answer must not take the places of those who close incidents. */
export const runbookQueue = 'runbook';

export interface RunbookInput {
  tenantId: string;
  incidentId: string;
  /** Carried out one after the other. */
  orders: StepOrder[];
}
