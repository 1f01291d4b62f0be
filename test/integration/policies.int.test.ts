import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { components } from '../../schemas/generated/openapi.ts';
import { ingestDetection } from '../../services/detection/ingest.ts';
import { activePolicy } from '../../services/policy/resolve.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { openStage, type Stage, unhurried } from '../harness/story.ts';
import {
  actorOf,
  agoIso,
  contextOf,
  detection,
  openIncident,
  plantKey,
  type ServedApi,
  serveApi,
  withSouthStore,
} from './support.ts';

type Schemas = components['schemas'];
type Version = Schemas['PolicyVersion'];
type Problem = Schemas['Problem'];

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

type Caller = keyof TestDatabase['keys'];
const call = <Body = Record<string, unknown>>(caller: Caller, method: string, path: string, body?: unknown) =>
  api.call<Body>(database.keys[caller], method, path, body);
const step = (caller: Caller, id: string, verb: string, version: number) =>
  call<Version & Problem>(caller, 'POST', `/v1/policies/${id}/${verb}`, { version });
/** Written by the SOC lead, reviewed by compliance. */
async function bringIntoForce(id: string, source: string): Promise<number> {
  const known = await call('soc_lead', 'GET', `/v1/policies/${id}`);
  const saved =
    known.status === 404
      ? await call<Version>('soc_lead', 'POST', '/v1/policies', { source: `id: ${id}\n${source}` })
      : await call<Version>('soc_lead', 'PUT', `/v1/policies/${id}/draft`, { source });
  expect([200, 201]).toContain(saved.status);
  const { version } = saved.body;
  expect((await step('soc_lead', id, 'submit', version)).status).toBe(200);
  expect((await step('compliance', id, 'activate', version)).status).toBe(200);
  return version;
}

