import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createIncidentActivities, type IncidentDependencies } from '../../activities/incident.ts';
import { createSweepActivities } from '../../activities/sweep.ts';
import { openSigner, verifySignature } from '../../adapters/crypto/signer.ts';
import { canonicalJson } from '../../domain/audit-chain.ts';
import { defaultPolicy } from '../../domain/policy.ts';
import type { Role, Verdict } from '../../domain/types.ts';
import { recordEvidence } from '../../services/evidence/record.ts';
import { evidenceForRelease } from '../../services/evidence/release.ts';
import { placeHold, releaseHold } from '../../services/hold/manage.ts';
import { findDueIncidents, purgeIncident } from '../../services/retention/purge.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { inActivity } from '../harness/in-activity.ts';
import { actorOf, contextOf, nowIso, openIncident, type ServedApi, serveApi } from './support.ts';

const engines = inject('engines');
const seconds = 1_000;
/** Seconds instead of days. */
const policy = {
  ...defaultPolicy,
  retentionMs: {
    paid: 2 * seconds,
    staff_error: 2 * seconds,
    false_positive: 2 * seconds,
    confirmed: 30 * seconds,
    unreviewed: 60 * seconds,
  },
};
const clip = Buffer.from(Array.from({ length: 1_000 }, (_, index) => index % 251));
const sha256 = (body: Uint8Array) => createHash('sha256').update(body).digest('hex');
let database: TestDatabase;
let api: ServedApi;

beforeAll(async () => {
  database = await createTestDatabase(engines.databaseAdminUrl, { policy });
  api = await serveApi(engines, database);
});
afterAll(async () => {
  await api?.close();
  await database?.drop();
});

const system = (now?: () => string) => contextOf(database, actorOf('system', { id: 'system:test' }), now);
const sweepErrors: unknown[] = [];
const activities = () =>
  inActivity(
    createSweepActivities({
      db: database.db,
      now: nowIso,
      objects: api.objects,
      signer: openSigner(api.signingKeyPem),
      witnessLockMs: 1_000,
      onSweepError: (error) => sweepErrors.push(error),
    }),
  );
/** Of all that these need, an outcome uses the three. */
const outcomes = () =>
  inActivity(
    createIncidentActivities({ db: database.db, now: nowIso, objects: api.objects } as unknown as IncidentDependencies),
  );
const sweep = () => activities().purgeDue();

/** An incident whose one clip lies in the store, locked for `lockedMs`. */
async function withClip(lockedMs = 2_000): Promise<{ incidentId: string; key: string; version: string; url: string }> {
  const incidentId = await openIncident(database);
  const key = `demo/high-street/${incidentId}/clip.mp4`;
  const object = { key, body: clip, mediaType: 'video/mp4', sha256: sha256(clip) };
  const lockedUntil = new Date(Date.now() + lockedMs).toISOString();
  const { version } = await api.objects.putLocked({ ...object, lockedUntil });
  const artifact = {
    ...{ id: 'clip', kind: 'clip' as const, mediaType: 'video/mp4', objectKey: key, objectVersion: version },
    ...{ sizeBytes: clip.length, sha256: object.sha256, fromAt: nowIso(), toAt: nowIso(), lockedUntil },
  };
  await recordEvidence(system(), {
    incidentId,
    result: { state: 'ready', gaps: [], failure: null, artifacts: [artifact] },
  });
  return { incidentId, key, version, url: `/v1/incidents/${incidentId}/evidence/clip` };
}

const close = (incidentId: string, verdict: Verdict) =>
  outcomes().recordOutcome({
    tenantId: 'demo',
    incidentId,
    status: { state: 'closed', posVerdict: 'MISMATCH', verdict, helpRequested: false, version: 1 },
    verdict,
    closedAt: nowIso(),
    cause: 'human_verdict',
    decisions: [],
    acknowledgements: [],
    evidenceGivenUp: null,
  });

