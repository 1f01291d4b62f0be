/** The carrier simulator's vocabulary: messages as Twilio keeps them, plus what the handset shows. */

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
  statusCallbackUrl: string | null;
  /** By the status that the webhook reported (`received` for an inbound message). */
  webhooks: Partial<Record<Status, WebhookOutcome>>;
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
  body: string;
  at: string;
  status: Status;
  segments: number;
  /** Why the message, or the webhook about it, did not arrive; null when all is well. */
  problem: string | null;
}

export interface PhoneView extends Phone {
  messages: PhoneMessage[];
}

export const isTerminal = (status: Status): boolean =>
  status === 'delivered' || status === 'undelivered' || status === 'failed' || status === 'received';

/** Any number that E.164 allows is a handset; nothing else is. */
export const isPhoneNumber = (text: string): boolean => /^\+[1-9]\d{6,14}$/.test(text);
