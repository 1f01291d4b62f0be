import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { components } from '../../schemas/generated/openapi.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { openIncident, plantKey, plantRival, type ServedApi, serveApi, withSouthStore } from './support.ts';

type Schemas = components['schemas'];
type Problem = Partial<Schemas['Problem']>;

const engines = inject('engines');
let database: TestDatabase;
let api: ServedApi;

beforeAll(async () => {
  database = await createTestDatabase(engines.databaseAdminUrl, { change: withSouthStore });
  api = await serveApi(engines, database);
});
afterAll(async () => {
  await api?.close();
  await database?.drop();
});

const admin = <Body>(method: string, path: string, body?: unknown) =>
  api.call<Body>(database.keys.admin, method, path, body);
const usage = async (query = '', key = database.keys.admin) =>
  (await api.call<Schemas['Usage']>(key, 'GET', `/v1/usage${query}`)).body;
const period = (from: string, to: string) => `?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`;
const setPrices = (items: Schemas['Price'][]) =>
  admin<Schemas['PriceList'] & Problem>('PUT', '/v1/usage/prices', { items });

let messages = 0;
interface Message {
  channel: 'sms' | 'voice' | 'email';
  sentAt: string | null;
  state?: string;
  segments?: number;
  callSeconds?: number;
  personId?: string;
}
async function message(incidentId: string, storeId: string, change: Message): Promise<string> {
  messages += 1;
  const id = `ntf_usage_${messages}`;
  await database.admin.query(
    `insert into notifications (tenant_id, store_id, incident_id, id, kind, step, person_id, channel, state, body, intended_at, claimed_at, sent_at, segments, call_seconds)
     values ('demo', $1, $2, $3, 'alert', $4, $5, $6, $7, '', now(), now(), $8, $9, $10)`,
    [
      ...[storeId, incidentId, id, messages, change.personId ?? 'sam', change.channel, change.state ?? 'delivered'],
      ...[change.sentAt, change.segments ?? null, change.callSeconds ?? null],
    ],
  );
  return id;
}

const validFrom = '2026-01-01T00:00:00.000Z';
const price = (channel: Message['channel'], prefix: string, priceMicro: number, change: object = {}) => ({
  ...{ channel, prefix, priceMicro, currency: 'EUR', validFrom },
  ...change,
});

describe('the cost of an incident', () => {
  let incidentId = '';
  beforeAll(async () => {
    incidentId = await openIncident(database);
    await database.admin.query(
      "insert into people (tenant_id, id, display_name, role, phone_e164) values ('demo', 'abroad', 'Abroad', 'store_staff', '+33612345678')",
    );
    const sentAt = '2026-03-01T12:00:00.000Z';
    const place = (change: Omit<Message, 'sentAt'>) => message(incidentId, 'high-street', { ...change, sentAt });
    await place({ channel: 'sms', segments: 1 });
    await place({ channel: 'sms', segments: 3, state: 'undelivered' });
    await place({ channel: 'sms', segments: 1, personId: 'abroad' });
    await place({ channel: 'voice', callSeconds: 61 });
    await place({ channel: 'voice', callSeconds: 0, state: 'undelivered' });
    await place({ channel: 'voice' });
    await place({ channel: 'email' });
    await message(incidentId, 'high-street', { channel: 'sms', sentAt: null, segments: 1, state: 'failed' });
    await message(incidentId, 'high-street', { channel: 'sms', sentAt: null, state: 'withheld' });
  });
  const cost = async () => (await admin<Schemas['IncidentCost']>('GET', `/v1/incidents/${incidentId}/cost`)).body;

  it('is not made up where there is no price', async () => {
    await setPrices([]);
    const { messages: each, totals, unpricedMessages } = await cost();
    expect(each).toHaveLength(7);
    expect(each.map(({ costMicro }) => costMicro)).toEqual(Array(7).fill(null));
    expect(each.map(({ reason }) => reason)).toEqual([
      ...Array<string>(5).fill('NO_PRICE'),
      ...['NOT_METERED', 'NO_PRICE'],
    ]);
    expect([totals, unpricedMessages]).toEqual([[], 7]);
  });

  it('is segments, started minutes and mails by the prices of then and there', async () => {
    await setPrices([
      price('sms', '', 90_000),
      price('sms', '+44', 40_000),
      // Too new, too general, or of another channel.
      price('sms', '+44', 999_000, { validFrom: '2026-03-02T00:00:00.000Z' }),
      price('sms', '+4', 777_000),
      price('voice', '+44', 13_000),
      price('email', '', 100, { currency: 'USD' }),
    ]);
    const { messages: each, totals, unpricedMessages } = await cost();
    expect(each.map(({ channel, units, costMicro, currency }) => [channel, units, costMicro, currency])).toEqual([
      ['sms', 1, 40_000, 'EUR'],
      ['sms', 3, 120_000, 'EUR'],
      ['sms', 1, 90_000, 'EUR'],
      ['voice', 2, 26_000, 'EUR'],
      ['voice', 0, 0, 'EUR'],
      ['voice', null, null, 'EUR'],
      ['email', 1, 100, 'USD'],
    ]);
    expect(totals).toEqual([
      { currency: 'EUR', costMicro: 276_000 },
      { currency: 'USD', costMicro: 100 },
    ]);
    expect(unpricedMessages).toBe(1);
  });

  it('takes the newest of the prices that were valid', async () => {
    await setPrices([
      price('sms', '+44', 40_000),
      price('sms', '+44', 50_000, { validFrom: '2026-03-01T12:00:00.000Z' }),
      price('sms', '+44', 60_000, { validFrom: '2026-03-01T12:00:00.001Z' }),
    ]);
    expect((await cost()).messages[0]!.priceMicro).toBe(50_000);
  });

  it('adds up to what the usage of the period says', async () => {
    await setPrices([
      price('sms', '', 40_000),
      price('voice', '', 13_000),
      price('email', '', 100, { currency: 'USD' }),
    ]);
    const { totals, unpricedMessages } = await cost();
    const { total } = await usage(period('2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z'));
    expect([total.costs, total.unpricedMessages]).toEqual([totals, unpricedMessages]);
  });

  it('is not shown to other stores or companies, nor to whoever has no business with it', async () => {
    const south = await plantKey(database, { role: 'soc_lead', storeIds: ['south'] });
    const rival = await plantRival(database);
    const path = `/v1/incidents/${incidentId}/cost`;
    const status = async (key: string) => (await api.call(key, 'GET', path)).status;
    expect(await Promise.all([south, rival.admin, database.keys.store_staff].map(status))).toEqual([404, 404, 403]);
  });
});

