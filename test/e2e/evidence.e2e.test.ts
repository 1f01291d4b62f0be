import { createHash } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { StoreFullError } from '../../domain/retention-store.ts';
import { addMs } from '../../domain/time.ts';
import type { components } from '../../schemas/generated/openapi.ts';
import { plantRecording } from '../harness/recording.ts';
import { agoIso, type Incident, openStage, type Stage, unhurried } from '../harness/story.ts';
import { eventually } from '../harness/system.ts';

type Schemas = components['schemas'];

const engines = inject('engines');
let stage: Stage;

beforeAll(async () => {
  stage = await openStage(engines, unhurried);
  await stage.till.beats();
});
afterAll(() => stage?.close());
afterEach(() => stage.endsWell());

/** Ten seconds of recording around the moment that the camera saw something. */
async function record(agoMs: number, except: number[] = []): Promise<string> {
  await plantRecording({
    ...{ ffmpegPath: engines.ffmpegPath, ringDir: stage.system.ringDir, cameraId: 'sco-3-cam' },
    ...{ fromAt: agoIso(agoMs + 5_000), seconds: 10, except },
  });
  return agoIso(agoMs);
}

const recordAs = (cameraId: string, part: { fromAt: string; seconds: number; except: number[] }) =>
  plantRecording({ ...{ ffmpegPath: engines.ffmpegPath, ringDir: stage.system.ringDir, cameraId }, ...part });

/** Two more cameras see the lane; the clocks of it and of one of them were measured before anything happened. */
async function declareNeighbours(): Promise<void> {
  const { admin } = stage.system.database;
  for (const id of ['aisle-cam', 'door-cam'])
    await admin.query("insert into cameras (tenant_id, store_id, id, name) values ('demo', 'high-street', $1, $1)", [
      id,
    ]);
  const base = '/v1/stores/high-street/cameras';
  for (const [cameraId, offsetMs, errorMs] of [
    ['sco-3-cam', 100, 30],
    ['aisle-cam', 500, 40],
  ] as const) {
    const clock = { offsetMs, errorMs, method: 'a clock was held before it' };
    expect((await stage.system.api('admin', 'PUT', `${base}/${cameraId}/clock`, clock)).status).toBe(200);
  }
  await admin.query("update camera_clocks set from_at = now() - interval '1 hour'");
  const neighbours = [
    { zoneId: null, cameraId: 'aisle-cam' },
    { zoneId: 'scanner', cameraId: 'door-cam' },
  ];
  const set = await stage.system.api('admin', 'PUT', `${base}/sco-3-cam/neighbours`, { neighbours });
  expect([set.status, set.body]).toEqual([
    200,
    expect.objectContaining({ neighbours, clock: expect.objectContaining({ offsetMs: 100 }) }),
  ]);
}

const settled = (incidentId: string): Promise<Incident> =>
  eventually(async () => {
    const now = await stage.incident(incidentId);
    return now.evidenceState !== 'requested' && now;
  }, 45_000);

const evidenceOf = async (incidentId: string) =>
  (await stage.system.api<Schemas['Evidence']>('compliance', 'GET', `/v1/incidents/${incidentId}/evidence`)).body;

async function answered(incidentId: string): Promise<void> {
  await stage.sam.reply('1');
  await stage.sam.expectText(/noted/);
  await stage.closed(incidentId);
}

