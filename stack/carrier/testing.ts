import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import twilio from 'twilio';
import { type Carrier, type CarrierOptions, startCarrier } from './server.ts';
import type { PhoneCall, PhoneView } from './types.ts';

/** What the tests of the carrier and of its client share. */
export const ACCOUNT_SID = `AC${'0'.repeat(31)}1`;
export const AUTH_TOKEN = 'unit-test-token-0123456789';
export const PUBLIC_NUMBER = '+15550100000';

export interface ReceivedWebhook {
  path: string;
  headers: IncomingHttpHeaders;
  params: Record<string, string>;
}

export interface WebhookReceiver {
  url: string;
  received: ReceivedWebhook[];
  /** What is answered next; by default 204 without a body. */
  answer: (webhook: ReceivedWebhook) => { status: number; contentType?: string; body?: string } | 'hang';
  close(): Promise<void>;
}

/** The customer's side: keeps every webhook and answers as the test says. */
export async function startWebhookReceiver(port = 0): Promise<WebhookReceiver> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const params = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
      const webhook = { path: request.url ?? '', headers: request.headers, params };
      receiver.received.push(webhook);
      const answer = receiver.answer(webhook);
      if (answer === 'hang') return;
      response.writeHead(answer.status, { 'content-type': answer.contentType ?? 'text/plain' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    answer: () => ({ status: 204 }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

export const newDataDir = () => mkdtemp(join(tmpdir(), 'floorwalker-carrier-'));

/** Calls that take a few milliseconds from one state to the next. */
export const QUICK_CALL_MS = { initiated: 1, ringing: 1, answer: 5, detection: 1, key: 5 };

/** A carrier on a free port whose messages and calls move on within milliseconds. */
export async function startTestCarrier(options: Partial<CarrierOptions> = {}): Promise<Carrier> {
  return startCarrier({
    port: 0,
    dataDir: options.dataDir ?? (await newDataDir()),
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    webhookBaseUrl: 'http://127.0.0.1:9',
    publicNumber: PUBLIC_NUMBER,
    lifeMs: { sending: 1, sent: 1, delivered: 1 },
    ...options,
    knobs: { ...options.knobs, callMs: { ...QUICK_CALL_MS, ...options.knobs?.callMs } },
  });
}

/** A carrier as a process of its own, which a test can kill at any moment. */
export async function spawnCarrier(
  dataDir: string,
  change: { webhookBaseUrl?: string; knobs?: object } = {},
): Promise<{ child: ChildProcess; carrier: Carrier; kill: () => Promise<void> }> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const config = {
    port: 0,
    dataDir,
    accountSid: ACCOUNT_SID,
    publicNumber: PUBLIC_NUMBER,
    webhookBaseUrl: 'http://127.0.0.1:9',
    ...change,
  };
  const child = spawn(process.execPath, ['--import', 'tsx', main, '--config', JSON.stringify(config)], {
    env: { ...process.env, TWILIO_AUTH_TOKEN: AUTH_TOKEN },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { url, port } = JSON.parse(line) as { url: string; port: number };
  return { child, carrier: { url, port, stop: async () => undefined }, kill };
}

/** The untouched SDK, its requests sent to the simulator instead of api.twilio.com. */
export function sdkFor(carrier: Carrier, authToken = AUTH_TOKEN): twilio.Twilio {
  class ToSimulator extends twilio.RequestClient {
    override request: twilio.RequestClient['request'] = (options) =>
      super.request({ ...options, uri: options.uri.replace('https://api.twilio.com', carrier.url) });
  }
  return twilio(ACCOUNT_SID, authToken, { httpClient: new ToSimulator() });
}

/** One call of the control API. */
export async function control(carrier: Carrier, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${carrier.url}${path}`, {
    method,
    headers: { 'x-floorwalker-simulator': '1', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

export async function phones(carrier: Carrier): Promise<PhoneView[]> {
  const response = await control(carrier, 'GET', '/phones');
  return ((await response.json()) as { phones: PhoneView[] }).phones;
}

/** The newest call on a handset. */
export async function lastCall(carrier: Carrier, number: string): Promise<PhoneCall | undefined> {
  return (await phones(carrier)).find((phone) => phone.number === number)?.calls.at(-1);
}

/** The newest call on a handset, once it is in this state. */
export async function callThatIs(
  carrier: Carrier,
  number: string,
  status: PhoneCall['status'],
  withinMs?: number,
): Promise<PhoneCall> {
  const find = async () => {
    const call = await lastCall(carrier, number);
    return call?.status === status && call;
  };
  return eventually(`a call to ${number} that is ${status}`, find, withinMs);
}

/** Waits until `find` returns something, and fails with `what` after `withinMs`. */
export async function eventually<T>(
  what: string,
  find: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = 3_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`Did not happen within ${withinMs} ms: ${what}`);
}
