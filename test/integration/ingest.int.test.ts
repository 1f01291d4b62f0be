import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { detectionEventType } from '../../api/intake.ts';
import { shortCode } from '../../domain/ids.ts';
import type { Detection } from '../../domain/types.ts';
import type { components } from '../../schemas/generated/openapi.ts';
import { incidentIdOf } from '../../services/incident/identity.ts';
import { plantEstate } from '../../stack/estate.ts';
import { eventually, fastPolicy, startTestSystem, type TestSystem } from '../harness/system.ts';
import {
  agoIso,
  countRows,
  detection,
  nowIso,
  plantKey,
  plantRival,
  request,
  serveApi,
  withSouthStore,
} from './support.ts';

type Schemas = components['schemas'];
type Receipt = Schemas['DetectionReceipt'];

const engines = inject('engines');
let system: TestSystem;
let southKey = '';
let rivalKeys: Record<string, string> = {};

beforeAll(async () => {
  system = await startTestSystem(engines, { worker: false, policy: { ...fastPolicy, mergeWindowMs: 2_000 } });
  await plantEstate(system.database.adminUrl, withSouthStore(system.database.estate));
  await system.database.admin.query(
    "insert into zones (tenant_id, store_id, id, camera_id, label, terminal_id) values ('demo', 'high-street', 'bagging', 'sco-3-cam', 'Bags', null)",
  );
  southKey = await plantKey(system.database, { role: 'device', storeIds: ['south'] });
  rivalKeys = await plantRival(system.database);
}, 120_000);
afterAll(() => system?.close());

let moments = 0;
/** Each call lies a minute before the one before it, so that nothing merges unless a test wants it to. */
const fresh = (change: Partial<Detection> = {}): Detection => {
  moments += 1;
  return detection({ detectedAt: agoIso(moments * 60_000), ...change });
};
const post = <Body = Receipt>(body: unknown, headers: Record<string, string> = {}) =>
  system.api<Body>('device', 'POST', '/v1/detections', body, headers);
const rowsOf = async (sql: string, values: unknown[] = []) => (await system.database.admin.query(sql, values)).rows;
const started = (incidentId: string, tenantId = 'demo') =>
  system.client.workflow
    .getHandle(`incident:${tenantId}:high-street:${incidentId}`)
    .describe()
    .then(({ status }) => status.name);

