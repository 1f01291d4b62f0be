import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Runbook, RunbookStep } from '../domain/runbook.ts';
import type { Role } from '../domain/types.ts';
import type { StepView } from '../services/runbook/read.ts';
import { type DeviceSimulator, startDevices } from '../stack/devices/simulator.ts';
import { eventually, fastPolicy, startTestSystem, type TestSystem } from '../test/harness/system.ts';

const engines = inject('engines');
const storeId = 'high-street';
const approvers: Role[] = ['store_manager', 'soc_lead', 'regional'];
const step = (id: string, change: Partial<RunbookStep>): RunbookStep => ({
  ...{ id, action: 'signage', mode: 'automatic', approvers, mandatory: false, ackTimeoutMs: 1_500 },
  ...change,
});

/** It asks for locks and reports without people: the very mistake that must not matter. */
const runbooks: Runbook[] = [
  {
    ...{ id: 'violence', behaviours: ['violence'], minSeverity: 'low' },
    steps: [
      step('prompt', { action: 'terminal_prompt', target: 'sco-3', message: 'A colleague is on the way' }),
      step('sign', { target: 'signage-1', message: 'Please use the other entrance' }),
      step('lock', { action: 'door_lock', mode: 'automatic', target: 'door-1' }),
      step('badge', { action: 'credential_disable', target: 'access-1', about: 'demo-store_manager' }),
      step('report', { action: 'police_report', mode: 'human' }),
    ],
  },
  {
    ...{ id: 'crowd', behaviours: ['group_intrusion'], minSeverity: 'low' },
    steps: [step('look', { action: 'task', mandatory: true, message: 'Look after the customers at the door' })],
  },
];

let system: TestSystem;
let devices: DeviceSimulator;

beforeAll(async () => {
  system = await startTestSystem(engines, { policy: { ...fastPolicy, runbooks }, media: false });
  devices = await startDevices({
    ...{ mqttUrl: engines.mqttUrl, tenantId: 'demo', storeId },
    targets: ['sco-3', 'signage-1', 'door-1', 'access-1'],
    onProblem: (problem) => system.errors.push({ error: problem, about: 'devices' }),
  });
}, 120_000);
afterAll(async () => {
  await devices?.close();
  await system?.close();
});
beforeEach(async () => {
  for (const target of ['sco-3', 'signage-1', 'door-1']) await devices.turn(target, { mood: 'well' });
});

let reported = 0;
async function detect(eventType = 'violence'): Promise<string> {
  reported += 1;
  const { status, body } = await system.api<{ incidentId: string }>('device', 'POST', '/v1/detections', {
    ...{ eventId: randomUUID(), storeId, cameraId: 'sco-3-cam', zoneId: 'scanner', eventType, confidence: 0.9 },
    detectedAt: new Date(Date.now() - reported * 5_000).toISOString(),
    model: { id: 'test', version: '1' },
  });
  expect(status).toBe(202);
  return body.incidentId;
}

async function steps(incidentId: string): Promise<Record<string, StepView>> {
  const { body } = await system.api<{ steps: StepView[] }>('soc_lead', 'GET', `/v1/incidents/${incidentId}/steps`);
  return Object.fromEntries(body.steps.map((one) => [one.id.split('.')[1], one]));
}
const settles = (incidentId: string, name: string, state: string) =>
  eventually(async () => {
    const one = (await steps(incidentId))[name];
    return one?.state === state && one;
  });
const command = (role: Role, incidentId: string, stepId: string, name: string, reason?: string) =>
  system.api<StepView & { detail: string }>(
    role,
    'POST',
    `/v1/incidents/${incidentId}/steps/${stepId}/${name}`,
    reason === undefined ? undefined : { reason },
  );
const verdict = (incidentId: string, value: string) =>
  system.api('soc_lead', 'POST', `/v1/incidents/${incidentId}/verdict`, { verdict: value });
const doneFor = (incidentId: string) =>
  devices.carriedOut
    .filter(({ commandId }) => commandId.startsWith(`${incidentId}:`))
    .map(({ target, action }) => `${target} ${action}`);

