import type {
  Exchange,
  ExchangeAnswer,
  ExchangeRequest,
  ExchangeTrouble,
  RecipientAddress,
} from '../../domain/sharing/ports.ts';

/** Ends a delivery with what the recipient said; `troubleOf` makes the outcome of it. */
class Trouble extends Error {
  readonly trouble: ExchangeTrouble;

  constructor(trouble: ExchangeTrouble) {
    super(trouble.reason.code);
    this.trouble = trouble;
  }
}

/** Runs a conversation with a recipient; whatever it refuses becomes the outcome, everything else is thrown. */
export async function conversation<T>(work: () => Promise<T>): Promise<T | ExchangeTrouble> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Trouble) return error.trouble;
    throw error;
  }
}

/** Asks once. Statuses that the caller does not name end the conversation. */
export async function ask(
  exchange: Exchange,
  to: RecipientAddress,
  request: Omit<ExchangeRequest, 'url'> & { path: string },
  accepted: readonly number[],
): Promise<{ status: number; json: Record<string, unknown> }> {
  const { path, ...rest } = request;
  const answer = await exchange({
    ...rest,
    url: `${to.url.replace(/\/+$/, '')}${path}`,
    headers: { authorization: `Bearer ${to.credential}`, 'user-agent': 'floorwalker-sharing/1', ...request.headers },
  });
  if (answer.status === null || !accepted.includes(answer.status)) throw new Trouble(troubleOf(answer));
  return { status: answer.status, json: jsonOf(answer) };
}

/** A field that the recipient must have sent; without it nobody can say that it has anything. */
export function stringIn(json: Record<string, unknown>, name: string): string {
  const value = json[name];
  if (typeof value === 'string' && value !== '' && value.length <= 200) return value;
  throw unreadable(name);
}

/** An answer without what has to be in it: perhaps a page of something in between, so it is asked again. */
export const unreadable = (missing: string): Trouble =>
  new Trouble({
    ...{ outcome: 'temporary', spoke: true, retryAfterMs: null },
    reason: { code: 'ANSWER_UNREADABLE', params: { missing } },
  });

/** Ends the conversation for good. */
export const giveUp = (code: string, params: Record<string, string | number> = {}): Trouble =>
  new Trouble({ outcome: 'permanent', spoke: true, reason: { code, params } });

function jsonOf({ body }: ExchangeAnswer): Record<string, unknown> {
  if (body === '') return {};
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** What becomes of a share by what was answered. Their words are not kept: nobody knows what is in them. */
export function troubleOf({ status, failure, retryAfterMs }: ExchangeAnswer): ExchangeTrouble {
  if (status === null) {
    const code = failure ?? 'CONNECTION_LOST';
    const forGood = code === 'URL_REFUSED' || code === 'ADDRESS_REFUSED';
    if (forGood) return { outcome: 'permanent', spoke: false, reason: { code, params: {} } };
    return { outcome: 'temporary', spoke: false, retryAfterMs: null, reason: { code, params: {} } };
  }
  const reason = { code: codeOf(status), params: { status } };
  if (status === 429) return { outcome: 'temporary', spoke: true, retryAfterMs, reason };
  if (status >= 500 || status === 408 || status === 425)
    return { outcome: 'temporary', spoke: false, retryAfterMs, reason };
  return { outcome: 'permanent', spoke: status !== 401 && status !== 403, reason };
}

function codeOf(status: number): string {
  if (status === 401 || status === 403) return 'CREDENTIAL_REFUSED';
  if (status === 409) return 'KEY_HAS_OTHER_CONTENT';
  if (status === 413) return 'TOO_LARGE_FOR_RECIPIENT';
  if (status === 422 || status === 400) return 'MESSAGE_REFUSED';
  if (status === 429) return 'THROTTLED_BY_RECIPIENT';
  if (status >= 500) return 'RECIPIENT_IN_TROUBLE';
  return 'ANSWER_UNEXPECTED';
}
