import { type Background, createPace } from './background.ts';
import type { Callbacks } from './callbacks.ts';
import { type Control, happens } from './knobs.ts';
import type { Store } from './store.ts';
import { readTwiml } from './twiml-reader.ts';
import { isTerminal, type Message, type Status } from './types.ts';
import type { WebhookPoster } from './webhooks.ts';

export interface DeliveryOptions {
  store: Store;
  control: Control;
  poster: WebhookPoster;
  callbacks: Callbacks;
  background: Background;
  accountSid: string;
  inboundUrl: string;
  log: (line: string) => void;
}

/** Twilio's words for leaving and coming back and asking; a message must be exactly one of them. */
const OPT_OUT_WORDS = {
  STOP: new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'OPTOUT', 'REVOKE']),
  START: new Set(['START', 'UNSTOP', 'YES']),
  HELP: new Set(['HELP', 'INFO']),
};
const STOPPED_TEXT =
  'You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.';
const STARTED_TEXT =
  'You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe.';

const UNREACHABLE_HANDSET = 30003;

const now = () => new Date().toISOString();

export type Delivery = ReturnType<typeof createDelivery>;

/** Carries messages through their life and tells the customer about it by webhook. */
export function createDelivery(options: DeliveryOptions) {
  const { store, control, poster, callbacks, log } = options;
  const { run, pause } = options.background;
  const slotAfterMs = createPace();

  const statusCallback = async (message: Message, status: Status) => {
    if (message.statusCallbackUrl === null) return;
    await callbacks.report({
      sid: message.sid,
      event: status,
      about: `text ${message.ordinal} to ${message.to}: ${status}`,
      // After a restart the last one may have been told before this one.
      last: isTerminal(status) || message.webhooks[message.status] !== undefined,
      request: {
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
          ...(message.errorCode === null || status === 'sent' ? {} : { ErrorCode: String(message.errorCode) }),
        },
        idempotencyToken: `${message.sid}-${status}`,
      },
      note: (outcome) => store.setWebhook(message.sid, status, outcome),
    });
  };

  const arrive = async (message: Message) => {
    const { knobs } = control;
    const errorCode =
      knobs.deliveryErrors[message.to] ?? (knobs.undeliverable.includes(message.to) ? UNREACHABLE_HANDSET : null);
    const price = errorCode === null ? `-${(knobs.pricePerSegment * message.segments).toFixed(4)}` : null;
    await store.setStatus(message.sid, errorCode === null ? 'delivered' : 'undelivered', now(), errorCode, price);
  };

  const live = async (message: Message) => {
    if (message.status === 'queued') {
      await pause(slotAfterMs(message.from, control.knobs.throughputPerSecond));
      await pause(control.knobs.lifeMs.sending);
      await store.setStatus(message.sid, 'sending', now(), null);
    }
    if (message.status === 'sending') {
      await pause(control.knobs.lifeMs.sent);
      await store.setStatus(message.sid, 'sent', now(), null);
      run(statusCallback(message, 'sent'));
    }
    if (message.status === 'sent') {
      await pause(control.knobs.lifeMs.delivered);
      await arrive(message);
    }
    await statusCallback(message, message.status);
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
    const keyword = keywordOf(message.body);
    const optedOut = store.phone(message.from)?.optedOut ?? false;
    if (keyword === 'STOP' && !optedOut) {
      await reply(message, STOPPED_TEXT);
      await store.setOptedOut(message.from, true);
    }
    if (keyword === 'START' && optedOut) {
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
    const about = `text ${message.ordinal} from ${message.from}`;
    if (happens(control, control.knobs.duplicateCallbacks, `duplicate ${about}`)) await poster.post(request);
    const note = (outcome: NonNullable<Message['webhooks']['received']>) =>
      store.setWebhook(message.sid, 'received', outcome);
    const result = await callbacks.deliver({ sid: message.sid, event: 'received', request, note });
    if (result.outcome !== 'delivered') return;
    const answer = readTwiml(result.contentType, result.body);
    if (!answer.ok) {
      await note({ outcome: 'failed', attempts: result.attempts, reason: answer.reason, at: now() });
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
    /** A person texts one of the customer's numbers. */
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
          continue;
        }
        if (message.sentAt !== null && !message.webhooks.sent) run(statusCallback(message, 'sent'));
        if (!isTerminal(message.status)) run(live(message));
        else if (!message.webhooks[message.status]) run(statusCallback(message, message.status));
      }
    },
  };
}

type Keyword = keyof typeof OPT_OUT_WORDS;

function keywordOf(body: string): Keyword | null {
  const word = body.trim().toUpperCase();
  return (['STOP', 'START', 'HELP'] as const).find((keyword) => OPT_OUT_WORDS[keyword].has(word)) ?? null;
}

function inboundParams(accountSid: string, message: Message): Record<string, string> {
  const place = (side: 'From' | 'To') =>
    Object.fromEntries(['City', 'State', 'Zip', 'Country'].map((part) => [`${side}${part}`, '']));
  const keyword = keywordOf(message.body);
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
    // What Advanced Opt-Out adds.
    ...(keyword === null ? {} : { OptOutType: keyword }),
    SmsMessageSid: message.sid,
    SmsSid: message.sid,
    SmsStatus: 'received',
    To: message.to,
  };
}