const actionsOf = async (incidentId: string, action: string) => {
  const { rows } = await database.admin.query<{ actor: string; details: Record<string, unknown> }>(
    'select actor, details from audit where subject = $1 and action = $2 order by seq',
    [`incident:${incidentId}`, action],
  );
  return rows;
};

describe('serving evidence', () => {
  const fetchBytes = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(new URL(path, api.baseUrl), {
      headers: { authorization: `Bearer ${database.keys.soc_operator}`, ...headers },
    });
    return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
  };

  it.each([
    ['the whole', undefined, 200, 0, 999],
    ['the first bytes', 'bytes=0-99', 206, 0, 99],
    ['one byte', 'bytes=7-7', 206, 7, 7],
    ['to the end', 'bytes=990-', 206, 990, 999],
    ['the last bytes', 'bytes=-5', 206, 995, 999],
    ['more than there is', 'bytes=900-5000', 206, 900, 999],
    ['a unit nobody knows', 'lines=1-2', 200, 0, 999],
    ['several ranges at once', 'bytes=0-1,5-6', 200, 0, 999],
    ['a range that is none', 'bytes=a-b', 200, 0, 999],
  ])('%s', async (_name, range, status, from, to) => {
    const { url } = await withClip();
    const answer = await fetchBytes(url, range === undefined ? {} : { range });
    expect(answer.status).toBe(status);
    expect(answer.bytes).toEqual(clip.subarray(from, to + 1));
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-store',
      'content-type': 'video/mp4',
      'content-length': String(to - from + 1),
      'x-content-sha256': sha256(clip),
      ...(status === 206 ? { 'content-range': `bytes ${from}-${to}/1000` } : {}),
    });
  });

  it('a range past the end is 416 with the size', async () => {
    const { url } = await withClip();
    const past = await fetchBytes(url, { range: 'bytes=1000-' });
    expect([past.status, past.headers.get('content-range'), past.bytes.length]).toEqual([416, 'bytes */1000', 0]);
  });

  it('is one view of one person, however many ranges the player asks for', async () => {
    const { url, incidentId } = await withClip();
    for (const range of ['bytes=0-1', 'bytes=2-3', 'bytes=4-']) await fetchBytes(url, { range });
    await api.call(database.keys.compliance, 'GET', url);
    expect((await actionsOf(incidentId, 'evidence.viewed')).map(({ actor }) => actor)).toEqual([
      'user:demo-soc_operator',
      'user:demo-compliance',
    ]);
  });

  it.each<[string, (clipOf: { incidentId: string; key: string }) => Promise<unknown>]>([
    [
      'the recorded hash was changed',
      ({ incidentId }) =>
        database.admin.query("update evidence_artifacts set sha256 = repeat('a', 64) where incident_id = $1", [
          incidentId,
        ]),
    ],
    [
      'it points to another version, with other bytes',
      async ({ incidentId, key }) => {
        const body = Buffer.from('other bytes');
        const lockedUntil = new Date(Date.now() + 1_500).toISOString();
        const { version } = await api.objects.putLocked({
          key,
          body,
          mediaType: 'video/mp4',
          sha256: sha256(body),
          lockedUntil,
        });
        await database.admin.query('update evidence_artifacts set object_version = $2 where incident_id = $1', [
          incidentId,
          version,
        ]);
      },
    ],
    [
      'it points to a version that is gone',
      ({ incidentId }) =>
        database.admin.query('update evidence_artifacts set object_version = $2 where incident_id = $1', [
          incidentId,
          randomUUID(),
        ]),
    ],
  ])('nothing is shown when %s, and it is written down', async (_name, tamper) => {
    const made = await withClip();
    expect((await fetchBytes(made.url)).status).toBe(200);
    await tamper(made);
    const answer = await fetchBytes(made.url, { range: 'bytes=0-9' });
    expect(answer.status).toBe(502);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(JSON.parse(answer.bytes.toString())).toMatchObject({ code: 'DEPENDENCY_PERMANENT', status: 502 });
    const [failure, ...more] = await actionsOf(made.incidentId, 'evidence.integrity_failed');
    expect(failure).toMatchObject({ actor: 'user:demo-soc_operator', details: { artifactId: 'clip' } });
    expect(more).toEqual([]);
    const custody = await api.call<{ entries: { action: string }[] }>(
      database.keys.compliance,
      'GET',
      `/v1/incidents/${made.incidentId}/custody`,
    );
    expect(custody.body.entries.at(-1)?.action).toBe('evidence.integrity_failed');
  });

  it('what was altered is kept back from everybody, said so, and put right from an intact version', async () => {
    const made = await withClip(60_000);
    const other = Buffer.from('bytes that somebody put there behind our back');
    const changed = { key: made.key, body: other, mediaType: 'video/mp4', sha256: sha256(other) };
    const { version } = await api.objects.putLocked({
      ...changed,
      lockedUntil: new Date(Date.now() + 1_500).toISOString(),
    });
    // A newer version is none of ours: ours is read by its own name.
    expect((await fetchBytes(made.url)).bytes).toEqual(clip);
    await database.admin.query('update evidence_artifacts set object_version = $2 where incident_id = $1', [
      ...[made.incidentId, version],
    ]);
    expect((await fetchBytes(made.url)).status).toBe(502);
    const kept = await fetchBytes(made.url);
    expect([kept.status, JSON.parse(kept.bytes.toString()).detail]).toEqual([
      422,
      expect.stringMatching(/Nobody is given this file/),
    ]);
    const view = () =>
      api.call<{ artifacts: { quarantine: unknown }[] }>(
        ...([database.keys.compliance, 'GET', `/v1/incidents/${made.incidentId}/evidence`] as const),
      );
    expect((await view()).body.artifacts).toMatchObject([{ quarantine: { because: 'ALTERED' } }]);
    expect(await (await fetch(new URL('/metrics', api.baseUrl))).text()).toMatch(/evidence_quarantined_files [1-9]/);
    const release = await evidenceForRelease(contextOf(database, actorOf('compliance')), made.incidentId, 'staff');
    expect(release).toMatchObject({
      allowed: false,
      reason: { code: 'EVIDENCE_QUARANTINED', params: { artifactId: 'clip' } },
    });

    const restore = (role: Role) => api.call(database.keys[role], 'POST', `${made.url}/restore`);
    expect((await restore('soc_operator')).status).toBe(403);
    expect((await restore('compliance')).status).toBe(200);
    expect((await fetchBytes(made.url)).bytes).toEqual(clip);
    expect((await view()).body.artifacts).toMatchObject([{ quarantine: null }]);
    expect((await restore('compliance')).status).toBe(409);
    // The copy is locked as long as what it replaces.
    const { rows } = await database.admin.query(
      'select object_version from evidence_artifacts where incident_id = $1',
      [made.incidentId],
    );
    expect([made.version, version]).not.toContain(rows[0].object_version);
    const [done] = await actionsOf(made.incidentId, 'evidence.restored');
    expect(done?.details).toMatchObject({ copiedFrom: made.version, objectVersion: rows[0].object_version });
  });

  it('stays kept back while no intact version is left', async () => {
    const made = await withClip();
    await database.admin.query("update evidence_artifacts set sha256 = repeat('b', 64) where incident_id = $1", [
      made.incidentId,
    ]);
    expect((await fetchBytes(made.url)).status).toBe(502);
    const answer = await api.call(database.keys.compliance, 'POST', `${made.url}/restore`);
    expect([answer.status, answer.body['detail']]).toEqual([
      422,
      expect.stringMatching(/No version in the object store/),
    ]);
    expect((await fetchBytes(made.url)).status).toBe(422);
  });

  it('a large file is checked whole before its first byte, and each part of it again', async () => {
    const incidentId = await openIncident(database);
    const body = randomBytes(9 * 1_024 * 1_024);
    const key = `demo/high-street/${incidentId}/clip.mp4`;
    const lockedUntil = new Date(Date.now() + 2_000).toISOString();
    const object = { key, body, mediaType: 'video/mp4', sha256: sha256(body), lockedUntil };
    const { version } = await api.objects.putLocked(object);
    const artifact = {
      ...{ id: 'clip', kind: 'clip' as const, mediaType: 'video/mp4', objectKey: key, objectVersion: version },
      ...{ sizeBytes: body.length, sha256: object.sha256, fromAt: nowIso(), toAt: nowIso(), lockedUntil },
    };
    const result = { state: 'ready' as const, gaps: [], failure: null, artifacts: [artifact] };
    await recordEvidence(system(), { incidentId, result });
    const url = `/v1/incidents/${incidentId}/evidence/clip`;
    expect((await fetchBytes(url)).bytes.equals(body)).toBe(true);
    const [from, to] = [3 * 1_024 * 1_024 - 5, 5 * 1_024 * 1_024 + 7];
    const part = await fetchBytes(url, { range: `bytes=${from}-${to}` });
    expect([part.status, part.bytes.equals(body.subarray(from, to + 1))]).toEqual([206, true]);
    await database.admin.query("update evidence_artifacts set sha256 = repeat('c', 64) where incident_id = $1", [
      incidentId,
    ]);
    expect((await fetchBytes(url, { range: 'bytes=0-9' })).status).toBe(502);
  });

  it('an artifact of another incident is not found under this one', async () => {
    const [one, other] = [await withClip(), await openIncident(database)];
    expect((await fetchBytes(one.url.replace(one.incidentId, other))).status).toBe(404);
  });
});