describe('a runbook', () => {
  it('does at once and in order what needs nobody, and asks people for the rest whatever the policy says', async () => {
    const incidentId = await detect();
    await settles(incidentId, 'sign', 'acknowledged');
    expect(doneFor(incidentId)).toEqual(['sco-3 terminal_prompt', 'signage-1 signage']);
    const { prompt, lock, report } = await steps(incidentId);
    expect(prompt).toMatchObject({ state: 'acknowledged', attempt: 1, reason: null });
    expect(lock).toMatchObject({ mode: 'human', state: 'waiting_for_approval', approvalsNeeded: 1 });
    expect(report).toMatchObject({ mode: 'two_person', state: 'waiting_for_approval', approvalsNeeded: 2 });
    expect(devices.carriedOut.find(({ target }) => target === 'sco-3')).toMatchObject({
      ...{ message: 'A colleague is on the way', drill: false },
    });
    const { body } = await system.api<{ events: { kind: string; params: { action?: string; state?: string } }[] }>(
      'soc_lead',
      'GET',
      `/v1/incidents/${incidentId}/timeline`,
    );
    expect(
      body.events.filter(({ kind }) => kind === 'runbook_step').map(({ params }) => `${params.action} ${params.state}`),
    ).toEqual([
      ...['door_lock waiting_for_approval', 'credential_disable waiting_for_approval'],
      ...['police_report waiting_for_approval', 'terminal_prompt acknowledged', 'signage acknowledged'],
    ]);
  });

  it('locks a door that was approved, and opens it by itself when nobody did anything', async () => {
    const incidentId = await detect();
    await settles(incidentId, 'sign', 'acknowledged');
    expect(await command('store_manager', incidentId, 'violence.lock', 'approve')).toMatchObject({ status: 200 });
    await settles(incidentId, 'lock', 'acknowledged');
    expect((await verdict(incidentId, 'false_positive')).status).toBe(200);
    await settles(incidentId, 'lock', 'released');
    expect(doneFor(incidentId).slice(2)).toEqual(['door-1 door_lock', 'door-1 door_unlock']);
    expect((await steps(incidentId))['report']).toMatchObject({
      ...{ state: 'not_needed', reason: { code: 'INCIDENT_CLOSED', params: { verdict: 'false_positive' } } },
    });
    const late = await command('soc_lead', incidentId, 'violence.lock', 'approve');
    expect(late).toMatchObject({ status: 409, body: { detail: expect.stringContaining('closed') } });
  });

  it('opens a door that was being locked when the verdict came', async () => {
    const incidentId = await detect();
    await settles(incidentId, 'sign', 'acknowledged');
    await devices.turn('door-1', { mood: 'slow', delayMs: 1_000 });
    await command('store_manager', incidentId, 'violence.lock', 'approve');
    await settles(incidentId, 'lock', 'running');
    await verdict(incidentId, 'paid');
    await settles(incidentId, 'lock', 'released');
    expect(doneFor(incidentId).slice(2)).toEqual(['door-1 door_lock', 'door-1 door_unlock']);
  });

  it('opens a door that never answered whether it is locked', async () => {
    const incidentId = await detect();
    await settles(incidentId, 'sign', 'acknowledged');
    await devices.turn('door-1', { mood: 'slow', delayMs: 60_000 });
    await command('store_manager', incidentId, 'violence.lock', 'approve');
    await settles(incidentId, 'lock', 'failed');
    await devices.turn('door-1', { mood: 'well' });
    await verdict(incidentId, 'staff_error');
    await settles(incidentId, 'lock', 'released');
    expect(doneFor(incidentId).slice(2)).toEqual(['door-1 door_lock', 'door-1 door_unlock']);
  });

  it.each([
    ['dead', { code: 'NO_ACKNOWLEDGEMENT', params: { afterMs: 1_500 } }],
    ['refuse', { code: 'DEVICE_REFUSED', params: { detail: 'told to refuse' } }],
  ] as const)('shows that a %s device failed, goes on, and tries again when a person says so', async (mood, reason) => {
    await devices.turn('sco-3', { mood });
    const incidentId = await detect();
    const failed = await settles(incidentId, 'prompt', 'failed');
    expect(failed).toMatchObject({ reason, attempt: 1 });
    await settles(incidentId, 'sign', 'acknowledged');
    await devices.turn('sco-3', { mood: 'well' });
    expect((await command('store_manager', incidentId, 'violence.prompt', 'retry')).status).toBe(200);
    expect(await settles(incidentId, 'prompt', 'acknowledged')).toMatchObject({ attempt: 2, reason: null });
  });

  it('prepares a report when two different people have said yes, and sends nothing', async () => {
    const incidentId = await detect();
    await settles(incidentId, 'sign', 'acknowledged');
    const approve = (role: Role) => command(role, incidentId, 'violence.report', 'approve');
    expect((await approve('store_staff')).status).toBe(403);
    expect((await approve('soc_operator')).status).toBe(403);
    for (let twice = 0; twice < 2; twice += 1)
      expect((await approve('store_manager')).body).toMatchObject({
        ...{ state: 'waiting_for_approval', approvals: [{ by: 'Store manager', role: 'store_manager' }] },
      });
    const reports = () =>
      system.api<{ reports: { state: string; body: Record<string, unknown> }[] }>(
        ...(['soc_lead', 'GET', `/v1/incidents/${incidentId}/reports`] as const),
      );
    expect((await reports()).body.reports).toEqual([]);
    expect((await approve('soc_lead')).status).toBe(200);
    await settles(incidentId, 'report', 'done');
    const [report] = (await reports()).body.reports;
    expect(report).toMatchObject({
      state: 'prepared',
      handedOverAt: null,
      body: { handedOver: null, approvals: [{ role: 'store_manager' }, { role: 'soc_lead' }] },
    });
    const names = system.database.estate.people.flatMap(({ displayName, phone, id }) => [
      displayName,
      phone,
      `"${id}"`,
    ]);
    for (const name of [...names, 'demo-store_manager']) expect(JSON.stringify(report)).not.toContain(name);
  });

  it('is not approved by the person whom it is about', async () => {
    const incidentId = await detect();
    await settles(incidentId, 'sign', 'acknowledged');
    const approve = (role: Role) => command(role, incidentId, 'violence.badge', 'approve');
    expect(await approve('store_manager')).toMatchObject({
      ...{ status: 403, body: { detail: expect.stringContaining('about you') } },
    });
    expect((await approve('soc_lead')).status).toBe(200);
    await settles(incidentId, 'badge', 'acknowledged');
    await command('soc_lead', incidentId, 'violence.badge', 'release');
    await settles(incidentId, 'badge', 'released');
    expect(doneFor(incidentId).slice(2)).toEqual(['access-1 credential_disable', 'access-1 credential_enable']);
  });

  it('waits for a worker that is away, and does it once', async () => {
    const incidentId = await detect();
    await settles(incidentId, 'sign', 'acknowledged');
    await system.stopWorker();
    expect((await command('store_manager', incidentId, 'violence.lock', 'approve')).body.state).toBe('ready');
    await system.engine.orderSteps({ tenantId: 'demo', storeId, incidentId }, [
      { stepId: 'violence.lock', command: 'run', attempt: 1, ackTimeoutMs: 1_500 },
    ]);
    await system.restartWorker();
    await settles(incidentId, 'lock', 'acknowledged');
    expect(doneFor(incidentId).slice(2)).toEqual(['door-1 door_lock']);
  });

  it('that must be done keeps a confirmed incident open until it is', async () => {
    const incidentId = await detect('group_intrusion');
    await settles(incidentId, 'look', 'open');
    const stateOf = async () =>
      (await system.api<{ state: string }>('soc_lead', 'GET', `/v1/incidents/${incidentId}`)).body.state;
    await eventually(async () => (await stateOf()) === 'alerting');
    expect((await verdict(incidentId, 'confirmed')).body).toMatchObject({
      state: 'acknowledged',
      verdict: 'confirmed',
    });
    expect((await command('soc_operator', incidentId, 'crowd.look', 'done')).status).toBe(403);
    expect((await command('store_manager', incidentId, 'crowd.look', 'done')).status).toBe(200);
    await eventually(async () => (await stateOf()) === 'closed');
    expect((await steps(incidentId))['look']).toMatchObject({ state: 'done', changedBy: 'Store manager' });
  });
});

