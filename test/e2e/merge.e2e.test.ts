import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { openStage, type Stage, unhurried } from '../harness/story.ts';
import { eventually } from '../harness/system.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage(inject('engines'), { ...unhurried, mergeWindowMs: 1_000 });
  await stage.till.beats();
});
afterAll(() => stage?.close());
afterEach(() => stage.endsWell());

describe('two detections close together', () => {
  it('are one incident and one text; the receipt of one of them settles nothing', async () => {
    const { camera, till, sam } = stage;
    const seenMs = Date.now() - 3_000;
    const first = await camera.sees({ at: new Date(seenMs).toISOString() });
    await sam.expectText(/please check/);
    const second = await camera.sees({ at: new Date(seenMs + 500).toISOString() });
    expect(second.incidentId).toBe(first.incidentId);
    await till.rings(new Date(seenMs).toISOString());
    await eventually(async () => (await stage.incident(first.incidentId)).detectionCount === 2);
    expect((await stage.incident(first.incidentId)).state).toBe('alerting');
    await sam.reply('4');
    await sam.expectText(/noted/);
    expect(await stage.closed(first.incidentId)).toMatchObject({ verdict: 'confirmed', textsSent: 1 });
  });

  it('one that was merged while the incident ended becomes an incident of its own', async () => {
    const { camera, sam, system } = stage;
    const seenMs = Date.now() - 20_000;
    const first = await camera.sees({ at: new Date(seenMs).toISOString() });
    await sam.expectText(/please check/);
    // As if the workflow had ended between the merge and its signal: the row still says that it is open.
    await system.client.workflow.getHandle(`incident:demo:high-street:${first.incidentId}`).terminate();
    const merged = await camera.sees({ at: new Date(seenMs + 400).toISOString() });
    expect(merged.incidentId).toBe(first.incidentId);
    const text = await sam.expectText(/please check/);
    // The whole word: a link's token may well hold the three signs of a code.
    expect(text.body).not.toContain(`Floorwalker ${first.code}:`);
    const { rows } = await system.database.admin.query<{ id: string; code: string }>(
      "select id, code from incidents where state <> 'closed' and id <> $1",
      [first.incidentId],
    );
    expect(rows).toHaveLength(1);
    expect(text.body).toContain(`Floorwalker ${rows[0]!.code}:`);
    expect((await stage.incident(first.incidentId)).detectionCount).toBe(1);
    await sam.reply(`${rows[0]!.code} 1`);
    await sam.expectText(/noted as paid/);
    await stage.closed(rows[0]!.id);
    await system.database.admin.query("update incidents set state = 'closed' where id = $1", [first.incidentId]);
  });
});