describe('the price list', () => {
  it('is replaced as a whole, and the change is in the audit log', async () => {
    const items = [price('sms', '+44', 40_000), price('email', '', 100)];
    expect((await setPrices(items)).body).toEqual({
      items: items.toSorted((a, b) => (a.channel < b.channel ? -1 : 1)),
    });
    const seq = async () =>
      (await database.admin.query("select seq from audit where action = 'usage.prices_replaced'")).rowCount ?? 0;
    const before = await seq();
    await setPrices(items);
    expect(await seq()).toBe(before);
    await setPrices(items.slice(1));
    expect(await seq()).toBe(before + 1);
    expect((await admin<Schemas['PriceList']>('GET', '/v1/usage/prices')).body.items).toHaveLength(1);
  });

  it.each([
    [[price('sms', '44', 1)], 'prefix'],
    [[price('sms', '+44', -1)], 'priceMicro'],
    [[price('sms', '+44', 0.5)], 'priceMicro'],
    [[price('sms', '+44', 1, { currency: 'euro' })], 'currency'],
    [[price('sms', '+44', 1, { validFrom: 'then' })], 'validFrom'],
    [[price('sms', '+44', 1), price('sms', '+44', 2)], 'items.1'],
    [[price('email', '+44', 1)], 'prefix'],
  ])('of %j is refused by name, and leaves the old one', async (items, field) => {
    await setPrices([price('sms', '', 7)]);
    const answer = await setPrices(items);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((error) => error.field).join()).toContain(field);
    expect((await admin<Schemas['PriceList']>('GET', '/v1/usage/prices')).body.items).toHaveLength(1);
  });

  it('belongs to its company, and is set by a key of the whole of it', async () => {
    await setPrices([price('sms', '', 7)]);
    const limited = await plantKey(database, { role: 'admin', storeIds: ['south'] });
    expect((await api.call(limited, 'PUT', '/v1/usage/prices', { items: [] })).status).toBe(403);
    const { rows } = await database.admin.query<{ count: number }>('select count(*)::int as count from message_prices');
    expect(rows[0]!.count).toBe(1);
  });
});

