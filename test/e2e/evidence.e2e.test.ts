import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
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

const settled = (incidentId: string): Promise<Incident> =>
  eventually(async () => {
    const now = await stage.incident(incidentId);
    return now.evidenceState !== 'requested' && now;
  }, 15_000);

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
    const clip = await fetch(`${link}/clip`);
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
    expect((await fetch(`${link}/clip`)).status).toBe(404);
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
    }, 15_000);
    expect(redactions).toMatchObject({
      versions: [{ version: 1, state: 'unavailable', reason: { code: 'MODEL_MISSING' } }],
      release: { allowed: false, because: { code: 'REDACTION_UNAVAILABLE' } },
    });
    expect(await stage.timeline(incidentId)).toContain('redaction_settled');
    await answered(incidentId);
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