describe('deletion on time', () => {
  it('is not early, not while the lock stands, then whole, and leaves a signed record', async () => {
    const due = await withClip(4_000);
    await close(due.incidentId, 'paid');
    await database.admin.query(
      `update incidents set outcome = '{"notes": "a tall man", "intervention": "none"}' where id = $1`,
      [due.incidentId],
    );
    await database.admin.query(
      `insert into incident_reviews (tenant_id, store_id, incident_id, id, kind, state, opened_by, opened_at, statement)
       select tenant_id, store_id, id, 'review-1', 'appeal', 'rejected', 'user:x', now(), 'It was me, Jo.' from incidents where id = $1`,
      [due.incidentId],
    );
    expect(await sweep()).toEqual({ purged: 0, failed: 0 });
    await delay(2_100);
    // Due by policy, but the store still holds it: its date is the lock's.
    expect(await sweep()).toEqual({ purged: 0, failed: 0 });
    expect((await api.call(database.keys.soc_operator, 'GET', due.url)).status).toBe(200);
    await delay(3_700);
    expect([await sweep(), sweepErrors]).toEqual([{ purged: 1, failed: 0 }, []]);
    expect(await sweep()).toEqual({ purged: 0, failed: 0 });

    expect(await api.objects.newest(`demo/high-street/${due.incidentId}/`)).toBeNull();
    const gone = await api.call(database.keys.soc_operator, 'GET', due.url);
    expect([gone.status, gone.body['detail']]).toEqual([
      404,
      expect.stringMatching(/deleted on .* retention had ended/),
    ]);
    const { rows } = await database.admin.query('select * from dispositions where incident_id = $1', [due.incidentId]);
    const [disposition] = rows;
    const ours = openSigner(api.signingKeyPem).publicKeyPem;
    expect(disposition.public_key).toBe(ours);
    expect(verifySignature(ours, canonicalJson(disposition.record), disposition.signature)).toBe(true);
    const forged = { ...disposition.record, objects: [] };
    expect(verifySignature(ours, canonicalJson(forged), disposition.signature)).toBe(false);
    expect(disposition.record).toMatchObject({
      incidentId: due.incidentId,
      verdict: 'paid',
      authority: { policyId: 'default', policyVersion: 1 },
      objects: [{ id: 'clip', sha256: sha256(clip), objectKey: due.key, objectVersion: due.version }],
    });
    expect(await actionsOf(due.incidentId, 'evidence.purged')).toHaveLength(1);
    // What people wrote goes with the pictures; what was decided stays.
    const { rows: words } = await database.admin.query(
      'select i.outcome, r.statement, r.state from incidents i join incident_reviews r on r.incident_id = i.id where i.id = $1',
      [due.incidentId],
    );
    expect(words).toEqual([{ outcome: { notes: null, intervention: 'none' }, statement: null, state: 'rejected' }]);
  });

  it('waits for the longer time of a confirmed incident, in the store as well', async () => {
    const kept = await withClip(1_000);
    await close(kept.incidentId, 'confirmed');
    await delay(2_100);
    await expect(api.objects.deletePrefix(kept.key)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect((await findDueIncidents(system(), 50)).map(({ incidentId }) => incidentId)).not.toContain(kept.incidentId);
    const later = () => new Date(Date.now() + 40_000).toISOString();
    expect((await findDueIncidents(system(later), 50)).map(({ incidentId }) => incidentId)).toContain(kept.incidentId);
  });

  it('stops at a legal hold, in the database and in the store, and goes on when it is released', async () => {
    const held = await withClip(1_000);
    await close(held.incidentId, 'paid');
    const path = `/v1/incidents/${held.incidentId}/holds`;
    const place = (reason: string, more: Record<string, unknown> = {}) =>
      api.call<Record<string, unknown>>(database.keys.compliance, 'POST', path, { reason, ...more });
    const release = (id: unknown) =>
      api.call(database.keys.compliance, 'POST', `${path}/${String(id)}/release`, { reason: 'settled' });
    const placed = await place('court order 7');
    expect(placed).toMatchObject({
      status: 201,
      body: { incidentId: held.incidentId, reason: 'court order 7', placedBy: 'user:demo-compliance', endsAt: null },
    });
    const second = await place('insurer', { endsAt: new Date(Date.now() + 3_600_000).toISOString() });
    expect((await place('in the past', { endsAt: '2020-01-01T00:00:00.000Z' })).status).toBe(400);
    await delay(3_200);
    expect(await sweep()).toEqual({ purged: 0, failed: 0 });
    expect((await release(placed.body['id'])).status).toBe(200);
    expect((await release(placed.body['id'])).status).toBe(409);
    // Somebody else's hold goes on standing, in the store as well.
    await expect(api.objects.deletePrefix(held.key)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect(await sweep()).toEqual({ purged: 0, failed: 0 });
    expect((await release(second.body['id'])).status).toBe(200);
    expect(await sweep()).toEqual({ purged: 1, failed: 0 });
    const { body } = await api.call<{ items: unknown[] }>(database.keys.compliance, 'GET', path);
    expect(body.items).toHaveLength(2);
    const late = await place('too late');
    expect([late.status, late.body['code']]).toEqual([409, 'CONFLICT']);
  });

  it('loses the race against a hold that comes first, and wins it otherwise; never both', async () => {
    const incidentId = await openIncident(database);
    await close(incidentId, 'paid');
    const later = () => new Date(Date.now() + 10_000).toISOString();
    const compliance = contextOf(database, actorOf('compliance'));
    const signer = openSigner(api.signingKeyPem);
    const due = (await findDueIncidents(system(later), 50)).find((each) => each.incidentId === incidentId)!;

    const { id: holdId } = await placeHold(compliance, { incidentId, reason: 'just in time' });
    let tooLate: Promise<unknown> | undefined;
    let looked = 0;
    const { retention } = api.objects;
    const store = {
      ...retention,
      async *list(prefix: string) {
        looked += 1;
        tooLate ??= placeHold(compliance, { incidentId, reason: 'a moment too late' }).catch((error: unknown) => error);
        await delay(200);
        yield* retention.list(prefix);
      },
    };
    expect(await purgeIncident(system(later), due, { store, signer })).toBe('kept');
    expect(looked).toBe(0);

    await releaseHold(compliance, { incidentId, holdId, reason: 'settled' });
    expect(await purgeIncident(system(later), due, { store, signer })).toBe('purged');
    expect(await tooLate).toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/already been deleted/) });
  });
});
