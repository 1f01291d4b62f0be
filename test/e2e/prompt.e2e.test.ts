import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { type DeviceSimulator, startDevices } from '../../stack/devices/simulator.ts';
import { agoIso, openStage, type Stage, unhurried } from '../harness/story.ts';
import { eventually } from '../harness/system.ts';

let stage: Stage;
let devices: DeviceSimulator;
const waitMs = 1_500;

beforeAll(async () => {
  stage = await openStage(inject('engines'), {
    ...unhurried,
    posWindow: { beforeMs: 1_000, afterMs: 500, feedStaleAfterMs: 60_000 },
    prompt: { waitMs, message: 'Please scan the last item again.' },
  });
  devices = await startDevices({
    mqttUrl: inject('engines').mqttUrl,
    ...{ tenantId: 'demo', storeId: 'high-street', targets: ['sco-3'] },
    onProblem: (problem) => expect.fail(problem),
  });
});
afterAll(async () => {
  await devices?.close();
  await stage?.close();
});

/** What was rung for one item must not explain the next. */
beforeEach(() => delay(2_000));

const promptOf = async (incidentId: string) => {
  const { rows } = await stage.system.database.admin.query<{
    acknowledged_at: Date | null;
    failure: { code: string } | null;
    rescanned_at: Date | null;
    took_ms: number | null;
  }>(
    'select acknowledged_at, failure, rescanned_at, extract(epoch from rescanned_at - intended_at)::float * 1000 as took_ms from terminal_prompts where incident_id = $1',
    [incidentId],
  );
  return rows[0];
};
const kinds = async (incidentId: string) => {
  const { rows } = await stage.system.database.admin.query<{ kind: string }>(
    'select kind from incident_events where incident_id = $1 order by id',
    [incidentId],
  );
  return rows.map(({ kind }) => kind);
};
const setFollowUp = (follow: object | undefined) =>
  stage.system.database.admin.query(
    `update policies set body = case when $1::jsonb is null then body #- '{prompt,after}' else jsonb_set(body, '{prompt,after}', $1::jsonb) end`,
    [follow === undefined ? null : JSON.stringify(follow)],
  );
const holdOf = async (incidentId: string) => (await stage.incident(incidentId)).terminalHold;
type Hold = Awaited<ReturnType<typeof holdOf>>;
const releasedOf = (hold: Hold) => hold?.releasedAt != null && hold;
const shown = () => devices.carriedOut.filter(({ target }) => target === 'sco-3').length;

