import { setTimeout as wait } from 'node:timers/promises';
import { signWebhook } from './signature.ts';

export interface WebhookRequest {
  url: string;
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

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const LARGEST_ANSWER_BYTES = 64 * 1024;

/**
 * Posts signed webhooks, retrying what may pass (no connection, timeout, 5xx, 429) until `retryForMs` is over.
 * Twilio gives up after 15 s in all, even with `#rp=all&rc=5`; this carrier is more patient on purpose, so that a person's answer
 * outlives an API that was just killed. Other 4xx are an answer and are not retried, as at Twilio.
 */
export function createWebhookPoster({ authToken, timeoutMs, retryForMs, stopped }: WebhookPosterOptions) {
  return async function post(request: WebhookRequest): Promise<WebhookResult> {
    const startedAtMs = performance.now();
    for (let attempts = 1; ; attempts += 1) {
      const attempt = await postOnce(request, authToken, timeoutMs, stopped);
      if (stopped.aborted) return { outcome: 'interrupted' };
      if ('body' in attempt) return { outcome: 'delivered', attempts, ...attempt };
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
      if (!attempt.mayPass || performance.now() - startedAtMs + pauseMs > retryForMs) {
        return { outcome: 'failed', attempts, reason: attempt.reason };
      }
      await wait(pauseMs, undefined, { signal: stopped }).catch(() => undefined);
      if (stopped.aborted) return { outcome: 'interrupted' };
    }
  };
}

type Attempt = { contentType: string; body: string } | { reason: string; mayPass: boolean };

async function postOnce(
  { url, params, idempotencyToken }: WebhookRequest,
  authToken: string,
  timeoutMs: number,
  stopped: AbortSignal,
): Promise<Attempt> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'user-agent': 'TwilioProxy/1.1',
        'x-twilio-signature': signWebhook(authToken, url, params),
        'i-twilio-idempotency-token': idempotencyToken,
      },
      body: new URLSearchParams(params).toString(),
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), stopped]),
    });
    const body = await response.text();
    if (response.status >= 300) {
      return { reason: `HTTP ${response.status}`, mayPass: response.status >= 500 || response.status === 429 };
    }
    if (body.length > LARGEST_ANSWER_BYTES) return { reason: 'the answer is larger than 64 KB', mayPass: false };
    return { contentType: response.headers.get('content-type') ?? '', body };
  } catch (error) {
    return { reason: describe(error, timeoutMs), mayPass: true };
  }
}

function describe(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return `no connection (${code ?? (error instanceof Error ? error.message : String(error))})`;
}
