import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { defaultPolicy, type NoisePolicy, type Policy } from '../../domain/policy.ts';
import type { Detection } from '../../domain/types.ts';
import { ingestDetection } from '../../services/detection/ingest.ts';
import { makeFirstContact, recheckTill } from '../../services/incident/first-contact.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { actorOf, agoIso, contextOf, detection, openIncident, southDetection, withSouthStore } from './support.ts';

const withoutZone = ({ zoneId: _zone, ...rest }: Detection): Detection => rest;
const links = { publicUrl: 'https://shops.example.com', linkSecret: 'a secret of the tests only' };
const none: NoisePolicy = {
  ...defaultPolicy.noise,
  storm: { count: 999, windowMs: 60_000 },
  suppression: null,
  budgets: {},
};
let database: TestDatabase;

const start = async (policy: Partial<Policy>) => {
  // No till is asked: what is tested is whether people are.
  const full: Policy = {
    ...defaultPolicy,
    receiptFirst: [],
    mergeWindowMs: 1,
    pageWithinMs: 30 * 86_400_000,
    ...policy,
  };
  database = await createTestDatabase(inject('engines').databaseAdminUrl, { policy: full, change: withSouthStore });
};
afterEach(() => database?.drop());

const system = () => contextOf(database, actorOf('system', { id: 'system:test' }));
const firstContact = (incidentId: string) => makeFirstContact(system(), links, incidentId);
/** The codes of what keeps an incident quiet, or `paged`. */
const fate = async (incidentId: string): Promise<string> => {
  const { suppressed, intent } = await firstContact(incidentId);
  const { rows } = await database.admin.query<{ codes: string | null; state: string }>(
    "select (select string_agg(r ->> 'code', ' ') from jsonb_array_elements(suppression) r) as codes, state from incidents where id = $1",
    [incidentId],
  );
  expect(suppressed).toBe(rows[0]!.codes !== null);
  expect(intent === null).toBe(suppressed);
  expect(rows[0]!.state).toBe(suppressed ? 'in_review' : 'alerting');
  return rows[0]!.codes ?? 'paged';
};
const seen = async (change: Partial<Detection> = {}) => fate(await openIncident(database, change));
const judge = (verdict: string, count: number, agoDays = 0) =>
  database.admin.query(
    `insert into incidents (tenant_id, store_id, id, code, camera_id, zone_id, behaviour, category, state, verdict, decided_by, detected_at, received_at, accepted_at, closed_at, late, policy)
     select 'demo', 'high-street', 'inc_' || lpad(md5($1 || g || $3::text), 20, 'x'), 'OLD', 'sco-3-cam', 'scanner', 'missed_scan', 'process_error', 'closed', $1, 'phone:sam',
       t, t, t, t, false, '{}' from generate_series(1, $2::int) g, (select clock_timestamp() - make_interval(days => $3::int) as t) at`,
    [verdict, count, agoDays],
  );

describe('a storm', () => {
  beforeEach(() => start({ noise: { ...none, storm: { count: 3, windowMs: 60_000 } } }));

  it('lets exactly three through, however many first contacts run at once', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 24; index += 1) ids.push(await openIncident(database));
    const fates = await Promise.all(ids.map((id) => firstContact(id)));
    expect(fates.filter(({ suppressed }) => !suppressed)).toHaveLength(3);
    expect(fates.filter(({ intent }) => intent !== null)).toHaveLength(3);
  });

  it('is counted for each store by itself', async () => {
    for (let index = 0; index < 3; index += 1) expect(await seen()).toBe('paged');
    expect(await seen()).toBe('STORM');
    const south = await ingestDetection(contextOf(database, actorOf('device')), southDetection());
    expect((await firstContact(south.incidentId)).suppressed).toBe(false);
  });

  it('does not hold back what went out already, when the same first contact is tried again', async () => {
    const incidentId = await openIncident(database);
    for (let index = 0; index < 3; index += 1) expect(await fate(incidentId)).toBe('paged');
  });

  it('passes danger', async () => {
    for (let index = 0; index < 4; index += 1) await seen();
    expect(await seen({ eventType: 'violence' })).toBe('paged');
  });
});

describe('the budget of a shift', () => {
  it.each([
    ['by itself', 250, {}],
    ['beside one by severity', 250, { medium: { count: 999, windowMs: 60_000 } }],
    ['that is small', 3, {}],
  ])('%s is spent with its last alert, not before', async (_, perShift, budgets) => {
    await start({ noise: { ...none, perShift, budgets } });
    const before = await openIncident(database);
    await database.admin.query(
      `insert into notifications (tenant_id, store_id, incident_id, id, kind, step, round, person_id, state, body, intended_at, claimed_at, sent_at)
       select tenant_id, store_id, id, 'ntf_before_' || n, 'alert', 0, n, 'sam', 'delivered', '', now(), now(), now() from incidents, generate_series(1, $2::int) n where id = $1`,
      [before, perShift - 1],
    );
    const outcomes = [];
    for (let index = 0; index < 2; index += 1)
      outcomes.push((await firstContact(await openIncident(database))).intent?.outcome);
    expect(outcomes).toEqual(['intended', 'withheld']);
  });
});

describe('a gate', () => {
  it('opens with the detection that makes it enough, in its window and its place', async () => {
    await start({ noise: { ...none, gates: [{ behaviour: 'loitering', count: 3, windowMs: 600_000 }] } });
    const at = (secondsAgo: number) => ({ eventType: 'loitering' as const, detectedAt: agoIso(secondsAgo * 1_000) });
    expect(await seen(at(5_000))).toBe('GATE_NOT_REACHED');
    expect(await seen(at(300))).toBe('GATE_NOT_REACHED');
    expect(await seen({ ...at(250), eventType: 'shelf_sweep' })).toBe('paged');
    expect(await seen(at(200))).toBe('GATE_NOT_REACHED');
    expect(await seen(at(100))).toBe('paged');
  });
});

