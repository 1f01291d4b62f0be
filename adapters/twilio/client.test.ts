import { createServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Carrier as Simulator } from '../../stack/carrier/server.ts';
import {
  ACCOUNT_SID,
  AUTH_TOKEN,
  callThatIs,
  control,
  PUBLIC_NUMBER,
  phones,
  startTestCarrier,
  startWebhookReceiver,
} from '../../stack/carrier/testing.ts';
import { type CarrierClientOptions, createCarrierClient } from './client.ts';
import { adviceFor } from './failure.ts';
import { pickNumber } from './pool.ts';
import { CarrierError, carrierCodes } from './types.ts';

const POOL = [PUBLIC_NUMBER, '+15550100091', '+15550100092', '+15550100093'];
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startTestCarrier({ publicNumbers: POOL });
});
afterAll(() => simulator.stop());
beforeEach(() =>
  control(simulator, 'POST', '/control', {
    ...{
      failNextSends: [],
      hangNextSends: [],
      failNextCalls: [],
      hangNextCalls: [],
      requestsPerSecond: null,
      landlines: [],
    },
  }),
);

const clientOf = (change: Partial<CarrierClientOptions> = {}) =>
  createCarrierClient({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    from: PUBLIC_NUMBER,
    apiBaseUrl: simulator.url,
    timeoutMs: 3_000,
    ...change,
  });
const statusCallbackUrl = 'http://127.0.0.1:9/webhooks/twilio/status';
const text = (to: string, body = 'Lane 3, code K7Q.') => ({ to, body, statusCallbackUrl });
const turn = (knobs: object) => control(simulator, 'POST', '/control', knobs);
const received = async (number: string) =>
  (await phones(simulator)).find((phone) => phone.number === number)?.messages.length ?? 0;
const failure = async (promise: Promise<unknown>): Promise<CarrierError> => {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CarrierError)) throw new Error(`expected a CarrierError, got ${inspect(error)}`);
  return error;
};

test('hands a text to the carrier and finds it again', async () => {
  const client = clientOf();
  const startedAt = new Date().toISOString();
  const sent = await client.sendText(text('+15550100001', 'Lane 3, code K7Q–1.'));
  expect(sent).toMatchObject({ sid: expect.stringMatching(/^SM/), status: 'queued', segments: 1 });
  const find = (bodyContains: string, sentAfterAt = startedAt, to = '+15550100001') =>
    client.findText({ to, bodyContains, sentAfterAt });
  expect(await find('K7Q–1')).toBe(sent.sid);
  expect(await find('K7Q–2')).toBeNull();
  expect(await find('K7Q–1', startedAt, '+15550100002')).toBeNull();
  expect(await find('K7Q–1', new Date(Date.now() + 60_000).toISOString())).toBeNull();
});

test('finds over pages, and takes neither an answer nor the person’s own words for the text', async () => {
  const receiver = await startWebhookReceiver();
  receiver.answer = () => ({
    status: 200,
    contentType: 'text/xml',
    body: '<Response><Message>K7Q-1 noted</Message></Response>',
  });
  const other = await startTestCarrier({ webhookBaseUrl: receiver.url });
  try {
    const client = clientOf({ apiBaseUrl: other.url });
    const sentAfterAt = new Date().toISOString();
    const find = () => client.findText({ to: '+15550100001', bodyContains: 'K7Q-1', sentAfterAt });
    await control(other, 'POST', '/phones/+15550100001/messages', { body: '1 K7Q-1' });
    await expect.poll(async () => (await phones(other))[0]?.messages.length).toBe(2);
    expect(await find()).toBeNull();
    const { sid } = await client.sendText(text('+15550100001', 'code K7Q-1'));
    await Promise.all(Array.from({ length: 60 }, (_, n) => client.sendText(text('+15550100001', `No. ${n}`))));
    expect(await find()).toBe(sid);
  } finally {
    await other.stop();
    await receiver.close();
  }
});

test('a text that was taken without an answer is of unknown outcome, sent once and found', async () => {
  await turn({ hangNextSends: 1 });
  const client = clientOf({ timeoutMs: 150 });
  const startedAt = new Date().toISOString();
  const startedAtMs = performance.now();
  const error = await failure(client.sendText(text('+15550100003')));
  expect(error).toMatchObject({ kind: 'unknown_outcome', message: expect.stringContaining('no answer in time') });
  expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  expect(await received('+15550100003')).toBe(1);
  const found = await client.findText({ to: '+15550100003', bodyContains: 'K7Q', sentAfterAt: startedAt });
  expect(found).toMatch(/^SM/);
});

