/** Names and shapes that the runbook's workflow shares with whoever starts it; ids and codes only. */
export const runbookWorkflowType = 'runbookWorkflow';

export interface RunbookOrder {
  stepId: string;
  command: 'run' | 'release';
  attempt: number;
  ackTimeoutMs: number;
}

export interface RunbookInput {
  tenantId: string;
  incidentId: string;
  /** Carried out one after the other. */
  orders: RunbookOrder[];
}
