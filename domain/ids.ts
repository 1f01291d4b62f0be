/**
 * Deduplication keys are versioned values; the same key backs the workflow id and a unique index, because Temporal
 * forgets a closed workflow after its retention.
 */
export const detectionKey = (tenantId: string, storeId: string, cameraId: string, eventId: string): string =>
  `v1:${tenantId}:${storeId}:${cameraId}:${eventId}`;

/** An incident that was opened again runs under an id of its own, since the first one has ended for good. */
export const incidentWorkflowId = (tenantId: string, storeId: string, incidentId: string, run = 1): string =>
  `incident:${tenantId}:${storeId}:${incidentId}${run === 1 ? '' : `:${run}`}`;

/** `key` names what asked for the correction, so that a second one is not taken for the first. */
export const correctionWorkflowId = (tenantId: string, storeId: string, incidentId: string, key: string): string =>
  `correction:${tenantId}:${storeId}:${incidentId}:${key}`;

/** What is ordered together runs under the id of its first order, so that ordering it again starts nothing. */
export const runbookWorkflowId = (
  tenantId: string,
  storeId: string,
  incidentId: string,
  first: { stepId: string; attempt: number },
): string => `runbook:${tenantId}:${storeId}:${incidentId}:${first.stepId}:${first.attempt}`;

/** Each version of a masked clip is made once. */
export const redactionWorkflowId = (tenantId: string, storeId: string, incidentId: string, version: number): string =>
  `redaction:${tenantId}:${storeId}:${incidentId}:${version}`;

export const packetWorkflowId = (tenantId: string, storeId: string, packetId: string): string =>
  `packet:${tenantId}:${storeId}:${packetId}`;

/** Codes people read from a phone and type back: no vowels (no words), nothing that looks like another sign. */
const codeAlphabet = '23456789CDFGHJKLMNPQRTVWXZ';

/** A three-sign code from 32 hash bits; `attempt` gives the next candidate when the first is taken. */
export function shortCode(hash32: number, attempt: number): string {
  const size = codeAlphabet.length;
  let value = (hash32 + attempt * 7919) % size ** 3;
  let code = '';
  for (let i = 0; i < 3; i += 1) {
    code += codeAlphabet[value % size];
    value = Math.floor(value / size);
  }
  // A code of digits alone would be taken for an answer.
  return /^\d+$/.test(code) ? `${code.slice(0, 2)}X` : code;
}
