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

const send = (change: { to?: string; body?: string } = {}) =>
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
  await start({ webhookRetryForMs: 300, webhookTimeoutMs: 40, log: (line) => lines.push(line) });
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

test('paces what leaves the number', async () => {
  await start({ knobs: { throughputPerSecond: 20 } });
  const startedAtMs = performance.now();
  await Promise.all(Array.from({ length: 5 }, (_, n) => send({ to: `+1555010001${n}` })));
  await eventually('all delivered', async () =>
    (await phones(carrier)).every(({ messages }) => messages[0]?.status === 'delivered'),
  );
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(200);
});
