export interface WebhookRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** `status` is null when no answer came, and `failure` then says why. */
export interface WebhookAnswer {
  status: number | null;
  failure: WebhookFailure | null;
  responseMs: number;
  retryAfterMs: number | null;
}

export type WebhookFailure =
  | 'URL_REFUSED'
  | 'ADDRESS_REFUSED'
  | 'NAME_NOT_FOUND'
  | 'CONNECTION_REFUSED'
  | 'CONNECTION_LOST'
  | 'TLS_FAILED'
  | 'TIMEOUT';

/** Posts once, follows nothing, and never throws for what the other side does. */
export type PostWebhook = (request: WebhookRequest) => Promise<WebhookAnswer>;
