import { CarrierError, type CarrierErrorDetails } from './types.ts';

const DEFAULT_RETRY_AFTER_MS = 1_000;

/** Errors that happen before a byte of the request has left, so that nothing can have been taken. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL']);

const ADVICE: Partial<Record<number, string>> = {
  20003: 'check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN',
  21211: 'the recipient is not a valid number',
  21212: 'check TWILIO_FROM',
  21606: 'TWILIO_FROM does not belong to this account',
  21610: 'the recipient replied STOP',
  21617: 'the text is longer than 1600 characters',
};

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
  return attempted === 'send'
    ? new CarrierError('unknown_outcome', `${what}; the text may have been taken`, details)
    : new CarrierError('temporary', `${what}; look it up again`, details);
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
