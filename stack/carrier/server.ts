import { once, setMaxListeners } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { createBackground } from './background.ts';
import { createCallbacks } from './callbacks.ts';
import { createCalls } from './calls.ts';
import { createControlApi } from './control-api.ts';
import { createDelivery } from './delivery.ts';
import { createControl, type KnobsInput, type LifeMs } from './knobs.ts';
import { createRestApi } from './rest-api.ts';
import { answerError, refuse } from './rest-errors.ts';
import { openStore } from './store.ts';
import { isPhoneNumber } from './types.ts';
import { createWebhookPoster } from './webhooks.ts';

export interface CarrierOptions {
  /** 0 picks a free one. */
  port: number;
  dataDir: string;
  accountSid: string;
  authToken: string;
  /** Where the customer's webhooks are, without `/webhooks/twilio/sms`. */
  webhookBaseUrl: string;
  /** The number that texts come from and people answer to. */
  publicNumber: string;
  /** More of them: the customer's pool. */
  publicNumbers?: readonly string[];
  /** How long a message stays queued, sending and sent; by default 10, 40 and 150 ms. Also a knob. */
  lifeMs?: LifeMs;
  /** One attempt at a webhook, by default 15 s as at Twilio. */
  webhookTimeoutMs?: number;
  /** All attempts at a webhook, by default 60 s. */
  webhookRetryForMs?: number;
  knobs?: KnobsInput;
  /** Where failures are told; by default nowhere. */
  log?: (line: string) => void;
}

export interface Carrier {
  url: string;
  port: number;
  stop(): Promise<void>;
}

/** Starts the carrier simulator on 127.0.0.1, going on with whatever its data directory holds. */
export async function startCarrier(options: CarrierOptions): Promise<Carrier> {
  checkOptions(options);
  const store = await openStore(options.dataDir);
  const control = createControl({ ...(options.lifeMs ? { lifeMs: options.lifeMs } : {}), ...options.knobs });
  const stopping = new AbortController();
  const stopped = stopping.signal;
  // Every message under way listens to it.
  setMaxListeners(0, stopped);
  const { accountSid, log = () => undefined } = options;
  const poster = createWebhookPoster({
    authToken: options.authToken,
    timeoutMs: options.webhookTimeoutMs ?? 15_000,
    retryForMs: options.webhookRetryForMs ?? 60_000,
    stopped,
  });
  const background = createBackground(stopped, log);
  const callbacks = createCallbacks({ control, poster, background, log });
  const inboundUrl = `${options.webhookBaseUrl.replace(/\/+$/, '')}/webhooks/twilio/sms`;
  const common = { store, control, poster, callbacks, background, accountSid, stopped, log };
  const delivery = createDelivery({ ...common, inboundUrl });
  const calls = createCalls(common);
  const numbers = [...new Set([options.publicNumber, ...(options.publicNumbers ?? [])])];

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/healthz', (_request, response) => void response.json({ ok: true }));
  app.use('/2010-04-01', createRestApi({ ...options, store, control, delivery, calls, numbers, stopped }));
  app.use(createControlApi({ store, control, delivery, calls, numbers, stopped }));
  app.use((request, response) => void response.status(404).json({ error: `There is no ${request.path} here.` }));
  app.use(onError(options.log));

  const server = await listen(app, options.port).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const { port } = server.address() as AddressInfo;
  delivery.resume();
  calls.resume();

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async stop() {
      stopping.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await background.settled();
      await store.close();
    },
  };
}

function checkOptions({
  accountSid,
  authToken,
  publicNumber,
  publicNumbers = [],
  webhookBaseUrl,
}: CarrierOptions): void {
  if (!/^AC[0-9a-f]{32}$/.test(accountSid)) throw new Error('accountSid must be AC followed by 32 hexadecimal digits.');
  if (authToken.length < 16) throw new Error('authToken must have at least 16 characters.');
  const wrong = [publicNumber, ...publicNumbers].find((number) => !isPhoneNumber(number));
  if (wrong !== undefined) throw new Error(`publicNumber "${wrong}" is not an E.164 number such as +15550100.`);
  if (!URL.canParse(webhookBaseUrl)) throw new Error(`webhookBaseUrl "${webhookBaseUrl}" is not a URL.`);
}

async function listen(app: Express, port: number): Promise<Server> {
  const server = createServer(app);
  // Longer than any client keeps an idle connection: a reset on reuse would look like a text of unknown outcome.
  server.keepAliveTimeout = 65_000;
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${port} is in use: stop what listens there or give the carrier another port.`);
  }
  return server;
}

const onError =
  (log: CarrierOptions['log']): ErrorRequestHandler =>
  (error: Error & { status?: number; type?: string }, request, response, next) => {
    if (response.headersSent || response.destroyed) return next(error);
    const status = error.status ?? 500;
    if (status >= 500) log?.(`${request.method} ${request.path} failed: ${error.stack ?? error.message}`);
    if (!request.path.startsWith('/2010-04-01')) {
      response.status(status).json({ error: status < 500 ? error.message : 'The simulator failed; see its log.' });
    } else if (status < 500) answerError(response, status, 20001, error.message);
    else refuse(response, 20500);
  };
