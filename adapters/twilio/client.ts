import twilio from 'twilio';
import { failureOfException } from './failure.ts';
import { BoundedRequestClient } from './request-client.ts';
import { type Carrier, CarrierError, type FindTextInput } from './types.ts';

export interface CarrierClientOptions {
  accountSid: string;
  authToken: string;
  /** The number that texts come from. */
  from: string;
  /** Unset: Twilio itself. */
  apiBaseUrl?: string | undefined;
  /** For each request; the settle time of an unknown outcome must be longer (TEMPORAL.md: POST 3 s, settle at least 5 s). */
  timeoutMs: number;
  /** How far the carrier's clock may be behind ours when a text is looked up, by default 5 s. */
  clockToleranceMs?: number;
}

const LOOKUP_PAGE_SIZE = 50;
const MOST_LOOKUP_PAGES = 20;

/** The carrier as our port, on the real SDK. It never retries by itself: whoever holds the intent row decides that. */
export function createCarrierClient(options: CarrierClientOptions): Carrier {
  const { accountSid, authToken, from, apiBaseUrl, timeoutMs, clockToleranceMs = 5_000 } = options;
  const httpClient = new BoundedRequestClient({ apiBaseUrl, timeoutMs });
  const client = twilio(accountSid, authToken, { httpClient, autoRetry: false });

  return {
    async sendText({ to, body, statusCallbackUrl }) {
      try {
        const message = await client.messages.create({ to, from, body, statusCallback: statusCallbackUrl });
        return { sid: message.sid, status: message.status, segments: Number(message.numSegments) };
      } catch (error) {
        throw failureOfException('send', error);
      }
    },
    async findText(input) {
      try {
        return await findText(client, input, clockToleranceMs);
      } catch (error) {
        throw failureOfException('look_up', error);
      }
    },
  };
}

/**
 * Reads the recipient's messages newest first until they are older than asked for. The carrier's own DateSent filter is not used:
 * a text still in its queue has no such date, and missing it here would send it twice.
 */
async function findText(client: twilio.Twilio, input: FindTextInput, clockToleranceMs: number): Promise<string | null> {
  const oldestMs = Math.floor((Date.parse(input.sentAfterAt) - clockToleranceMs) / 1000) * 1000;
  let page = await client.messages.page({ to: input.to, pageSize: LOOKUP_PAGE_SIZE });
  for (let pages = 1; ; pages += 1) {
    for (const message of page.instances) {
      if (message.dateCreated.getTime() < oldestMs) return null;
      // An answer to the person's own text may repeat the reference; it is not the text that is looked for.
      if (message.direction === 'outbound-api' && message.body.includes(input.bodyContains)) return message.sid;
    }
    if (!page.nextPageUrl) return null;
    if (pages === MOST_LOOKUP_PAGES) {
      const read = LOOKUP_PAGE_SIZE * MOST_LOOKUP_PAGES;
      throw new CarrierError(
        'permanent',
        `the text was not among the recipient’s last ${read}, and there are more: look it up by hand`,
      );
    }
    page = await client.messages.getPage(page.nextPageUrl);
  }
}
