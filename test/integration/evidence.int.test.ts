import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createIncidentActivities } from '../../activities/incident.ts';
import { openSigner, verifySignature } from '../../adapters/crypto/signer.ts';
import { createCarrierClient } from '../../adapters/twilio/client.ts';
import { canonicalJson } from '../../domain/audit-chain.ts';
import { defaultPolicy } from '../../domain/policy.ts';
import type { Verdict } from '../../domain/types.ts';
import { recordEvidence } from '../../services/evidence/record.ts';
import { placeHold, releaseHold } from '../../services/hold/manage.ts';
import { findDueIncidents, purgeIncident } from '../../services/retention/purge.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { inActivity } from '../harness/in-activity.ts';
import { testSending } from '../harness/sending.ts';
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
    createIncidentActivities({
      db: database.db,
      now: nowIso,
      objects: api.objects,
      signer: openSigner(api.signingKeyPem),
      witnessLockMs: 1_000,
      carrier: createCarrierClient({
        accountSid: `AC${'0'.repeat(32)}`,
        authToken: 'x',
        from: '+15005550006',
        timeoutMs: 1,
      }),
      publicUrl: api.baseUrl,
      settleMs: 1,
      ...testSending,
      links: { publicUrl: api.baseUrl, linkSecret: 'x' },
      onSweepError: (error) => sweepErrors.push(error),
    }),
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
  activities().recordOutcome({
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
    // Due by policy, but the store still holds it: nothing is said to be deleted that is not.
    expect(await sweep()).toEqual({ purged: 0, failed: 1 });
    expect(sweepErrors.pop()).toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect((await api.call(database.keys.soc_operator, 'GET', due.url)).status).toBe(200);
    await delay(3_000);
    expect(await sweep()).toEqual({ purged: 1, failed: 0 });
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
    const path = `/v1/incidents/${held.incidentId}/hold`;
    const placed = await api.call(database.keys.compliance, 'PUT', path, { reason: 'court order 7' });
    expect([placed.status, placed.body]).toEqual([
      200,
      { incidentId: held.incidentId, held: true, reason: 'court order 7' },
    ]);
    expect((await api.call(database.keys.soc_lead, 'PUT', path, { reason: 'again' })).status).toBe(409);
    await delay(3_200);
    expect(await sweep()).toEqual({ purged: 0, failed: 0 });
    await expect(api.objects.deletePrefix(held.key)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect((await api.call(database.keys.compliance, 'DELETE', path)).status).toBe(200);
    expect((await api.call(database.keys.compliance, 'DELETE', path)).status).toBe(409);
    expect(await sweep()).toEqual({ purged: 1, failed: 0 });
    const late = await api.call(database.keys.compliance, 'PUT', path, { reason: 'too late' });
    expect([late.status, late.body['code']]).toEqual([409, 'CONFLICT']);
  });

  it('loses the race against a hold that comes first, and wins it otherwise; never both', async () => {
    const incidentId = await openIncident(database);
    await close(incidentId, 'paid');
    const later = () => new Date(Date.now() + 10_000).toISOString();
    const compliance = contextOf(database, actorOf('compliance'));
    const signer = openSigner(api.signingKeyPem);
    const due = (await findDueIncidents(system(later), 50)).find((each) => each.incidentId === incidentId)!;

    await placeHold(compliance, { incidentId, reason: 'just in time' });
    let deleted = 0;
    const remove = async () => {
      deleted += 1;
    };
    await expect(purgeIncident(system(), due, signer, remove)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(deleted).toBe(0);

    await releaseHold(compliance, { incidentId });
    let tooLate: Promise<unknown> | undefined;
    await purgeIncident(system(), due, signer, async () => {
      tooLate = placeHold(compliance, { incidentId, reason: 'a moment too late' }).catch((error: unknown) => error);
      await delay(200);
      await remove();
    });
    expect(await tooLate).toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/already been deleted/) });
    expect(deleted).toBe(1);
  });
});
