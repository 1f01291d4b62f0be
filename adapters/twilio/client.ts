import twilio from 'twilio';
import { failureOfException } from './failure.ts';
import { findCall, findText, listReceived } from './look-up.ts';
import { pickNumber } from './pool.ts';
import { BoundedRequestClient } from './request-client.ts';
import type { Carrier } from './types.ts';

export interface CarrierClientOptions {
  accountSid: string;
  authToken: string;
  /** The number that texts and calls come from, or the pool of them. */
  from: string | readonly string[];
  /** Unset: Twilio itself. */
  apiBaseUrl?: string | undefined;
  /** For each request; the settle time of an unknown outcome must be longer (TEMPORAL.md: POST 3 s, settle at least 5 s). */
  timeoutMs: number;
  /** How far the carrier's clock may be behind ours when something is looked up, by default 5 s. */
  clockToleranceMs?: number;
}

/** The carrier as our port, on the real SDK. It never retries by itself: whoever holds the intent row decides that. */
export function createCarrierClient(options: CarrierClientOptions): Carrier {
  const { accountSid, authToken, apiBaseUrl, timeoutMs, clockToleranceMs = 5_000 } = options;
  const numbers = typeof options.from === 'string' ? [options.from] : [...options.from];
  const httpClient = new BoundedRequestClient({ apiBaseUrl, timeoutMs });
  const client = twilio(accountSid, authToken, { httpClient, autoRetry: false });
  const oldestMs = (at: string) => Math.floor((Date.parse(at) - clockToleranceMs) / 1000) * 1000;

  return {
    numbers,
    async sendText({ to, from = pickNumber(numbers, to), body, statusCallbackUrl }) {
      try {
        const message = await client.messages.create({
          ...{ to, from, body },
          ...(statusCallbackUrl === undefined ? {} : { statusCallback: statusCallbackUrl }),
        });
        return { sid: message.sid, status: message.status, segments: Number(message.numSegments) };
      } catch (error) {
        throw failureOfException('send', error);
      }
    },
    async findText({ to, bodyContains, sentAfterAt }) {
      try {
        return await findText(client, { to, bodyContains, oldestMs: oldestMs(sentAfterAt) });
      } catch (error) {
        throw failureOfException('look_up', error);
      }
    },
    async listReceived({ sinceAt }) {
      try {
        const lists = await Promise.all(numbers.map((to) => listReceived(client, { to, oldestMs: oldestMs(sinceAt) })));
        return lists.flat().sort((a, b) => a.receivedAt.localeCompare(b.receivedAt));
      } catch (error) {
        throw failureOfException('look_up', error);
      }
    },
    async placeCall({ to, from = pickNumber(numbers, to), menuUrl, statusCallbackUrl, ringTimeoutSeconds }) {
      try {
        const call = await client.calls.create({
          to,
          from,
          url: menuUrl,
          statusCallback: statusCallbackUrl,
          statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
          machineDetection: 'Enable',
          timeout: ringTimeoutSeconds,
        });
        return { sid: call.sid, status: call.status };
      } catch (error) {
        throw failureOfException('send', error);
      }
    },
    async findCall({ to, placedAfterAt, exceptSids }) {
      try {
        return await findCall(client, { to, numbers, exceptSids, oldestMs: oldestMs(placedAfterAt) });
      } catch (error) {
        throw failureOfException('look_up', error);
      }
    },
  };
}
