/** The port for e-mail. A mail server cannot be asked what it took, so an outcome that is not known is never sent again. */
export interface Mailer {
  /** Resolves once the server has taken the mail; throws a `MailError` otherwise. */
  send(mail: Mail): Promise<void>;
}

export interface Mail {
  to: string;
  subject: string;
  text: string;
  /** Without angle brackets; the same mail again carries the same one. */
  messageId: string;
}

/** `temporary`: the server certainly did not take it. `permanent`: it will not. `unknown_outcome`: it may have. */
export class MailError extends Error {
  readonly kind: 'temporary' | 'permanent' | 'unknown_outcome';

  constructor(kind: MailError['kind'], message: string) {
    super(message);
    this.name = 'MailError';
    this.kind = kind;
  }
}