test.each([
  [500, 20500, 'unknown_outcome'],
  [503, 20503, 'unknown_outcome'],
  [408, 20001, 'unknown_outcome'],
  [429, 20429, 'temporary'],
  [400, 21611, 'permanent'],
] as const)('HTTP %i (%i) is %s and is not retried', async (status, code, kind) => {
  const to = `+1555010${code}`;
  await turn({ failNextSends: [{ status, code }] });
  expect(await failure(clientOf().sendText(text(to)))).toMatchObject({ kind, status, code });
  expect(await received(to)).toBe(0);
});

test('a look-up that fails is temporary, never a null', async () => {
  const server = await startRawServer((socket) => socket.resetAndDestroy());
  const apiBaseUrl = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const lookUp = clientOf({ apiBaseUrl }).findText({
    to: '+15550100001',
    bodyContains: 'K7Q',
    sentAfterAt: new Date().toISOString(),
  });
  expect(await failure(lookUp)).toMatchObject({
    kind: 'temporary',
    message: expect.stringContaining('look it up again'),
  });
  server.close();
});

test('429 says when to come back', async () => {
  await turn({ failNextSends: [{ status: 429, code: 20429 }] });
  expect((await failure(clientOf().sendText(text('+15550100004')))).retryAfterMs).toBe(1_000);
});

test('refusals are permanent and keep Twilio’s code', async () => {
  expect(await failure(clientOf().sendText(text('12345')))).toMatchObject({
    kind: 'permanent',
    status: 400,
    code: 21211,
  });
  const wrongToken = clientOf({ authToken: 'a-wrong-token-0123456789' });
  expect(await failure(wrongToken.sendText(text('+15550100001')))).toMatchObject({
    kind: 'permanent',
    status: 401,
    code: 20003,
  });
  await control(simulator, 'POST', '/phones/+15550100005/messages', { body: 'STOP' });
  expect(await failure(clientOf().sendText(text('+15550100005')))).toMatchObject({
    ...{ kind: 'permanent', code: carrierCodes.optedOut, message: expect.stringContaining('replied STOP') },
  });
  await turn({ landlines: ['+15550100006'] });
  expect(await failure(clientOf().sendText(text('+15550100006')))).toMatchObject({
    ...{ kind: 'permanent', code: carrierCodes.notMobile, message: expect.stringContaining('call it instead') },
  });
});

test('what the carrier reports later has advice too', () => {
  for (const code of [30003, 30005, 30006, 30007, 30008]) expect(adviceFor(code)).toBeTruthy();
  expect(adviceFor(11200)).toBeUndefined();
});

test('texts come from the number of the pool that is the recipient’s, or from the one that is named', async () => {
  const client = clientOf({ from: POOL });
  expect(client.numbers).toEqual(POOL);
  const people = Array.from({ length: 8 }, (_, n) => `+1555010030${n}`);
  const sentAfterAt = new Date().toISOString();
  const picked = new Set<string>();
  for (const to of people) {
    const { sid } = await client.sendText(text(to));
    await client.sendText({ ...text(to, 'no. 2'), from: POOL[3] });
    const shown = (await phones(simulator)).find(({ number }) => number === to)?.messages;
    expect(shown?.map(({ peer }) => peer)).toEqual([pickNumber(POOL, to), POOL[3]]);
    picked.add(pickNumber(POOL, to));
    expect(await client.findText({ to, bodyContains: 'K7Q', sentAfterAt })).toBe(sid);
  }
  expect(picked.size).toBeGreaterThan(1);
});

const call = (to: string) => ({
  to,
  menuUrl: 'http://127.0.0.1:9/webhooks/twilio/voice',
  statusCallbackUrl,
  ringTimeoutSeconds: 20,
});