describe('a gate over detections that merge', () => {
  it('opens with the merged one that makes it enough', async () => {
    await start({
      mergeWindowMs: 60_000,
      noise: { ...none, gates: [{ behaviour: 'loitering', count: 3, windowMs: 600_000 }] },
    });
    const at = (secondsAgo: number) => ({ eventType: 'loitering' as const, detectedAt: agoIso(secondsAgo * 1_000) });
    const incidentId = await openIncident(database, at(30));
    expect(await fate(incidentId)).toBe('GATE_NOT_REACHED');
    const ctx = contextOf(database, actorOf('device'));
    for (const secondsAgo of [20, 10])
      expect(await ingestDetection(ctx, detection(at(secondsAgo)))).toMatchObject({ incidentId });
    expect((await recheckTill(system(), incidentId)).suppressed).toBe(false);
  });
});

describe('what is learnt from verdicts', () => {
  const suppression = { minVerdicts: 10, floorPrecision: 0.2, windowMs: 7 * 86_400_000, passEvery: 3 };
  beforeEach(() => start({ noise: { ...none, suppression } }));

  it('holds back what people keep dismissing, shows every third all the same, and says from how many verdicts', async () => {
    await judge('false_positive', 9);
    expect(await seen()).toBe('paged');
    await judge('paid', 1);
    const fates = [];
    for (let index = 0; index < 6; index += 1) fates.push(await seen());
    expect(fates).toEqual([
      ...Array(2).fill('LEARNT_FROM_VERDICTS'),
      'paged',
      ...Array(2).fill('LEARNT_FROM_VERDICTS'),
      'paged',
    ]);
    const { rows } = await database.admin.query<{ params: object }>(
      "select suppression -> 0 -> 'params' as params from incidents where suppression is not null limit 1",
    );
    expect(rows[0]?.params).toMatchObject({ confirmed: 0, verdicts: 10, precision: 0, floorPrecision: 0.2 });
  });

  it('asks people again once enough of it was right', async () => {
    await judge('false_positive', 8);
    await judge('confirmed', 2);
    expect(await seen()).toBe('paged');
  });

  it('forgets: old verdicts hold nothing back', async () => {
    await judge('false_positive', 40, 8);
    expect(await seen()).toBe('paged');
  });

  it('learns nothing from the till, only from people', async () => {
    await judge('paid', 40);
    await database.admin.query("update incidents set decided_by = 'system:incident' where decided_by = 'phone:sam'");
    expect(await seen()).toBe('paged');
  });
});

describe('the operating model and the age', () => {
  it('detection_only records and pages nobody, except in danger', async () => {
    await start({ operatingModel: 'detection_only', noise: none });
    expect(await seen()).toBe('DETECTION_ONLY');
    expect(await seen({ eventType: 'violence' })).toBe('paged');
  });

  it('whoever it was about has long left', async () => {
    await start({ noise: none, pageWithinMs: 600_000 });
    expect(await seen({ detectedAt: agoIso(590_000) })).toBe('paged');
    expect(await seen({ detectedAt: agoIso(900_000) })).toBe('TOO_OLD');
  });

  it('a reason that has gone lets people be paged after all, and the record says so', async () => {
    await start({ noise: { ...none, storm: { count: 1, windowMs: 60_000 } } });
    await seen();
    const incidentId = await openIncident(database);
    expect(await fate(incidentId)).toBe('STORM');
    await database.admin.query("update notifications set intended_at = intended_at - interval '2 minutes'");
    expect((await recheckTill(system(), incidentId)).suppressed).toBe(false);
    const { rows } = await database.admin.query<{ kind: string }>(
      "select kind from incident_events where incident_id = $1 and kind like 'paging%' order by id",
      [incidentId],
    );
    expect(rows.map(({ kind }) => kind)).toEqual(['paging_suppressed', 'paging_resumed']);
  });
});

describe('what belongs together', () => {
  const secondCamera = () =>
    database.admin.query(
      "insert into cameras (tenant_id, store_id, id, name) values ('demo', 'high-street', 'door-cam', 'Door')",
    );
  const ingest = (change: Partial<Detection>) =>
    ingestDetection(contextOf(database, actorOf('system')), withoutZone({ ...detection(), ...change }));

  it('is what the policy says: by behaviour alone two cameras of one store see one incident, two stores never', async () => {
    await start({ mergeKeys: ['behaviour'], mergeWindowMs: 60_000 });
    await secondCamera();
    const place = { detectedAt: agoIso(3_000) };
    const first = await ingest(place);
    const second = await ingest({ ...place, cameraId: 'door-cam' });
    expect(second).toMatchObject({
      disposition: 'merged',
      incidentId: first.incidentId,
      mergeReason: { params: { keys: 'behaviour' } },
    });
    expect(await ingest({ ...place, eventType: 'loitering' })).toMatchObject({ disposition: 'started' });
    expect(await ingest({ ...place, storeId: 'south', cameraId: 'south-cam' })).toMatchObject({
      disposition: 'started',
    });
  });

  it('never is a drill and the real thing', async () => {
    await start({ mergeWindowMs: 60_000 });
    const first = await ingest({ detectedAt: agoIso(3_000), drill: true });
    const second = await ingest({ detectedAt: agoIso(2_900) });
    expect(second.disposition).toBe('started');
    expect(await ingest({ detectedAt: agoIso(2_800) })).toMatchObject({ incidentId: second.incidentId });
    expect(await ingest({ detectedAt: agoIso(2_700), drill: true })).toMatchObject({ incidentId: first.incidentId });
  });
});
