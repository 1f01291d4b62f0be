import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createRedactionActivities, type RedactionDependencies } from '../../activities/redact.ts';
import { createRedactionRecordActivities } from '../../activities/redact-record.ts';
import { MODELS } from '../../detectors/models/manifest.ts';
import { defaultPolicy } from '../../domain/policy.ts';
import type { RedactionMap } from '../../domain/redaction/map.ts';
import type { ManualTrack } from '../../domain/redaction/types.ts';
import { addMs } from '../../domain/time.ts';
import { recordOtherCamera } from '../../services/evidence/cameras.ts';
import { recordEvidence, type StoredArtifact } from '../../services/evidence/record.ts';
import { addManualBoxes, requestRedaction } from '../../services/evidence/redaction.ts';
import { evidenceForRelease } from '../../services/evidence/release.ts';
import { placeHold } from '../../services/hold/manage.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { inActivity } from '../harness/in-activity.ts';
import { scriptedFinder, standing } from '../harness/scripted-finder.ts';
import { actorOf, contextOf, nowIso, openIncident, type ServedApi, serveApi } from './support.ts';

const engines = inject('engines');
const [width, height, fps, seconds] = [320, 180, 15, 2];
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const schema = JSON.parse(
  readFileSync(new URL('../../schemas/redaction-map.schema.json', import.meta.url), 'utf8'),
) as object;
let database: TestDatabase;
let api: ServedApi;
let work: string;
let film: Buffer;

beforeAll(async () => {
  database = await createTestDatabase(engines.databaseAdminUrl);
  api = await serveApi(engines, database);
  work = mkdtempSync(join(tmpdir(), 'redaction-test-'));
  const path = join(work, 'film.mp4');
  // Two seconds with a second of nothing in between: a recording with a gap.
  ffmpeg([
    ...['-f', 'lavfi', '-i', `testsrc=size=${width}x${height}:rate=${fps}:duration=${seconds}`],
    ...[
      '-f',
      'lavfi',
      '-i',
      `sine=duration=${seconds}`,
      '-vf',
      'setpts=PTS+gte(N\\,15)/TB',
      '-fps_mode',
      'passthrough',
    ],
    ...['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-bf', '0', '-video_track_timescale', '90000', path],
  ]);
  film = readFileSync(path);
});
afterAll(async () => {
  rmSync(work, { recursive: true, force: true });
  await api?.close();
  await database?.drop();
});

