import { spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { createWebhookPoster } from '../../adapters/webhooks/post.ts';
import { runDeliveries } from '../../api/deliveries.ts';
import type { components } from '../../schemas/generated/openapi.ts';
import { webhookEventTypes } from '../../services/webhook/event.ts';
import { maxAttempts } from '../../services/webhook/schedule.ts';
import { claimDeliveries, pruneDeliveries, settleDelivery } from '../../services/webhook/send.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { eventually } from '../harness/system.ts';
import {
  actorOf,
  contextOf,
  nowIso,
  openIncident,
  plantKey,
  plantRival,
  type ServedApi,
  serveApi,
  withSouthStore,
} from './support.ts';

type Schemas = components['schemas'];
type Webhook = Schemas['WebhookWithSecret'] & Partial<Schemas['Problem']>;

const engines = inject('engines');
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const ajv = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true });
addFormats.default(ajv);
const isWebhook = ajv.compile(JSON.parse(read('schemas/events/webhook.schema.json')) as object);

let database: TestDatabase;
let api: ServedApi;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  database = await createTestDatabase(engines.databaseAdminUrl, { change: withSouthStore });
  api = await serveApi(engines, database);
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await database.admin.query('delete from webhook_endpoints');
});
afterAll(async () => {
  await api?.close();
  await database?.drop();
});

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  event: { id: string; type: string; subject?: string; time: string; data: Record<string, unknown> };
}

/** A real receiver; `answer` says with which status, or null for never. */
async function receiver(answer: (received: Received, count: number) => number | null = () => 204) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const one = { headers: request.headers, body, event: JSON.parse(body) as Received['event'] };
      received.push(one);
      const status = answer(one, received.length);
      if (status !== null) response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as { port: number };
  const types = () => received.map(({ event }) => event.type.replace(/^io\.floorwalker\.|\.v1$/g, ''));
  return { url: `http://127.0.0.1:${port}/hook`, received, types };
}

/** The delivery loop, with retries that come at once unless the clock is somebody else's. */
function deliver(change: { leaseMs?: number; now?: () => string; timeoutMs?: number } = {}) {
  const stopping = new AbortController();
  const errors: unknown[] = [];
  const running = runDeliveries(
    {
      ...{ db: database.db, secretKey: api.deps.webhookSecretKey, now: change.now ?? nowIso, random: () => 0 },
      post: createWebhookPoster({
        ...{ timeoutMs: change.timeoutMs ?? 2_000, maxAnswerBytes: 1_000, anyAddress: true, ownHosts: [] },
      }),
      onError: (error) => errors.push(error),
    },
    { everyMs: 20, leaseMs: change.leaseMs ?? 30_000, signal: stopping.signal },
  );
  const stop = async () => {
    stopping.abort();
    await running;
    expect(errors).toEqual([]);
  };
  closers.push(stop);
  return { stop };
}

const admin = <Body = Webhook>(method: string, path: string, body?: unknown) =>
  api.call<Body>(database.keys.admin, method, path, body);
async function subscribe(url: string, change: Record<string, unknown> = {}): Promise<Webhook> {
  const { status, body } = await admin('POST', '/v1/webhooks', { url, ...change });
  expect(status).toBe(201);
  return body;
}
const deliveriesOf = async (id: string, query = '') =>
  (await admin<Schemas['WebhookDeliveryPage']>('GET', `/v1/webhooks/${id}/deliveries${query}`)).body.items;
/** A timeline entry, by somebody who may see its store only, as most of those who write them. */
const happens = (incidentId: string, kind: string, params: object = {}, storeId = 'high-street') =>
  database.db.transaction({ tenantId: 'demo', storeIds: [storeId] }, 'write', (tx) =>
    tx.query(
      "insert into incident_events (tenant_id, store_id, incident_id, at, kind, actor, params) values ('demo', $1, $2, $3, $4, 'test', $5)",
      [storeId, incidentId, nowIso(), kind, JSON.stringify(params)],
    ),
  );
