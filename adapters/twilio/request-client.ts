import { Agent } from 'node:http';
import RequestClient from 'twilio/lib/base/RequestClient.js';
import type sdkResponse from 'twilio/lib/http/response.js';
import { type Attempted, failureOfException, failureOfStatus } from './failure.ts';

export interface BoundedRequestClientOptions {
  /** Instead of https://api.twilio.com; the carrier simulator in development. */
  apiBaseUrl: string | undefined;
  /** From the call to the last byte of the answer. */
  timeoutMs: number;
}

/** The SDK's HTTP client with another base URL, a hard time limit, no retry of its own, and our errors. */
export class BoundedRequestClient extends RequestClient {
  readonly #base: URL | undefined;
  readonly #timeoutMs: number;

  constructor({ apiBaseUrl, timeoutMs }: BoundedRequestClientOptions) {
    super({ timeout: timeoutMs, autoRetry: false, keepAlive: true, maxSockets: 50 });
    this.#base = apiBaseUrl === undefined ? undefined : new URL(apiBaseUrl);
    this.#timeoutMs = timeoutMs;
    // The SDK keeps only https connections open; the simulator speaks http.
    this.axios.defaults.httpAgent = new Agent({ keepAlive: true, maxSockets: 50 });
    // axios' own timeout starts over with every byte; a signal does not.
    this.axios.interceptors.request.use((config) => {
      config.signal = AbortSignal.timeout(this.#timeoutMs);
      return config;
    });
  }

  override async request<TData>(options: RequestClient.RequestOptions<TData>): Promise<sdkResponse.default<TData>> {
    const response = await this.#send(options);
    if (response.statusCode < 200 || response.statusCode >= 300) {
      throw failureOfStatus(attemptedBy(options), response.statusCode, response.body, retryAfterOf(response.headers));
    }
    return response;
  }

  async #send<TData>(options: RequestClient.RequestOptions<TData>): Promise<sdkResponse.default<TData>> {
    try {
      return await super.request<TData>({ ...options, uri: this.#rebase(options.uri) });
    } catch (error) {
      throw failureOfException(attemptedBy(options), error);
    }
  }

  #rebase(uri: string): string {
    if (this.#base === undefined) return uri;
    const url = new URL(uri);
    return `${this.#base.origin}${this.#base.pathname.replace(/\/+$/, '')}${url.pathname}${url.search}`;
  }
}

const attemptedBy = ({ method }: { method: string }): Attempted =>
  method.toLowerCase() === 'get' ? 'look_up' : 'send';

function retryAfterOf(headers: unknown): string | undefined {
  if (typeof headers !== 'object' || headers === null || !('retry-after' in headers)) return undefined;
  return typeof headers['retry-after'] === 'string' ? headers['retry-after'] : undefined;
}