function ffmpeg(args: string[]): Buffer {
  const run = spawnSync(engines.ffmpegPath, ['-v', 'error', '-y', ...args], { maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(run.stderr.toString());
  return run.stdout;
}

/** The light of every picture of a film. */
function picturesOf(bytes: Uint8Array): Buffer[] {
  const path = join(work, 'look.mp4');
  writeFileSync(path, bytes);
  const raw = ffmpeg(['-i', path, '-fps_mode', 'passthrough', '-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1']);
  return Array.from({ length: raw.length / (width * height) }, (_, index) =>
    raw.subarray(index * width * height, (index + 1) * width * height),
  );
}

/** How much the light differs within a box of a picture. */
function contrast(picture: Buffer, box: { x: number; y: number; width: number; height: number }): number {
  let [least, most] = [255, 0];
  for (let y = box.y + 2; y < box.y + box.height - 2; y += 1)
    for (let x = box.x + 2; x < box.x + box.width - 2; x += 1) {
      least = Math.min(least, picture[y * width + x]!);
      most = Math.max(most, picture[y * width + x]!);
    }
  return most - least;
}

const errors: unknown[] = [];
const worker = (change: Partial<RedactionDependencies> = {}) => {
  const { redactClip } = inActivity(
    createRedactionActivities({
      db: database.db,
      now: nowIso,
      objects: api.objects,
      ffmpeg: { ffmpegPath: engines.ffmpegPath, ffprobePath: engines.ffprobePath },
      openFinder: async () => scriptedFinder,
      onError: (error) => errors.push(error),
      ...change,
    }),
  );
  return (incidentId: string, version: number) => redactClip({ tenantId: 'demo', incidentId, version });
};

const as = (role: Parameters<typeof actorOf>[0]) => contextOf(database, actorOf(role));
const operator = () => as('soc_operator');

async function withClip(body: Uint8Array = film): Promise<{ incidentId: string; key: string; fromAt: string }> {
  const incidentId = await openIncident(database);
  const key = `demo/high-street/${incidentId}/clip.mp4`;
  const lockedUntil = new Date(Date.now() + 3_000).toISOString();
  const stored = { key, body, mediaType: 'video/mp4', sha256: sha256(body), lockedUntil };
  const { version } = await api.objects.putLocked(stored);
  const fromAt = nowIso();
  const artifact = {
    ...{ id: 'clip', kind: 'clip' as const, mediaType: 'video/mp4', objectKey: key, objectVersion: version, fromAt },
    ...{ sizeBytes: body.length, sha256: stored.sha256, toAt: addMs(fromAt, 3_000), lockedUntil },
  };
  await recordEvidence(as('system'), {
    incidentId,
    result: { state: 'ready', gaps: [], failure: null, artifacts: [artifact] },
  });
  return { incidentId, key, fromAt };
}

/** The same film as another camera saw it, whose clock runs 400 ms ahead. */
async function addAisle(incidentId: string, ownFromAt: string): Promise<void> {
  await database.admin.query(
    "insert into cameras (tenant_id, store_id, id, name) values ('demo', 'high-street', 'aisle-cam', 'Aisle') on conflict do nothing",
  );
  await database.admin.query(
    `insert into evidence_cameras (tenant_id, store_id, incident_id, camera_id, position, from_at, to_at, offset_ms, error_ms, offset_source)
     values ('demo', 'high-street', $1, 'aisle-cam', 2, now(), now(), 400, 40, 'declared')`,
    [incidentId],
  );
  const fromAt = addMs(ownFromAt, 400);
  const objectKey = `demo/high-street/${incidentId}/camera-2-clip.mp4`;
  const lockedUntil = new Date(Date.now() + 3_000).toISOString();
  const stored = { key: objectKey, body: film, mediaType: 'video/mp4', sha256: sha256(film), lockedUntil };
  const { version: objectVersion } = await api.objects.putLocked(stored);
  const artifact: StoredArtifact = {
    ...{ id: 'camera-2-clip', kind: 'other_clip', cameraId: 'aisle-cam', mediaType: 'video/mp4', objectKey },
    ...{
      objectVersion,
      sizeBytes: film.length,
      sha256: stored.sha256,
      fromAt,
      toAt: addMs(fromAt, 3_000),
      lockedUntil,
    },
  };
  await recordOtherCamera(as('system'), {
    ...{ incidentId, cameraId: 'aisle-cam' },
    result: { state: 'ready', gaps: [], failure: null, artifacts: [artifact] },
  });
}

/** What may leave, camera by camera: its files, or the code of why none. */
async function leaving(incidentId: string): Promise<Record<string, string>> {
  const { cameras } = await evidenceForRelease(as('compliance'), incidentId);
  return Object.fromEntries(
    cameras.map(({ cameraId, release }) => [
      cameraId,
      release.allowed ? release.artifacts.map(({ id }) => id).join(' ') : release.reason.code,
    ]),
  );
}

const view = async (incidentId: string) =>
  (
    await api.call<{
      versions: { version: number; state: string; reason: { code: string } | null }[];
      approval: { by: string } | null;
      release: { allowed: boolean; as: string | null; because: { code: string }; artifactId: string | null };
    }>(database.keys.compliance, 'GET', `/v1/incidents/${incidentId}/redactions`)
  ).body;

const fetchArtifact = async (incidentId: string, id: string): Promise<Buffer> => {
  const response = await fetch(new URL(`/v1/incidents/${incidentId}/evidence/${id}`, api.baseUrl), {
    headers: { authorization: `Bearer ${database.keys.compliance}` },
  });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
};

describe('a masked clip', () => {
  it('has the same pictures at the same times, nobody in them, no sound, and a map that says so', async () => {
    const { incidentId } = await withClip();
    expect((await view(incidentId)).release).toMatchObject({ allowed: false, because: { code: 'REDACTION_MISSING' } });
    const asked = await requestRedaction(operator(), { incidentId });
    expect(asked).toMatchObject({ version: 1, state: 'requested', style: 'solid', target: 'people' });
    expect((await view(incidentId)).release.because.code).toBe('REDACTION_PENDING');
    expect(await worker()(incidentId, 1)).toEqual({ state: 'ready' });
    // Another attempt of the same task finds it done.
    expect(await worker()(incidentId, 1)).toEqual({ state: 'moot' });

    const release = await evidenceForRelease(as('compliance'), incidentId);
    if (!release.allowed) throw new Error(release.reason.code);
    expect(release).toMatchObject({ as: 'redacted', because: 'REDACTED', approval: null });
    expect(release.artifacts.map(({ id }) => id)).toEqual(['redacted-1', 'redaction-map-1']);
    const masked = await fetchArtifact(incidentId, 'redacted-1');
    const map = JSON.parse((await fetchArtifact(incidentId, 'redaction-map-1')).toString()) as RedactionMap;
    const fits = new Ajv2020({ strictRequired: false }).addFormat('date-time', true).compile(schema);
    expect(fits(map) || fits.errors).toBe(true);
    expect(map).toMatchObject({
      kind: 'floorwalker.redaction-map.v1',
      incidentId,
      version: 1,
      parent: { artifactId: 'clip', sha256: sha256(film) },
      derivative: { sha256: sha256(masked), sizeBytes: masked.length },
      video: { width, height, frames: fps * seconds },
      audio: 'none',
      models: scriptedFinder.models,
    });
    expect(map.frames.every(({ boxes }) => boxes.length === 1 && boxes[0]!.what === 'person')).toBe(true);
    // The second half comes a second later: the gap is where it was.
    expect(map.frames[15]!.atMs - map.frames[14]!.atMs).toBe(1_067);

    const [before, after] = [picturesOf(film), picturesOf(masked)];
    expect(after).toHaveLength(before.length);
    for (const [index, picture] of after.entries()) {
      const [box] = map.frames[index]!.boxes;
      expect(contrast(picture, box!)).toBeLessThan(20);
      expect(contrast(before[index]!, box!)).toBeGreaterThan(100);
    }
    const probe = spawnSync(engines.ffprobePath, [
      '-v',
      'error',
      '-show_entries',
      'stream=codec_type',
      '-of',
      'csv=p=0',
      join(work, 'look.mp4'),
    ]);
    expect(probe.stdout.toString().trim()).toBe('video');
    expect(sha256(await fetchArtifact(incidentId, 'clip'))).toBe(sha256(film));
  });

  it('is made anew with what somebody drew, and only the newest may leave', async () => {
    const { incidentId } = await withClip();
    await requestRedaction(operator(), { incidentId });
    await worker()(incidentId, 1);
    const box = { x: 0.6, y: 0.2, width: 0.25, height: 0.5 };
    const manual: ManualTrack[] = [
      {
        id: 'left-out',
        action: 'mask',
        keyFrames: [
          { atMs: 0, ...box },
          { atMs: 600, ...box },
        ],
      },
      {
        id: 'subject',
        action: 'reveal',
        keyFrames: [
          { atMs: 0, ...standing },
          { atMs: 3_000, ...standing },
        ],
      },
    ];
    await expect(addManualBoxes(operator(), { incidentId, basedOn: 0, manual })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/newest is 1/),
    });
    expect(await addManualBoxes(operator(), { incidentId, basedOn: 1, manual })).toMatchObject({ version: 2, manual });
    // The first is there and good, and still must not leave: somebody saw what it misses.
    expect(await evidenceForRelease(as('compliance'), incidentId)).toMatchObject({
      allowed: false,
      reason: { code: 'REDACTION_PENDING', params: { version: 2 } },
    });
    await expect(addManualBoxes(operator(), { incidentId, basedOn: 2, manual })).rejects.toThrow(/is being made/);
    expect(await worker()(incidentId, 2)).toEqual({ state: 'ready' });
    const map = JSON.parse((await fetchArtifact(incidentId, 'redaction-map-2')).toString()) as RedactionMap;
    const sources = map.frames.map(({ boxes }) => boxes.map(({ source, of }) => `${source} ${of}`).join());
    expect(sources.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 'manual left-out'));
    expect(sources.slice(10)).toEqual(Array.from({ length: 20 }, () => ''));
    const pictures = picturesOf(await fetchArtifact(incidentId, 'redacted-2'));
    expect(contrast(pictures[5]!, map.frames[5]!.boxes[0]!)).toBeLessThan(20);
    expect(contrast(pictures[20]!, map.frames[5]!.boxes[0]!)).toBeGreaterThan(100);
    expect((await view(incidentId)).release).toMatchObject({ allowed: true, artifactId: 'redacted-2' });
    const custody = await api.call<{ entries: { action: string; actor: string }[] }>(
      database.keys.compliance,
      'GET',
      `/v1/incidents/${incidentId}/custody`,
    );
    const redactions = custody.body.entries.filter(({ action }) => action.includes('redact'));
    expect(redactions.map(({ action, actor }) => `${actor} ${action}`)).toEqual([
      'user:demo-soc_operator evidence.redaction_requested',
      'system:redaction evidence.redacted',
      'user:demo-soc_operator evidence.redaction_requested',
      'system:redaction evidence.redacted',
    ]);
  });

  it('is held with the rest while a legal hold stands, and gone with the rest', async () => {
    const { incidentId, key } = await withClip();
    await requestRedaction(operator(), { incidentId });
    await placeHold(as('compliance'), { incidentId, reason: 'court order' });
    await worker()(incidentId, 1);
    await new Promise((resolve) => setTimeout(resolve, 3_100));
    const prefix = key.replace('clip.mp4', 'redact');
    await expect(api.objects.deletePrefix(prefix)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    await database.admin.query("update incidents set purged_at = now(), evidence_state = 'purged' where id = $1", [
      incidentId,
    ]);
    await database.admin.query('update evidence_artifacts set purged_at = now() where incident_id = $1', [incidentId]);
    await expect(requestRedaction(operator(), { incidentId })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect((await view(incidentId)).release.because.code).toBe('NO_CLIP');
  });
});

describe('the clip of another camera', () => {
  it('is masked for itself, everybody whole, and leaves or stays for itself', async () => {
    const { incidentId, fromAt } = await withClip();
    await addAisle(incidentId, fromAt);
    const reported = [{ at: addMs(fromAt, 500), ...standing }];
    await database.admin.query(
      "update detections set body = body || jsonb_build_object('boxes', $2::jsonb) where incident_id = $1",
      [...[incidentId, JSON.stringify(reported)]],
    );
    const path = `/v1/incidents/${incidentId}/redactions`;
    const ask = (body?: object) => api.call<{ version: number }>(database.keys.soc_operator, 'POST', path, body);
    const asked = await ask({ cameraId: 'aisle-cam' });
    expect([asked.status, asked.body]).toMatchObject([202, { version: 1, cameraId: 'aisle-cam' }]);
    expect((await ask({ cameraId: 'door-cam' })).status).toBe(400);
    expect(await worker()(incidentId, 1)).toEqual({ state: 'ready' });
    expect(await leaving(incidentId)).toEqual({
      ...{ 'sco-3-cam': 'REDACTION_MISSING', 'aisle-cam': 'redacted-1 redaction-map-1' },
    });
    expect(await evidenceForRelease(as('compliance'), incidentId)).toMatchObject({ allowed: true, as: 'redacted' });

    expect((await ask()).body).toMatchObject({ version: 2, cameraId: 'sco-3-cam' });
    expect(await worker()(incidentId, 2)).toEqual({ state: 'ready' });
    const both = { 'sco-3-cam': 'redacted-2 redaction-map-2', 'aisle-cam': 'redacted-1 redaction-map-1' };
    expect(await leaving(incidentId)).toEqual(both);
    const mapOf = async (version: number) =>
      JSON.parse((await fetchArtifact(incidentId, `redaction-map-${version}`)).toString()) as RedactionMap;
    const whats = (map: RedactionMap) => [...new Set(map.frames.flatMap(({ boxes }) => boxes.map(({ what }) => what)))];
    const [aisle, own] = [await mapOf(1), await mapOf(2)];
    expect([aisle.parent.artifactId, whats(aisle)]).toEqual(['camera-2-clip', ['person']]);
    expect([own.parent.artifactId, whats(own)]).toEqual(['clip', ['head']]);
    const { rows } = await database.admin.query<{ from_at: Date }>(
      "select from_at from evidence_artifacts where incident_id = $1 and camera_id = 'aisle-cam' and kind like 'reda%'",
      [incidentId],
    );
    expect(rows.map(({ from_at }) => from_at.toISOString())).toEqual([addMs(fromAt, 400), addMs(fromAt, 400)]);

    // A better version of one is asked for: the other goes on leaving.
    const draw = (basedOn: number) =>
      addManualBoxes(operator(), { incidentId, cameraId: 'aisle-cam', basedOn, manual: [] });
    await expect(draw(2)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/newest is 1/) });
    expect(await draw(1)).toMatchObject({ version: 3, cameraId: 'aisle-cam' });
    expect(await leaving(incidentId)).toEqual({ ...both, 'aisle-cam': 'REDACTION_PENDING' });
    expect(await worker()(incidentId, 3)).toEqual({ state: 'ready' });
    expect(await leaving(incidentId)).toEqual({ ...both, 'aisle-cam': 'redacted-3 redaction-map-3' });
  });

  it('leaves unmasked by the word of somebody who spoke of it, and of no other', async () => {
    const { incidentId, fromAt } = await withClip();
    await addAisle(incidentId, fromAt);
    const path = `/v1/incidents/${incidentId}/unredacted-release`;
    const refused = { 'sco-3-cam': 'REDACTION_MISSING', 'aisle-cam': 'REDACTION_MISSING' };
    const allow = (cameraId: string) =>
      api.call(database.keys.soc_lead, 'PUT', path, { cameraId, reason: 'The police asked for it.' });
    expect((await allow('aisle-cam')).status).toBe(200);
    expect(await leaving(incidentId)).toEqual({ ...refused, 'aisle-cam': 'camera-2-clip' });
    expect((await allow('aisle-cam')).status).toBe(409);
    expect((await allow('sco-3-cam')).status).toBe(200);
    expect(await leaving(incidentId)).toEqual({ 'sco-3-cam': 'clip', 'aisle-cam': 'camera-2-clip' });
    const withdrawn = await api.call<{ cameras: unknown }>(
      ...([database.keys.soc_lead, 'DELETE', `${path}?cameraId=aisle-cam`] as const),
    );
    expect(withdrawn.body.cameras).toMatchObject([
      { cameraId: 'sco-3-cam', isOwn: true, approval: { by: 'user:demo-soc_lead' }, release: { as: 'original' } },
      { cameraId: 'aisle-cam', name: 'Aisle', isOwn: false, approval: null, clip: { artifactId: 'camera-2-clip' } },
    ]);
    expect((await api.call(database.keys.soc_lead, 'DELETE', path)).status).toBe(200);
    expect(await leaving(incidentId)).toEqual(refused);
  });
});

