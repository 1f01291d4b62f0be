import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Carrier } from './server.ts';
import { control, phones, startTestCarrier } from './testing.ts';

let carrier: Carrier;
beforeAll(async () => {
  carrier = await startTestCarrier({ webhookRetryForMs: 1 });
});
afterAll(() => carrier.stop());

test('refuses whoever a web page could be: no header, or a Host that is not the loopback', async () => {
  expect((await fetch(`${carrier.url}/phones`)).status).toBe(403);
  const simple = await fetch(`${carrier.url}/phones/+15550100001/messages`, { method: 'POST', body: '{"body":"1"}' });
  expect(simple.status).toBe(403);
  // fetch does not let a test choose the Host header.
  const rebound = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { 'x-floorwalker-simulator': '1', host: 'evil.example' };
    request(`${carrier.url}/phones`, { headers }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
  expect(rebound).toBe(403);
  const allowed = await control(carrier, 'GET', '/phones');
  expect(allowed.status).toBe(200);
  expect(allowed.headers.get('access-control-allow-origin')).toBeNull();
});

test('registers a handset and lets its owner write', async () => {
  const number = '+15550100001';
  const put = await control(carrier, 'PUT', `/phones/${encodeURIComponent(number)}`, { label: 'Ana', role: 'guard' });
  expect(await put.json()).toEqual({ number, label: 'Ana', role: 'guard' });
  const posted = await control(carrier, 'POST', `/phones/${number}/messages`, { body: '1 K7Q' });
  expect(posted.status).toBe(201);
  const phone = (await phones(carrier)).find((each) => each.number === number);
  expect(phone).toMatchObject({ label: 'Ana', role: 'guard', optedOut: false });
  expect(phone?.messages).toMatchObject([{ direction: 'from_phone', body: '1 K7Q', status: 'received', segments: 1 }]);
});

test.each([
  ['GET', '/nowhere', undefined, 404],
  ['DELETE', '/phones', undefined, 405],
  ['GET', '/phones/+15550100001', undefined, 405],
  ['PUT', '/phones/5550100', { label: 'x' }, 400],
  ['PUT', '/phones/+15550100001', { name: 'x' }, 400],
  ['POST', '/phones/+15550100001/messages', {}, 400],
  ['POST', '/phones/+15550100001/messages', { body: 'x'.repeat(20_000) }, 413],
  ['POST', '/control', { dropCallbacks: 2 }, 400],
  ['POST', '/control', { dropCallback: 0.5 }, 400],
  ['POST', '/control', { callbackDelayMs: { min: 9, max: 1 } }, 400],
  ['POST', '/control', { deliveryErrors: { '+15550100001': 30001 } }, 400],
  ['POST', '/control', { voice: { '+15550100001': 'sing' } }, 400],
  ['POST', '/control', { voice: { nobody: 'busy' } }, 400],
  ['POST', '/counts', {}, 405],
])('%s %s answers JSON', async (method, path, body, status) => {
  const response = await control(carrier, method, path, body);
  expect(response.status).toBe(status);
  expect(await response.json()).toHaveProperty('error', expect.any(String));
});

test('turns only the knobs that are named', async () => {
  await control(carrier, 'POST', '/control', { dropCallbacks: 0.5, undeliverable: ['+15550100009'] });
  const response = await control(carrier, 'POST', '/control', { hangNextSends: 2 });
  expect(await response.json()).toMatchObject({
    dropCallbacks: 0.5,
    undeliverable: ['+15550100009'],
    hangNextSends: [{ accepted: true }, { accepted: true }],
    acceptLatencyMs: 0,
  });
});

test('turns single steps of a life and reads every way to say what a handset does', async () => {
  const voice = { '*': 'busy', '+15550100001': { does: 'answer', keys: '4' } };
  const before = (await (await control(carrier, 'GET', '/control')).json()) as { callMs: object };
  const after = await control(carrier, 'POST', '/control', {
    lifeMs: { delivered: 7 },
    callMs: { key: 9 },
    voice,
    reorder: true,
  });
  expect(await after.json()).toMatchObject({
    lifeMs: { sending: 1, sent: 1, delivered: 7 },
    callMs: { ...before.callMs, key: 9 },
    voice: { '*': { does: 'busy', keys: '' }, '+15550100001': { does: 'answer', keys: '4' } },
    reorder: 1,
  });
});

test('streams the handsets at once and after a change', async () => {
  const stream = await control(carrier, 'GET', '/stream');
  expect(stream.headers.get('content-type')).toBe('text/event-stream');
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  const first = await reader?.read();
  expect(first?.value).toMatch(/^event: phones\ndata: \{"phones":\[.*\]\}\n\n$/);
  await control(carrier, 'PUT', '/phones/+15550100077', { label: 'New' });
  expect((await reader?.read())?.value).toContain('+15550100077');
  await reader?.cancel();
});
