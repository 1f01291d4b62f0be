import type { RealIncident } from '../drill.ts';
import type { Reason } from '../types.ts';
import type { NoticeStatement } from './notice.ts';

/** One request to a recipient, to an address that was checked when it was connected to. */
export interface ExchangeRequest {
  method: 'GET' | 'POST' | 'PUT';
  url: string;
  headers: Record<string, string>;
  body?: Uint8Array | { sizeBytes: number; bytes: AsyncIterable<Uint8Array> };
}

/** `status` is null when no answer came: then nobody knows whether it was taken. */
export interface ExchangeAnswer {
  status: number | null;
  failure: string | null;
  retryAfterMs: number | null;
  /** As much of it as is read. */
  body: string;
}

/** Asks once, follows nothing, and throws only what the source of a body throws. */
export type Exchange = (request: ExchangeRequest) => Promise<ExchangeAnswer>;

export interface RecipientAddress {
  url: string;
  credential: string;
}

/** Something that leaves the house. Only a real incident makes one: of a drill there is none by its type. */
export interface OutgoingShare {
  incident: RealIncident;
  /** The same for every attempt; the recipient knows it by this. */
  key: string;
  message: object;
  /** Null: the template sends the message alone. */
  packet: {
    id: string;
    sha256: string;
    sizeBytes: number;
    /** The bytes; the end comes only after their hash was found right. */
    open(): Promise<AsyncIterable<Uint8Array>>;
  } | null;
  /** An attempt before may have arrived: ask before sending. */
  mayHaveArrived: boolean;
  /** Asked again before what cannot be taken back. */
  stillWanted(): Promise<boolean>;
}

export interface SignedNotice {
  statement: NoticeStatement;
  signature: string;
  publicKeyPem: string;
}

export interface OutgoingNotice {
  /** What the share was sent under. */
  shareKey: string;
  notice: SignedNotice;
}

/** `spoke`: somebody answered, so the recipient is there, whatever it said. */
export type ExchangeTrouble =
  | { outcome: 'temporary'; reason: Reason; spoke: boolean; retryAfterMs: number | null }
  | { outcome: 'permanent'; reason: Reason; spoke: boolean };

export type ShareResult =
  | { outcome: 'delivered'; remoteId: string; receipt: string }
  | { outcome: 'unwanted' }
  | ExchangeTrouble;
/** `moot`: the recipient never had it. */
export type NoticeResult = { outcome: 'delivered'; receipt: string } | { outcome: 'moot' } | ExchangeTrouble;

/** How one kind of recipient is spoken to. */
export interface Connector {
  deliver(to: RecipientAddress, share: OutgoingShare): Promise<ShareResult>;
  notify(to: RecipientAddress, notice: OutgoingNotice): Promise<NoticeResult>;
}
