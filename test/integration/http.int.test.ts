import { readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { listen } from '../../adapters/postgres/listen.ts';
import type { LiveEvent } from '../../api/live.ts';
import { write } from '../../services/context.ts';
import { addNote } from '../../services/incident/add-note.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { eventually } from '../harness/system.ts';
import {
  actorOf,
  agoIso,
  contextOf,
  openIncident,
  plantKey,
  plantRival,
  rivalTenantId,
  type ServedApi,
  serveApi,
  withSouthStore,
} from './support.ts';

const engines = inject('engines');
let database: TestDatabase;
let api: ServedApi;

beforeAll(async () => {
  database = await createTestDatabase(engines.databaseAdminUrl, { change: withSouthStore });
  await plantRival(database);
  api = await serveApi(engines, database, { simulator: { carrierUrl: 'http://127.0.0.1:1', keys: database.keys } });
});
afterAll(async () => {
  await api?.close();
  await database?.drop();
});

describe('a browser session', () => {
  async function signIn(key = database.keys.soc_lead): Promise<{ cookie: string; attributes: string }> {
    const { status, headers } = await api.call(null, 'POST', '/v1/session', { apiKey: key });
    expect(status).toBe(201);
    const set = headers.get('set-cookie') ?? '';
    return { cookie: set.split(';')[0]!, attributes: set };
  }
  const withCookie = (
    cookie: string,
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: unknown,
  ) => api.call<{ code?: string; actorId?: string }>(null, method, path, body, { cookie, ...headers });

  it('is a cookie that scripts and other sites cannot use, and of which only a hash is kept', async () => {
    const { cookie, attributes } = await signIn();
    expect(attributes).toMatch(/; HttpOnly/);
    expect(attributes).toMatch(/; SameSite=Strict/);
    expect(attributes).toMatch(/; Path=\//);
    expect((await withCookie(cookie, 'GET', '/v1/session')).body.actorId).toBe('user:demo-soc_lead');
    const { rows } = await database.admin.query('select to_jsonb(s)::text as text from sessions s');
    expect(rows.map(({ text }) => text).join()).not.toContain(cookie.split('=')[1]);
  });

  it('is Secure when the server is reached by https', async () => {
    const secure = await serveApi(engines, database, { publicUrl: 'https://shops.example.com' });
    const { headers } = await secure.call(null, 'POST', '/v1/session', { apiKey: database.keys.soc_lead });
    expect(headers.get('set-cookie')).toMatch(/; Secure/);
    expect(headers.get('strict-transport-security')).toMatch(/max-age=\d+/);
    await secure.close();
  });

  it.each([
    ['cross-site', 403],
    ['same-site', 403],
    ['none', 403],
    ['same-origin', 201],
    [undefined, 201],
  ])('that writes from %s is answered %d', async (site, status) => {
    const { cookie } = await signIn();
    const incidentId = await openIncident(database);
    const headers: Record<string, string> = site === undefined ? {} : { 'sec-fetch-site': site };
    const path = `/v1/incidents/${incidentId}/notes`;
    expect((await withCookie(cookie, 'POST', path, headers, { text: 'x' })).status).toBe(status);
    const { rowCount } = await database.admin.query(
      "select 1 from incident_events where incident_id = $1 and kind = 'note_added'",
      [incidentId],
    );
    expect(rowCount).toBe(status === 201 ? 1 : 0);
  });

  it('may read from anywhere: nothing is changed by that', async () => {
    const { cookie } = await signIn();
    expect((await withCookie(cookie, 'GET', '/v1/session', { 'sec-fetch-site': 'cross-site' })).status).toBe(200);
  });

  it('is dead at once when signed out, though it was just used', async () => {
    const { cookie } = await signIn();
    expect((await withCookie(cookie, 'GET', '/v1/session')).status).toBe(200);
    const out = await withCookie(cookie, 'DELETE', '/v1/session');
    expect([out.status, out.headers.get('set-cookie')]).toEqual([
      204,
      expect.stringMatching(/floorwalker_session=;.*Expires=Thu, 01 Jan 1970/),
    ]);
    expect((await withCookie(cookie, 'GET', '/v1/session')).status).toBe(401);
    expect((await withCookie(cookie, 'DELETE', '/v1/session')).status).toBe(401);
  });

  it('ends by itself', async () => {
    const { cookie } = await signIn();
    await database.admin.query("update sessions set expires_at = now() - interval '1 second'");
    expect((await withCookie(cookie, 'GET', '/v1/session')).status).toBe(401);
  });

  it('is not given for a key that nobody has', async () => {
    const { status, body, headers } = await api.call(null, 'POST', '/v1/session', { apiKey: 'guess' });
    expect([status, body['code'], headers.get('set-cookie')]).toEqual([401, 'UNAUTHENTICATED', null]);
    for (const bad of [{}, { apiKey: '' }, { apiKey: 7 }, { apiKey: 'x', role: 'admin' }])
      expect((await api.call(null, 'POST', '/v1/session', bad)).status).toBe(400);
  });

  it('cannot be guessed at for long', async () => {
    const guessed = await serveApi(engines, database);
    const statuses: number[] = [];
    for (let guess = 0; guess < 62; guess += 1)
      statuses.push((await guessed.call(null, 'POST', '/v1/session', { apiKey: `guess-${guess}` })).status);
    expect([...new Set(statuses)]).toEqual([401, 429]);
    const { headers } = await guessed.call(null, 'POST', '/v1/session', { apiKey: 'guess' });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    // Whoever is signed in works on.
    expect((await guessed.call(database.keys.soc_lead, 'GET', '/v1/session')).status).toBe(200);
    await guessed.close();
  });
});

describe('the conveniences of development', () => {
  it('are there in development, and sign in with a click', async () => {
    expect((await api.call(null, 'GET', '/simulator/info')).body).toMatchObject({ mode: 'development' });
    expect((await api.call(null, 'POST', '/simulator/session', { role: 'soc_lead' })).status).toBe(201);
    for (const role of ['device', 'system', 'constructor', undefined])
      expect((await api.call(null, 'POST', '/simulator/session', { role })).status).toBe(400);
  });

  it('are not there in production', async () => {
    const production = await serveApi(engines, database, {
      mode: 'production',
      publicUrl: 'https://shops.example.com',
    });
    for (const [method, path] of [
      ['GET', '/simulator/info'],
      ['POST', '/simulator/session'],
      ['GET', '/simulator/phones'],
      ['GET', '/simulator/stream'],
    ] as const) {
      const { status, headers } = await production.call(
        null,
        method,
        path,
        method === 'POST' ? { role: 'admin' } : undefined,
      );
      expect([status, headers.get('set-cookie')], path).toEqual([404, null]);
    }
    await production.close();
  });
});

describe('pages of a list', () => {
  it('hold every incident once, in order, though new ones arrive in between', async () => {
    // Several of one instant, so that the cursor has to tell them apart.
    const at = agoIso(40 * 86_400_000);
    const planted: string[] = [];
    for (let index = 0; index < 23; index += 1)
      planted.push(
        await openIncident(database, {
          storeId: 'south',
          detectedAt: index < 5 ? at : new Date(Date.parse(at) - index * 60_000).toISOString(),
          eventType: (['missed_scan', 'concealment', 'loitering', 'violence', 'occlusion'] as const)[index % 5]!,
        }),
      );
    const seen: { id: string; detectedAt: string }[] = [];
    let cursor: string | null = null;
    for (let pages = 0; pages < 20; pages += 1) {
      const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Awaited<ReturnType<typeof list>> = await list(`storeId=south&limit=4${query}`);
      seen.push(...page.items);
      await openIncident(database, { storeId: 'south', detectedAt: agoIso(39 * 86_400_000 - pages * 60_000) });
      cursor = page.nextCursor;
      if (cursor === null) break;
    }
    async function list(query: string) {
      const { body } = await api.call<{ items: { id: string; detectedAt: string }[]; nextCursor: string | null }>(
        database.keys.admin,
        'GET',
        `/v1/incidents?${query}`,
      );
      return body;
    }
    expect(seen.map(({ id }) => id).toSorted()).toEqual(planted.toSorted());
    const times = seen.map(({ detectedAt }) => detectedAt);
    expect(times).toEqual(times.toSorted().reverse());
  });

  it('of the audit log hold every row once, newest first', async () => {
    await write(contextOf(database, actorOf('system')), async (tx) => {
      for (let index = 0; index < 30; index += 1) tx.audit({ action: 'incident.note_added', subject: `page:${index}` });
    });
    const seqs: number[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await api.call<{ items: { seq: number }[]; nextCursor: string | null }>(
        database.keys.compliance,
        'GET',
        `/v1/audit?limit=7${cursor}`,
      );
      seqs.push(...body.items.map(({ seq }) => seq));
      await addNote(contextOf(database, actorOf('soc_lead')), { incidentId: await openIncident(database), text: 'x' });
      if (body.nextCursor === null) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(seqs).toEqual(Array.from({ length: seqs[0]! }, (_, index) => seqs[0]! - index));
  });

  it.each([
    ['/v1/incidents?limit=0', 'limit'],
    ['/v1/incidents?limit=201', 'limit'],
    ['/v1/incidents?limit=ten', 'limit'],
    ['/v1/incidents?cursor=zzz', 'cursor'],
    ['/v1/incidents?cursor=2020~inc_00000000000000000000', 'cursor'],
    ['/v1/incidents?cursor=0000-01-01T00:00:00.000Z~inc_00000000000000000000', 'cursor'],
    ['/v1/incidents?state=open', 'state'],
    ['/v1/incidents?posVerdict=PAID', 'posVerdict'],
    ['/v1/incidents?order=asc', 'order'],
    ['/v1/audit?cursor=zzz', 'cursor'],
    ['/v1/audit?cursor=1.5', 'cursor'],
    ['/v1/incidents?storeId=%00', 'url'],
    ['/v1/incidents/inc_%00', 'url'],
  ])('%s is refused by name', async (path, field) => {
    const { status, body } = await api.call<{ errors: { field: string }[] }>(database.keys.admin, 'GET', path);
    expect(status).toBe(400);
    expect(body.errors.map((error) => error.field).join()).toContain(field);
  });
});

describe('a note', () => {
  it('sent again with its key is one note and one answer', async () => {
    const path = `/v1/incidents/${await openIncident(database)}/notes`;
    const send = (key?: string, text = 'seen') =>
      api.call<{ id: string }>(
        database.keys.soc_operator,
        'POST',
        path,
        { text },
        key === undefined ? {} : { 'idempotency-key': key },
      );
    const answers = [await send('note-key-1'), await send('note-key-1')];
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[1]!.body).toEqual(answers[0]!.body);
    expect((await send('note-key-2')).body.id).not.toBe(answers[0]!.body.id);
    expect((await send()).body.id).not.toBe((await send()).body.id);
    expect((await send('short')).status).toBe(400);
  });

  it('of two people with the same key is two notes', async () => {
    const path = `/v1/incidents/${await openIncident(database)}/notes`;
    const ids = [];
    for (const role of ['soc_operator', 'soc_lead'] as const) {
      const { body } = await api.call<{ id: string }>(
        database.keys[role],
        'POST',
        path,
        { text: 'x' },
        { 'idempotency-key': 'the-same-key' },
      );
      ids.push(body.id);
    }
    expect(new Set(ids).size).toBe(2);
  });

  it.each([
    ['no text', {}, 'text'],
    ['an empty text', { text: '' }, 'text'],
    ['more than a page', { text: 'x'.repeat(2_001) }, 'text'],
    ['a NUL', { text: 'a\0' }, 'text'],
    ['a field nobody knows', { text: 'x', html: true }, 'html'],
  ])('with %s is refused by name', async (_name, body, field) => {
    const path = `/v1/incidents/${await openIncident(database)}/notes`;
    const answer = await api.call<{ errors: { field: string }[] }>(database.keys.soc_operator, 'POST', path, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error) => error.field).join()).toContain(field);
  });
});

