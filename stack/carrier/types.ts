/** The carrier simulator's vocabulary: messages and calls as Twilio keeps them, plus what the handset shows. */

export type Direction = 'inbound' | 'outbound-api' | 'outbound-reply';

export type Status = 'queued' | 'sending' | 'sent' | 'delivered' | 'undelivered' | 'failed' | 'received';

/** What became of one webhook of a message; absent while it is still being tried. */
export interface WebhookOutcome {
  outcome: 'delivered' | 'failed' | 'dropped';
  attempts: number;
  reason: string | null;
  at: string;
}

export interface Message {
  sid: string;
  direction: Direction;
  from: string;
  to: string;
  body: string;
  segments: number;
  status: Status;
  /** The instant the carrier took the message in, to the millisecond. */
  receivedAt: string;
  sentAt: string | null;
  updatedAt: string;
  errorCode: number | null;
  /** What it cost, in Twilio's form such as "-0.0400"; null until it is delivered. */
  price: string | null;
  /** Which of the messages to this handset it is: what chance decides about it is the same in every run. */
  ordinal: number;
  statusCallbackUrl: string | null;
  /** By the status that the webhook reported (`received` for an inbound message). */
  webhooks: Partial<Record<Status, WebhookOutcome>>;
}

export const callStatuses = [
  'queued',
  'initiated',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'no-answer',
  'failed',
  'canceled',
] as const;

export type CallStatus = (typeof callStatuses)[number];

export const callEvents = ['initiated', 'ringing', 'answered', 'completed'] as const;

/** What a status callback can be asked for. */
export type CallEvent = (typeof callEvents)[number];

export type AnsweredBy = 'human' | 'machine';

/** What the customer asked for. */
export interface CallOrder {
  sid: string;
  from: string;
  to: string;
  /** Where the TwiML is fetched when somebody answers; null when it came with the order, in `twiml`. */
  url: string | null;
  method: 'GET' | 'POST';
  twiml: string | null;
  statusCallbackUrl: string | null;
  statusCallbackEvents: CallEvent[];
  detectMachine: boolean;
  ringTimeoutSeconds: number;
  receivedAt: string;
  /** Which of the calls to this handset it is. */
  ordinal: number;
}

/** What was heard or pressed. */
export interface CallLine {
  kind: 'said' | 'key';
  text: string;
  /** Of what was said. */
  language: string | null;
  at: string;
}

export interface Call extends CallOrder {
  status: CallStatus;
  updatedAt: string;
  initiatedAt: string | null;
  ringingAt: string | null;
  answeredAt: string | null;
  endedAt: string | null;
  answeredBy: AnsweredBy | null;
  /** How the other side's exchange ended it. */
  sipCode: number | null;
  price: string | null;
  problem: string | null;
  /** The TwiML that is being executed, and how many documents there have been. */
  document: { url: string | null; body: string } | null;
  documents: number;
  /** How many steps of the document are done. */
  position: number;
  /** The keys that the gather named `by` has heard. */
  heard: { by: string; keys: string };
  lines: CallLine[];
  webhooks: Partial<Record<CallEvent, WebhookOutcome>>;
}

/** A call as the handset's owner sees it. */
export interface PhoneCall {
  sid: string;
  from: string;
  status: CallStatus;
  at: string;
  ringingAt: string | null;
  answeredAt: string | null;
  endedAt: string | null;
  answeredBy: AnsweredBy | null;
  durationSeconds: number | null;
  lines: CallLine[];
  /** Set while the caller waits for keys. */
  waitingForKey: { numDigits: number | null; timeoutSeconds: number; pressed: string } | null;
  problem: string | null;
}

export interface Phone {
  number: string;
  label: string;
  role: string;
  optedOut: boolean;
}

/** A message as the handset's owner sees it. */
export interface PhoneMessage {
  sid: string;
  direction: 'to_phone' | 'from_phone';
  /** Which of the customer's numbers it came from or went to. */
  peer: string;
  body: string;
  at: string;
  status: Status;
  segments: number;
  /** Why the message, or the webhook about it, did not arrive; null when all is well. */
  problem: string | null;
}

export interface PhoneView extends Phone {
  messages: PhoneMessage[];
  calls: PhoneCall[];
}

export const isTerminal = (status: Status): boolean =>
  status === 'delivered' || status === 'undelivered' || status === 'failed' || status === 'received';

export const isOver = ({ status }: Call): boolean =>
  !(status === 'queued' || status === 'initiated' || status === 'ringing' || status === 'in-progress');

/** Whole seconds from answer to end, rounded up as they are billed; null until it is over, 0 if nobody answered. */
export function durationSeconds({ answeredAt, endedAt }: Call): number | null {
  if (endedAt === null) return null;
  return answeredAt === null ? 0 : Math.max(1, Math.ceil((Date.parse(endedAt) - Date.parse(answeredAt)) / 1000));
}

/** Any number that E.164 allows is a handset; nothing else is. */
export const isPhoneNumber = (text: string): boolean => /^\+[1-9]\d{6,14}$/.test(text);
