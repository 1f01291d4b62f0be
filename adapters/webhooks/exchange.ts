import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Exchange, ExchangeAnswer } from '../../domain/sharing/ports.ts';
import { createGuard, failureOf, type GuardOptions, retryAfterMsOf } from './guard.ts';

export interface ExchangeOptions extends GuardOptions {
  /** Without a sign of life from the other side for this long it is given up. */
  silenceMs: number;
  /** No more of an answer is read. */
  maxAnswerBytes: number;
}

/** Speaks with recipients of evidence over the same guarded road as webhooks, with bodies that need not fit into memory. */
export function createExchange(options: ExchangeOptions): Exchange {
  const guard = createGuard(options);
  return async ({ method, url: address, headers, body }) => {
    const url = new URL(address);
    const refused = guard.refuses(url);
    if (refused !== null) return { status: null, failure: refused, retryAfterMs: null, body: '' };
    const send = url.protocol === 'https:' ? requestTls : requestPlain;
    const length = body === undefined ? 0 : body instanceof Uint8Array ? body.length : body.sizeBytes;
    const outgoing = send(url, {
      method,
      headers: { ...headers, 'content-length': String(length) },
      ...{ lookup: guard.lookup, agent: false, timeout: options.silenceMs },
    });
    outgoing.on('timeout', () => outgoing.destroy(Object.assign(new Error('no sign of life'), { code: 'ETIMEDOUT' })));
    const answer = new Promise<ExchangeAnswer>((settle) => {
      outgoing.on('error', (error) =>
        settle({ status: null, failure: failureOf(error), retryAfterMs: null, body: '' }),
      );
      outgoing.on('response', (response) => {
        void read(response, options.maxAnswerBytes).then((text) => {
          settle({
            ...{ status: response.statusCode ?? 0, failure: null, body: text },
            retryAfterMs: retryAfterMsOf(response.headers['retry-after']),
          });
          outgoing.destroy();
        });
      });
    });
    if (body === undefined || body instanceof Uint8Array) {
      outgoing.end(body);
      return answer;
    }
    let broken: { error: unknown } | undefined;
    const watched = async function* (): AsyncGenerator<Uint8Array> {
      try {
        yield* body.bytes;
      } catch (error) {
        broken = { error };
        throw error;
      }
    };
    // What the other side does to the connection is its answer's to say; what the source throws is the caller's.
    await pipeline(Readable.from(watched(), { objectMode: false }), outgoing).catch(() => undefined);
    if (broken) {
      outgoing.destroy();
      throw broken.error;
    }
    return answer;
  };
}

/** Resolves with what came, however it ended: once there is a status, the rest changes nothing. */
function read(response: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const done = () => resolve(Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8'));
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxBytes) done();
    });
    response.once('end', done);
    response.once('error', done);
    response.once('close', done);
  });
}
