import { createHmac } from 'node:crypto';

/**
 * Signs a webhook as Twilio documents it: HMAC-SHA1 over the URL followed by every form field, sorted by name, as name and value.
 * Written here without the SDK on purpose: the receiving side checks with the SDK, so that neither can hide the other's mistake.
 */
export function signWebhook(authToken: string, url: string, params: Record<string, string>): string {
  const fields = Object.keys(params)
    .sort()
    .map((name) => `${name}${params[name]}`)
    .join('');
  return createHmac('sha1', authToken).update(`${url}${fields}`, 'utf8').digest('base64');
}