describe('a camera that reports', () => {
  const report = (at: string, state = 'recording') =>
    api.call<{ errors?: { field: string }[] }>(database.keys.device, 'PUT', '/v1/cameras/sco-3-cam/health', {
      storeId: 'high-street',
      state,
      at,
    });
  const camera = async () =>
    (
      await database.admin.query(
        "select state, last_seen_at from cameras where tenant_id = 'demo' and id = 'sco-3-cam'",
      )
    ).rows[0];

  it('is believed in order, and never about the future', async () => {
    expect((await report(agoIso(10_000), 'lost')).status).toBe(204);
    expect((await report(agoIso(20_000), 'recording')).status).toBe(204);
    expect(await camera()).toMatchObject({ state: 'lost' });
    expect((await report(agoIso(-3_600_000), 'black')).status).toBe(204);
    expect((await camera()).last_seen_at.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
  });

  it.each(['2016-12-31T23:59:60Z', '0000-01-01T00:00:00Z', 'now'])('at %s is refused by name', async (at) => {
    const { status, body } = await report(at);
    expect([status, body.errors?.map(({ field }) => field).join()]).toEqual([400, expect.stringContaining('at')]);
  });
});

describe('the live stream', () => {
  const open = (key: string) =>
    new Promise<{ response: IncomingMessage; text: () => string; close: () => void }>((resolve, reject) => {
      let text = '';
      const request = get(
        new URL('/v1/stream', api.baseUrl),
        { headers: { authorization: `Bearer ${key}` } },
        (response) => {
          response.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
          });
          response.on('error', () => undefined);
          resolve({ response, text: () => text, close: () => request.destroy() });
        },
      );
      request.on('error', reject);
    });

  it('tells each only of what they may see', async () => {
    const listener = listen({
      url: database.appUrl,
      channel: 'floorwalker_incident',
      onMessage: (payload) => api.deps.live.publish(JSON.parse(payload) as LiveEvent),
      onError: (error) => api.errors.push(error),
    });
    const [all, south] = [
      await open(database.keys.admin),
      await open(await plantKey(database, { role: 'soc_lead', storeIds: ['south'] })),
    ];
    await eventually(async () => all.text().includes('hello') && south.text().includes('hello'));
    // Until the listener listens nothing arrives; a moment after the commit it does.
    const opened: string[] = [];
    const northId = await eventually(async () => {
      opened.push(await openIncident(database));
      return opened.find((id) => all.text().includes(id));
    });
    const rivalId = await openIncident(database, {}, rivalTenantId);
    const southId = await openIncident(database, { storeId: 'south', detectedAt: agoIso(3 * 86_400_000) });
    await eventually(async () => all.text().includes(southId) && south.text().includes(southId));
    expect([all.text().includes(rivalId), south.text().includes(rivalId), south.text().includes(northId)]).toEqual([
      false,
      false,
      false,
    ]);
    for (const stream of [all, south]) stream.close();
    await listener.close();
  });

  it('being open in hundreds of browsers keeps nobody else out', async () => {
    const streams = await Promise.all(Array.from({ length: 420 }, () => open(database.keys.admin)));
    expect([...new Set(streams.map(({ response }) => response.statusCode))]).toEqual([200]);
    expect((await api.call(database.keys.admin, 'GET', '/v1/session')).status).toBe(200);
    for (const stream of streams) stream.close();
  });
});

