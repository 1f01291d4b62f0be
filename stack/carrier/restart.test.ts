import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import {
  control,
  eventually,
  newDataDir,
  PUBLIC_NUMBER,
  phones,
  sdkFor,
  spawnCarrier,
  startTestCarrier,
  startWebhookReceiver,
} from './testing.ts';

const PHONE = '+15550100001';
const text = { to: PHONE, from: PUBLIC_NUMBER, body: 'Lane 3, code K7Q.' };
const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** The data directory as kill -9 would leave it at this moment, given to a second carrier. */
const restartOnCopy = async (dataDir: string, webhookBaseUrl: string) => {
  const copy = await newDataDir();
  await cp(dataDir, copy, { recursive: true });
  const carrier = await startTestCarrier({ dataDir: copy, webhookBaseUrl });
  cleanUps.push(() => carrier.stop());
  return carrier;
};

test('whatever answered 201 is listed after a crash, and its life goes on to the callback', async () => {
  const receiver = await startWebhookReceiver();
  cleanUps.push(() => receiver.close());
  const dataDir = await newDataDir();
  const first = await startTestCarrier({ dataDir, lifeMs: { sending: 60_000, sent: 1, delivered: 1 } });
  cleanUps.push(() => first.stop());
  const statusCallback = `${receiver.url}/webhooks/twilio/status`;
  const sent = await Promise.all(
    Array.from({ length: 20 }, (_, n) => sdkFor(first).messages.create({ ...text, body: `No. ${n}`, statusCallback })),
  );

  const second = await restartOnCopy(dataDir, receiver.url);
  const listed = await sdkFor(second).messages.list({ to: PHONE, limit: 100 });
  expect(listed.map(({ sid }) => sid).sort()).toEqual(sent.map(({ sid }) => sid).sort());
  await eventually('the callbacks of all twenty', () => {
    const delivered = receiver.received.filter(({ params }) => params['MessageStatus'] === 'delivered');
    return new Set(delivered.map(({ params }) => params['MessageSid'])).size === 20;
  });
});

test('an answer whose webhook was still being tried, and an opt-out, outlive a crash', async () => {
  const receiver = await startWebhookReceiver();
  cleanUps.push(() => receiver.close());
  const dataDir = await newDataDir();
  const first = await startTestCarrier({ dataDir });
  cleanUps.push(() => first.stop());
  await control(first, 'PUT', `/phones/${PHONE}`, { label: 'Ana', role: 'guard' });
  await control(first, 'POST', `/phones/${PHONE}/messages`, { body: '1 K7Q' });
  await control(first, 'POST', '/phones/+15550100002/messages', { body: 'STOP' });

  const second = await restartOnCopy(dataDir, receiver.url);
  await eventually('the answer', () => receiver.received.some(({ params }) => params['Body'] === '1 K7Q'));
  expect((await phones(second))[0]).toMatchObject({ number: PHONE, label: 'Ana', role: 'guard' });
  await expect(sdkFor(second).messages.create({ ...text, to: '+15550100002' })).rejects.toMatchObject({ code: 21610 });
});

test('a stop leaves nothing running and a start goes on', async () => {
  const dataDir = await newDataDir();
  const first = await startTestCarrier({ dataDir, lifeMs: { sending: 60_000, sent: 1, delivered: 1 } });
  await sdkFor(first).messages.create(text);
  await first.stop();
  await expect(fetch(`${first.url}/healthz`)).rejects.toThrow();
  const second = await startTestCarrier({ dataDir, port: first.port });
  cleanUps.push(() => second.stop());
  await eventually('delivered', async () => (await phones(second))[0]?.messages[0]?.status === 'delivered');
  await expect(startTestCarrier({ port: first.port })).rejects.toThrow(/is in use/);
});

test('kill -9 of the process right after 201 loses nothing', { timeout: 30_000 }, async () => {
  const dataDir = await newDataDir();
  const first = await spawnCarrier(dataDir);
  cleanUps.push(first.kill);
  const sent = await Promise.all(
    Array.from({ length: 10 }, (_, n) => sdkFor(first.carrier).messages.create({ ...text, body: `No. ${n}` })),
  );
  await first.kill();

  const second = await spawnCarrier(dataDir);
  cleanUps.push(second.kill);
  const listed = await sdkFor(second.carrier).messages.list({ to: PHONE, limit: 100 });
  expect(listed.map(({ sid }) => sid).sort()).toEqual(sent.map(({ sid }) => sid).sort());
  second.child.kill('SIGTERM');
  expect(await once(second.child, 'exit')).toEqual([0, null]);
});
