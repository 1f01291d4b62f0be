import twilio from 'twilio';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Carrier, CarrierOptions } from './server.ts';
import {
  ACCOUNT_SID,
  AUTH_TOKEN,
  control,
  eventually,
  PUBLIC_NUMBER,
  phones,
  type ReceivedWebhook,
  sdkFor,
  startTestCarrier,
  startWebhookReceiver,
  type WebhookReceiver,
} from './testing.ts';

const PHONE = '+15550100001';
let receiver: WebhookReceiver;
let carrier: Carrier;

beforeEach(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(async () => {
  await carrier.stop();
  await receiver.close();
});

const start = async (options: Partial<CarrierOptions> = {}) => {
  carrier = await startTestCarrier({ webhookBaseUrl: receiver.url, ...options });
};

const send = (change: { to?: string; from?: string; body?: string } = {}) =>
  sdkFor(carrier).messages.create({
    to: PHONE,
    from: PUBLIC_NUMBER,
    body: 'Lane 3, code K7Q.',
    statusCallback: `${receiver.url}/webhooks/twilio/status`,
    ...change,
  });
const answer = (body: string) => control(carrier, 'POST', `/phones/${PHONE}/messages`, { body });
const messagesOf = async (number: string) =>
  (await phones(carrier)).find((phone) => phone.number === number)?.messages ?? [];
const statuses = () => receiver.received.map(({ params }) => params['MessageStatus']);
const isSigned = ({ headers, params, path }: ReceivedWebhook) =>
  twilio.validateRequest(AUTH_TOKEN, String(headers['x-twilio-signature']), `${receiver.url}${path}`, params);

test('reports sent and delivered with a signature that the SDK accepts', async () => {
  await start();
  const { sid } = await send();
  await eventually('two callbacks', () => receiver.received.length === 2);
  expect(statuses().sort()).toEqual(['delivered', 'sent']);
  for (const webhook of receiver.received) {
    expect(webhook.path).toBe('/webhooks/twilio/status');
    expect(webhook.params).toMatchObject({ MessageSid: sid, AccountSid: ACCOUNT_SID, To: PHONE, From: PUBLIC_NUMBER });
    expect(isSigned(webhook)).toBe(true);
    expect(isSigned({ ...webhook, params: { ...webhook.params, MessageStatus: 'failed' } })).toBe(false);
  }
});

test('posts an answer to the webhook and texts back what the TwiML says', async () => {
  await start();
  receiver.answer = () => ({
    status: 200,
    contentType: 'text/xml',
    body: '<Response><Message>Noted: paid.</Message></Response>',
  });
  const response = await answer('1 K7Q é');
  expect(response.status).toBe(201);
  const [webhook] = await eventually('the webhook', () => receiver.received.length === 1 && receiver.received);
  expect(webhook?.path).toBe('/webhooks/twilio/sms');
  expect(webhook?.params).toMatchObject({
    From: PHONE,
    To: PUBLIC_NUMBER,
    Body: '1 K7Q é',
    NumMedia: '0',
    FromCity: '',
  });
  expect(webhook && isSigned(webhook)).toBe(true);
  const reply = await eventually('the reply', async () => (await messagesOf(PHONE))[1]);
  expect(reply).toMatchObject({ direction: 'to_phone', body: 'Noted: paid.' });
});

test('an unreachable handset ends undelivered with error 30003, told by callback and shown', async () => {
  await start({ knobs: { undeliverable: [PHONE] } });
  await send();
  await eventually('the callback', () => statuses().includes('undelivered'));
  expect(receiver.received.find(({ params }) => params['MessageStatus'] === 'undelivered')?.params['ErrorCode']).toBe(
    '30003',
  );
  expect(await messagesOf(PHONE)).toMatchObject([{ status: 'undelivered', problem: expect.stringContaining('30003') }]);
});

test.each([30003, 30005, 30006, 30007, 30008] as const)('a text can end undelivered with error %i', async (code) => {
  await start({ knobs: { deliveryErrors: { [PHONE]: code } } });
  const { sid } = await send();
  await eventually('the callback', () => statuses().includes('undelivered'));
  expect(receiver.received.find(({ params }) => params['ErrorCode'])?.params).toMatchObject({
    MessageStatus: 'undelivered',
    ErrorCode: String(code),
  });
  const undelivered = await sdkFor(carrier).messages(sid).fetch();
  expect(undelivered).toMatchObject({ status: 'undelivered', errorCode: code, price: null });
  expect(undelivered.errorMessage).toBeTruthy();
});

test('a text costs nothing until it is delivered, then by the segment', async () => {
  await start({ knobs: { pricePerSegment: 0.05 }, lifeMs: { sending: 1, sent: 1, delivered: 60 } });
  const { sid, price } = await send({ body: 'x'.repeat(200) });
  expect(price).toBeNull();
  const delivered = await eventually('delivered', async () => {
    const message = await sdkFor(carrier).messages(sid).fetch();
    return message.status === 'delivered' && message;
  });
  expect(delivered).toMatchObject({ price: '-0.1000', numSegments: '2', priceUnit: 'USD' });
});

test('a landline is refused at once', async () => {
  await start({ knobs: { landlines: [PHONE] } });
  await expect(send()).rejects.toMatchObject({ code: 21614, status: 400 });
});

test('several numbers may send; an answer goes to the one that wrote last, or to the one that is named', async () => {
  const second = '+15550100098';
  await start({ publicNumbers: [second] });
  await expect(send({ from: '+15550100097' })).rejects.toMatchObject({ code: 21606 });
  await send({ from: second });
  await answer('1 K7Q');
  await control(carrier, 'POST', `/phones/${PHONE}/messages`, { body: '2 K7Q', to: PUBLIC_NUMBER });
  expect((await messagesOf(PHONE)).map(({ peer }) => peer)).toEqual([second, second, PUBLIC_NUMBER]);
  await eventually('both webhooks', () => receiver.received.filter(({ params }) => params['Body']).length === 2);
  const told = receiver.received.filter(({ params }) => params['Body']).map(({ params }) => params['To']);
  expect(told.sort()).toEqual([PUBLIC_NUMBER, second].sort());
  const stranger = await control(carrier, 'POST', `/phones/${PHONE}/messages`, { body: 'x', to: '+15550100096' });
  expect(stranger.status).toBe(400);
});

test('retries 5xx and a dead API with one idempotency token until it is taken', async () => {
  await start();
  let refusals = 2;
  receiver.answer = () => ({ status: refusals-- > 0 ? 503 : 204 });
  await answer('2 K7Q');
  await eventually('three attempts', () => receiver.received.length === 3);
  const tokens = receiver.received.map(({ headers }) => headers['i-twilio-idempotency-token']);
  expect(new Set(tokens).size).toBe(1);
  expect(tokens[0]).toBeTruthy();

  const { url } = receiver;
  await receiver.close();
  await answer('3 K7Q');
  await new Promise((resolve) => setTimeout(resolve, 50));
  receiver = await startWebhookReceiver(Number(new URL(url).port));
  await eventually('the answer after the restart', () =>
    receiver.received.some(({ params }) => params['Body'] === '3 K7Q'),
  );
});

test('gives a webhook up visibly: on 4xx at once, on an API that stays dead or silent after the time is over', async () => {
  const lines: string[] = [];
  await start({ webhookRetryForMs: 700, webhookTimeoutMs: 40, log: (line) => lines.push(line) });
  receiver.answer = ({ params }) => (params['Body'] === 'refuse' ? { status: 403 } : 'hang');
  await answer('refuse');
  const refused = await eventually('the refusal', async () => (await messagesOf(PHONE)).find(({ problem }) => problem));
  expect(refused.problem).toBe('Webhook for "received" failed after 1 attempts: HTTP 403');
  await answer('hang');
  const silent = await eventually('giving up', async () =>
    (await messagesOf(PHONE)).find(({ body, problem }) => body === 'hang' && problem),
  );
  expect(silent.problem).toMatch(/failed after [2-9] attempts: no answer within 40 ms/);
  expect(lines).toHaveLength(2);
});

test('an answer that is no TwiML is a visible failure and no text', async () => {
  await start();
  receiver.answer = () => ({ status: 200, contentType: 'text/html', body: '<html></html>' });
  await answer('1 K7Q');
  const shown = await eventually('the problem', async () => (await messagesOf(PHONE)).find(({ problem }) => problem));
  expect(shown.problem).toContain('12300');
  expect(await messagesOf(PHONE)).toHaveLength(1);
});

test.each([
  [' Stop ', 'STOP'],
  ['unsubscribe', 'STOP'],
  ['START', 'START'],
  ['help', 'HELP'],
  ['Info', 'HELP'],
  ['help me', undefined],
  ['1 K7Q', undefined],
])('%j is told with the opt-out type %s', async (body, type) => {
  await start();
  await answer(body);
  const [webhook] = await eventually('the webhook', () => receiver.received.length === 1 && receiver.received);
  expect(webhook?.params['OptOutType']).toBe(type);
  expect(webhook && isSigned(webhook)).toBe(true);
});

test('STOP and START are the carrier’s, and still told; HELP passes through untouched', async () => {
  await start();
  await answer('Help');
  await eventually('HELP at the webhook', () => receiver.received.some(({ params }) => params['Body'] === 'Help'));
  expect(await messagesOf(PHONE)).toHaveLength(1);

  await answer(' stop ');
  await eventually('STOP at the webhook', () => receiver.received.length === 2);
  expect((await messagesOf(PHONE)).at(-1)?.body).toMatch(/^You have successfully been unsubscribed/);
  await expect(send()).rejects.toMatchObject({ code: 21610 });

  receiver.answer = () => ({
    status: 200,
    contentType: 'text/xml',
    body: '<Response><Message>Hi</Message></Response>',
  });
  await answer('1 K7Q');
  await eventually('the third webhook', () => receiver.received.length === 3);
  receiver.answer = () => ({ status: 204 });
  await answer('START');
  await eventually('being back', async () => (await messagesOf(PHONE)).at(-1)?.body.includes('re-subscribed'));
  expect((await messagesOf(PHONE)).map(({ body }) => body)).not.toContain('Hi');
  expect((await send()).status).toBe('queued');
});

test('callbacks can be dropped, doubled and overtaken', async () => {
  await start({ knobs: { dropCallbacks: 1 } });
  await send();
  await eventually('delivered', async () => (await messagesOf(PHONE))[0]?.status === 'delivered');
  await control(carrier, 'POST', '/control', { dropCallbacks: 0, duplicateCallbacks: 1, reorder: true });
  await send();
  await eventually('four callbacks', () => receiver.received.length === 4);
  expect(statuses()).toEqual(['delivered', 'delivered', 'sent', 'sent']);
});

test('the same seed loses the same callbacks', async () => {
  const run = async () => {
    await start({ knobs: { dropCallbacks: 0.5, seed: 7 }, lifeMs: { sending: 0, sent: 0, delivered: 20 } });
    for (let n = 0; n < 8; n += 1) {
      const { sid } = await send({ body: `No. ${n}` });
      await eventually('delivered', async () =>
        (await messagesOf(PHONE)).some((each) => each.sid === sid && each.status === 'delivered'),
      );
    }
    await carrier.stop();
    return receiver.received.splice(0).map(({ params }) => params['MessageStatus']);
  };
  const first = await run();
  expect(first.length).toBeGreaterThan(2);
  expect(first.length).toBeLessThan(14);
  expect(await run()).toEqual(first);
});

test('what is lost depends on the seed and not on the order of events', async () => {
  const numbers = Array.from({ length: 12 }, (_, n) => `+1555010010${n}`);
  const lostWith = async (seed: number, order: string[]) => {
    await start({ knobs: { dropCallbacks: 0.4, duplicateCallbacks: 0.3, reorder: 0.5, seed } });
    await Promise.all(order.map((to) => send({ to })));
    await eventually('every callback dealt with', async () => {
      const counts = (await (await control(carrier, 'GET', '/counts')).json()) as { webhooks: Record<string, number> };
      return Object.values(counts.webhooks).reduce((sum, count) => sum + count, 0) === 24;
    });
    await carrier.stop();
    return receiver.received
      .splice(0)
      .map(({ params }) => `${params['To']} ${params['MessageStatus']}`)
      .sort();
  };
  const first = await lostWith(5, numbers);
  expect(await lostWith(5, [...numbers].reverse())).toEqual(first);
  expect(await lostWith(6, numbers)).not.toEqual(first);
});

test('paces what leaves each number by itself', async () => {
  const second = '+15550100098';
  await start({ publicNumbers: [second], knobs: { throughputPerSecond: 20 } });
  const burst = async (from: (n: number) => string, prefix: string) => {
    const startedAtMs = performance.now();
    const numbers = Array.from({ length: 8 }, (_, n) => `+15550${prefix}${n}`);
    await Promise.all(numbers.map((to, n) => send({ to, from: from(n) })));
    await eventually('all delivered', async () =>
      (await phones(carrier))
        .filter(({ number }) => numbers.includes(number))
        .every(({ messages }) => messages[0]?.status === 'delivered'),
    );
    return performance.now() - startedAtMs;
  };
  expect(await burst(() => PUBLIC_NUMBER, '20001')).toBeGreaterThanOrEqual(350);
  const shared = await burst((n) => (n % 2 ? second : PUBLIC_NUMBER), '20002');
  expect(shared).toBeGreaterThanOrEqual(150);
  expect(shared).toBeLessThan(350);
});