describe('what cannot be masked', () => {
  const cases: [string, Partial<RedactionDependencies>, string, string][] = [
    ['without a model', { openFinder: async () => MODELS.rfb320Face }, 'unavailable', 'MODEL_MISSING'],
    [
      'with weights that are not the pinned ones',
      {
        openFinder: async () => {
          throw new Error('wrong weights');
        },
      },
      'unavailable',
      'MODEL_UNUSABLE',
    ],
  ];
  it.each(cases)('%s: says so, may be asked for again, and lets nothing leave', async (_name, change, state, code) => {
    const { incidentId } = await withClip();
    await requestRedaction(operator(), { incidentId });
    expect(await worker(change)(incidentId, 1)).toEqual({ state });
    const { versions, release } = await view(incidentId);
    expect(versions).toMatchObject([{ state, reason: { code } }]);
    expect(release).toMatchObject({ allowed: false, because: { code: 'REDACTION_UNAVAILABLE' } });
    expect(await requestRedaction(operator(), { incidentId })).toMatchObject({ version: 2, state: 'requested' });
    expect(await worker()(incidentId, 2)).toEqual({ state: 'ready' });
  });

  it.each([
    ['a clip that is none', Buffer.from('no film'), 'CLIP_UNREADABLE'],
    ['a clip whose bytes were changed', null, 'CLIP_ALTERED'],
  ])('%s fails for good', async (_name, body, code) => {
    const { incidentId } = await withClip(body ?? film);
    if (body === null)
      await database.admin.query("update evidence_artifacts set sha256 = repeat('a', 64) where incident_id = $1", [
        incidentId,
      ]);
    await requestRedaction(operator(), { incidentId });
    expect(await worker()(incidentId, 1)).toEqual({ state: 'failed' });
    expect((await view(incidentId)).versions).toMatchObject([{ state: 'failed', reason: { code } }]);
  });

  it('an attempt that dies leaves it asked for, and giving up puts that on record', async () => {
    const { incidentId } = await withClip();
    await requestRedaction(operator(), { incidentId });
    const broken = { ffmpegPath: '/nonexistent/ffmpeg', ffprobePath: engines.ffprobePath };
    await expect(worker({ ffmpeg: broken })(incidentId, 1)).rejects.toThrow();
    expect((await view(incidentId)).versions).toMatchObject([{ state: 'requested' }]);
    const { giveUpRedaction } = inActivity(createRedactionRecordActivities({ db: database.db, now: nowIso }));
    const give = () => giveUpRedaction({ tenantId: 'demo', incidentId, version: 1, code: 'TIMED_OUT' });
    await give();
    await give();
    expect((await view(incidentId)).versions).toMatchObject([
      { state: 'failed', reason: { code: 'REDACTION_GAVE_UP' } },
    ]);
  });
});

