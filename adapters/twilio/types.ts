/** The port through which everything else sends texts; only this folder knows Twilio. */
export interface Carrier {
  /** Hands one text to the carrier; a `CarrierError` says whether it may, must not or cannot be sent again. */
  sendText(input: SendTextInput): Promise<SentText>;
  /**
   * Finds a text that an earlier `sendText` of unknown outcome may have handed over. Only null means that the carrier has none;
   * a look-up that fails says nothing and throws.
   */
  findText(input: FindTextInput): Promise<string | null>;
}

export interface SendTextInput {
  to: string;
  body: string;
  statusCallbackUrl: string;
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

/**
 * - `temporary`: the carrier did not take the text; sending again later is safe.
 * - `permanent`: the carrier refused it and will again.
 * - `unknown_outcome`: it may have been taken; look it up with `findText` before sending again.
 */
export type CarrierErrorKind = 'temporary' | 'permanent' | 'unknown_outcome';

export interface CarrierErrorDetails {
  /** Twilio's error code. */
  code?: number | undefined;
  /** HTTP status. */
  status?: number | undefined;
  retryAfterMs?: number | undefined;
}

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