describe('usage', () => {
  const from = '2025-05-01T00:00:00.000Z';
  const to = '2025-06-01T00:00:00.000Z';
  const inside = '2025-05-10T12:00:00.000Z';

  it('counts each thing once, in the store and the period in which it happened', async () => {
    await setPrices([]);
    const high = await openIncident(database);
    const south = await openIncident(database, { storeId: 'south' });
    for (const incidentId of [high, south]) {
      await database.admin.query('update incidents set accepted_at = $2 where id = $1', [incidentId, inside]);
      await database.admin.query('update detections set received_at = $2 where incident_id = $1', [incidentId, inside]);
    }
    await message(high, 'high-street', { channel: 'sms', sentAt: inside, segments: 2 });
    await message(high, 'high-street', { channel: 'sms', sentAt: from, segments: 1 });
    await message(high, 'high-street', { channel: 'sms', sentAt: to, segments: 1 });
    await message(high, 'high-street', { channel: 'sms', sentAt: null, segments: 1, state: 'failed' });
    await message(high, 'high-street', { channel: 'voice', sentAt: inside, callSeconds: 59 });
    await message(high, 'high-street', { channel: 'voice', sentAt: inside, callSeconds: 121 });
    await message(south, 'south', { channel: 'email', sentAt: inside });
    await database.admin.query('update evidence set settled_at = $2 where incident_id = $1', [high, inside]);
    const artifact = (id: string, bytes: number, purgedAt: string | null) =>
      database.admin.query(
        "insert into evidence_artifacts (tenant_id, store_id, incident_id, id, kind, media_type, object_key, object_version, size_bytes, sha256, locked_until, purged_at) values ('demo', 'high-street', $1, $2, 'clip', 'video/mp4', 'k', 'v', $3, repeat('0', 64), now(), $4)",
        [high, id, bytes, purgedAt],
      );
    await artifact('kept', 3_000_000_000, null);
    await artifact('purged-later', 500, to);
    await artifact('purged', 7, inside);
    await database.admin.query(
      "insert into incident_events (tenant_id, store_id, incident_id, at, kind, actor) select 'demo', 'high-street', $1, now(), kind, 'test' from unnest('{acknowledged,verdict_given}'::text[]) as kind",
      [high],
    );
    const { body: hook } = await admin<Schemas['WebhookWithSecret']>('POST', '/v1/webhooks', {
      url: 'https://example.com/',
    });
    await openIncident(database, { storeId: 'south' });
    await database.admin.query(
      "update webhook_deliveries set state = 'delivered', delivered_at = $2 where endpoint_id = $1",
      [hook.id, inside],
    );

    const found = await usage(period(from, to));
    const none = {
      detections: 1,
      incidents: 1,
      texts: 0,
      segments: 0,
      calls: 0,
      callSeconds: 0,
      callMinutes: 0,
      emails: 0,
    };
    const figures = {
      south: {
        ...none,
        emails: 1,
        evidenceBytes: 0,
        evidenceByteDays: 0,
        webhookDeliveries: 1,
        costs: [],
        unpricedMessages: 1,
        temporalActionsEstimate: 6,
      },
      high: {
        ...{ ...none, texts: 2, segments: 3, calls: 2, callSeconds: 180, callMinutes: 4 },
        ...{
          evidenceBytes: 3_000_000_500,
          // From when they were stored to the end of the period.
          evidenceByteDays: 3_000_000_500 * 21.5,
          webhookDeliveries: 0,
          costs: [],
          unpricedMessages: 4,
          temporalActionsEstimate: 19,
        },
      },
    };
    expect(found.stores).toMatchObject([
      { storeId: 'high-street', ...figures.high },
      { storeId: 'south', ...figures.south },
    ]);
    expect(found.total).toMatchObject({
      detections: 2,
      texts: 2,
      segments: 3,
      calls: 2,
      emails: 1,
      unpricedMessages: 5,
    });
    expect(found).toMatchObject({ from, to });

    const limited = await plantKey(database, { role: 'regional', storeIds: ['south'] });
    const seen = await usage(period(from, to), limited);
    expect(seen.stores.map(({ storeId }) => storeId)).toEqual(['south']);
    expect(seen.total).toMatchObject({ texts: 0, emails: 1, webhookDeliveries: 1 });
  });

  it('is of this month when nothing else is asked for', async () => {
    await openIncident(database);
    const found = await usage();
    expect(found.from).toBe(`${found.to.slice(0, 7)}-01T00:00:00.000Z`);
    expect(found.total.incidents).toBeGreaterThan(0);
  });

  it.each([
    [period(to, from), 'from'],
    [period('2020-01-01T00:00:00Z', to), 'from'],
    ['?from=yesterday', 'from'],
    ['?until=now', 'until'],
  ])('%s is refused by name', async (query, field) => {
    const { status, body } = await api.call<Problem>(database.keys.admin, 'GET', `/v1/usage${query}`);
    expect(status).toBe(400);
    expect(body.errors?.map((error) => error.field).join()).toContain(field);
  });
});