describe('a drill', () => {
  it('says so on every screen, practises the approvals, and reaches nothing that locks or leaves the house', async () => {
    const started = await system.api<{ incidentId: string; drillId: string }>('store_manager', 'POST', '/v1/drills', {
      ...{ storeId, cameraId: 'sco-3-cam', zoneId: 'scanner', eventType: 'violence', note: 'Monday, new colleagues' },
    });
    expect(started.status).toBe(202);
    const { incidentId, drillId } = started.body;
    await settles(incidentId, 'sign', 'acknowledged');
    expect(devices.carriedOut.filter(({ commandId }) => commandId.startsWith(incidentId))).toMatchObject([
      { target: 'sco-3', drill: true, message: 'DRILL. A colleague is on the way' },
      { target: 'signage-1', drill: true, message: 'DRILL. Please use the other entrance' },
    ]);
    const stopped = { state: 'not_needed', reason: { code: 'DRILL_STOPS_HERE', params: {} } };
    expect((await command('store_manager', incidentId, 'violence.lock', 'approve')).body).toMatchObject(stopped);
    await command('store_manager', incidentId, 'violence.report', 'approve');
    expect((await command('soc_lead', incidentId, 'violence.report', 'approve')).body).toMatchObject(stopped);

    // As if the verb had not looked: the activity looks again, and the database has the last word.
    await system.database.admin.query(
      "update runbook_steps set state = 'ready', attempt = 1, ordered_at = now() where incident_id = $1 and step_id in ('violence.lock', 'violence.badge', 'violence.report')",
      [incidentId],
    );
    await system.engine.orderSteps(
      { tenantId: 'demo', storeId, incidentId },
      ['lock', 'badge', 'report'].map((id) => ({
        ...{ stepId: `violence.${id}`, command: 'run' as const, attempt: 1, ackTimeoutMs: 1_500 },
      })),
    );
    for (const name of ['lock', 'badge', 'report'])
      expect(await settles(incidentId, name, 'not_needed')).toMatchObject(stopped);
    expect(doneFor(incidentId)).toEqual(['sco-3 terminal_prompt', 'signage-1 signage']);
    const insert = system.database.admin.query(
      "insert into outside_reports (tenant_id, store_id, incident_id, id, party, state, body, prepared_at, approved_by) values ('demo', 'high-street', $1, 'r', 'police', 'prepared', '{}', now(), '{a,b}')",
      [incidentId],
    );
    await expect(insert).rejects.toThrow(/is a drill: no report of it can exist/);
    const { rowCount } = await system.database.admin.query('select from outside_reports where incident_id = $1', [
      incidentId,
    ]);
    expect(rowCount).toBe(0);

    await verdict(incidentId, 'confirmed');
    const listed = await eventually(async () => {
      const { body } = await system.api<{
        drills: {
          id: string;
          incident: { state: string };
          answeredByRole: string;
          startedBy: string;
          readiness: { detectionToPhoneSeconds: number };
        }[];
      }>('soc_lead', 'GET', '/v1/drills');
      const drill = body.drills.find(({ id }) => id === drillId);
      return drill?.incident.state === 'closed' && drill;
    });
    expect(listed).toMatchObject({
      ...{ incidentId, startedBy: 'Store manager', note: 'Monday, new colleagues', answeredByRole: 'soc_lead' },
      ...{ stepsDone: 2, stepsPlanned: 2 },
    });
    expect(listed.readiness.detectionToPhoneSeconds).toBeLessThan(10);
  });
});

it('nothing went wrong on the way', () => {
  expect(system.errors).toEqual([]);
});