describe('the life of a policy', () => {
  it('goes from draft over review to active, with two people, and every step is on the record', async () => {
    const created = await call<Version>('soc_lead', 'POST', '/v1/policies', {
      source: '# For the night.\nid: night\noperatingModel: soc_led\n',
      note: 'fewer people at night',
    });
    expect(created).toMatchObject({
      status: 201,
      body: { id: 'night', version: 1, state: 'draft', operatingModel: 'soc_led' },
    });
    expect(created.body.source).toContain('# For the night.');
    const better = await call<Version>('regional', 'PUT', '/v1/policies/night/draft', {
      source: 'operatingModel: soc_led\nclaim: 2m\n',
    });
    expect(better.body).toMatchObject({ version: 1, state: 'draft', createdBy: 'user:demo-regional', note: null });
    expect((await step('soc_lead', 'night', 'activate', 1)).status).toBe(409);
    expect((await step('regional', 'night', 'submit', 1)).body.state).toBe('review');
    expect((await step('regional', 'night', 'submit', 1)).status).toBe(409);
    const activated = await step('compliance', 'night', 'activate', 1);
    expect(activated.body).toMatchObject({
      state: 'active',
      activatedBy: 'user:demo-compliance',
      createdBy: 'user:demo-regional',
    });
    const { rows } = await database.admin.query<{ action: string; details: { sourceSha256?: string } }>(
      "select action, details from audit where subject = 'policy:night' order by seq",
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'policy.drafted',
      'policy.drafted',
      'policy.submitted',
      'policy.activated',
    ]);
    // What was reviewed is what runs.
    expect(new Set(rows.slice(1).map(({ details }) => details.sourceSha256)).size).toBe(1);
    expect(rows[0]?.details.sourceSha256).not.toBe(rows[1]?.details.sourceSha256);
  });

  it('has nobody activate what they wrote', async () => {
    await call('soc_lead', 'POST', '/v1/policies', { source: 'id: mine\noperatingModel: soc_led' });
    await step('admin', 'mine', 'submit', 1);
    const own = await step('soc_lead', 'mine', 'activate', 1);
    expect(own.status).toBe(403);
    expect(own.body.detail).toMatch(/somebody else/);
    expect((await step('admin', 'mine', 'activate', 1)).status).toBe(200);
  });

  it('keeps what is in review from any change, and a withdrawn number from being used again', async () => {
    await call('soc_lead', 'POST', '/v1/policies', { source: 'id: held\noperatingModel: soc_led' });
    await step('soc_lead', 'held', 'submit', 1);
    const changed = await call<Problem>('soc_lead', 'PUT', '/v1/policies/held/draft', {
      source: 'operatingModel: detection_only',
    });
    expect(changed.status).toBe(409);
    expect(changed.body.detail).toMatch(/Version 1 of held waits for its review/);
    expect((await step('soc_lead', 'held', 'withdraw', 1)).body).toMatchObject({ state: 'retired', activatedAt: null });
    expect((await step('compliance', 'held', 'activate', 1)).status).toBe(409);
    const next = await call<Version>('soc_lead', 'PUT', '/v1/policies/held/draft', {
      source: 'operatingModel: soc_led',
    });
    expect(next.body.version).toBe(2);
  });

  it('retires the version before, and goes back by the same road', async () => {
    const first = await bringIntoForce('round', 'operatingModel: soc_led\nclaim: 2m');
    const second = await bringIntoForce('round', 'operatingModel: soc_led\nclaim: 3m');
    const detail = await call<Schemas['PolicyDetail']>('store_staff', 'GET', '/v1/policies/round');
    expect(detail.body.versions.map(({ version, state }) => [version, state])).toEqual([
      [second, 'active'],
      [first, 'retired'],
    ]);
    const back = await step('admin', 'round', 'rollback', first);
    expect(back.body).toMatchObject({
      version: second + 1,
      state: 'draft',
      source: 'id: round\noperatingModel: soc_led\nclaim: 2m',
      note: 'back to version 1',
    });
    expect((await step('admin', 'round', 'submit', second + 1)).status).toBe(200);
    expect((await step('soc_lead', 'round', 'activate', second + 1)).status).toBe(200);
    const running = await database.db.transaction({ tenantId: 'demo', storeIds: null }, 'read', (tx) =>
      tx.query<{ version: number }>("select version from policies where id = 'round' and state = 'active'"),
    );
    expect(running).toEqual([{ version: second + 1 }]);
  });

  it('lets one of two who activate at once win', async () => {
    await call('soc_lead', 'POST', '/v1/policies', { source: 'id: race\noperatingModel: soc_led' });
    await step('soc_lead', 'race', 'submit', 1);
    const both = await Promise.all([step('compliance', 'race', 'activate', 1), step('admin', 'race', 'activate', 1)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  it('opens the installed policy as a document that may be saved as it is', async () => {
    const detail = await call<Schemas['PolicyDetail']>('soc_lead', 'GET', '/v1/policies/default');
    const source = detail.body.active?.source ?? '';
    expect(source).toMatch(/^id: default\noperatingModel: checkout_validation\n/);
    const saved = await call<Version>('soc_lead', 'PUT', '/v1/policies/default/draft', { source });
    expect(saved).toMatchObject({ status: 200, body: { version: 2, state: 'draft' } });
    const listed = await call<Schemas['PolicyList']>('soc_lead', 'GET', '/v1/policies');
    expect(listed.body.items).toContainEqual({
      ...{
        id: 'default',
        operatingModel: 'checkout_validation',
        activeVersion: 1,
        openVersion: 2,
        openState: 'draft',
        stores: 2,
      },
    });
    await step('soc_lead', 'default', 'withdraw', 2);
  });
});

describe('a document that is wrong', () => {
  it('is refused with the line and column of each mistake, and nothing is stored', async () => {
    const source =
      'id: bad\noperatingModel: checkout_validation\nlateAfter: 45\nescalation:\n  - { role: store_staf, timeout: 45s }\n';
    const { status, body } = await call<Problem>('soc_lead', 'POST', '/v1/policies', { source });
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { field: 'lateAfter', message: 'line 3, column 12: is 45 of what? Write its unit, such as 45s' },
      { field: 'escalation.0.role', message: 'line 5, column 13: is "store_staf"; did you mean store_staff?' },
    ]);
    expect(body.detail).toBe('line 3, column 12: is 45 of what? Write its unit, such as 45s (and 1 more)');
    expect((await call('soc_lead', 'GET', '/v1/policies/bad')).status).toBe(404);
    const validated = await call<Schemas['PolicyValidation']>('soc_lead', 'POST', '/v1/policies/validate', { source });
    expect(validated.body).toMatchObject({
      valid: false,
      problems: [{ line: 3, column: 12, path: 'lateAfter' }, { line: 5 }],
    });
  });

  it('has a published shape', async () => {
    const { status, body } = await call<{ title: string; required: string[] }>(
      'store_staff',
      'GET',
      '/v1/policies/schema',
    );
    expect({ status, title: body.title, required: body.required }).toEqual({
      status: 200,
      title: 'Policy',
      required: ['operatingModel'],
    });
  });
});

describe('which policy a store runs with', () => {
  const runs = async (storeId: string) =>
    (await call<Schemas['StorePolicy']>('admin', 'GET', `/v1/stores/${storeId}/policy`)).body;
  const assign = (storeId: string, policyId: string | null, riskGroup: string | null, caller: Caller = 'admin') =>
    call<Schemas['StorePolicy'] & Problem>(caller, 'PUT', `/v1/stores/${storeId}/policy`, { policyId, riskGroup });

  it('is its own before its risk group before the one called default', async () => {
    await bringIntoForce('town', 'operatingModel: soc_led');
    await bringIntoForce('risky', 'operatingModel: soc_led');
    expect(
      (await call('admin', 'PUT', '/v1/risk-groups/inner-city', { name: 'Inner city', policyId: 'town' })).status,
    ).toBe(200);
    await assign('high-street', 'risky', 'inner-city');
    expect((await runs('high-street')).runs).toEqual({ policyId: 'risky', version: 1, because: 'store' });
    await assign('high-street', null, 'inner-city');
    expect((await runs('high-street')).runs).toEqual({ policyId: 'town', version: 1, because: 'risk_group' });
    await assign('high-street', null, null);
    expect((await runs('high-street')).runs).toEqual({ policyId: 'default', version: 1, because: 'default' });
    const resolved = await database.db.transaction({ tenantId: 'demo', storeIds: null }, 'read', (tx) =>
      activePolicy(tx, 'demo', 'high-street'),
    );
    expect(resolved).toMatchObject({ id: 'default', version: 1 });
  });

  it('changes for every store of a group at once', async () => {
    await bringIntoForce('late', 'operatingModel: soc_led');
    await call('admin', 'PUT', '/v1/risk-groups/outskirts', { name: 'Outskirts', policyId: 'default' });
    await assign('south', null, 'outskirts');
    const changed = await call<Schemas['RiskGroup']>('admin', 'PUT', '/v1/risk-groups/outskirts', {
      name: 'Outskirts',
      policyId: 'late',
    });
    expect(changed.body.storeIds).toEqual(['south']);
    const south = await plantKey(database, { role: 'soc_lead', storeIds: ['south'] });
    const seen = await api.call<Schemas['StorePolicy']>(south, 'GET', '/v1/stores/south/policy');
    expect(seen.body.runs.policyId).toBe('late');
    await assign('south', 'default', null);
  });

  it('is never one that is not active, of another tenant, or that nobody made', async () => {
    await call('soc_lead', 'POST', '/v1/policies', { source: 'id: unripe\noperatingModel: soc_led' });
    await database.admin.query("insert into tenants (id, name) values ('rival', 'Rival')");
    await database.admin.query(
      "insert into policies (tenant_id, id, version, body) values ('rival', 'theirs', 1, '{}')",
    );
    for (const [policyId, group] of [
      ['unripe', null],
      ['nowhere', null],
      ['theirs', null],
      [null, 'nowhere'],
    ] as const)
      expect((await assign('high-street', policyId, group)).status).toBe(422);
    expect((await runs('high-street')).runs.policyId).toBe('default');
  });

  it('takes effect with the next incident; those that are open keep what they started with', async () => {
    const snapshot = async (incidentId: string) =>
      (
        await database.admin.query<{ policy: { id: string; version: number; claimMs: number } }>(
          'select policy from incidents where id = $1',
          [incidentId],
        )
      ).rows[0]!.policy;
    await bringIntoForce('live', 'operatingModel: soc_led\nclaim: 2m');
    await assign('south', 'live', null);
    const before = await openIncident(database, { storeId: 'south' });
    expect(await snapshot(before)).toMatchObject({ id: 'live', version: 1, claimMs: 120_000 });
    await bringIntoForce('live', 'operatingModel: soc_led\nclaim: 4m');
    const after = await openIncident(database, { storeId: 'south' });
    expect(await snapshot(after)).toMatchObject({ id: 'live', version: 2, claimMs: 240_000 });
    expect(await snapshot(before)).toMatchObject({ id: 'live', version: 1, claimMs: 120_000 });
    // A draft and one in review change nothing.
    await call('soc_lead', 'PUT', '/v1/policies/live/draft', { source: 'operatingModel: soc_led\nclaim: 9m' });
    await step('soc_lead', 'live', 'submit', 3);
    expect(await snapshot(await openIncident(database, { storeId: 'south' }))).toMatchObject({ version: 2 });
    await assign('south', 'default', null);
  });
});

describe('a simulation over the API', () => {
  const simulate = (body: Record<string, unknown>, caller: Caller = 'soc_lead') =>
    call<Schemas['PolicySimulation'] & Problem>(caller, 'POST', '/v1/policies/default/simulate', {
      fromAt: agoIso(86_400_000 * 2),
      toAt: agoIso(-1_000),
      ...body,
    });

  it('says what a draft would have done, and leaves everything as it was', async () => {
    const device = contextOf(database, actorOf('device', { id: 'device:test' }));
    const at = (seconds: number) => agoIso(86_400_000 - seconds * 1_000);
    for (const seconds of [0, 8, 600])
      await ingestDetection(device, detection({ detectedAt: at(seconds), eventType: 'loitering' }));
    await database.admin.query(
      "update incidents set state = 'closed', received_at = detected_at, accepted_at = detected_at where detected_at < now() - interval '20 hours'",
    );
    await database.admin.query(
      "update detections set received_at = detected_at where detected_at < now() - interval '20 hours'",
    );
    const rows = async () =>
      (
        await database.admin.query<{ rows: number }>(
          'select (select count(*) from audit) + (select count(*) from notifications) + (select count(*) from policies) as rows',
        )
      ).rows[0];
    const before = await rows();
    const source =
      'operatingModel: checkout_validation\nmerge: { window: 10s }\nnoise: { gates: [{ behaviour: loitering, count: 3, window: 15m }] }\nescalation:\n  - { role: store_manager, timeout: 45s }\n';
    const { status, body } = await simulate({
      source,
      storeIds: ['high-street'],
      fromAt: agoIso(86_400_000 + 60_000),
      toAt: agoIso(80_000_000),
    });
    expect(status).toBe(200);
    expect(await rows()).toEqual(before);
    expect(body).toMatchObject({
      policyId: 'default',
      version: null,
      comparedWith: [{ policyId: 'default', version: 1 }],
      storeIds: ['high-street'],
      cutAt: null,
      unlisted: 0,
    });
    expect(body.totals.active).toMatchObject({ incidents: 3, texted: 3, merged: 0 });
    expect(body.totals.draft).toMatchObject({
      incidents: 2,
      merged: 1,
      suppressed: 1,
      suppressedBy: { GATE_NOT_REACHED: 1 },
    });
    expect(body.totals.recorded).toMatchObject({ incidents: 3, texted: 0 });
    const merged = body.incidents.find(({ changes }) => changes.includes('MERGED_DIFFERENTLY'));
    expect(merged?.draft.mergedInto).toMatch(/^inc_/);
    const first = body.incidents.find(({ incidentId }) => incidentId === merged?.draft.mergedInto);
    expect(first?.draft).toMatchObject({
      messages: [],
      suppressed: [{ code: 'GATE_NOT_REACHED', params: { seen: 2, needed: 3 } }],
    });
    expect(first?.changes).toEqual(['NOT_TEXTED_ANY_MORE', 'SUPPRESSED_NOW', 'OTHER_SEVERITY']);
    const last = body.incidents.find(({ changes }) => changes.includes('OTHER_PEOPLE'));
    expect(last?.active.messages[0]).toMatchObject({
      personId: 'sam',
      role: 'store_staff',
      channel: 'sms',
      afterSeconds: 0,
    });
    expect(last?.draft.messages).toMatchObject([{ personId: 'alex', role: 'store_manager' }]);
    expect(last?.recorded.messages).toEqual([]);
  });

  it('replays the newest 5,000 and says from when on, and lists 500 of them', async () => {
    const place = "'demo', 'south', 'inc_' || lpad(n::text, 20, '0')";
    const seen = "timestamptz '2026-03-01T00:00:00Z' + make_interval(secs => n * 20)";
    await database.admin.query(
      `insert into incidents (tenant_id, store_id, id, code, camera_id, zone_id, behaviour, category, state, detected_at, received_at, late, policy)
       select ${place}, lpad(n::text, 6, '0'), 'south-cam', 'belt', 'loitering', 'shoplifting', 'closed', ${seen}, ${seen}, false, '{}' from generate_series(1, 5010) n`,
    );
    await database.admin.query(
      `insert into detections (tenant_id, store_id, incident_id, dedup_key, event_id, camera_id, zone_id, behaviour, detected_at, received_at, late, confidence, body)
       select ${place}, 'many:' || n, 'many-' || n, 'south-cam', 'belt', 'loitering', ${seen}, ${seen}, false, 0.7, '{}' from generate_series(1, 5010) n`,
    );
    const { status, body } = await simulate({
      ...{ version: 1, storeIds: ['south'], fromAt: '2026-03-01T00:00:00Z', toAt: '2026-03-10T00:00:00Z' },
    });
    expect({ status, cutAt: body.cutAt, unlisted: body.unlisted, listed: body.incidents.length }).toEqual({
      ...{ status: 200, cutAt: '2026-03-01T00:03:40.000Z', unlisted: 4_500, listed: 500 },
    });
    expect(body.totals.draft.incidents).toBe(5_000);
    expect(JSON.stringify(body)).not.toMatch(/Sam|Alex|\+44/);
  });

  it("takes one document or version, 31 days at most, and only stores of one's own scope", async () => {
    expect((await simulate({})).status).toBe(422);
    expect((await simulate({ version: 99 })).status).toBe(404);
    expect((await simulate({ version: 1 })).status).toBe(200);
    expect((await simulate({ version: 1, source: 'operatingModel: soc_led' })).status).toBe(400);
    expect((await simulate({ source: 'operatingModel: nonsense' })).body.errors?.[0]?.message).toMatch(
      /^line 1, column 17: /,
    );
    expect((await simulate({ version: 1, fromAt: agoIso(86_400_000 * 32) })).status).toBe(400);
    expect((await simulate({ version: 1, toAt: agoIso(86_400_000 * 3) })).status).toBe(400);
    expect((await simulate({ version: 1, storeIds: ['nowhere'] })).status).toBe(404);
    const south = await plantKey(database, { role: 'soc_lead', storeIds: ['south'] });
    const body = { version: 1, fromAt: agoIso(60_000), toAt: agoIso(0) };
    const own = await api.call<Schemas['PolicySimulation']>(south, 'POST', '/v1/policies/default/simulate', body);
    expect(own.body.storeIds).toEqual(['south']);
    const other = await api.call(south, 'POST', '/v1/policies/default/simulate', {
      ...body,
      storeIds: ['high-street'],
    });
    expect(other.status).toBe(403);
  });
});

describe('on a running system', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage(engines, unhurried);
    await stage.till.beats();
  });
  afterAll(() => stage?.close());

  it('an activated policy decides about the next incident, without a restart, and can be replayed against the past', async () => {
    const { system, camera, sam, alex } = stage;
    const ask = <Body>(caller: Caller, method: string, path: string, body?: unknown) =>
      system.api<Body>(caller, method, path, body);
    const old = await camera.sees();
    await sam.expectText(/please check/);

    const source =
      'operatingModel: checkout_validation\nmerge: { window: 0s }\nescalation:\n  - { role: store_manager, timeout: 10m }\n';
    const draft = await ask<Version>('soc_lead', 'PUT', '/v1/policies/default/draft', { source });
    const { version } = draft.body;
    await ask('soc_lead', 'POST', '/v1/policies/default/submit', { version });
    expect((await ask('compliance', 'POST', '/v1/policies/default/activate', { version })).status).toBe(200);

    const next = await camera.sees();
    await alex.expectText(new RegExp(next.code));
    const explained = await ask<Schemas['Explanation']>(
      'soc_lead',
      'GET',
      `/v1/incidents/${next.incidentId}/explanation`,
    );
    expect(explained.body.policy).toEqual({ id: 'default', version });
    const kept = await ask<Schemas['Explanation']>('soc_lead', 'GET', `/v1/incidents/${old.incidentId}/explanation`);
    expect(kept.body.policy).toEqual({ id: 'default', version: 1 });
    await sam.reply(`${old.code} 1`);
    await sam.expectText(/noted/);
    await alex.reply(`${next.code} 4`);
    await alex.expectText(/noted/);
    await stage.closed(old.incidentId);
    await stage.closed(next.incidentId);

    const range = { fromAt: agoIso(600_000), toAt: agoIso(-1_000) };
    const replayed = await ask<Schemas['PolicySimulation']>('soc_lead', 'POST', '/v1/policies/default/simulate', {
      version: 1,
      ...range,
    });
    const told = (which: 'recorded' | 'active' | 'draft') =>
      [old.incidentId, next.incidentId].map((id) => {
        const found = replayed.body.incidents.find(({ incidentId }) => incidentId === id);
        return found?.[which].messages.map(({ personId, channel, role }) => `${personId} ${channel} ${role}`);
      });
    const [toSam, toAlex] = ['sam sms store_staff', 'alex sms store_manager'];
    expect(told('recorded')).toEqual([[toSam], [toAlex]]);
    // Each policy does with its own incident what was really done, and with the other's what it would have done.
    expect(told('draft')).toEqual([[toSam], [toSam]]);
    expect(told('active')).toEqual([[toAlex], [toAlex]]);
    for (const { recorded, active, draft: under } of replayed.body.incidents) {
      expect([active.posVerdict, under.posVerdict]).toEqual([recorded.posVerdict, recorded.posVerdict]);
      expect([active.severity, under.severity]).toEqual([recorded.severity, recorded.severity]);
    }
    await stage.endsWell();
  });
});