describe('the clip', () => {
  it('no recording at all: said so, and people are asked all the same', async () => {
    const { incidentId } = await stage.camera.sees();
    const text = await stage.sam.expectText(/please check/);
    expect(await settled(incidentId)).toMatchObject({ evidenceState: 'failed', state: 'alerting' });
    expect(await evidenceOf(incidentId)).toMatchObject({ state: 'failed', failure: { code: 'NO_FOOTAGE' } });
    expect(await stage.timeline(incidentId)).toContain('evidence_failed');
    const page = await (await fetch(/https?:\/\/\S+/.exec(text.body)![0])).text();
    expect(page).toMatch(/There is no clip of this moment/);
    await answered(incidentId);
  });

  it('opens on the phone from the link, and every look is in custody', async () => {
    const { incidentId } = await stage.camera.sees({ at: await record(40_000) });
    const text = await stage.sam.expectText(/please check/);
    const link = /https?:\/\/\S+/.exec(text.body)![0];
    expect(await settled(incidentId)).toMatchObject({ evidenceState: 'ready' });
    const page = await fetch(link);
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'private, no-store']);
    expect(await page.text()).toContain('<video');
    const phone = { cookie: page.headers.get('set-cookie')!.split(';')[0]! };
    const clip = await fetch(`${link}/clip`, { headers: phone });
    expect([clip.status, clip.headers.get('content-type')]).toEqual([200, 'video/mp4']);
    const sha256 = createHash('sha256')
      .update(Buffer.from(await clip.arrayBuffer()))
      .digest('hex');
    const { artifacts } = await evidenceOf(incidentId);
    expect(artifacts.find(({ kind }) => kind === 'clip')?.sha256).toBe(sha256);
    const custody = await stage.system.api<{ entries: Schemas['AuditEntry'][] }>(
      'compliance',
      'GET',
      `/v1/incidents/${incidentId}/custody`,
    );
    const looks = custody.body.entries.filter(({ actor }) => actor === 'link:sam').map(({ action }) => action);
    expect(looks).toEqual(['evidence.link_opened', 'evidence.viewed']);
    expect(text.body).not.toContain(incidentId);
    await answered(incidentId);
    expect((await fetch(`${link}/clip`, { headers: phone })).status).toBe(404);
  });

  it('is asked to be masked: the store says that it has no model, and nothing may leave', async () => {
    const { incidentId } = await stage.camera.sees({ at: await record(60_000) });
    await stage.sam.expectText(/please check/);
    expect(await settled(incidentId)).toMatchObject({ evidenceState: 'ready' });
    const path = `/v1/incidents/${incidentId}/redactions`;
    expect((await stage.system.api('soc_operator', 'POST', path)).status).toBe(202);
    const redactions = await eventually(async () => {
      const { body } = await stage.system.api<Schemas['Redactions']>('soc_operator', 'GET', path);
      return body.versions[0]?.state !== 'requested' && body;
    }, 45_000);
    expect(redactions).toMatchObject({
      versions: [{ version: 1, state: 'unavailable', reason: { code: 'MODEL_MISSING' } }],
      release: { allowed: false, because: { code: 'REDACTION_UNAVAILABLE' } },
    });
    expect(await stage.timeline(incidentId)).toContain('redaction_settled');
    await answered(incidentId);
  });

  it('of another camera as well: moved by how its clock lies, with a state of its own, and tried again when it failed', async () => {
    const detectedAt = agoIso(80_000);
    await declareNeighbours();
    await record(80_000);
    // The lane's neighbour runs 400 ms ahead and has lost two seconds; the other one has recorded nothing.
    await recordAs('aisle-cam', { fromAt: addMs(detectedAt, -5_000), seconds: 12, except: [5] });
    const { incidentId } = await stage.camera.sees({ at: detectedAt });
    await stage.sam.expectText(/please check/);
    const evidence = await eventually(async () => {
      const now = await evidenceOf(incidentId);
      return now.otherCameras.length === 2 && now.otherCameras.every(({ state }) => state !== 'requested') && now;
    }, 45_000);
    expect(evidence).toMatchObject({ state: 'ready', attempt: 1 });
    const [aisle, door] = evidence.otherCameras;
    expect(aisle).toMatchObject({
      ...{ cameraId: 'aisle-cam', position: 2, state: 'partial', failure: { code: 'RECORDING_HAS_GAPS' } },
      alignment: { offsetMs: 400, errorMs: 70, source: 'declared' },
    });
    expect(aisle!.gaps).toHaveLength(1);
    expect(Date.parse(aisle!.fromAt) - Date.parse(evidence.fromAt!)).toBe(400 - 70);
    expect(Date.parse(aisle!.toAt) - Date.parse(evidence.toAt!)).toBe(400 + 70);
    expect(door).toMatchObject({
      ...{ cameraId: 'door-cam', state: 'failed', failure: { code: 'NO_FOOTAGE' } },
      alignment: { offsetMs: 0, source: 'assumed' },
    });
    const of = (kind: string) => evidence.artifacts.filter((artifact) => artifact.kind === kind);
    const [own, other] = [of('clip'), of('other_clip')];
    expect([own.length, own[0]?.cameraId, other.length, other[0]?.id, other[0]?.cameraId]).toEqual([
      ...[1, null, 1, 'camera-2-clip', 'aisle-cam'],
    ]);
    expect(of('other_segment').every(({ cameraId }) => cameraId === 'aisle-cam')).toBe(true);
    const heatmaps = of('heatmap').map(({ parentSha256 }) => parentSha256);
    expect(heatmaps.toSorted()).toEqual([own[0]!.sha256, other[0]!.sha256].toSorted());

    // What was missing has come in since, as after a cut line: a person has it tried again.
    const path = `/v1/incidents/${incidentId}/evidence/retry`;
    await recordAs('door-cam', { fromAt: addMs(detectedAt, -20_000), seconds: 40, except: [] });
    expect((await stage.system.api('soc_operator', 'POST', path)).status).toBe(202);
    const again = await eventually(async () => {
      const now = await evidenceOf(incidentId);
      return now.otherCameras[1]?.state === 'ready' && now;
    }, 45_000);
    expect(again.attempt).toBe(2);
    const others = again.artifacts.filter(({ kind }) => kind === 'other_clip').map(({ id }) => id);
    expect(others.toSorted()).toEqual(['camera-2-clip', 'camera-3-clip']);
    expect(again.artifacts.find(({ kind }) => kind === 'clip')?.sha256).toBe(own[0]!.sha256);
    expect((await stage.system.api('soc_operator', 'POST', path)).status).toBe(409);
    await answered(incidentId);
  });

  it('a segment that was changed on the recorder is left out and listed', async () => {
    const at = await record(120_000);
    const altered = (await readdir(join(stage.system.ringDir, 'sco-3-cam'))).filter((name) =>
      name.endsWith('00004.ts'),
    );
    for (const name of altered) await writeFile(join(stage.system.ringDir, 'sco-3-cam', name), 'another picture');
    const { incidentId } = await stage.camera.sees({ at });
    await stage.sam.expectText(/please check/);
    expect(await settled(incidentId)).toMatchObject({ evidenceState: 'partial' });
    const evidence = await evidenceOf(incidentId);
    expect(evidence.failure).toEqual({ code: 'SEGMENTS_ALTERED', params: { segments: 1 } });
    expect(evidence.gaps).toHaveLength(1);
    await answered(incidentId);
  });

  it('a legal hold counts although the store is full, and the answer says that the store has yet to follow', async () => {
    const { incidentId } = await stage.camera.sees({ at: await record(300_000) });
    await stage.sam.expectText(/please check/);
    await settled(incidentId);
    await answered(incidentId);
    const store = stage.system.deps.objects.retention;
    const { setLegalHold } = store;
    store.setLegalHold = () => Promise.reject(new StoreFullError({ cause: null, retryAfterMs: 1 }));
    const path = `/v1/incidents/${incidentId}/holds`;
    const place = () => stage.system.api<{ inStore: boolean }>('compliance', 'POST', path, { reason: 'police asked' });
    expect(await place()).toMatchObject({ status: 201, body: { inStore: false } });
    store.setLegalHold = setLegalHold;
    const { body } = await stage.system.api('compliance', 'GET', `/v1/incidents/${incidentId}`);
    expect(body).toMatchObject({ legalHold: true });
    expect(await place()).toMatchObject({ status: 201, body: { inStore: true } });
  });

  it('a gap in the recording: partial, with the gap listed', async () => {
    const { incidentId } = await stage.camera.sees({ at: await record(20_000, [5]) });
    await stage.sam.expectText(/please check/);
    expect(await settled(incidentId)).toMatchObject({ evidenceState: 'partial' });
    const evidence = await evidenceOf(incidentId);
    expect(evidence.gaps).toHaveLength(1);
    const [gap] = evidence.gaps;
    const lengthMs = Date.parse(gap!.toAt) - Date.parse(gap!.fromAt);
    expect(lengthMs).toBeGreaterThan(0);
    expect(lengthMs).toBeLessThanOrEqual(1_000);
    expect(evidence.artifacts.some(({ kind }) => kind === 'clip')).toBe(true);
    await answered(incidentId);
  });
});