describe('a detection', () => {
  const event = (data: Detection) => ({
    specversion: '1.0',
    id: data.eventId,
    source: '/cam',
    type: detectionEventType,
    data,
  });
  it.each<[string, (data: Detection) => [unknown, Record<string, string>]]>([
    ['plain JSON', (data) => [data, {}]],
    ['a structured CloudEvent', (data) => [event(data), { 'content-type': 'application/cloudevents+json' }]],
    [
      'a binary CloudEvent',
      (data) => [
        data,
        { 'ce-specversion': '1.0', 'ce-id': data.eventId, 'ce-source': '/cam', 'ce-type': detectionEventType },
      ],
    ],
  ])('as %s is durable when it is accepted', async (_name, make) => {
    const data = fresh();
    const { status, body } = await post(...make(data));
    expect([status, body.disposition, body.late]).toEqual([202, 'started', true]);
    expect(await started(body.incidentId)).toBe('RUNNING');
    const rows = await rowsOf('select detected_at, body from detections where event_id = $1', [data.eventId]);
    expect(rows).toMatchObject([{ detected_at: new Date(data.detectedAt), body: data }]);
  });

  it('is one incident, though it comes twice, and though it comes twenty times at once', async () => {
    const twice = fresh();
    const [first, second] = [await post(twice), await post(twice)];
    expect([first.body.disposition, second.body.disposition]).toEqual(['started', 'duplicate']);
    expect(second.body.incidentId).toBe(first.body.incidentId);
    const data = fresh();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(data)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(202));
    expect(answers.map(({ body }) => body.disposition).toSorted()).toEqual([...Array(19).fill('duplicate'), 'started']);
    expect(new Set(answers.map(({ body }) => body.incidentId)).size).toBe(1);
    expect(await rowsOf('select 1 from detections where event_id = $1', [data.eventId])).toHaveLength(1);
  });

  it('of the same name in another company is another incident, which nobody else sees', async () => {
    const data = fresh();
    const ours = await post(data);
    const theirs = await request<Receipt>(system.baseUrl, 'POST', '/v1/detections', data, {
      authorization: `Bearer ${rivalKeys['device']}`,
    });
    expect([theirs.status, theirs.body.disposition]).toEqual([202, 'started']);
    expect(theirs.body.incidentId).not.toBe(ours.body.incidentId);
    expect((await system.api('admin', 'GET', `/v1/incidents/${theirs.body.incidentId}`)).status).toBe(404);
  });

  it('that comes late keeps its time and is marked', async () => {
    const [recent, late] = [
      await post(detection({ detectedAt: nowIso() })),
      await post(fresh({ detectedAt: agoIso(86_400_000) })),
    ];
    expect([recent.body.late, late.body.late]).toEqual([false, true]);
    const { body } = await system.api<Schemas['IncidentDetail']>(
      'admin',
      'GET',
      `/v1/incidents/${late.body.incidentId}`,
    );
    expect(body.late).toBe(true);
    expect(Date.parse(body.receivedAt) - Date.parse(body.detectedAt)).toBeGreaterThan(86_000_000);
  });

  it('gets the next code when another incident takes its own at the same moment', async () => {
    const data = fresh();
    const incidentId = incidentIdOf(`v1:demo:high-street:sco-3-cam:${data.eventId}`);
    const hash32 = Number.parseInt(incidentId.slice(-8), 16);
    const other = await system.database.admin.connect();
    try {
      await other.query('begin');
      await other.query(
        `insert into incidents (tenant_id, store_id, id, code, camera_id, behaviour, category, detected_at, received_at, late, policy)
         values ('demo', 'high-street', 'inc_other', $1, 'sco-3-cam', 'loitering', 'x', now(), now(), false, '{}')`,
        [shortCode(hash32, 0)],
      );
      const answer = post(data);
      // Long enough for it to have looked for a free code and to wait at the unique index.
      await new Promise((resolve) => setTimeout(resolve, 300));
      await other.query('commit');
      expect((await answer).body).toMatchObject({ disposition: 'started', incidentId });
      expect(await rowsOf('select code from incidents where id = $1', [incidentId])).toEqual([
        { code: shortCode(hash32, 1) },
      ]);
    } finally {
      other.release();
      await system.database.admin.query("delete from payload_keys where incident_id = 'inc_other'");
      await system.database.admin.query("delete from incidents where id = 'inc_other'");
    }
  });
});

describe('a second detection nearby', () => {
  it('joins the open incident and says why, but not one of another zone, behaviour, store or time', async () => {
    const at = Date.now() - 3_600_000 * 20;
    const near = (ms: number, change: Partial<Detection> = {}) =>
      post(detection({ detectedAt: new Date(at + ms).toISOString(), ...change }));
    const first = await near(0);
    const second = await near(1_500);
    expect(second.body).toMatchObject({
      disposition: 'merged',
      incidentId: first.body.incidentId,
      mergeReason: { code: 'SAME_PLACE_AND_BEHAVIOUR', params: { distanceMs: 1_500, windowMs: 2_000 } },
    });
    const others = [
      await near(1_600, { zoneId: 'bagging' }),
      await near(1_700, { eventType: 'loitering' }),
      await near(9_000),
      await request<Receipt>(
        system.baseUrl,
        'POST',
        '/v1/detections',
        detection({
          ...{ storeId: 'south', cameraId: 'south-cam', zoneId: 'belt' },
          detectedAt: new Date(at).toISOString(),
        }),
        { authorization: `Bearer ${southKey}` },
      ),
    ];
    expect(others.map(({ body }) => body.disposition)).toEqual(Array(4).fill('started'));
    const { body } = await system.api<Schemas['IncidentDetail']>(
      'admin',
      'GET',
      `/v1/incidents/${first.body.incidentId}`,
    );
    expect(body.detectionCount).toBe(2);
    expect(body.detections.map(({ mergeReason }) => mergeReason?.code ?? null)).toEqual([
      null,
      'SAME_PLACE_AND_BEHAVIOUR',
    ]);
    const { body: explained } = await system.api<Schemas['Explanation']>(
      'admin',
      'GET',
      `/v1/incidents/${first.body.incidentId}/explanation`,
    );
    expect(explained.merges).toHaveLength(1);
  });
});

