import { lookup } from 'node:dns';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isOwnAddress, isPublicAddress } from './address.ts';
import type { PostWebhook, WebhookAnswer, WebhookFailure } from './types.ts';

export interface WebhookPosterOptions {
  timeoutMs: number;
  /** No more of an answer is read; only its status counts. */
  maxAnswerBytes: number;
  /** Development only: http, and addresses of this machine and its networks. */
  anyAddress: boolean;
  /** Names under which we are reached ourselves. */
  ownHosts: readonly string[];
  resolve?: typeof lookup;
}

class AddressRefused extends Error {}

/** Posts webhooks to the open internet, and checks the very address that it connects to. */
export function createWebhookPoster(options: WebhookPosterOptions): PostWebhook {
  const { timeoutMs, maxAnswerBytes, anyAddress } = options;
  const resolve = options.resolve ?? lookup;
  const ownHosts = new Set(options.ownHosts.map((host) => host.toLowerCase()));
  const allowed = (address: string) => anyAddress || (isPublicAddress(address) && !isOwnAddress(address));

  // What it hands back is what the socket connects to, so a name that changes its mind in between gains nothing.
  const guardedLookup: LookupFunction = (hostname, lookupOptions, callback) => {
    resolve(hostname, { ...lookupOptions, all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      const open = addresses.filter(({ address }) => allowed(address));
      const [first] = open;
      if (!first) return callback(new AddressRefused(), '');
      if (lookupOptions.all === true) callback(null, open);
      else callback(null, first.address, first.family);
    });
  };

  return (webhook) => {
    const startedMs = performance.now();
    const finished = (answer: Partial<WebhookAnswer>): WebhookAnswer => ({
      ...{ status: null, failure: null, retryAfterMs: null },
      ...answer,
      responseMs: Math.round(performance.now() - startedMs),
    });
    const url = new URL(webhook.url);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (url.protocol !== 'https:' && !anyAddress) return Promise.resolve(finished({ failure: 'URL_REFUSED' }));
    // An address in the URL itself is connected to without any look-up.
    if ((!anyAddress && ownHosts.has(host.toLowerCase())) || (isIP(host) !== 0 && !allowed(host)))
      return Promise.resolve(finished({ failure: 'ADDRESS_REFUSED' }));
    return new Promise((settle) => {
      const send = url.protocol === 'https:' ? requestTls : requestPlain;
      const outgoing = send(url, {
        method: 'POST',
        headers: { ...webhook.headers, 'content-length': String(Buffer.byteLength(webhook.body)) },
        lookup: guardedLookup,
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

function retryAfterMsOf(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : null;
}

function failureOf(error: Error): WebhookFailure {
  if (error instanceof AddressRefused) return 'ADDRESS_REFUSED';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'TIMEOUT';
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'NAME_NOT_FOUND';
  if (['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code)) return 'CONNECTION_REFUSED';
  if (code === 'ETIMEDOUT') return 'TIMEOUT';
  if (/CERT|TLS|SSL|SIGNED|EPROTO/.test(code)) return 'TLS_FAILED';
  return 'CONNECTION_LOST';
}