describe('the self-checkout asks first', () => {
  it('camera sees, till asks, customer scans: closed as paid, and nobody is told', async () => {
    const { camera, till } = stage;
    await till.beats();
    const before = shown();
    const { incidentId } = await camera.sees({ at: agoIso(600) });
    await eventually(async () => (await promptOf(incidentId))?.acknowledged_at != null);
    expect(devices.carriedOut.at(-1)).toMatchObject({ message: 'Please scan the last item again.', drill: false });
    await till.rings(agoIso(0));
    expect(await stage.closed(incidentId)).toMatchObject({ verdict: 'paid', posVerdict: 'MATCH', textsSent: 0 });
    expect(shown()).toBe(before + 1);
    expect((await promptOf(incidentId))?.took_ms).toBeGreaterThan(0);
    expect(await kinds(incidentId)).toEqual(expect.arrayContaining(['terminal_prompted', 'rescanned']));
    await stage.endsWell();
  });

  it('nobody scans: the attendant is told when the time is over, and not before', async () => {
    const { camera, till, sam } = stage;
    await till.beats();
    const startedMs = Date.now();
    const { incidentId } = await camera.sees({ at: agoIso(600) });
    await sam.expectText(/please check SCO 3/);
    expect(Date.now() - startedMs).toBeGreaterThan(waitMs);
    expect(await promptOf(incidentId)).toMatchObject({ rescanned_at: null, failure: null });
    await sam.reply('2');
    await sam.expectText(/noted/);
    await stage.closed(incidentId);
    await stage.endsWell();
  });

  it('a dark screen costs two seconds: the attendant is told at once, and the record says why', async () => {
    const { camera, till, sam } = stage;
    await devices.turn('sco-3', { mood: 'dead' });
    await till.beats();
    const { incidentId } = await camera.sees({ at: agoIso(600) });
    await sam.expectText(/please check SCO 3/);
    expect(await promptOf(incidentId)).toMatchObject({
      acknowledged_at: null,
      failure: { code: 'NO_ACKNOWLEDGEMENT' },
    });
    expect(await kinds(incidentId)).toContain('terminal_prompt_failed');
    await sam.reply('1');
    await sam.expectText(/noted/);
    await stage.closed(incidentId);
    await devices.turn('sco-3', { mood: 'well' });
    await stage.endsWell();
  });

  it('a till that keeps the payment waiting lets go the moment the attendant has answered', async () => {
    const { camera, till, sam, alex } = stage;
    await setFollowUp({ kind: 'block', message: 'A colleague is on the way.', maxMs: 60_000 });
    await till.beats();
    const { incidentId } = await camera.sees({ at: agoIso(600) });
    await sam.expectText(/please check SCO 3/);
    await eventually(async () => (await holdOf(incidentId))?.state === 'held');
    expect(devices.holds('sco-3')).toEqual({ blocked: true, attending: false });
    expect(devices.carriedOut.at(-1)).toMatchObject({
      action: 'terminal_block',
      message: 'A colleague is on the way.',
    });
    await sam.reply('3');
    await eventually(async () => !devices.holds('sco-3').blocked);
    expect(await eventually(async () => releasedOf(await holdOf(incidentId)))).toMatchObject({
      ...{ releaseCause: 'answered', failure: null },
    });
    expect((await stage.incident(incidentId)).state).not.toBe('closed');
    await sam.expectText(/.*/);
    await alex.expectText(/please check SCO 3/);
    await alex.reply('1');
    await alex.expectText(/noted/);
    await stage.closed(incidentId);
    expect(await kinds(incidentId)).toEqual(expect.arrayContaining(['terminal_held', 'terminal_released']));
  });

  it('a scan at a till that waits closes the incident and lets the payment go on', async () => {
    const { camera, till, sam } = stage;
    await till.beats();
    const { incidentId } = await camera.sees({ at: agoIso(600) });
    await sam.expectText(/please check SCO 3/);
    await eventually(async () => devices.holds('sco-3').blocked);
    await till.rings(agoIso(0));
    await eventually(async () => !devices.holds('sco-3').blocked);
    expect(await stage.closed(incidentId)).toMatchObject({ verdict: 'paid', posVerdict: 'MATCH' });
    expect(await eventually(async () => releasedOf(await holdOf(incidentId)))).toMatchObject({
      releaseCause: 'closed',
    });
    await sam.expectText(/.*/);
    await stage.endsWell();
  });

  it('a person lets it go by hand, and says why', async () => {
    const { camera, till, sam, system } = stage;
    await till.beats();
    const { incidentId } = await camera.sees({ at: agoIso(600) });
    await sam.expectText(/please check SCO 3/);
    await eventually(async () => (await holdOf(incidentId))?.state === 'held');
    const path = `/v1/incidents/${incidentId}/release-terminal`;
    expect((await system.api('store_staff', 'POST', path, { reason: ' ' })).status).toBe(400);
    const answer = await system.api('store_staff', 'POST', path, { reason: 'They have a receipt.' });
    expect([answer.status, answer.body, system.errors]).toEqual([200, answer.body, []]);
    await eventually(async () => !devices.holds('sco-3').blocked);
    expect(await eventually(async () => releasedOf(await holdOf(incidentId)))).toMatchObject({
      releaseCause: 'person',
    });
    expect((await system.api('store_staff', 'POST', path, { reason: 'They have a receipt.' })).status).toBe(200);
    await sam.reply('2');
    await sam.expectText(/noted/);
    await stage.closed(incidentId);
    await stage.endsWell();
  });

  it('with every worker gone the till lets go by itself, and the record says so afterwards', async () => {
    const { camera, till, sam, system } = stage;
    await setFollowUp({ kind: 'block', message: 'A colleague is on the way.', maxMs: 3_000 });
    await till.beats();
    const { incidentId } = await camera.sees({ at: agoIso(600) });
    await sam.expectText(/please check SCO 3/);
    await eventually(async () => (await holdOf(incidentId))?.state === 'held');
    await system.stopWorker();
    expect(devices.holds('sco-3').blocked).toBe(true);
    await eventually(async () => !devices.holds('sco-3').blocked);
    expect(await holdOf(incidentId)).toMatchObject({ state: 'released', releaseCause: null });
    await system.restartWorker();
    expect(await eventually(async () => releasedOf(await holdOf(incidentId)))).toMatchObject({
      releaseCause: 'time_over',
    });
    await sam.reply('2');
    await sam.expectText(/noted/);
    await stage.closed(incidentId);
    await stage.endsWell();
  });

  it('a till that does not answer whether it waits is shown as such, and is told to let go all the same', async () => {
    const { camera, till, sam } = stage;
    await setFollowUp({ kind: 'attend', message: 'A colleague is on the way.', maxMs: 60_000 });
    await till.beats();
    const { incidentId } = await camera.sees({ at: agoIso(600) });
    await eventually(async () => (await promptOf(incidentId))?.acknowledged_at != null);
    await devices.turn('sco-3', { mood: 'slow', delayMs: 10_000 });
    await sam.expectText(/please check SCO 3/);
    await eventually(async () => (await holdOf(incidentId))?.state === 'unconfirmed');
    expect(devices.holds('sco-3')).toEqual({ blocked: false, attending: true });
    await devices.turn('sco-3', { mood: 'well' });
    await sam.reply('2');
    await sam.expectText(/noted/);
    await stage.closed(incidentId);
    await eventually(async () => !devices.holds('sco-3').attending);
    await setFollowUp(undefined);
    await stage.endsWell();
  });

  it('a cashier lane is never asked', async () => {
    const { camera, till, sam, system } = stage;
    await system.database.admin.query("update terminals set kind = 'cashier' where id = 'sco-3'");
    await till.beats();
    const before = shown();
    const { incidentId } = await camera.sees({ at: agoIso(600) });
    await sam.expectText(/please check SCO 3/);
    expect(shown()).toBe(before);
    expect(await promptOf(incidentId)).toBeUndefined();
    await sam.reply('1');
    await sam.expectText(/noted/);
    await stage.closed(incidentId);
    await system.database.admin.query("update terminals set kind = 'self_checkout' where id = 'sco-3'");
    await stage.endsWell();
  });
});
