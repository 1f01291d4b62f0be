/**
 * Deduplication keys are versioned values; the same key backs the workflow id and a unique index, because Temporal
 * forgets a closed workflow after its retention.
 */
export const detectionKey = (tenantId: string, storeId: string, cameraId: string, eventId: string): string =>
  `v1:${tenantId}:${storeId}:${cameraId}:${eventId}`;

export const incidentWorkflowId = (tenantId: string, storeId: string, incidentId: string): string =>
  `incident:${tenantId}:${storeId}:${incidentId}`;

export const correctionWorkflowId = (tenantId: string, storeId: string, incidentId: string): string =>
  `correction:${tenantId}:${storeId}:${incidentId}`;

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
