import { createHmac } from 'node:crypto';

const prefix = 'whsec_';

/** The endpoint's secret of one generation; derived, so that none lies in the database. */
export function deriveSecret(key: string, endpoint: { tenantId: string; id: string; generation: number }): string {
  const { tenantId, id, generation } = endpoint;
  return `${prefix}${createHmac('sha256', key).update(`webhook-secret:v1:${tenantId}:${id}:${generation}`).digest('base64')}`;
}

/** The header `webhook-signature` of the Standard Webhooks scheme: one signature for each secret that is valid now. */
export function signatureOf(
  secrets: readonly string[],
  message: { id: string; timestampSeconds: number; body: string },
): string {
  const content = `${message.id}.${message.timestampSeconds}.${message.body}`;
  return secrets
    .map((secret) => {
      const bytes = Buffer.from(secret.slice(prefix.length), 'base64');
      return `v1,${createHmac('sha256', bytes).update(content).digest('base64')}`;
    })
    .join(' ');
}
