import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { type DeviceSimulator, startDevices } from '../../stack/devices/simulator.ts';
import { agoIso, openStage, type Stage } from '../harness/story.ts';
import { eventually } from '../harness/system.ts';

let stage: Stage;
let devices: DeviceSimulator;
const waitMs = 3_000;

beforeAll(async () => {
  stage = await openStage(inject('engines'), {
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
