import twilio from 'twilio';

export interface SignedWebhook {
  /** All tokens that are valid now: two of them while a token is being rotated. */
  tokens: readonly string[];
  /** The header X-Twilio-Signature, as received. */
  signature: string | undefined;
  /** The URL as the carrier called it, so with the public host and the query. */
  url: string;
  /** The form fields of the body. */
  params: Record<string, string | string[]>;
}

/** True only when one of the tokens signed exactly this URL with exactly these fields. */
export function verifyTwilioSignature({ tokens, signature, url, params }: SignedWebhook): boolean {
  if (!signature) return false;
  return tokens.some((token) => token !== '' && twilio.validateRequest(token, signature, url, params));
}
