import { setTimeout as wait } from 'node:timers/promises';
import type { Control } from './knobs.ts';
import type { Store } from './store.ts';
import { readTwiml } from './twiml-reader.ts';
import { isTerminal, type Message, type Status } from './types.ts';
import type { WebhookRequest, WebhookResult } from './webhooks.ts';

export interface LifeMs {
  sending: number;
  sent: number;
  delivered: number;
}

export interface DeliveryOptions {
  store: Store;
  control: Control;
  post: (request: WebhookRequest) => Promise<WebhookResult>;
  accountSid: string;
  inboundUrl: string;
  lifeMs: LifeMs;
  stopped: AbortSignal;
  log: (line: string) => void;
}

/** Twilio's words for leaving and coming back; a message must be exactly one of them. */
const STOP_WORDS = new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'OPTOUT', 'REVOKE']);
const START_WORDS = new Set(['START', 'UNSTOP', 'YES']);
const STOPPED_TEXT =
  'You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.';
const STARTED_TEXT =
  'You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe.';

const UNREACHABLE_HANDSET = 30003;

const now = () => new Date().toISOString();

export type Delivery = ReturnType<typeof createDelivery>;

/** Carries messages through their life and tells the customer about it by webhook. */
export function createDelivery(options: DeliveryOptions) {
  const { store, control, post, stopped, log } = options;
  const running = new Set<Promise<void>>();
  let nextSlotAtMs = 0;

  /** Keeps the promise so that stopping can wait for it, and its failure from passing unseen. */
  const run = (work: Promise<void>) => {
    const settled = work
      .catch((error: unknown) => {
        if (!stopped.aborted) log(`delivery failed: ${error instanceof Error ? error.stack : String(error)}`);
      })
      .finally(() => running.delete(settled));
    running.add(settled);
  };

  const pause = (ms: number) => wait(ms, undefined, { signal: stopped });

  const pace = async () => {
    const perSecond = control.knobs.throughputPerSecond;
    if (perSecond === null) return;
    const slotAtMs = Math.max(performance.now(), nextSlotAtMs);
    nextSlotAtMs = slotAtMs + 1000 / perSecond;
    await pause(slotAtMs - performance.now());
  };

  const report = async (message: Message, event: Status, request: WebhookRequest): Promise<WebhookResult> => {
    const result = await post(request);
    if (result.outcome === 'interrupted') return result;
    const reason = result.outcome === 'failed' ? result.reason : null;
    await store.setWebhook(message.sid, event, {
      outcome: result.outcome,
      attempts: result.attempts,
      reason,
      at: now(),
    });
    if (reason) log(`webhook ${event} of ${message.sid} failed after ${result.attempts} attempts: ${reason}`);
    return result;
  };

  const statusCallback = async (message: Message, status: Status) => {
    if (message.statusCallbackUrl === null) return;
    if (control.chance(control.knobs.dropCallbacks)) {
      await store.setWebhook(message.sid, status, { outcome: 'dropped', attempts: 0, reason: null, at: now() });
      return;
    }
    const request = {
      url: message.statusCallbackUrl,
      params: {
        AccountSid: options.accountSid,
        ApiVersion: '2010-04-01',
        From: message.from,
        MessageSid: message.sid,
        MessageStatus: status,
        SmsSid: message.sid,
        SmsStatus: status,
        To: message.to,
        ...(message.errorCode === null ? {} : { ErrorCode: String(message.errorCode) }),
      },
      idempotencyToken: `${message.sid}-${status}`,
    };
    if (control.chance(control.knobs.duplicateCallbacks)) await post(request);
    await report(message, status, request);
  };

  const live = async (message: Message) => {
    const advance = (status: Status, errorCode: number | null = null) =>
      store.setStatus(message.sid, status, now(), errorCode);
    if (message.status === 'queued') {
      await pace();
      await pause(options.lifeMs.sending);
      await advance('sending');
    }
    let overtaken = false;
    if (message.status === 'sending') {
      await pause(options.lifeMs.sent);
      await advance('sent');
      overtaken = control.knobs.reorder;
      if (!overtaken) run(statusCallback(message, 'sent'));
    }
    if (message.status === 'sent') {
      await pause(options.lifeMs.delivered);
      const unreachable = control.knobs.undeliverable.includes(message.to);
      await advance(unreachable ? 'undelivered' : 'delivered', unreachable ? UNREACHABLE_HANDSET : null);
    }
    await statusCallback(message, message.status);
    if (overtaken) await statusCallback(message, 'sent');
  };

  const reply = async (inbound: Message, body: string) => {
    const message = await store.addMessage({
      direction: 'outbound-reply',
      from: inbound.to,
      to: inbound.from,
      body,
      receivedAt: now(),
      statusCallbackUrl: null,
    });
    run(live(message));
  };

  /**
   * STOP and START belong to the carrier, which answers them itself and still tells the customer.
   * HELP does not: Twilio would answer it with boilerplate unless told otherwise, but here it is a person's safety word, so it must
   * reach the webhook and nothing else may speak first. A real number needs Twilio's own HELP answer switched off (Advanced Opt-Out).
   */
  const obeyKeyword = async (message: Message) => {
    const word = message.body.trim().toUpperCase();
    const optedOut = store.phone(message.from)?.optedOut ?? false;
    if (STOP_WORDS.has(word) && !optedOut) {
      await reply(message, STOPPED_TEXT);
      await store.setOptedOut(message.from, true);
    }
    if (START_WORDS.has(word) && optedOut) {
      await store.setOptedOut(message.from, false);
      await reply(message, STARTED_TEXT);
    }
  };

  const inboundWebhook = async (message: Message) => {
    const request = {
      url: options.inboundUrl,
      params: inboundParams(options.accountSid, message),
      idempotencyToken: `${message.sid}-received`,
    };
    if (control.chance(control.knobs.duplicateCallbacks)) await post(request);
    const result = await report(message, 'received', request);
    if (result.outcome !== 'delivered') return;
    const answer = readTwiml(result.contentType, result.body);
    if (!answer.ok) {
      const outcome = { outcome: 'failed' as const, attempts: result.attempts, reason: answer.reason, at: now() };
      await store.setWebhook(message.sid, 'received', outcome);
      log(`the answer to ${message.sid} was not understood: ${answer.reason}`);
      return;
    }
    for (const body of answer.replies) {
      if (store.phone(message.from)?.optedOut)
        log(`21610: an answer to ${message.sid} was not texted, the person said STOP`);
      else await reply(message, body);
    }
  };

  return {
    /** Starts the life of a message that the REST API took in. */
    carry: (message: Message) => run(live(message)),
    /** A person texts the public number. */
    async receive(from: string, to: string, body: string): Promise<Message> {
      const received = { direction: 'inbound' as const, from, to, body, receivedAt: now(), statusCallbackUrl: null };
      const message = await store.addMessage(received);
      await obeyKeyword(message);
      run(inboundWebhook(message));
      return message;
    },
    /** After a restart: goes on with every life and every webhook that was still under way. */
    resume() {
      for (const message of store.messages()) {
        if (message.direction === 'inbound') {
          if (!message.webhooks.received) run(inboundWebhook(message));
        } else if (!isTerminal(message.status)) run(live(message));
        else if (!message.webhooks[message.status]) run(statusCallback(message, message.status));
      }
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

function inboundParams(accountSid: string, message: Message): Record<string, string> {
  const place = (side: 'From' | 'To') =>
    Object.fromEntries(['City', 'State', 'Zip', 'Country'].map((part) => [`${side}${part}`, '']));
  return {
    ...place('From'),
    ...place('To'),
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    Body: message.body,
    From: message.from,
    MessageSid: message.sid,
    NumMedia: '0',
    NumSegments: String(message.segments),
    SmsMessageSid: message.sid,
    SmsSid: message.sid,
    SmsStatus: 'received',
    To: message.to,
  };
}
