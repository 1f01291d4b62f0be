import type twilio from 'twilio';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Carrier } from './server.ts';
import { callThatIs, control, PUBLIC_NUMBER, QUICK_CALL_MS, sdkFor, startTestCarrier } from './testing.ts';

const POOL_NUMBER = '+15550100099';
let carrier: Carrier;
let sdk: twilio.Twilio;

beforeAll(async () => {
  carrier = await startTestCarrier({ publicNumbers: [POOL_NUMBER] });
  sdk = sdkFor(carrier);
});
afterAll(() => carrier.stop());
beforeEach(async () => {
  const reset = { voice: {}, verifiedOnly: null, callMs: QUICK_CALL_MS, failNextCalls: [], callsPerSecond: null };
  expect((await control(carrier, 'POST', '/control', reset)).status).toBe(200);
});

const TWIML = '<Response><Say language="en-GB">Hello.</Say></Response>';
const call = { to: '+15550100001', from: PUBLIC_NUMBER, twiml: TWIML };

test('takes a call in and shows it as Twilio does', async () => {
  await control(carrier, 'POST', '/control', { voice: { [call.to]: 'answer' } });
  const created = await sdk.calls.create({ ...call, machineDetection: 'Enable' });
  expect(created).toMatchObject({ to: call.to, from: PUBLIC_NUMBER, status: 'queued', direction: 'outbound-api' });
  expect(created.sid).toMatch(/^CA[0-9a-f]{32}$/);
  expect([created.startTime, created.endTime, created.duration, created.answeredBy]).toEqual([null, null, null, null]);

  await callThatIs(carrier, call.to, 'completed');
  const over = await sdk.calls(created.sid).fetch();
  expect(over).toMatchObject({ status: 'completed', duration: '1', answeredBy: 'human', price: '-0.0140' });
  expect(over.endTime).toBeInstanceOf(Date);
  const counts = (await (await control(carrier, 'GET', '/counts')).json()) as object;
  expect(counts).toMatchObject({
    calls: { completed: 1 },
    messages: { inbound: {}, outbound: {} },
    total: { calls: 1 },
  });
});

test.each([
  ['no recipient’s number', { to: '12345' }, 21211],
  ['a caller that is no number', { from: 'x' }, 21212],
  ['a caller of someone else', { from: '+15550199999' }, 21210],
  ['neither address nor TwiML', { twiml: undefined }, 21205],
  ['an address that is none', { twiml: undefined, url: 'webhooks/voice' }, 21205],
  ['TwiML that is none', { twiml: '<Response><Dial>+15550100</Dial></Response>' }, 20001],
  ['a status callback that is no URL', { statusCallback: 'webhooks/status' }, 21609],
  ['a status event that there is not', { statusCallbackEvent: ['answered', 'hung-up'] }, 21626],
  ['a time-out of nothing', { timeout: 0 }, 20001],
  ['a recording, which this simulator does not make', { record: true }, 20001],
])('refuses %s', async (_what, change, code) => {
  await expect(sdk.calls.create({ ...call, ...change })).rejects.toMatchObject({ code, status: 400 });
});

test('a trial account calls and texts only verified numbers', async () => {
  await control(carrier, 'POST', '/control', { verifiedOnly: ['+15550100002'] });
  await expect(sdk.calls.create(call)).rejects.toMatchObject({ code: 21219 });
  await expect(sdk.messages.create({ to: call.to, from: PUBLIC_NUMBER, body: 'x' })).rejects.toMatchObject({
    code: 21608,
  });
  expect((await sdk.calls.create({ ...call, to: '+15550100002' })).status).toBe('queued');
});