describe('the word of somebody', () => {
  it('lets the original leave, with all that belongs to it, until it is taken back', async () => {
    const { incidentId } = await withClip();
    const path = `/v1/incidents/${incidentId}/unredacted-release`;
    const given = await api.call(database.keys.soc_lead, 'PUT', path, { reason: 'The police asked for it, ref 17.' });
    expect([given.status, given.body]).toMatchObject([
      200,
      {
        approval: { by: 'user:demo-soc_lead', reason: 'The police asked for it, ref 17.' },
        release: { as: 'original' },
      },
    ]);
    expect((await api.call(database.keys.compliance, 'PUT', path, { reason: 'again' })).status).toBe(409);
    expect(await evidenceForRelease(as('compliance'), incidentId)).toMatchObject({
      ...{ allowed: true, as: 'original', because: 'APPROVED_UNREDACTED', approval: { by: 'user:demo-soc_lead' } },
      artifacts: [{ id: 'clip' }],
    });
    expect((await api.call(database.keys.soc_lead, 'DELETE', path)).status).toBe(200);
    expect((await view(incidentId)).release).toMatchObject({ allowed: false });
    expect((await api.call(database.keys.soc_lead, 'DELETE', path)).status).toBe(409);
  });
});

describe('a policy that wants every clip masked', () => {
  it('has it asked for with the evidence, and shows nothing else on the phone', async () => {
    const incidentId = await openIncident(database);
    const policy = { ...defaultPolicy, redaction: { ...defaultPolicy.redaction, rule: 'required' } };
    await database.admin.query('update incidents set policy = $2 where id = $1', [incidentId, JSON.stringify(policy)]);
    const artifact = {
      ...{ id: 'clip', kind: 'clip' as const, mediaType: 'video/mp4', objectKey: 'k', objectVersion: 'v' },
      ...{ sizeBytes: 1, sha256: sha256(film), fromAt: nowIso(), toAt: nowIso(), lockedUntil: nowIso() },
    };
    await recordEvidence(as('system'), {
      incidentId,
      result: { state: 'ready', gaps: [], failure: null, artifacts: [artifact] },
    });
    expect((await view(incidentId)).versions).toMatchObject([{ version: 1, state: 'requested' }]);
    const outbox = await database.admin.query('select kind, payload from outbox where incident_id = $1', [incidentId]);
    expect(outbox.rows).toContainEqual({ kind: 'redact', payload: { version: 1 } });
    await addAisle(incidentId, nowIso());
    expect((await view(incidentId)).versions).toMatchObject([
      { cameraId: 'aisle-cam', version: 2, state: 'requested' },
      { cameraId: 'sco-3-cam', version: 1, state: 'requested' },
    ]);
    const token = `link-${incidentId}`;
    await database.admin.query(
      "insert into evidence_links (tenant_id, store_id, incident_id, token_sha256, person_id, expires_at) values ('demo', 'high-street', $1, $2, 'sam', now() + interval '1 hour')",
      [incidentId, sha256(Buffer.from(token))],
    );
    const page = await (await fetch(new URL(`/e/${token}`, api.baseUrl))).text();
    expect(page).toMatch(/are being covered/);
    expect(page).not.toContain('<video');
    expect((await fetch(new URL(`/e/${token}/clip`, api.baseUrl))).status).toBe(404);
  });
});
