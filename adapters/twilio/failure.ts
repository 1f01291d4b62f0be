import { CarrierError, type CarrierErrorDetails, carrierCodes } from './types.ts';

const DEFAULT_RETRY_AFTER_MS = 1_000;

/** Errors that happen before a byte of the request has left, so that nothing can have been taken. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL']);

const ADVICE: Partial<Record<number, string>> = {
  20003: 'check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN',
  20404: 'the carrier knows no such account, text or call',
  21201: 'there is no recipient',
  21205: 'PUBLIC_URL must be an address that the carrier can reach',
  21210: 'TWILIO_FROM has a number that may not place calls for this account',
  21211: 'the recipient is not a valid number',
  21212: 'check TWILIO_FROM',
  21213: 'TWILIO_FROM is empty',
  21219: 'a trial account calls only numbers that were verified',
  21408: 'allow the recipient’s country in the carrier’s geographic permissions',
  21606: 'TWILIO_FROM has a number that does not belong to this account or cannot text',
  21608: 'a trial account texts only numbers that were verified',
  21609: 'PUBLIC_URL must be an address that the carrier can reach',
  [carrierCodes.optedOut]: 'the recipient replied STOP; they can reply START, and calls still reach them',
  21611: 'the number has too many texts waiting: send less or add a number to TWILIO_FROM',
  [carrierCodes.notMobile]: 'the recipient’s number cannot get texts; call it instead',
  21617: 'the text is longer than 1600 characters',
  30003: 'the handset was switched off or out of reach',
  30005: 'the number is not in use: check it with the person',
  30006: 'the number is a landline or its network cannot be reached; call it instead',
  30007: 'a network took the text for spam: check its words and the registration of the number',
  30008: 'a network failed without a reason',
};

/** What to do about a code that a status callback reports, or undefined for one that has no advice. */
export const adviceFor = (code: number): string | undefined => ADVICE[code];

/** What the failed request was after: only one that sends can have been acted upon unseen. */
export type Attempted = 'send' | 'look_up';

/** Classifies an answer of the carrier that is not a success. */
export function failureOfStatus(
  attempted: Attempted,
  status: number,
  body: unknown,
  retryAfter: string | undefined,
): CarrierError {
  const code = codeOf(body);
  const what = `the carrier answered HTTP ${status}${code === undefined ? '' : `, error ${code}`}`;
  if (status === 429) {
    return new CarrierError('temporary', `${what}: too many requests`, {
      code,
      status,
      retryAfterMs: parseRetryAfterMs(retryAfter),
    });
  }
  if (status >= 500 || status === 408) {
    return lost(attempted, what, { code, status });
  }
  const advice = (code === undefined ? undefined : ADVICE[code]) ?? 'see the carrier’s documentation of the code';
  return new CarrierError('permanent', `${what}: ${advice}`, { code, status });
}

/** Classifies what was thrown instead of an answer; the cause is dropped, as it holds the request with its credentials. */
export function failureOfException(attempted: Attempted, error: unknown): CarrierError {
  if (error instanceof CarrierError) return error;
  const code = systemCodeOf(error);
  if (code !== undefined && NEVER_SENT.has(code)) {
    return new CarrierError('temporary', `the carrier cannot be reached (${code})`);
  }
  const timedOut = code === 'ECONNABORTED' || code === 'ERR_CANCELED' || code === 'ETIMEDOUT';
  const reason = timedOut ? 'no answer in time' : (code ?? (error instanceof Error ? error.name : 'no reason given'));
  return lost(attempted, `the carrier’s answer was lost (${reason})`);
}

function lost(attempted: Attempted, what: string, details: CarrierErrorDetails = {}): CarrierError {
  switch (attempted) {
    case 'send':
      return new CarrierError('unknown_outcome', `${what}; it may have been taken`, details);
    case 'look_up':
      return new CarrierError('temporary', `${what}; look it up again`, details);
  }
}

function codeOf(body: unknown): number | undefined {
  const parsed = typeof body === 'string' ? parseJson(body) : body;
  if (typeof parsed !== 'object' || parsed === null || !('code' in parsed)) return undefined;
  return typeof parsed.code === 'number' ? parsed.code : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's HTML page instead of Twilio's JSON: the status alone has to do.
    return undefined;
  }
}

function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === undefined ? undefined : systemCodeOf(error.cause);
}

/** Seconds or an HTTP date. */
function parseRetryAfterMs(header: string | undefined): number {
  if (header === undefined) return DEFAULT_RETRY_AFTER_MS;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(ms, 0) : DEFAULT_RETRY_AFTER_MS;
}