test('refuses an unknown call, and an update that makes no sense', async () => {
  const unknown = sdk.calls(`CA${'0'.repeat(32)}`);
  await expect(unknown.fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
  await expect(unknown.update({ status: 'completed' })).rejects.toMatchObject({ status: 404, code: 20404 });
  await control(carrier, 'POST', '/control', { voice: { '*': 'busy' } });
  const { sid } = await sdk.calls.create({ ...call, to: '+15550100003' });
  await callThatIs(carrier, '+15550100003', 'busy');
  await expect(sdk.calls(sid).update({ status: 'completed' })).rejects.toMatchObject({ code: 21220 });
  await expect(sdk.calls(sid).update({ twiml: TWIML })).rejects.toMatchObject({ code: 20001 });
});

test('cancels what rings, leaves a conversation alone, and completes it', async () => {
  const to = '+15550100004';
  const ringing = await sdk.calls.create({ ...call, to });
  await callThatIs(carrier, to, 'ringing');
  expect((await sdk.calls(ringing.sid).update({ status: 'canceled' })).status).toBe('canceled');

  const talking = await sdk.calls.create({ ...call, to, twiml: '<Response><Pause length="60"/></Response>' });
  const { sid } = await callThatIs(carrier, to, 'ringing');
  await control(carrier, 'POST', `/phones/${to}/calls/${sid}/answer`, {});
  expect((await sdk.calls(talking.sid).update({ status: 'canceled' })).status).toBe('in-progress');
  expect((await sdk.calls(talking.sid).update({ status: 'completed' })).status).toBe('completed');
});

test('lists newest first by both numbers, status and start, over pages', async () => {
  const to = '+15550100005';
  await control(carrier, 'POST', '/control', { voice: { [to]: 'busy' } });
  const sids: string[] = [];
  for (let n = 0; n < 5; n += 1) {
    const from = n % 2 ? POOL_NUMBER : PUBLIC_NUMBER;
    sids.unshift((await sdk.calls.create({ ...call, to, from })).sid);
  }
  expect((await sdk.calls.list({ to, pageSize: 2, limit: 20 })).map(({ sid }) => sid)).toEqual(sids);
  expect((await sdk.calls.list({ to, from: POOL_NUMBER, limit: 20 })).map(({ sid }) => sid)).toEqual([
    sids[1],
    sids[3],
  ]);
  await callThatIs(carrier, to, 'busy');
  await expect.poll(async () => (await sdk.calls.list({ to, status: 'busy', limit: 20 })).length).toBe(5);
  // Busy lines never rang, so they have no start.
  expect(await sdk.calls.list({ to, startTimeAfter: new Date(Date.now() - 60_000), limit: 20 })).toEqual([]);
  const rung = { to: '+15550100001', limit: 20 };
  const minuteAgo = new Date(Date.now() - 60_000);
  expect(await sdk.calls.list({ ...rung, startTimeAfter: minuteAgo })).toHaveLength(1);
  expect(await sdk.calls.list({ ...rung, startTimeBefore: minuteAgo })).toHaveLength(0);
});

test('fails the next calls as told, with or without ringing', async () => {
  const to = '+15550100006';
  const failNextCalls = [
    { status: 503, code: 20503 },
    { status: 500, code: 20500, accepted: true },
  ];
  await control(carrier, 'POST', '/control', { failNextCalls });
  await expect(sdk.calls.create({ ...call, to })).rejects.toMatchObject({ status: 503 });
  expect(await sdk.calls.list({ to, limit: 5 })).toHaveLength(0);
  await expect(sdk.calls.create({ ...call, to })).rejects.toMatchObject({ status: 500 });
  expect(await sdk.calls.list({ to, limit: 5 })).toHaveLength(1);
});

test('dials no more calls a second than the account may', async () => {
  await control(carrier, 'POST', '/control', { callsPerSecond: 10, voice: { '*': 'busy' } });
  const startedAtMs = performance.now();
  await Promise.all(Array.from({ length: 4 }, (_, n) => sdk.calls.create({ ...call, to: `+1555010020${n}` })));
  for (let n = 0; n < 4; n += 1) await callThatIs(carrier, `+1555010020${n}`, 'busy');
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(300);
});
