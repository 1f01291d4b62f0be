import { cp } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import type { Carrier, CarrierOptions } from './server.ts';
import {
  callThatIs,
  control,
  eventually,
  lastCall,
  newDataDir,
  PUBLIC_NUMBER,
  phones,
  sdkFor,
  spawnCarrier,
  startTestCarrier,
  startWebhookReceiver,
  type WebhookReceiver,
} from './testing.ts';

const PHONE = '+15550100001';
const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const MENU = `<Response><Gather numDigits="1" timeout="20" action="/chosen"><Say language="en-GB">Press one.</Say></Gather></Response>`;
const startReceiver = async () => {
  const receiver = await startWebhookReceiver();
  cleanUps.push(() => receiver.close());
  receiver.answer = ({ path }) => {
    if (path === '/menu') return { status: 200, contentType: 'text/xml', body: MENU };
    if (path === '/chosen')
      return { status: 200, contentType: 'text/xml', body: '<Response><Say>Noted.</Say></Response>' };
    return { status: 204 };
  };
  return receiver;
};
const place = (carrier: Carrier, receiver: WebhookReceiver, change: object = {}) =>
  sdkFor(carrier).calls.create({
    to: PHONE,
    from: PUBLIC_NUMBER,
    url: `${receiver.url}/menu`,
    statusCallback: `${receiver.url}/call-status`,
    statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    machineDetection: 'Enable',
    timeout: 30,
    ...change,
  });
const act = async (carrier: Carrier, what: string, body: object = {}) => {
  const call = await lastCall(carrier, PHONE);
  const response = await control(carrier, 'POST', `/phones/${PHONE}/calls/${call?.sid}/${what}`, body);
  expect(response.status).toBe(200);
};
const start = async (options: Partial<CarrierOptions> = {}) => {
  const carrier = await startTestCarrier(options);
  cleanUps.push(() => carrier.stop());
  return carrier;
};
/** The data directory as kill -9 would leave it at this moment, given to a second carrier. */
const restartOnCopy = async (dataDir: string, options: Partial<CarrierOptions> = {}) => {
  const copy = await newDataDir();
  await cp(dataDir, copy, { recursive: true });
  return start({ dataDir: copy, ...options });
};
const paths = (receiver: WebhookReceiver, path: string) => receiver.received.filter((webhook) => webhook.path === path);

test('kill -9 while the menu waits for a key: the call goes on, the menu is not read again', {
  timeout: 30_000,
}, async () => {
  const receiver = await startReceiver();
  const dataDir = await newDataDir();
  const first = await spawnCarrier(dataDir);
  cleanUps.push(first.kill);
  const { sid } = await place(first.carrier, receiver);
  await callThatIs(first.carrier, PHONE, 'ringing');
  await act(first.carrier, 'answer');
  await eventually('the menu', async () => (await lastCall(first.carrier, PHONE))?.waitingForKey ?? undefined);
  await first.kill();

  const second = await spawnCarrier(dataDir);
  cleanUps.push(second.kill);
  expect(await lastCall(second.carrier, PHONE)).toMatchObject({ sid, status: 'in-progress', answeredBy: 'human' });
  await act(second.carrier, 'keys', { keys: '1' });
  const over = await callThatIs(second.carrier, PHONE, 'completed');
  expect(over.lines.map(({ text }) => text)).toEqual(['Press one.', '1', 'Noted.']);
  expect(paths(receiver, '/menu')).toHaveLength(1);
  expect(paths(receiver, '/chosen').map(({ params }) => params['Digits'])).toEqual(['1']);
  await eventually('the end', () =>
    paths(receiver, '/call-status').some(({ params }) => params['CallStatus'] === 'completed'),
  );
});

test('a key whose request was under way is posted again with the same token', async () => {
  const receiver = await startReceiver();
  const answer = receiver.answer;
  receiver.answer = (webhook) => (webhook.path === '/chosen' ? 'hang' : answer(webhook));
  const dataDir = await newDataDir();
  const first = await start({ dataDir });
  await place(first, receiver);
  await callThatIs(first, PHONE, 'ringing');
  await act(first, 'answer');
  await eventually('the menu', async () => (await lastCall(first, PHONE))?.waitingForKey ?? undefined);
  await act(first, 'keys', { keys: '4' });
  await eventually('the request', () => paths(receiver, '/chosen').length === 1);
  receiver.answer = answer;
  const second = await restartOnCopy(dataDir);
  await callThatIs(second, PHONE, 'completed');
  const [before, after] = paths(receiver, '/chosen');
  expect(after?.params).toEqual(before?.params);
  expect(after?.headers['i-twilio-idempotency-token']).toBe(before?.headers['i-twilio-idempotency-token']);
  expect(before?.headers['i-twilio-idempotency-token']).toBeTruthy();
});