describe('every answer', () => {
  it.each(['/v1/session', '/docs', '/e/unknown', '/nowhere'])(
    'of %s carries the headers that keep a browser safe',
    async (path) => {
      const { headers } = await api.call(null, 'GET', path);
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-security-policy': expect.stringMatching(/frame-ancestors 'none'/),
        'x-content-type-options': 'nosniff',
        'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect(headers.get('x-powered-by')).toBeNull();
    },
  );

  it('of a file that is asked for beyond its end is no failure of ours', async () => {
    const { status } = await api.call(null, 'GET', '/docs/swagger-ui.css', undefined, { range: 'bytes=999999999-' });
    expect(status).toBe(416);
  });

  it('to a path that climbs is that there is nothing', async () => {
    for (const path of [
      '/docs/..%2f..%2fpackage.json',
      '/docs/%2e%2e/%2e%2e/package.json',
      '/..%5cpackage.json',
      '/%E0%A4%A',
    ]) {
      const { status, body } = await api.call<unknown>(null, 'GET', path);
      expect([400, 403, 404], path).toContain(status);
      expect(JSON.stringify(body)).not.toContain(JSON.parse(readFileSync('package.json', 'utf8')).description);
    }
  });

  it('never was an unexpected failure in this file', () => {
    expect(api.errors).toEqual([]);
  });
});