test('places a call and finds it again', async () => {
  const to = '+15550100401';
  const client = clientOf({ from: POOL });
  const placedAfterAt = new Date().toISOString();
  const first = await client.placeCall(call(to));
  expect(first).toEqual({ sid: expect.stringMatching(/^CA[0-9a-f]{32}$/), status: 'queued' });
  expect((await callThatIs(simulator, to, 'ringing')).from).toBe(pickNumber(POOL, to));
  const second = await client.placeCall({ ...call(to), from: POOL[1] });
  const find = (exceptSids: string[], after = placedAfterAt, from = POOL) =>
    clientOf({ from }).findCall({ to, placedAfterAt: after, exceptSids });
  expect(await find([])).toBe(second.sid);
  expect(await find([second.sid])).toBe(first.sid);
  expect(await find([first.sid, second.sid])).toBeNull();
  expect(await find([], new Date(Date.now() + 60_000).toISOString())).toBeNull();
  // Another installation on the same account calls the same person from a number that is not ours.
  expect(await find([], placedAfterAt, ['+15550100095'])).toBeNull();
});

test('a call that was placed without an answer is of unknown outcome, rings once and is found', async () => {
  const to = '+15550100402';
  await turn({ hangNextCalls: 1 });
  const client = clientOf({ timeoutMs: 150 });
  const placedAfterAt = new Date().toISOString();
  expect(await failure(client.placeCall(call(to)))).toMatchObject({ kind: 'unknown_outcome' });
  const { sid } = await callThatIs(simulator, to, 'ringing');
  expect(await client.findCall({ to, placedAfterAt, exceptSids: [] })).toBe(sid);
});

test.each([
  [500, 20500, 'unknown_outcome'],
  [429, 20429, 'temporary'],
  [400, 21205, 'permanent'],
] as const)('a call refused with HTTP %i (%i) is %s and does not ring', async (status, code, kind) => {
  const to = `+1555011${code}`;
  await turn({ failNextCalls: [{ status, code }] });
  expect(await failure(clientOf().placeCall(call(to)))).toMatchObject({ kind, status, code });
  expect((await phones(simulator)).find(({ number }) => number === to)).toBeUndefined();
});

test('nobody listening is temporary: nothing can have been taken', async () => {
  const gone = await startTestCarrier();
  await gone.stop();
  const client = clientOf({ apiBaseUrl: gone.url });
  expect(await failure(client.sendText(text('+15550100001')))).toMatchObject({ kind: 'temporary' });
  const lookUp = client.findText({ to: '+15550100001', bodyContains: 'K7Q', sentAfterAt: new Date().toISOString() });
  expect(await failure(lookUp)).toMatchObject({ kind: 'temporary', message: expect.stringContaining('ECONNREFUSED') });
});

test.each([
  ['a connection that breaks after the request', (socket: Socket) => socket.resetAndDestroy()],
  ['half an answer', (socket: Socket) => socket.end('HTTP/1.1 201 Created\r\ncontent-length: 500\r\n\r\n{"sid":')],
  [
    'an answer that is no JSON',
    (socket: Socket) => socket.end('HTTP/1.1 201 Created\r\ncontent-length: 6\r\n\r\n<html>'),
  ],
  ['an answer that trickles past the limit', trickle],
])('%s is of unknown outcome', async (_what, misbehave) => {
  const server = await startRawServer(misbehave);
  const apiBaseUrl = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  try {
    const startedAtMs = performance.now();
    const error = await failure(clientOf({ apiBaseUrl, timeoutMs: 200 }).sendText(text('+15550100001')));
    expect(error.kind).toBe('unknown_outcome');
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  } finally {
    server.close();
  }
});

test('no error shows the token, the number or the text', async () => {
  await turn({ failNextSends: [{ status: 500, code: 20500 }], hangNextSends: 1 });
  const client = clientOf({ timeoutMs: 100 });
  const to = '+15550100987';
  const errors = [
    await failure(client.sendText(text(to))),
    await failure(client.sendText(text(to))),
    await failure(client.sendText({ ...text(to), body: '' })),
  ];
  for (const error of errors) {
    const shown = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error);
    expect(shown).not.toContain(AUTH_TOKEN);
    expect(shown).not.toContain(Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64'));
    expect(shown).not.toContain('100987');
    expect(shown).not.toContain('K7Q');
  }
});

/** A byte every 20 ms: axios' own timeout, which starts over with each, would wait for ever. */
function trickle(socket: Socket): void {
  socket.write('HTTP/1.1 201 Created\r\ncontent-length: 5000\r\n\r\n');
  const timer = setInterval(() => socket.write(' '), 20);
  socket.on('close', () => clearInterval(timer));
  socket.on('error', () => clearInterval(timer));
}

async function startRawServer(onRequest: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => socket.once('data', () => onRequest(socket)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