test('what rang rings on with what is left of its time, and what was queued is dialled', async () => {
  const receiver = await startReceiver();
  const dataDir = await newDataDir();
  const first = await start({ dataDir });
  await place(first, receiver, { timeout: 1 });
  await callThatIs(first, PHONE, 'ringing');
  await control(first, 'POST', '/control', { callMs: { initiated: 60_000 } });
  await place(first, receiver, { to: '+15550100002' });

  await new Promise((resolve) => setTimeout(resolve, 700));
  const second = await restartOnCopy(dataDir);
  const { ringingAt, endedAt, answeredAt } = await callThatIs(second, PHONE, 'no-answer');
  // Had it started over, it would have rung for 1.7 s.
  expect(Date.parse(endedAt ?? '') - Date.parse(ringingAt ?? '')).toBeLessThan(1_500);
  expect(answeredAt).toBeNull();
  await callThatIs(second, '+15550100002', 'ringing');
});

test('callbacks that were not yet sent are sent after a restart, and only those', async () => {
  const receiver = await startReceiver();
  const dataDir = await newDataDir();
  const first = await start({ dataDir, knobs: { voice: { '*': 'decline' } } });
  await place(first, receiver, { statusCallbackEvent: ['initiated'] });
  await callThatIs(first, PHONE, 'busy');
  await eventually('the callback', () => paths(receiver, '/call-status').length === 1);
  await control(first, 'POST', '/control', { callbackDelayMs: { min: 60_000, max: 60_000 } });
  const late = await place(first, receiver);
  await eventually('the end', async () => {
    const call = await lastCall(first, PHONE);
    return call?.sid === late.sid && call.status === 'busy';
  });

  await restartOnCopy(dataDir);
  await eventually('three more', () => paths(receiver, '/call-status').length >= 4);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const told = paths(receiver, '/call-status').map(
    ({ params }) => `${params['SequenceNumber']} ${params['CallStatus']}`,
  );
  expect(told.sort()).toEqual(['0 initiated', '0 initiated', '1 ringing', '2 busy']);
});

test('kill -9 at several moments: every call is spoken and answered once, every callback is dealt with', {
  timeout: 60_000,
}, async () => {
  const receiver = await startReceiver();
  const dataDir = await newDataDir();
  const knobs = {
    voice: { '*': { does: 'answer', keys: '4' } },
    callMs: { answer: 60, key: 60, detection: 30 },
    ...{ dropCallbacks: 0.2, duplicateCallbacks: 0.2, reorder: 0.3, callbackDelayMs: { min: 0, max: 60 } },
  };
  const options = { webhookBaseUrl: receiver.url, knobs };
  let current = await spawnCarrier(dataDir, options);
  cleanUps.push(() => current.kill());
  const placed: string[] = [];
  for (const [round, killAfterMs] of [90, 180, 270, 400].entries()) {
    const calls = Array.from({ length: 8 }, (_, n) =>
      place(current.carrier, receiver, { to: `+155502${round}000${n}` }),
    );
    const settled = Promise.allSettled(calls);
    await new Promise((resolve) => setTimeout(resolve, killAfterMs));
    await current.kill();
    for (const call of await settled) if (call.status === 'fulfilled') placed.push(call.value.sid);
    current = await spawnCarrier(dataDir, options);
  }
  const all = await eventually(
    'the end of all calls and callbacks',
    async () => {
      const calls = (await phones(current.carrier)).flatMap((phone) => phone.calls);
      const counts = (await (await control(current.carrier, 'GET', '/counts')).json()) as Counts;
      const { delivered = 0, dropped = 0 } = counts.webhooks;
      return counts.calls['completed'] === calls.length && delivered + dropped === 4 * calls.length && calls;
    },
    20_000,
  );
  expect(all.map(({ sid }) => sid)).toEqual(expect.arrayContaining(placed));
  expect(placed.length).toBeGreaterThan(0);
  for (const { lines, problem } of all) {
    expect(problem).toBeNull();
    expect(lines.map(({ text }) => text)).toEqual(['Press one.', '4', 'Noted.']);
  }
  const tokens = paths(receiver, '/chosen').map(
    ({ params, headers }) =>
      `${params['CallSid']} ${params['Digits']} ${String(headers['i-twilio-idempotency-token'])}`,
  );
  expect(new Set(tokens).size).toBe(all.length);
});

interface Counts {
  calls: Record<string, number>;
  webhooks: Record<string, number>;
}