const expectedSignature = (secret: string, { headers, body }: Received) =>
  `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
    .update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`)
    .digest('base64')}`;
const audits = async (subject: string) =>
  (
    await database.admin.query<{ action: string }>('select action from audit where subject = $1 order by seq', [
      subject,
    ])
  ).rows.map(({ action }) => action);
const system = (now: () => string = nowIso) => contextOf(database, actorOf('system'), now);

describe('the mapping of timeline entries', () => {
  it('is the table of the guide, for every kind there is', async () => {
    const union = /export type TimelineKind =([\s\S]*?);/.exec(read('domain/types.ts'))![1]!;
    const kinds = [...union.matchAll(/'([a-z_]+)'/g)].map(([, kind]) => kind!);
    expect(kinds.length).toBeGreaterThan(35);
    const { rows } = await database.admin.query<{ kind: string; type: string | null }>(
      `select kind, webhook_event_type(kind, '{"kind":"alert"}') as type from unnest($1::text[]) as kind`,
      [kinds],
    );
    const mapped = rows.flatMap(({ kind, type }) => (type === null ? [] : [`${type} ${kind}`]));
    const documented = [...read('docs/webhooks.md').matchAll(/^\| `([a-z_]+\.[a-z_]+)` \| ([^|]+) \|/gm)].flatMap(
      ([, type, entries]) => [...entries!.matchAll(/`([a-z_]+)`/g)].map(([, kind]) => `${type} ${kind}`),
    );
    expect(mapped.toSorted()).toEqual(documented.toSorted());
    expect(new Set(rows.flatMap(({ type }) => type ?? []))).toEqual(new Set(webhookEventTypes));
  });

  it('keeps texts to oneself that correct or call for help', async () => {
    const { rows } = await database.admin.query(
      `select webhook_event_type('text_sent', params) as type from unnest(array['{"kind":"correction"}', '{"kind":"help"}', '{}']::jsonb[]) as params`,
    );
    expect(rows).toEqual([{ type: null }, { type: null }, { type: null }]);
  });
});

describe('a webhook', () => {
  it('shows its secret once, and is shown, changed and deleted', async () => {
    const made = await subscribe('https://example.com/hook?token=t', { eventTypes: ['incident.closed'] });
    expect(made).toMatchObject({ enabled: true, includeDrills: false, storeIds: null, pending: 0, dead: 0 });
    expect(made.secret).toMatch(/^whsec_/);
    const { secret: _secret, ...shown } = made;
    expect((await admin('GET', `/v1/webhooks/${made.id}`)).body).toEqual(shown);
    expect((await admin<{ items: unknown[] }>('GET', '/v1/webhooks')).body.items).toEqual([shown]);
    const changed = await admin('PATCH', `/v1/webhooks/${made.id}`, {
      storeIds: ['south'],
      eventTypes: null,
      enabled: false,
    });
    expect(changed.body).toEqual({ ...shown, storeIds: ['south'], eventTypes: null, enabled: false });
    expect((await admin('DELETE', `/v1/webhooks/${made.id}`)).status).toBe(204);
    expect((await admin('GET', `/v1/webhooks/${made.id}`)).status).toBe(404);
    expect(await audits(`webhook:${made.id}`)).toEqual(['webhook.created', 'webhook.updated', 'webhook.deleted']);
    const { rows } = await database.admin.query('select details::text as text from audit where subject = $1', [
      `webhook:${made.id}`,
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/token|whsec/);
  });

  it('keeps no secret in the database', async () => {
    const { secret } = await subscribe('https://example.com/');
    const { rows } = await database.admin.query('select to_jsonb(e)::text as text from webhook_endpoints e');
    expect(rows).toHaveLength(1);
    expect(rows[0].text).not.toContain(secret.slice(6));
  });

  it.each([
    [{}, 'url'],
    [{ url: 'not a url' }, 'url'],
    [{ url: 'https://user:pass@example.com/' }, 'url'],
    [{ url: 'https://example.com', eventTypes: ['incident.exploded'] }, 'eventTypes'],
    [{ url: 'https://example.com', eventTypes: [] }, 'eventTypes'],
    [{ url: 'https://example.com', storeIds: ['nowhere'] }, 'storeIds'],
    [{ url: 'https://example.com', secret: 'mine' }, 'secret'],
  ])('of %j is refused by name', async (body, field) => {
    const answer = await admin('POST', '/v1/webhooks', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((error) => error.field).join()).toContain(field);
  });

  it('must be https in production', async () => {
    const production = await serveApi(engines, database, {
      mode: 'production',
      publicUrl: 'https://shops.example.com',
    });
    const { status } = await production.call(database.keys.admin, 'POST', '/v1/webhooks', {
      url: 'http://example.com/',
    });
    await production.close();
    expect(status).toBe(400);
  });

  it('is not for a key that is limited to stores, nor for another company', async () => {
    const { id } = await subscribe('https://example.com/');
    const limited = await plantKey(database, { role: 'admin', storeIds: ['high-street'] });
    const rival = await plantRival(database);
    for (const [key, status] of [
      [limited, 403],
      [rival.admin, 404],
    ] as const) {
      for (const [method, path] of [
        ['GET', ''],
        ['GET', '/deliveries'],
        ['POST', '/test'],
        ['POST', '/rotate-secret'],
        ['DELETE', ''],
      ] as const)
        expect((await api.call(key, method, `/v1/webhooks/${id}${path}`)).status, `${method} ${path}`).toBe(status);
    }
    expect((await api.call<{ items: unknown[] }>(rival.admin, 'GET', '/v1/webhooks')).body.items).toEqual([]);
  });
});

describe('an event', () => {
  it('arrives signed, thin and as the schema says', async () => {
    const target = await receiver();
    const { id, secret } = await subscribe(target.url);
    deliver();
    const incidentId = await openIncident(database);
    await happens(incidentId, 'runbook_step', { stepId: 'a.b', action: 'signage', state: 'done', note: 'Sam did it' });
    await happens(incidentId, 'note_added', { text: 'a note' });
    await eventually(async () => target.received.length === 2);
    const [opened, step] = target.received;
    for (const one of target.received) {
      expect(isWebhook(one.event), JSON.stringify(isWebhook.errors)).toBe(true);
      expect(one.headers['webhook-signature']).toBe(expectedSignature(secret, one));
      expect(one.headers).toMatchObject({
        'webhook-id': one.event.id,
        'content-type': expect.stringMatching(/cloudevents/),
      });
      expect(Math.abs(Number(one.headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(5);
    }
    expect(opened!.event).toMatchObject({
      type: 'io.floorwalker.incident.opened.v1',
      subject: `incident:${incidentId}`,
      source: 'urn:floorwalker:demo',
      data: { incidentId, storeId: 'high-street', behaviour: 'missed_scan', state: 'new', drill: false, verdict: null },
    });
    expect(step!.event.data['step']).toEqual({ id: 'a.b', action: 'signage', state: 'done' });
    expect(Object.keys(opened!.event.data).toSorted()).toEqual(
      [
        ...['incidentId', 'storeId', 'behaviour', 'category', 'drill', 'state', 'severity', 'posVerdict', 'verdict'],
        ...['evidence', 'helpRequested', 'detectedAt', 'acknowledgedAt', 'closedAt'],
      ].toSorted(),
    );
    expect(target.received.map(({ body }) => body).join()).not.toMatch(/Sam|note|actor|\+44/);
    const [last] = await eventually(async () => {
      const items = await deliveriesOf(id);
      return items.every(({ state }) => state === 'delivered') && items;
    });
    expect(last).toMatchObject({ type: 'runbook.step', attempts: 1, lastStatus: 204, lastFailure: null, incidentId });
    expect(last!.responseMs).toBeGreaterThanOrEqual(0);
  });

  it('tells the state that its transaction left, even when it was written first', async () => {
    const target = await receiver();
    await subscribe(target.url, { eventTypes: ['incident.closed'] });
    deliver();
    const incidentId = await openIncident(database);
    await database.db.transaction({ tenantId: 'demo', storeIds: ['high-street'] }, 'write', async (tx) => {
      await tx.query(
        "insert into incident_events (tenant_id, store_id, incident_id, at, kind, actor) values ('demo', 'high-street', $1, now(), 'closed', 'test')",
        [incidentId],
      );
      await tx.query("update incidents set state = 'closed', verdict = 'paid', closed_at = now() where id = $1", [
        incidentId,
      ]);
    });
    const [one] = await eventually(async () => target.received.length > 0 && target.received);
    expect(one!.event.data).toMatchObject({ state: 'closed', verdict: 'paid' });
  });

  it('of a transaction that failed never was', async () => {
    const { id } = await subscribe('https://example.com/');
    const incidentId = await openIncident(database);
    const before = await deliveriesOf(id);
    await expect(
      database.db.transaction({ tenantId: 'demo', storeIds: null }, 'write', async (tx) => {
        await tx.query(
          "insert into incident_events (tenant_id, store_id, incident_id, at, kind, actor) values ('demo', 'high-street', $1, now(), 'closed', 'test')",
          [incidentId],
        );
        throw new Error('changed its mind');
      }),
    ).rejects.toThrow();
    expect(await deliveriesOf(id)).toEqual(before);
  });

  it('goes only where it is wanted: by type, by store, drills where they were asked for', async () => {
    const all = await subscribe('https://example.com/all');
    const closed = await subscribe('https://example.com/closed', { eventTypes: ['incident.closed'] });
    const south = await subscribe('https://example.com/south', { storeIds: ['south'] });
    const drills = await subscribe('https://example.com/drills', { includeDrills: true });
    const off = await subscribe('https://example.com/off');
    await admin('PATCH', `/v1/webhooks/${off.id}`, { enabled: false });
    const high = await openIncident(database);
    const far = await openIncident(database, { storeId: 'south' });
    const drill = await openIncident(database, { drill: true });
    await happens(high, 'closed');
    const got = async ({ id }: Webhook) =>
      (await deliveriesOf(id)).map(({ type, incidentId }) => `${type} ${incidentId}`).toSorted();
    const usual = [`incident.opened ${high}`, `incident.opened ${far}`, `incident.closed ${high}`];
    expect(await got(all)).toEqual(usual.toSorted());
    expect(await got(closed)).toEqual([`incident.closed ${high}`]);
    expect(await got(south)).toEqual([`incident.opened ${far}`]);
    expect(await got(drills)).toEqual([...usual, `incident.opened ${drill}`].toSorted());
    expect(await got(off)).toEqual([]);
    const { rows } = await database.admin.query(
      'select data from webhook_deliveries where endpoint_id = $1 and incident_id = $2',
      [drills.id, drill],
    );
    expect(rows[0].data).toMatchObject({ drill: true });
  });

  it('is signed with both secrets while one is rotated, and with the new one afterwards', async () => {
    const target = await receiver();
    const first = await subscribe(target.url);
    const second = (await admin('POST', `/v1/webhooks/${first.id}/rotate-secret`)).body;
    expect(second.secret).not.toBe(first.secret);
    let aheadMs = 0;
    deliver({ now: () => new Date(Date.now() + aheadMs).toISOString() });
    await admin('POST', `/v1/webhooks/${first.id}/test`);
    const [one] = await eventually(async () => target.received.length === 1 && target.received);
    const signatures = [second, first].map(({ secret }) => expectedSignature(secret, one!));
    expect(one!.headers['webhook-signature']).toBe(signatures.join(' '));
    aheadMs = 25 * 3_600_000;
    await admin('POST', `/v1/webhooks/${first.id}/test`);
    const later = await eventually(async () => target.received[1]);
    expect(later.headers['webhook-signature']).toBe(expectedSignature(second.secret, later));
  });

  it('may be a ping, which tells nothing', async () => {
    const target = await receiver();
    const { id } = await subscribe(target.url, { eventTypes: ['incident.closed'] });
    deliver();
    const { status, body } = await admin<Schemas['WebhookDelivery']>('POST', `/v1/webhooks/${id}/test`);
    expect([status, body.type, body.state]).toEqual([202, 'ping', 'pending']);
    const [one] = await eventually(async () => target.received.length > 0 && target.received);
    expect(isWebhook(one!.event), JSON.stringify(isWebhook.errors)).toBe(true);
    expect(one!.event).toMatchObject({ id: body.id, type: 'io.floorwalker.ping.v1', data: {} });
  });
});

describe('a receiver that fails', () => {
  it('gets events of one incident in order, while those of another pass', async () => {
    const [stuck, free] = [await openIncident(database), await openIncident(database)];
    let broken = true;
    const target = await receiver(({ event }) => (broken && event.subject?.endsWith(stuck) === true ? 500 : 204));
    const { id } = await subscribe(target.url);
    let aheadMs = 0;
    deliver({ now: () => new Date(Date.now() + aheadMs).toISOString() });
    for (const kind of ['acknowledged', 'verdict_given', 'closed']) {
      await happens(stuck, kind);
      await happens(free, kind);
    }
    const of = (incidentId: string) =>
      target.received.filter(({ event }) => event.subject?.endsWith(incidentId) === true);
    const typesOf = (incidentId: string) => of(incidentId).map(({ event }) => event.type.split('.')[3]);
    await eventually(async () => of(free).length === 3);
    expect(typesOf(free)).toEqual(['acknowledged', 'decided', 'closed']);
    expect(typesOf(stuck)).toEqual(['acknowledged']);
    broken = false;
    aheadMs = 6_000;
    await eventually(async () => of(stuck).length === 4);
    expect(typesOf(stuck)).toEqual(['acknowledged', 'acknowledged', 'decided', 'closed']);
    expect(of(stuck)[0]!.body).toBe(of(stuck)[1]!.body);
    expect(of(stuck)[0]!.headers['webhook-id']).toBe(of(stuck)[1]!.headers['webhook-id']);
    const shown = await eventually(async () => {
      const { body } = await admin('GET', `/v1/webhooks/${id}`);
      return body.pending === 0 && body;
    });
    expect(shown).toMatchObject({ failureCount: 0, failingSince: null, enabled: true });
  });

  it('ends as a dead letter after twelve attempts, which can be sent again under its id', async () => {
    const target = await receiver();
    const { id } = await subscribe(target.url);
    await openIncident(database);
    let atMs = Date.now() + 1_000;
    const delaysMs: number[] = [];
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const ctx = system(() => new Date(atMs).toISOString());
      const claim = () => claimDeliveries(ctx, { endpointId: id, limit: 10, leaseMs: 30_000, secretKey: 'key' });
      const [claimed] = await claim();
      expect(claimed).toMatchObject({ attempt });
      expect(await claim()).toEqual([]);
      const which = { endpointId: id, id: claimed!.id, attempt };
      const refused = { ...which, status: 503, failure: null, responseMs: 7, retryAfterMs: null, random: 0.5 };
      await settleDelivery(ctx, refused);
      // The outcome of an attempt that somebody else has taken over counts for nothing.
      await settleDelivery(ctx, { ...refused, attempt: attempt - 1, status: 200 });
      const [now] = await deliveriesOf(id);
      if (now!.nextAttemptAt !== null) {
        delaysMs.push(Date.parse(now!.nextAttemptAt) - atMs);
        atMs = Date.parse(now!.nextAttemptAt) - 1;
        const early = system(() => new Date(atMs).toISOString());
        expect(await claimDeliveries(early, { endpointId: id, limit: 10, leaseMs: 1, secretKey: 'key' })).toEqual([]);
        atMs += 1;
      }
    }
    expect(delaysMs).toHaveLength(maxAttempts - 1);
    const [dead] = await deliveriesOf(id, '?state=dead');
    expect(dead).toMatchObject({
      state: 'dead',
      attempts: 12,
      lastStatus: 503,
      lastFailure: 'HTTP_503',
      responseMs: 7,
    });
    expect((await admin('GET', `/v1/webhooks/${id}`)).body).toMatchObject({ dead: 1, pending: 0, failureCount: 12 });
    const again = await admin<Schemas['WebhookDelivery']>(
      'POST',
      `/v1/webhooks/${id}/deliveries/${dead!.id}/redeliver`,
    );
    expect([again.status, again.body.state, again.body.attempts]).toEqual([202, 'pending', 0]);
    deliver();
    await eventually(async () => target.received.length === 1);
    expect(target.received[0]!.headers['webhook-id']).toBe(dead!.id);
    expect(await audits(`webhook:${id}`)).toEqual(['webhook.created', 'webhook.redelivered']);
  });

  it('is disabled at once when it says that it is gone', async () => {
    const target = await receiver(() => 410);
    const { id } = await subscribe(target.url);
    deliver();
    await openIncident(database);
    const shown = await eventually(async () => {
      const { body } = await admin('GET', `/v1/webhooks/${id}`);
      return !body.enabled && body;
    });
    expect(shown).toMatchObject({ disabledBecause: 'GONE', dead: 1 });
    expect(await audits(`webhook:${id}`)).toEqual(['webhook.created', 'webhook.disabled']);
    await openIncident(database);
    expect(await deliveriesOf(id)).toHaveLength(1);
    expect((await admin('POST', `/v1/webhooks/${id}/test`)).status).toBe(409);
    const enabled = await admin('PATCH', `/v1/webhooks/${id}`, { enabled: true });
    expect(enabled.body).toMatchObject({ enabled: true, disabledBecause: null, failureCount: 0, failingSince: null });
  });

  it('is disabled after five days without one success, and not before', async () => {
    const { id } = await subscribe('https://example.com/');
    const incidentId = await openIncident(database);
    await happens(incidentId, 'closed');
    const day = 24 * 3_600_000;
    const fail = async (atMs: number) => {
      const ctx = system(() => new Date(atMs).toISOString());
      const [claimed] = await claimDeliveries(ctx, { endpointId: id, limit: 1, leaseMs: 1, secretKey: 'key' });
      const { attempt } = claimed!;
      const outcome = { status: null, failure: 'TIMEOUT', responseMs: 1, retryAfterMs: null, random: 0 };
      await settleDelivery(ctx, { endpointId: id, id: claimed!.id, attempt, ...outcome });
      return (await admin('GET', `/v1/webhooks/${id}`)).body;
    };
    const startMs = Date.now() + 1_000;
    expect(await fail(startMs)).toMatchObject({ enabled: true, failureCount: 1 });
    expect(await fail(startMs + 4.9 * day)).toMatchObject({ enabled: true, failureCount: 2 });
    expect(await fail(startMs + 5 * day)).toMatchObject({ enabled: false, disabledBecause: 'FAILING_FOR_DAYS' });
  });

  it('holds up nobody else', async () => {
    const slow = await receiver(() => null);
    const quick = await receiver();
    await subscribe(slow.url);
    await subscribe(quick.url);
    deliver({ timeoutMs: 3_000 });
    await openIncident(database);
    await eventually(async () => slow.received.length > 0);
    const startedMs = Date.now();
    for (let count = 0; count < 5; count += 1) await openIncident(database);
    await eventually(async () => quick.received.length === 6, 2_000);
    expect(Date.now() - startedMs).toBeLessThan(2_000);
  });
});

describe('several processes', () => {
  it('share the work: each event once, in order for each incident', async () => {
    const target = await receiver();
    const { id } = await subscribe(target.url);
    const incidents = await Promise.all(Array.from({ length: 10 }, () => openIncident(database)));
    for (let count = 0; count < 10; count += 1)
      await Promise.all(incidents.map((incidentId) => happens(incidentId, 'runbook_step', { stepId: `s${count}` })));
    for (let count = 0; count < 3; count += 1) deliver();
    await eventually(async () => (await admin('GET', `/v1/webhooks/${id}`)).body.pending === 0, 20_000);
    expect(target.received).toHaveLength(110);
    expect(new Set(target.received.map(({ event }) => event.id)).size).toBe(110);
    const expected = [undefined, ...Array.from({ length: 10 }, (_each, count) => `s${count}`)];
    for (const incidentId of incidents) {
      const own = target.received.filter(({ event }) => event.data['incidentId'] === incidentId);
      expect(own.map(({ event }) => (event.data['step'] as { id?: string } | undefined)?.id)).toEqual(expected);
    }
  });

  it('of which one is killed between sending and noting it: another sends it once more, under the same id', async () => {
    const leaseMs = 1_500;
    let kill: (() => void) | undefined;
    const target = await receiver(() => {
      if (!kill) return 204;
      kill();
      return null;
    });
    const { id, secret } = await subscribe(target.url);
    await openIncident(database);
    const script = fileURLToPath(new URL('webhook-sender.ts', import.meta.url));
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', script, database.appUrl, api.deps.webhookSecretKey, String(leaseMs)],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    kill = () => child.kill('SIGKILL');
    const died = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    closers.push(() => child.kill('SIGKILL'));
    expect(await died).toBe('SIGKILL');
    kill = undefined;
    expect(await deliveriesOf(id)).toMatchObject([{ state: 'pending', attempts: 1, lastStatus: null }]);
    deliver({ leaseMs });
    await eventually(async () => target.received.length === 2);
    const [lost, again] = target.received;
    expect([again!.headers['webhook-id'], again!.body]).toEqual([lost!.headers['webhook-id'], lost!.body]);
    expect(again!.headers['webhook-signature']).toBe(expectedSignature(secret, again!));
    await eventually(async () => (await deliveriesOf(id))[0]?.state === 'delivered');
    expect(await deliveriesOf(id)).toMatchObject([{ attempts: 2 }]);
  });
});

describe('the list of deliveries', () => {
  it('is paged by a cursor, newest first, without gaps or repeats', async () => {
    const { id } = await subscribe('https://example.com/');
    const incidentId = await openIncident(database);
    // Several of one transaction share their moment.
    await database.admin.query(
      "insert into incident_events (tenant_id, store_id, incident_id, at, kind, actor) select 'demo', 'high-street', $1, now(), 'closed', 'test' from generate_series(1, 24)",
      [incidentId],
    );
    const seen: string[] = [];
    const pageAfter = async (cursor: string | null) => {
      const query = `?limit=7${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
      return (await admin<Schemas['WebhookDeliveryPage']>('GET', `/v1/webhooks/${id}/deliveries${query}`)).body;
    };
    let page = await pageAfter(null);
    for (;;) {
      seen.push(...page.items.map((item) => item.id));
      if (page.nextCursor === null) break;
      page = await pageAfter(page.nextCursor);
    }
    expect([seen.length, new Set(seen).size]).toEqual([25, 25]);
    for (const bad of ['x', '2026-01-01T00:00:00.000Z~inc_1', `9999-99-99T00:00:00.000Z~evt_${randomUUID()}`])
      expect((await admin('GET', `/v1/webhooks/${id}/deliveries?cursor=${encodeURIComponent(bad)}`)).status).toBe(400);
  });

  it('forgets what is older than ninety days', async () => {
    const { id } = await subscribe('https://example.com/');
    await openIncident(database);
    await openIncident(database);
    await database.admin.query(
      "update webhook_deliveries set created_at = now() - interval '91 days' where id = (select min(id) from webhook_deliveries where endpoint_id = $1)",
      [id],
    );
    await pruneDeliveries(system());
    expect(await deliveriesOf(id)).toHaveLength(1);
  });
});
