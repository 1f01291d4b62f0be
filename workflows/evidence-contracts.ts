/** Names and shapes that the workflow of a recording that is tried again shares with whoever starts it; ids only. */
export const evidenceWorkflowType = 'evidenceWorkflow';

export interface EvidenceRetryInput {
  tenantId: string;
  storeId: string;
  incidentId: string;
  attempt: number;
}
