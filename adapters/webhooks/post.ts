import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { createGuard, failureOf, type GuardOptions, retryAfterMsOf } from './guard.ts';
import type { PostWebhook, WebhookAnswer } from './types.ts';

export interface WebhookPosterOptions extends GuardOptions {
  timeoutMs: number;
  /** No more of an answer is read; only its status counts. */
  maxAnswerBytes: number;
}

/** Posts webhooks to the open internet, and checks the very address that it connects to. */
export function createWebhookPoster(options: WebhookPosterOptions): PostWebhook {
  const { timeoutMs, maxAnswerBytes } = options;
  const guard = createGuard(options);

  return (webhook) => {
    const startedMs = performance.now();
    const finished = (answer: Partial<WebhookAnswer>): WebhookAnswer => ({
      ...{ status: null, failure: null, retryAfterMs: null },
      ...answer,
      responseMs: Math.round(performance.now() - startedMs),
    });
    const url = new URL(webhook.url);
    const refused = guard.refuses(url);
    if (refused !== null) return Promise.resolve(finished({ failure: refused }));
    return new Promise((settle) => {
      const send = url.protocol === 'https:' ? requestTls : requestPlain;
      const outgoing = send(url, {
        method: 'POST',
        headers: { ...webhook.headers, 'content-length': String(Buffer.byteLength(webhook.body)) },
        lookup: guard.lookup,
        signal: AbortSignal.timeout(timeoutMs),
        agent: false,
      });
      let answered: Partial<WebhookAnswer> | undefined;
      // Once there is a status, what becomes of the rest changes nothing.
      outgoing.on('error', (error) => settle(finished(answered ?? { failure: failureOf(error) })));
      outgoing.on('response', (response) => {
        answered = {
          status: response.statusCode ?? 0,
          retryAfterMs: retryAfterMsOf(response.headers['retry-after']),
        };
        discard(response, maxAnswerBytes, () => {
          settle(finished(answered ?? {}));
          outgoing.destroy();
        });
      });
      outgoing.end(webhook.body);
    });
  };
}

/** Reads the answer, so that the other side is not cut off in the middle of a short one, but no more than this. */
function discard(response: IncomingMessage, maxBytes: number, done: () => void): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) done();
  });
  response.once('end', done);
  response.once('error', done);
  response.once('close', done);
}
