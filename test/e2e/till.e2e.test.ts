import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { agoIso, openStage, type Stage } from '../harness/story.ts';
import { eventually } from '../harness/system.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage(inject('engines'), {
    posWindow: { beforeMs: 1_000, afterMs: 2_500, feedStaleAfterMs: 60_000 },
  });
});
afterAll(() => stage?.close());
afterEach(() => stage.endsWell());

/** A moment of its own for each story: a line that was rung for one item must not explain another. */
let firstMs: number | undefined;
let moments = 0;
const quietMoment = () => {
  // Not before the stage is up, or on a slow machine the recorder has forgotten it by then.
  firstMs ??= Date.now() - 55_000;
  return new Date(firstMs + 6_000 * moments++).toISOString();
};

const linkOf = (text: { body: string }) => /https?:\/\/\S+/.exec(text.body)?.[0] ?? '';

describe('receipt first', () => {
  // This one first: for a worker that has just begun, the till takes longer to ask than the recorder, whose picture the next
  // one wants not kept.
  it('paid a moment after the camera saw it: the till has its window', async () => {
    const { camera, till } = stage;
    await till.beats();
    const { incidentId } = await camera.sees({ at: agoIso(0) });
    await till.rings(agoIso(-200));
    expect(await stage.closed(incidentId)).toMatchObject({ verdict: 'paid', textsSent: 0 });
  });

  it('paid in time: closed, nobody is texted, no picture is kept', async () => {
    const { camera, till } = stage;
    const seenAt = quietMoment();
    await till.beats();
    await till.rings(seenAt);
    const { incidentId } = await camera.sees({ at: seenAt });
    expect(await stage.closed(incidentId)).toMatchObject({
      ...{ verdict: 'paid', posVerdict: 'MATCH', textsSent: 0, evidenceState: 'not_kept' },
    });
  });

  it('a till that is not heard of: nobody is texted, a person looks at it', async () => {
    const { camera, system } = stage;
    await system.database.admin.query('update terminals set feed_seen_at = null');
    const { incidentId } = await camera.sees({ at: quietMoment() });
    await eventually(async () => (await stage.incident(incidentId)).state === 'in_review');
    const decided = await system.api('soc_operator', 'POST', `/v1/incidents/${incidentId}/verdict`, {
      ...{ verdict: 'false_positive', reasonCode: 'nothing_happened' },
      expectedVersion: (await stage.incident(incidentId)).version,
    });
    expect(decided.status).toBe(200);
    expect(await stage.closed(incidentId)).toMatchObject({ verdict: 'false_positive', posVerdict: 'UNKNOWN' });
  });
});

describe('a receipt that comes late', () => {
  it('while two people know: closed as paid, both are told, their links are dead', async () => {
    const { camera, till, sam, alex } = stage;
    await till.beats();
    const seenAt = quietMoment();
    const { incidentId, code } = await camera.sees({ at: seenAt });
    const first = await sam.expectText(/please check SCO 3/);
    const second = await alex.expectText(/please check SCO 3/);
    expect((await fetch(linkOf(first))).status).toBe(200);
    await till.rings(seenAt);
    const closed = await stage.closed(incidentId);
    expect(closed).toMatchObject({ verdict: 'paid', posVerdict: 'MATCH', corrected: true });
    const correction = new RegExp(`^Floorwalker ${code}: correction for SCO 3, High Street`);
    await sam.expectText(correction);
    await alex.expectText(correction);
    for (const text of [first, second]) expect((await fetch(linkOf(text))).status).toBe(404);
  });

  it('after the verdict: the record is corrected, whoever was told is told', async () => {
    const { camera, till, sam } = stage;
    await till.beats();
    const seenAt = quietMoment();
    const { incidentId, code } = await camera.sees({ at: seenAt });
    await sam.expectText(/please check/);
    await sam.reply('4');
    await sam.expectText(/noted\. Please do not approach/);
    expect(await stage.closed(incidentId)).toMatchObject({ verdict: 'confirmed' });
    await till.rings(seenAt);
    await sam.expectText(new RegExp(`^Floorwalker ${code}: correction`));
    expect(await stage.incident(incidentId)).toMatchObject({ verdict: 'paid', posVerdict: 'MATCH', corrected: true });
  });

  it('again after its workflow has ended: corrected as well', async () => {
    const { camera, till, sam, system } = stage;
    await till.beats();
    const seenAt = quietMoment();
    const { incidentId, code } = await camera.sees({ at: seenAt });
    await sam.expectText(/please check/);
    await sam.reply('4');
    await sam.expectText(/noted/);
    await system.client.workflow.getHandle(`incident:demo:high-street:${incidentId}`).result();
    await till.rings(seenAt);
    await sam.expectText(new RegExp(`^Floorwalker ${code}: correction`));
    expect(await stage.incident(incidentId)).toMatchObject({ verdict: 'paid', corrected: true });
  });
});

describe('nobody answers', () => {
  it('the second person is texted, once, and then it waits in review', async () => {
    const { camera, till, sam, alex } = stage;
    await till.beats();
    const { incidentId, code } = await camera.sees({ at: quietMoment() });
    await sam.expectText(/please check/);
    await alex.expectText(/please check/);
    await eventually(async () => (await stage.incident(incidentId)).state === 'in_review');
    expect(await stage.timeline(incidentId)).toContain('escalation_exhausted');
    expect((await stage.incident(incidentId)).textsSent).toBe(2);
    await alex.reply(`${code} 1`);
    await alex.expectText(/noted as paid/);
    expect(await stage.closed(incidentId)).toMatchObject({ verdict: 'paid', textsSent: 2 });
  });
});
