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

/** A recording that is tried again, for the how-manyth time. */
export const evidenceWorkflowId = (tenantId: string, storeId: string, incidentId: string, attempt: number): string =>
  `evidence:${tenantId}:${storeId}:${incidentId}:${attempt}`;

export const packetWorkflowId = (tenantId: string, storeId: string, packetId: string): string =>
  `packet:${tenantId}:${storeId}:${packetId}`;

/** An incident, for whoever asks across tenants. */
export interface IncidentReference {
  tenantId: string;
  incidentId: string;
}

/** Workflows of ours that are about one incident and have its id in theirs; a packet's has its own. */
const ofIncidents: readonly string[] = ['incident', 'correction', 'runbook', 'redaction', 'evidence'];

export function incidentOfWorkflow(workflowId: string): IncidentReference | null {
  const [kind, tenantId, , incidentId] = workflowId.split(':');
  if (kind === undefined || !tenantId || !incidentId || !ofIncidents.includes(kind)) return null;
  return { tenantId, incidentId };
}

/** Each manual try of a share is a run of its own. */
export const shareWorkflowId = (tenantId: string, storeId: string, shareId: string, round: number): string =>
  `share:${tenantId}:${storeId}:${shareId}:${round}`;

export const shareNoticeWorkflowId = (tenantId: string, storeId: string, noticeId: string, round: number): string =>
  `share-notice:${tenantId}:${storeId}:${noticeId}:${round}`;

/** Codes people read from a phone and type back: no vowels (no words), nothing that looks like another sign. */
const codeAlphabet = '23456789CDFGHJKLMNPQRTVWXZ';

/** A number that nobody guesses, for people to read from paper: sixteen signs, one for each random byte. */
export function publicNumber(bytes: Uint8Array): string {
  const signs = Array.from(bytes, (byte) => codeAlphabet[byte % codeAlphabet.length]).join('');
  return `A-${(signs.match(/.{4}/g) ?? []).join('-')}`;
}

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