describe('what is refused leaves nothing behind', () => {
  type Case = [name: string, body: unknown, status: number, field: string | null, headers?: Record<string, string>];
  const sql = "x'; drop table incidents; --";
  const cases: Case[] = [
    ['a store out of its scope', detection({ storeId: 'nowhere' }), 403, null],
    ['an unknown store', detection({ storeId: 'nowhere' }), 422, 'storeId', { authorization: 'admin' }],
    ['an unknown camera', detection({ cameraId: 'no-cam' }), 422, 'cameraId'],
    ["another store's camera", detection({ cameraId: 'south-cam' }), 422, 'cameraId'],
    ['an unknown zone', detection({ zoneId: 'no-zone' }), 422, 'zoneId'],
    ['SQL for a store', detection({ storeId: sql }), 400, 'storeId'],
    ['SQL for a zone', detection({ zoneId: sql }), 400, 'zoneId'],
    ['a malformed time', detection({ detectedAt: 'yesterday' }), 400, 'detectedAt'],
    ['a leap second', detection({ detectedAt: '2016-12-31T23:59:60Z' }), 400, 'detectedAt'],
    [
      'a time in the future',
      detection({ detectedAt: new Date(Date.now() + 600_000).toISOString() }),
      400,
      'detectedAt',
    ],
    ['a confidence in words', { ...detection(), confidence: 'high' }, 400, 'confidence'],
    ['an unknown type', { ...detection(), eventType: 'theft' }, 400, 'eventType'],
    ['an unknown field', { ...detection(), severity: 1 }, 400, 'severity'],
    ['a NUL in a name', detection({ model: { id: 'a\0b', version: '1' } }), 400, 'model.id'],
    ['half a surrogate pair', detection({ item: { label: '\ud83d', confidence: 1 } }), 400, 'item.label'],
    ['not JSON', '{"eventId": ', 400, 'body'],
    ['a JSON number', '42', 400, 'body'],
    ['a list', [detection()], 400, 'body'],
    ['nothing', undefined, 400, 'body'],
    ['a form', 'eventId=1', 400, 'content-type', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['XML', '<event/>', 400, 'content-type', { 'content-type': 'text/xml' }],
    ['a batch of CloudEvents', [], 400, 'content-type', { 'content-type': 'application/cloudevents-batch+json' }],
    [
      'a charset nobody knows',
      detection(),
      415,
      'content-type',
      { 'content-type': 'application/json; charset=klingon' },
    ],
    ['bytes that are not gzip', 'plain', 400, null, { 'content-encoding': 'gzip' }],
    ['an encoding nobody knows', 'plain', 415, 'content-type', { 'content-encoding': 'rot13' }],
    ['5 MB', { ...detection(), thumbnailRef: 'x'.repeat(5_000_000) }, 413, 'body'],
    ['a nest a hundred thousand deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 400, 'body'],
    [
      'a CloudEvent of another type',
      { specversion: '1.0', id: 'a', source: '/', type: 'x', data: detection() },
      400,
      'type',
      { 'content-type': 'application/cloudevents+json' },
    ],
    ['a key that nobody has', detection(), 401, null, { authorization: 'Bearer nobody' }],
    ['no key', detection(), 401, null, { authorization: '' }],
    ['a password instead of a key', detection(), 401, null, { authorization: 'Basic YTpi' }],
    ['a key of no role for it', detection(), 403, null, { authorization: 'operator' }],
    ['a key of another store', detection(), 403, null, { authorization: 'south' }],
    ['5 MB without a key', 'x'.repeat(5_000_000), 401, null, { authorization: '' }],
  ];

  it.each(cases)('%s', async (_name, body, status, field, headers = {}) => {
    const { admin, soc_operator: operator } = system.database.keys;
    const keys: Record<string, string> = { admin, operator, south: southKey };
    const key = keys[headers['authorization'] ?? ''];
    const before = await countRows(system.database);
    const answer = await post<Schemas['Problem']>(
      body,
      key === undefined ? headers : { ...headers, authorization: `Bearer ${key}` },
    );
    expect([answer.status, answer.body.status]).toEqual([status, status]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body.requestId).toBe(answer.headers.get('x-request-id'));
    if (field === null) expect(answer.body.detail).toMatch(/\.$/);
    else expect(answer.body.errors?.map((error) => error.field)).toContain(field);
    // Whoever is known and may not is on record, and nothing else is.
    const after = status === 403 ? { ...before, audit: before['audit']! + 1 } : before;
    expect(await countRows(system.database)).toEqual(after);
  });

  it('and the process is unharmed', async () => {
    expect((await post(fresh())).status).toBe(202);
    expect(system.errors).toEqual([]);
  });
});

describe('while the workflow engine is away', () => {
  it('a detection is answered 503 with Retry-After, kept, and started by the sweep', async () => {
    const cutOff = await serveApi(engines, system.database);
    try {
      const data = fresh();
      const call = () => cutOff.call<Schemas['Problem']>(system.database.keys.device, 'POST', '/v1/detections', data);
      const answer = await call();
      expect([answer.status, answer.body.code]).toEqual([503, 'DEPENDENCY_TEMPORARY']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      // Not accepted is not lost: the harness's own sweep reaches the engine.
      const [row] = await rowsOf('select incident_id from detections where event_id = $1', [data.eventId]);
      await eventually(async () => (await started(row.incident_id).catch(() => '')) === 'RUNNING');
      await eventually(
        async () => (await rowsOf('select 1 from outbox where incident_id = $1', [row.incident_id])).length === 0,
      );
      const again = await post(data);
      expect(again.body).toMatchObject({ disposition: 'duplicate', incidentId: row.incident_id });
    } finally {
      await cutOff.close();
    }
  });

  it('till lines are taken all the same', async () => {
    const cutOff = await serveApi(engines, system.database);
    try {
      const line = {
        storeId: 'high-street',
        terminalId: 'sco-3',
        transactionId: randomUUID(),
        line: 1,
        type: 'scan',
        occurredAt: nowIso(),
      };
      expect((await cutOff.call(system.database.keys.device, 'POST', '/v1/pos/events', line)).status).toBe(202);
    } finally {
      await cutOff.close();
    }
  });
});

describe('till lines', () => {
  const line = (change: Record<string, unknown> = {}) => ({
    ...{
      storeId: 'high-street',
      terminalId: 'sco-3',
      transactionId: randomUUID(),
      line: 1,
      type: 'scan',
      occurredAt: nowIso(),
    },
    ...change,
  });
  const send = <Body = Schemas['PosReceipt']>(body: unknown) =>
    system.api<Body>('device', 'POST', '/v1/pos/events', body);

  it('are stored once, alone or in a batch', async () => {
    const one = line();
    const batch = Array.from({ length: 1_000 }, (_, index) => line({ transactionId: 'big', line: index }));
    expect((await send(one)).body).toEqual({ accepted: 1, duplicates: 0 });
    expect((await send([one, line()])).body).toEqual({ accepted: 1, duplicates: 1 });
    expect((await send(batch)).body).toEqual({ accepted: 1_000, duplicates: 0 });
    expect((await send(line({ type: 'heartbeat' }))).body).toEqual({ accepted: 0, duplicates: 0 });
  });

  it('keep odd descriptions as they are', async () => {
    const description = "Käse 'n' Ham; drop table pos_events; -- 😀";
    const odd = line({ description });
    await send(odd);
    const rows = await rowsOf('select description from pos_events where transaction_id = $1', [odd.transactionId]);
    expect(rows).toEqual([{ description }]);
  });

  it.each<[string, unknown, number, string]>([
    ['an unknown till', line({ terminalId: 'sco-9' }), 422, 'terminalId'],
    ["another store's till in a batch", [line(), line({ terminalId: 'south-1' })], 422, '1.terminalId'],
    ['a time an hour ahead', line({ occurredAt: new Date(Date.now() + 3_600_000).toISOString() }), 400, 'occurredAt'],
    [
      'one of a batch an hour ahead',
      [line(), line({ occurredAt: new Date(Date.now() + 3_600_000).toISOString() })],
      400,
      '1.occurredAt',
    ],
    ['a clock at its epoch', line({ occurredAt: '1970-01-01T00:00:00Z' }), 400, 'occurredAt'],
    ['a NUL', line({ description: 'a\0' }), 400, 'description'],
    ['more than a thousand', Array.from({ length: 1_001 }, () => line()), 400, 'body'],
    ['none', [], 400, 'body'],
  ])('%s is refused, and the rest of its batch with it', async (_name, body, status, field) => {
    const before = await countRows(system.database);
    const answer = await send<Schemas['Problem']>(body);
    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([status, field]);
    expect(await countRows(system.database)).toEqual(before);
  });

  it('of long ago make no partition for each day', async () => {
    const partitions = async () => (await rowsOf("select 1 from pg_class where relname like 'pos_events_2%'")).length;
    const before = await partitions();
    const old = Array.from({ length: 500 }, (_, day) => line({ occurredAt: agoIso((100 + day) * 86_400_000) }));
    expect((await send(old)).body).toEqual({ accepted: 500, duplicates: 0 });
    expect(await partitions()).toBe(before);
  });
});

describe('whatever somebody sends', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('high-street', 'sco-3-cam', 'scanner', 'sco-3', 'T-1', '\0', '__proto__', "' or 1=1"),
  );
  const anyValue = fc.oneof(
    anyText,
    fc.double(),
    fc.integer(),
    fc.constant(null),
    fc.boolean(),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const anyTime = fc.oneof(
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.constantFrom(
      '2016-12-31T23:59:60Z',
      '2026-03-01T12:00:00+23:59',
      '0000-01-01T00:00:00Z',
      '2026-03-01 12:00:00Z',
    ),
    fc
      .date({ min: new Date('2020-01-01'), max: new Date('2026-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
  );
  /** A valid body with some fields replaced, removed or added: near enough to get past the first check. */
  const mutated = (valid: object, times: string[]) =>
    fc
      .tuple(
        fc.dictionary(fc.constantFrom(...Object.keys(valid), '__proto__', 'extra'), anyValue, { maxKeys: 2 }),
        fc.subarray(times),
        anyTime,
        fc.option(fc.constantFrom(...Object.keys(valid)), { freq: 6 }),
      )
      .map(([changes, timeFields, time, removed]) => {
        const body = { ...valid, ...Object.fromEntries(timeFields.map((field) => [field, time])), ...changes };
        return Object.fromEntries(Object.entries(body).filter(([name]) => name !== removed));
      });
  const whole = {
    ...detection(),
    item: { label: 'apple', confidence: 1 },
    sightings: [{ at: nowIso() }],
    boxes: [{ at: nowIso(), x: 0, y: 0, width: 1, height: 1 }],
  };
  const line = {
    storeId: 'high-street',
    terminalId: 'sco-3',
    transactionId: 'T-1',
    line: 1,
    type: 'scan',
    occurredAt: nowIso(),
    plu: '1',
    description: 'x',
    quantity: 1,
    amountMinor: 1,
    currency: 'GBP',
  };

  it.each<[string, fc.Arbitrary<unknown>]>([
    ['/v1/detections', fc.oneof({ weight: 4, arbitrary: mutated(whole, ['detectedAt']) }, fc.jsonValue())],
    [
      '/v1/pos/events',
      fc.oneof({ weight: 4, arbitrary: fc.array(mutated(line, ['occurredAt']), { maxLength: 3 }) }, fc.jsonValue()),
    ],
  ])('%s answers with a verdict on it, never with a failure of ours', async (path, bodies) => {
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const answer = await system.api<Schemas['Problem']>('device', 'POST', path, JSON.stringify(body), {
          'content-type': 'application/json',
        });
        seen.add(answer.status);
        expect(answer.status).toBeLessThan(500);
        if (answer.status !== 202) expect(answer.body.detail).toMatch(/\S/);
      }),
      { numRuns: 300 },
    );
    expect([...seen]).toEqual(expect.arrayContaining([202, 400]));
    expect(system.errors).toEqual([]);
  });

  it('the list of incidents takes no cursor but its own', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          anyText,
          anyTime.map((time) => `${time}~inc_${'0'.repeat(20)}`),
          fc.constantFrom(
            '2020~inc_00000000000000000000',
            '9999-99-99T99:99:99.999Z~inc_00000000000000000000',
            '0000-01-01T00:00:00.000Z~inc_00000000000000000000',
          ),
        ),
        async (cursor) => {
          const { status } = await system.api(
            'admin',
            'GET',
            `/v1/incidents?cursor=${encodeURIComponent(Buffer.from(cursor).toString())}`,
          );
          expect([200, 400]).toContain(status);
        },
      ),
      { numRuns: 100 },
    );
    expect(system.errors).toEqual([]);
  });
});
