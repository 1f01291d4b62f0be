import { createHmac } from 'node:crypto';

/** What a recipient knows us by, of one generation; derived, so that none lies in the database. */
export function deriveCredential(key: string, recipient: { tenantId: string; id: string; generation: number }): string {
  const { tenantId, id, generation } = recipient;
  return `fwshare_${createHmac('sha256', key).update(`recipient-credential:v1:${tenantId}:${id}:${generation}`).digest('base64url')}`;
}
