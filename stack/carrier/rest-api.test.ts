import type twilio from 'twilio';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Carrier } from './server.ts';
import { ACCOUNT_SID, control, eventually, PUBLIC_NUMBER, phones, sdkFor, startTestCarrier } from './testing.ts';

let carrier: Carrier;
let sdk: twilio.Twilio;

beforeAll(async () => {
  carrier = await startTestCarrier();
  sdk = sdkFor(carrier);
});
afterAll(() => carrier.stop());
beforeEach(async () => {
  const reset = { requestsPerSecond: null, failNextSends: [], hangNextSends: [], acceptLatencyMs: 0 };
  expect((await control(carrier, 'POST', '/control', reset)).status).toBe(200);
});

const text = { to: '+15550100001', from: PUBLIC_NUMBER, body: 'Lane 3, code K7Q.' };

test('takes a text in, shows it to the handset and lives it to delivered', async () => {
  const before = Date.now();
  const created = await sdk.messages.create(text);
  expect(created).toMatchObject({
    ...text,
    status: 'queued',
    direction: 'outbound-api',
    numSegments: '1',
    dateSent: null,
  });
  expect(created.sid).toMatch(/^SM[0-9a-f]{32}$/);

  const phone = (await phones(carrier)).find(({ number }) => number === text.to);
  const shown = phone?.messages.find(({ sid }) => sid === created.sid);
  expect(shown).toMatchObject({ direction: 'to_phone', body: text.body, segments: 1, problem: null });
  expect(shown?.at).toMatch(/\.\d{3}Z$/);
  expect(Date.parse(shown?.at ?? '')).toBeGreaterThanOrEqual(before);

  const delivered = await eventually('delivered', async () => {
    const message = await sdk.messages(created.sid).fetch();
    return message.status === 'delivered' && message;
  });
  expect(delivered.dateSent).toBeInstanceOf(Date);
  expect(delivered.errorCode).toBeNull();
});

test.each([
  ['no recipient’s number', { to: '12345' }, 21211],
  ['a sender that is no number', { from: 'x' }, 21212],
  ['a sender of someone else', { from: '+15550199999' }, 21606],
  ['sender and recipient the same', { to: PUBLIC_NUMBER }, 21266],
  ['an empty body', { body: '' }, 21602],
  ['1601 characters', { body: 'x'.repeat(1601) }, 21617],
  ['a status callback that is no URL', { statusCallback: 'webhooks/status' }, 21609],
  ['media, which this simulator does not carry', { mediaUrl: ['https://shop.example/a.jpg'] }, 20001],
])('refuses %s', async (_what, change, code) => {
  const sent = sdk.messages.create({ ...text, ...change });
  await expect(sent).rejects.toMatchObject({
    code,
    status: 400,
    moreInfo: `https://www.twilio.com/docs/errors/${code}`,
  });
});

test('carries 1600 characters in eleven segments', async () => {
  const created = await sdk.messages.create({ ...text, body: 'x'.repeat(1600) });
  expect(created.numSegments).toBe('11');
});

test('refuses a wrong token, another account and an unknown resource', async () => {
  await expect(sdkFor(carrier, 'a-wrong-token-0123456789').messages.create(text)).rejects.toMatchObject({
    status: 401,
    code: 20003,
  });
  const other = sdk.api.v2010.accounts(`AC${'f'.repeat(32)}`).messages.create(text);
  await expect(other).rejects.toMatchObject({ status: 404, code: 20404 });
  await expect(sdk.messages(`SM${'0'.repeat(32)}`).fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
  await expect(sdk.conferences.list({ limit: 1 })).rejects.toMatchObject({ status: 404, code: 20404 });
  await expect(sdk.messages(`SM${'0'.repeat(32)}`).remove()).rejects.toMatchObject({ status: 405, code: 20004 });
});

test('lists newest first by recipient and date, over pages', async () => {
  const to = '+15550100002';
  const sids: string[] = [];
  for (let n = 0; n < 7; n += 1) sids.unshift((await sdk.messages.create({ ...text, to, body: `No. ${n}` })).sid);

  const dateSentAfter = new Date(Date.now() - 60_000);
  const listed = await sdk.messages.list({ to, dateSentAfter, limit: 20 });
  expect(listed.map(({ sid }) => sid)).toEqual(sids);
  const paged = await sdk.messages.list({ to, pageSize: 2, limit: 5 });
  expect(paged.map(({ sid }) => sid)).toEqual(sids.slice(0, 5));

  expect(await sdk.messages.list({ to, dateSentAfter: new Date(Date.now() + 60_000), limit: 20 })).toEqual([]);
  expect(await sdk.messages.list({ to, dateSentBefore: new Date(Date.now() - 60_000), limit: 20 })).toEqual([]);
  expect(await sdk.messages.list({ to, dateSent: new Date(), limit: 20 })).toHaveLength(7);
  expect(await sdk.messages.list({ to, from: '+15550100099', limit: 20 })).toEqual([]);
});

test('a page does not shift when a message arrives between two pages', async () => {
  const to = '+15550100003';
  const sids: string[] = [];
  for (let n = 0; n < 4; n += 1) sids.unshift((await sdk.messages.create({ ...text, to })).sid);
  const first = await sdk.messages.page({ to, pageSize: 2 });
  await sdk.messages.create({ ...text, to });
  const second = await first.nextPage();
  expect(second?.instances.map(({ sid }) => sid)).toEqual(sids.slice(2));
  expect(second?.nextPageUrl).toBeUndefined();
});

test.each(['DateSent>=yesterday', 'PageSize=0', 'PageToken=PAunknown'])('refuses to list by %s', async (query) => {
  const response = await fetch(`${carrier.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json?${query}`, {
    headers: { authorization: basic() },
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 20001 });
});

test('limits the rate with 429 and says when to come back', async () => {
  await control(carrier, 'POST', '/control', { requestsPerSecond: 3 });
  const answers = await Promise.all(
    Array.from({ length: 8 }, () =>
      fetch(`${carrier.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`, { headers: { authorization: basic() } }),
    ),
  );
  const refused = answers.filter(({ status }) => status === 429);
  // The eight may fall into two windows of a second.
  expect(refused.length).toBeGreaterThanOrEqual(2);
  expect(refused[0]?.headers.get('retry-after')).toBe('1');
  expect(await refused[0]?.json()).toMatchObject({ code: 20429, status: 429 });
});

test('fails the next sends as told, with or without taking the text in', async () => {
  const to = '+15550100004';
  const failNextSends = [
    { status: 503, code: 20503 },
    { status: 500, code: 20500, accepted: true },
  ];
  await control(carrier, 'POST', '/control', { failNextSends });
  await expect(sdk.messages.create({ ...text, to })).rejects.toMatchObject({ status: 503, code: 20503 });
  expect(await sdk.messages.list({ to, limit: 5 })).toHaveLength(0);
  await expect(sdk.messages.create({ ...text, to })).rejects.toMatchObject({ status: 500, code: 20500 });
  expect(await sdk.messages.list({ to, limit: 5 })).toHaveLength(1);
  await sdk.messages.create({ ...text, to });
  expect(await sdk.messages.list({ to, limit: 5 })).toHaveLength(2);
});

test('a body over the limit is refused in Twilio’s shape', async () => {
  const response = await fetch(`${carrier.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`, {
    method: 'POST',
    headers: { authorization: basic() },
    body: new URLSearchParams({ Body: 'x'.repeat(70_000) }),
  });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ code: 20001, status: 413 });
});

const basic = () => `Basic ${Buffer.from(`${ACCOUNT_SID}:unit-test-token-0123456789`).toString('base64')}`;
