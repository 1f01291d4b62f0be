/** The port through which everything else sends texts and places calls; only this folder knows Twilio. */
export interface Carrier {
  /** The numbers that texts and calls may come from, in E.164; see `pickNumber`. */
  readonly numbers: readonly string[];
  /** Hands one text to the carrier; a `CarrierError` says whether it may, must not or cannot be sent again. */
  sendText(input: SendTextInput): Promise<SentText>;
  /**
   * Finds a text that an earlier `sendText` of unknown outcome may have handed over, from whichever number. Only null means that the
   * carrier has none; a look-up that fails says nothing and throws.
   */
  findText(input: FindTextInput): Promise<string | null>;
  /** Texts that people sent to our numbers since then, oldest first: what a webhook that never came would have said. */
  listReceived(input: { sinceAt: string }): Promise<ReceivedText[]>;
  /** Has the carrier ring somebody and read them the TwiML of `menuUrl`; errors as for `sendText`. */
  placeCall(input: PlaceCallInput): Promise<PlacedCall>;
  /** Finds a call that an earlier `placeCall` of unknown outcome may have started; null and errors as for `findText`. */
  findCall(input: FindCallInput): Promise<string | null>;
}

export interface ReceivedText {
  sid: string;
  from: string;
  /** Which of our numbers they wrote to. */
  to: string;
  body: string;
  receivedAt: string;
}

export interface SendTextInput {
  to: string;
  /** One of `numbers`; by default the one that `pickNumber` picks for `to`. */
  from?: string | undefined;
  body: string;
  /** Left out for a text whose receipt nobody waits for. */
  statusCallbackUrl?: string;
}

export interface SentText {
  sid: string;
  status: string;
  segments: number;
}

export interface FindTextInput {
  to: string;
  /** What makes the text unmistakable, such as the reference of incident and step. */
  bodyContains: string;
  sentAfterAt: string;
}

export interface PlaceCallInput {
  to: string;
  /** As for a text. */
  from?: string | undefined;
  /** Fetched when somebody answers. */
  menuUrl: string;
  /** Told that it was initiated, rings, was answered, is over. */
  statusCallbackUrl: string;
  /** From 1 to 600. */
  ringTimeoutSeconds: number;
}

export interface PlacedCall {
  sid: string;
  status: string;
}

export interface FindCallInput {
  to: string;
  placedAfterAt: string;
  /** Calls to the same person that are known already: a call has no text by which to tell it from another. */
  exceptSids: readonly string[];
}

/**
 * - `temporary`: the carrier did not take the text; sending again later is safe.
 * - `permanent`: the carrier refused it and will again.
 * - `unknown_outcome`: it may have been taken; look it up with `findText` or `findCall` before trying again.
 */
export type CarrierErrorKind = 'temporary' | 'permanent' | 'unknown_outcome';

export interface CarrierErrorDetails {
  /** Twilio's error code; see `carrierCodes` for those that callers tell apart. */
  code?: number | undefined;
  /** HTTP status. */
  status?: number | undefined;
  retryAfterMs?: number | undefined;
}

/** Refusals that mean something to whoever plans the next step. */
export const carrierCodes = {
  /** The person replied STOP and gets no texts until START; calls still reach them. */
  optedOut: 21610,
  /** It cannot get texts; it may be called. */
  notMobile: 21614,
} as const;

/** The only error this adapter throws. It never carries the request, which holds the auth token and a phone number. */
export class CarrierError extends Error {
  readonly kind: CarrierErrorKind;
  readonly code?: number | undefined;
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;

  constructor(kind: CarrierErrorKind, message: string, details: CarrierErrorDetails = {}) {
    super(message);
    this.name = 'CarrierError';
    this.kind = kind;
    this.code = details.code;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
  }
}
