import { setTimeout as wait } from 'node:timers/promises';
import { signWebhook } from './signature.ts';

export interface WebhookRequest {
  url: string;
  method?: 'GET' | 'POST';
  params: Record<string, string>;
  /** The same on every retry, so that the receiver can tell a retry from a second event. */
  idempotencyToken: string;
}

export type WebhookResult =
  | { outcome: 'delivered'; attempts: number; contentType: string; body: string }
  | { outcome: 'failed'; attempts: number; reason: string }
  /** The carrier itself was stopped: neither delivered nor failed, and tried again after the next start. */
  | { outcome: 'interrupted' };

export interface WebhookPosterOptions {
  authToken: string;
  timeoutMs: number;
  retryForMs: number;
  stopped: AbortSignal;
}

export type WebhookPoster = ReturnType<typeof createWebhookPoster>;

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const LARGEST_ANSWER_BYTES = 64 * 1024;

/** Twilio's names for what went wrong: no connection, no answer in time, or an answer of that class. */
type Trouble = 'ct' | 'rt' | '4xx' | '429' | '5xx';
type Attempt = { contentType: string; body: string } | { reason: string; trouble: Trouble };

/** When to try again: by the trouble, the number of attempts and the time since the first. */
type Patience = (trouble: Trouble, attempts: number, nextAfterMs: number) => boolean;

export function createWebhookPoster({ authToken, timeoutMs, retryForMs, stopped }: WebhookPosterOptions) {
  const send = async (request: WebhookRequest, limitMs: number, again: Patience): Promise<WebhookResult> => {
    const startedAtMs = performance.now();
    for (let attempts = 1; ; attempts += 1) {
      const leftMs = Math.max(1, Math.ceil(Math.min(timeoutMs, limitMs - (performance.now() - startedAtMs))));
      const attempt = await sendOnce(request, authToken, leftMs, stopped);
      if (stopped.aborted) return { outcome: 'interrupted' };
      if ('body' in attempt) return { outcome: 'delivered', attempts, ...attempt };
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
      if (!again(attempt.trouble, attempts, performance.now() - startedAtMs + pauseMs)) {
        return { outcome: 'failed', attempts, reason: attempt.reason };
      }
      await wait(pauseMs, undefined, { signal: stopped }).catch(() => undefined);
      if (stopped.aborted) return { outcome: 'interrupted' };
    }
  };

  return {
    /**
     * Retries what may pass (no connection, timeout, 5xx, 429) until `retryForMs` is over. Twilio gives up after 15 s in all, even with
     * `#rp=all&rc=5`; here this carrier is more patient on purpose, so that a person's answer outlives an API that was just killed.
     * Other 4xx are an answer and are not retried, as at Twilio.
     */
    post: (request: WebhookRequest) =>
      send(
        request,
        Number.POSITIVE_INFINITY,
        (trouble, _attempts, nextAfterMs) => trouble !== '4xx' && nextAfterMs <= retryForMs,
      ),
    /**
     * As Twilio asks for TwiML while somebody holds the line: `timeoutMs` in all, one more try without a connection, and whatever the
     * URL's connection overrides (`#rc=2&rp=all`) say instead.
     */
    ask: (request: WebhookRequest) => {
      const overrides = new URLSearchParams(new URL(request.url).hash.slice(1));
      const most = 1 + Math.min(5, Number(overrides.get('rc') ?? 1) || 0);
      const policies = (overrides.get('rp') ?? 'ct').split(',');
      const covers = (trouble: Trouble) =>
        policies.some((policy) => policy === 'all' || policy === trouble || (policy === '4xx' && trouble === '429'));
      return send(
        request,
        timeoutMs,
        (trouble, attempts, nextAfterMs) => attempts < most && covers(trouble) && nextAfterMs < timeoutMs,
      );
    },
  };
}

async function sendOnce(
  { url, method = 'POST', params, idempotencyToken }: WebhookRequest,
  authToken: string,
  timeoutMs: number,
  stopped: AbortSignal,
): Promise<Attempt> {
  const target = new URL(url);
  target.hash = '';
  const body = new URLSearchParams(params).toString();
  if (method === 'GET') target.search = [target.search.slice(1), body].filter((part) => part !== '').join('&');
  // As it stands, since the receiver compares it to what it was given: URL would add a slash or escape.
  const called = method === 'GET' ? target.href : url.replace(/#.*$/, '');
  try {
    const response = await fetch(target, {
      method,
      redirect: 'manual',
      headers: {
        ...(method === 'GET' ? {} : { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' }),
        'user-agent': 'TwilioProxy/1.1',
        'x-twilio-signature': signWebhook(authToken, called, method === 'GET' ? {} : params),
        'i-twilio-idempotency-token': idempotencyToken,
      },
      ...(method === 'GET' ? {} : { body }),
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), stopped]),
    });
    const answer = await response.text();
    if (response.status >= 300) return { reason: `HTTP ${response.status}`, trouble: troubleOf(response.status) };
    if (answer.length > LARGEST_ANSWER_BYTES) return { reason: 'the answer is larger than 64 KB', trouble: '4xx' };
    return { contentType: response.headers.get('content-type') ?? '', body: answer };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    return timedOut
      ? { reason: `no answer within ${timeoutMs} ms`, trouble: 'rt' }
      : { reason: `no connection (${describe(error)})`, trouble: 'ct' };
  }
}

const troubleOf = (status: number): Trouble => (status >= 500 ? '5xx' : status === 429 ? '429' : '4xx');

function describe(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return code ?? (error instanceof Error ? error.message : String(error));
}
