import express, { type Router } from 'express';
import type { Calls } from './calls.ts';
import type { Delivery } from './delivery.ts';
import type { Control } from './knobs.ts';
import { callsResource } from './rest-calls.ts';
import { refuse } from './rest-errors.ts';
import { messagesResource } from './rest-messages.ts';
import type { Store } from './store.ts';

export interface RestApiOptions {
  store: Store;
  control: Control;
  delivery: Delivery;
  calls: Calls;
  accountSid: string;
  authToken: string;
  /** The customer's numbers: what may stand in From. */
  numbers: readonly string[];
  stopped: AbortSignal;
}

/** Twilio's Messages and Calls resources, below `/2010-04-01`. */
export function createRestApi(options: RestApiOptions): Router {
  const { control, accountSid } = options;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${options.authToken}`).toString('base64')}`;
  const allow = createRateLimit(control);
  const router = express.Router({ caseSensitive: true });

  router.use(express.urlencoded({ extended: false, limit: '64kb', parameterLimit: 200 }));
  router.use((request, response, next) => {
    if (request.headers.authorization !== authorization) refuse(response, 20003);
    else if (!allow()) refuse(response, 20429);
    else next();
  });
  router.use('/Accounts/:accountSid', (request, response, next) => {
    if (request.params.accountSid === accountSid) next();
    else refuse(response, 20404, request.originalUrl);
  });
  router.use(`/Accounts/${accountSid}`, messagesResource(options), callsResource(options));
  router.use((request, response) => refuse(response, 20404, request.originalUrl));
  return router;
}

/** A fixed window of a second: strict at its edges, as a refusal should be easy to provoke. */
function createRateLimit(control: Control): () => boolean {
  let windowAt = 0;
  let count = 0;
  return () => {
    const second = Math.floor(performance.now() / 1000);
    if (second !== windowAt) {
      windowAt = second;
      count = 0;
    }
    count += 1;
    return control.knobs.requestsPerSecond === null || count <= control.knobs.requestsPerSecond;
  };
}
