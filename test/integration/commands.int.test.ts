import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { components } from '../../schemas/generated/openapi.ts';
import { eventually, fastPolicy, startTestSystem, type TestSystem } from '../harness/system.ts';
import { agoIso, detection, nowIso, serveApi } from './support.ts';

type Schemas = components['schemas'];
type Result = Schemas['CommandResult'] & Partial<Schemas['Problem']>;

const engines = inject('engines');
let system: TestSystem;

beforeAll(async () => {
  const escalation = fastPolicy.escalation.map((step) => ({ ...step, timeoutMs: 60_000 }));
  system = await startTestSystem(engines, { media: false, policy: { ...fastPolicy, escalation } });
}, 120_000);
afterAll(() => system?.close());

let moments = 0;
/** An incident that waits for its first person. */
async function alerting(): Promise<string> {
  moments += 1;
  const line = {
    storeId: 'high-street',
    terminalId: 'sco-3',
    transactionId: randomUUID(),
    line: 1,
    type: 'heartbeat',
    occurredAt: nowIso(),
  };
  await system.api('device', 'POST', '/v1/pos/events', line);
  const { body } = await system.api<Schemas['DetectionReceipt']>(
    'device',
    'POST',
    '/v1/detections',
    detection({ detectedAt: agoIso(moments * 3_000 + 2_000) }),
  );
  await eventually(async () => (await read(body.incidentId)).state === 'alerting');
  return body.incidentId;
}
const read = async (incidentId: string) =>
  (await system.api<Schemas['IncidentDetail']>('admin', 'GET', `/v1/incidents/${incidentId}`)).body;
const command = (incidentId: string, name: 'acknowledge' | 'verdict', body?: unknown, key?: string) =>
  system.api<Result>(
    'soc_operator',
    'POST',
    `/v1/incidents/${incidentId}/${name}`,
    body,
    key === undefined ? {} : { 'idempotency-key': key },
  );
const audits = async (incidentId: string, action: string) =>
  (
    await system.database.admin.query('select 1 from audit where subject = $1 and action = $2', [
      `incident:${incidentId}`,
      action,
    ])
  ).rowCount;

describe('a verdict', () => {
  it('sent again with its key gets the same answer and counts once, even after the end', async () => {
    const incidentId = await alerting();
    const send = () =>
      command(
        incidentId,
        'verdict',
        { verdict: 'staff_error', reasonCode: 'rescanned', note: 'scanned again' },
        'verdict-key-1',
      );
    const answers = await Promise.all([send(), send(), send()]);
    await eventually(async () => (await read(incidentId)).state === 'closed');
    answers.push(await send());
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answers.map(({ body }) => body)).toEqual(
      Array(4).fill({ incidentId, state: 'closed', verdict: 'staff_error' }),
    );
    expect(await audits(incidentId, 'incident.decided')).toBe(1);
    expect(await audits(incidentId, 'incident.note_added')).toBe(1);
  });

  it('of somebody else after that is refused, and so is one on an older version', async () => {
    const incidentId = await alerting();
    const stale = await command(incidentId, 'verdict', { verdict: 'paid', expectedVersion: 99 }, 'stale-key-1');
    expect([stale.status, stale.body.code]).toEqual([409, 'CONFLICT']);
    expect((await command(incidentId, 'verdict', { verdict: 'paid' }, 'first-key')).status).toBe(200);
    const second = await command(incidentId, 'verdict', { verdict: 'confirmed' }, 'second-key');
    expect([second.status, second.body.detail]).toEqual([409, 'This incident is already closed.']);
    await eventually(async () => (await read(incidentId)).verdict === 'paid');
  });

  it('may carry the key of the acknowledgement before it: they are two commands', async () => {
    const incidentId = await alerting();
    const key = 'one-key-for-both';
    expect((await command(incidentId, 'acknowledge', undefined, key)).body).toMatchObject({ state: 'acknowledged' });
    expect((await command(incidentId, 'acknowledge', undefined, key)).status).toBe(200);
    expect((await command(incidentId, 'acknowledge', undefined, 'another-key')).status).toBe(409);
    expect((await command(incidentId, 'verdict', { verdict: 'confirmed' }, key)).body).toMatchObject({
      state: 'closed',
      verdict: 'confirmed',
    });
  });

  it.each([
    [{}, 'verdict'],
    [{ verdict: 'guilty' }, 'verdict'],
    [{ verdict: 'unreviewed' }, 'verdict'],
    [{ verdict: 'paid', reasonCode: 'because' }, 'reasonCode'],
    [{ verdict: 'paid', approach: true }, 'approach'],
    [{ verdict: 'paid', note: 'x'.repeat(2_001) }, 'note'],
  ])('%j is refused by name', async (body, field) => {
    const answer = await command(`inc_${'0'.repeat(20)}`, 'verdict', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((error) => error.field).join()).toContain(field);
  });

  it('for an incident that is not there is told so', async () => {
    expect((await command(`inc_${'0'.repeat(20)}`, 'verdict', { verdict: 'paid' })).status).toBe(404);
  });

  it('while the engine is away is answered 503 with Retry-After, and is welcome again afterwards', async () => {
    const incidentId = await alerting();
    const cutOff = await serveApi(engines, system.database);
    const path = `/v1/incidents/${incidentId}/verdict`;
    const answer = await cutOff.call(
      system.database.keys.soc_operator,
      'POST',
      path,
      { verdict: 'paid' },
      { 'idempotency-key': 'patient-key' },
    );
    await cutOff.close();
    expect([answer.status, answer.body['code']]).toEqual([503, 'DEPENDENCY_TEMPORARY']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await read(incidentId)).state).toBe('alerting');
    expect((await command(incidentId, 'verdict', { verdict: 'paid' }, 'patient-key')).status).toBe(200);
  });
});

describe('a call for help', () => {
  it('makes the incident critical, and the explanation adds up', async () => {
    const incidentId = await alerting();
    await command(incidentId, 'verdict', { verdict: 'help' });
    await eventually(async () => (await read(incidentId)).severity === 'critical');
    const { body } = await system.api<Schemas['Explanation']>(
      'admin',
      'GET',
      `/v1/incidents/${incidentId}/explanation`,
    );
    const points = body.severity.reasons.map(({ params }) => Number(params['points']));
    expect([body.severity.score, points.reduce((sum, each) => sum + each, 0)]).toEqual([100, 100]);
    expect(body.severity.reasons.filter(({ code }) => code === 'HELP_REQUESTED')).toHaveLength(1);
    await command(incidentId, 'verdict', { verdict: 'confirmed' });
  });
});
