/** Names and shapes that the redaction's workflow shares with whoever starts it; ids only. */
export const redactionWorkflowType = 'redactionWorkflow';

/** A queue of its own in the store: masking takes long, and clips that are to be secured must never wait behind it. */
export const redactionQueue = (tenantId: string, storeId: string): string => `redact:${tenantId}:${storeId}`;

export interface RedactionInput {
  tenantId: string;
  storeId: string;
  incidentId: string;
  version: number;
}
