import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { generateSigningKeyPem, openSigner } from '../../adapters/crypto/signer.ts';
import { openEvidenceStore } from '../../adapters/objects/evidence-store.ts';
import { scheduleHtml } from '../../domain/retention-schedule.ts';
import type { RetentionStore, StoredVersion } from '../../domain/retention-store.ts';
import { recordEvidence } from '../../services/evidence/record.ts';
import { placeHold } from '../../services/hold/manage.ts';
import { intendOrphanDeletion } from '../../services/reconciliation/orphan.ts';
import { reconcileTenant } from '../../services/reconciliation/run.ts';
import { claimReconciliation, readReconciliation } from '../../services/reconciliation/settle.ts';
import { listRetained, readRetentionCalendar } from '../../services/retention/calendar.ts';
import { listDeletions } from '../../services/retention/deletions.ts';
import { readRetentionSchedule } from '../../services/retention/schedule.ts';
import { type RetentionOutcome, runRetention } from '../../simulate/retention/run.ts';
import { openStrictStore } from '../../simulate/strict-store.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { actorOf, contextOf, openIncident } from './support.ts';

const engines = inject('engines');
const sha256 = (body: Uint8Array) => createHash('sha256').update(body).digest('hex');
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const lockMs = 2_000;
const unlocked = () => delay(lockMs + 1_100);

interface Bench {
  store: RetentionStore;
  put(key: string, text: string, lockedMs?: number): Promise<{ key: string; version: string; sha256: string }>;
}

/** MinIO with object lock, and the double that the simulation of ten years goes by: one test for both. */
const benches: [string, () => Promise<Bench>][] = [
  [
    'MinIO',
    async () => {
      const options = { ...engines.s3, bucket: `test-${randomUUID()}`, region: 'us-east-1' };
      const objects = openEvidenceStore({ ...options, coldStorageClass: 'STANDARD' });
      await objects.ensureBucket();
      return {
        store: objects.retention,
        async put(key, text, lockedMs = lockMs) {
          const body = Buffer.from(text);
          const object = { key, body, mediaType: 'text/plain', sha256: sha256(body), lockedUntil: inMs(lockedMs) };
          return { key, sha256: object.sha256, ...(await objects.putLocked(object)) };
        },
      };
    },
  ],
  [
    'the strict double',
    async () => {
      const store = openStrictStore(() => new Date().toISOString());
      return {
        store,
        async put(key, text, lockedMs = lockMs) {
          const body = Buffer.from(text);
          return { key, sha256: sha256(body), ...(await store.put({ key, body, lockedUntil: inMs(lockedMs) })) };
        },
      };
    },
  ],
];

const all = async (versions: AsyncIterable<StoredVersion>) => {
  const found: StoredVersion[] = [];
  for await (const version of versions) found.push(version);
  return found;
};

describe.each(benches)('a store that keeps and deletes: %s', (_name, open) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await open();
  });

  it('lists every version in the order of keys, after any key', async () => {
    for (const key of ['o/b', 'o/a/2', 'o/a/1', 'o/a.x', 'p/x']) await bench.put(key, key);
    await bench.put('o/b', 'another');
    const keys = (await all(bench.store.list('o/'))).map(({ key }) => key);
    expect(keys).toEqual(['o/a.x', 'o/a/1', 'o/a/2', 'o/b', 'o/b']);
    expect((await all(bench.store.list('o/', 'o/a/1'))).map(({ key }) => key)).toEqual(['o/a/2', 'o/b', 'o/b']);
    expect(await all(bench.store.list('nothing/'))).toEqual([]);
  });

  it('says what it has: size, hash, lock and hold', async () => {
    const object = await bench.put('i/one', 'four', 60_000);
    const state = await bench.store.inspect(object);
    expect(state).toMatchObject({ sizeBytes: 4, sha256: object.sha256, held: false });
    expect(Math.abs(Date.parse(state!.lockedUntil!) - Date.now() - 60_000)).toBeLessThan(5_000);
    expect(await bench.store.hash(object)).toBe(object.sha256);
    expect(await bench.store.inspect({ ...object, version: randomUUID() })).toBeNull();
    expect(await bench.store.hash({ key: 'i/never', version: randomUUID() })).toBeNull();
  });

  it('keeps a lock to its second, lengthens it and never shortens it; a hold outlasts it', async () => {
    const [plain, longer, held] = [
      await bench.put('l/plain', 'a'),
      await bench.put('l/longer', 'b'),
      await bench.put('l/held', 'c'),
    ];
    const refused = { code: 'PRECONDITION_FAILED' };
    for (const object of [plain, longer, held]) await expect(bench.store.remove(object)).rejects.toMatchObject(refused);
    await bench.store.extendLock({ ...longer, until: inMs(60_000) });
    await expect(bench.store.extendLock({ ...longer, until: inMs(30_000) })).rejects.toMatchObject({
      code: 'DEPENDENCY_PERMANENT',
    });
    await bench.store.setLegalHold({ ...held, on: true });
    expect((await bench.store.inspect(held))!.held).toBe(true);
    await unlocked();
    await expect(bench.store.extendLock({ ...plain, until: inMs(-10_000) })).rejects.toMatchObject({
      code: 'DEPENDENCY_PERMANENT',
    });
    for (const object of [longer, held]) await expect(bench.store.remove(object)).rejects.toMatchObject(refused);
    await bench.store.setLegalHold({ ...held, on: false });
    for (const object of [plain, held]) {
      await bench.store.remove(object);
      expect(await bench.store.inspect(object)).toBeNull();
      await bench.store.remove(object);
    }
  });

  it('copies into the cold tier, locked and held from the first moment, once', async () => {
    const object = await bench.put('c/one', 'bytes');
    const copy = { ...object, toKey: '~cold/c/one', lockedUntil: inMs(60_000), held: true };
    const { version } = await bench.store.copyCold(copy);
    expect((await bench.store.copyCold(copy)).version).toBe(version);
    const cold = { key: '~cold/c/one', version };
    expect(await bench.store.hash(cold)).toBe(object.sha256);
    expect(await bench.store.inspect(cold)).toMatchObject({ held: true, sha256: object.sha256 });
    await expect(bench.store.remove(cold)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    await expect(
      bench.store.copyCold({ ...copy, sha256: sha256(Buffer.from('other')), toKey: '~cold/c/two' }),
    ).rejects.toMatchObject({
      name: 'IntegrityError',
    });
  });
});

describe('comparing store and database', () => {
  let database: TestDatabase;
  let nowMs = Date.now();
  const store = openStrictStore(() => new Date(nowMs).toISOString());
  const signer = openSigner(generateSigningKeyPem());
  const system = () => ({
    ...contextOf(database, actorOf('system', { id: 'system:reconciler' })),
    now: () => new Date(nowMs).toISOString(),
  });
  beforeAll(async () => {
    database = await createTestDatabase(engines.databaseAdminUrl);
  });
  afterAll(() => database?.drop());

  const keep = async (text: string) => {
    const incidentId = await openIncident(database);
    const body = Buffer.from(text);
    const key = `demo/high-street/${incidentId}/clip.mp4`;
    const lockedUntil = new Date(nowMs + 30 * 86_400_000).toISOString();
    const { version } = await store.put({ key, body, lockedUntil });
    const artifact = {
      ...{ id: 'clip', kind: 'clip' as const, mediaType: 'video/mp4', objectKey: key, objectVersion: version },
      ...{ sizeBytes: body.length, sha256: sha256(body), fromAt: null, toAt: null, lockedUntil },
    };
    const result = { state: 'ready' as const, gaps: [], failure: null, artifacts: [artifact] };
    await recordEvidence(system(), { incidentId, result });
    return { incidentId, key, version };
  };
  const compare = async (deep = false) => {
    const run = await claimReconciliation(system(), { everyMs: 0 });
    return reconcileTenant(system(), { store, signer, deep, beat: () => undefined }, run!);
  };

  it('puts right what is safe, says the rest, and finds nothing more the next time', async () => {
    const [lost, swapped, held, longer] = [
      await keep('one'),
      await keep('two'),
      await keep('three'),
      await keep('four'),
    ];
    await keep('untouched');
    store.lose(lost);
    await database.admin.query('update evidence_artifacts set sha256 = $2, size_bytes = 9 where incident_id = $1', [
      swapped.incidentId,
      'b'.repeat(64),
    ]);
    // Whoever placed the hold died before the store heard of it; and a lock was lengthened and never noted.
    await placeHold(
      { ...contextOf(database, actorOf('compliance')), now: system().now },
      { incidentId: held.incidentId, reason: 'a letter' },
    );
    await store.extendLock({ ...longer, until: new Date(nowMs + 40 * 86_400_000).toISOString() });
    const orphanKey = `demo/high-street/${longer.incidentId}/lost.bin`;
    await store.put({ key: orphanKey, body: Buffer.from('x'), lockedUntil: new Date(nowMs + 3_600_000).toISOString() });
    store.mark(longer.key);
    await store.put({
      key: 'demo/stray',
      body: Buffer.from('x'),
      lockedUntil: new Date(nowMs + 3_600_000).toISOString(),
    });
    // What is young may be on its way into a row.
    expect((await compare()).counts).toEqual({
      ...{ object_missing: 1, size_differs: 1, hash_differs: 1, hold_missing: 1, lock_unrecorded: 1 },
    });
    nowMs += 25 * 3_600_000;
    expect(await compare()).toMatchObject({
      counts: { object_missing: 1, size_differs: 1, hash_differs: 1, orphan: 1, delete_marker: 1, unknown_object: 1 },
      ...{ state: 'done', repaired: 2, unrepaired: 4, objects: 7, rows: 5 },
    });
    expect((await store.inspect(held))!.held).toBe(true);
    const report = await readReconciliation(contextOf(database, actorOf('compliance')));
    expect(
      report.findings
        .filter(({ repaired }) => !repaired)
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual([...['hash_differs', 'object_missing', 'size_differs', 'unknown_object']]);
    const { rows } = await database.admin.query('select record from dispositions where incident_id = $1', [
      longer.incidentId,
    ]);
    expect(rows.map(({ record }) => [record.cause, record.objects[0].objectKey]).toSorted()).toEqual([
      ['orphan', longer.key],
      ['orphan', orphanKey],
    ]);
  });

  it('reads every byte when it is asked to, and goes on where a run died', async () => {
    nowMs += 60_000;
    const changed = await keep('as it was');
    // Somebody died between the deletion of what no row knew and its record.
    const half = { key: `demo/high-street/${changed.incidentId}/half.bin`, version: 'v', sha256: 'd'.repeat(64) };
    await intendOrphanDeletion(system(), { ...half, sizeBytes: 1, storedAt: system().now(), deleteMarker: false });
    const rotten = { ...store, hash: async () => 'c'.repeat(64) };
    const run = await claimReconciliation(system(), { everyMs: 0 });
    let looked = 0;
    const dying = {
      ...rotten,
      async inspect(object: { key: string; version: string }) {
        looked += 1;
        if (looked === 1) throw new Error('died');
        return rotten.inspect(object);
      },
    };
    const tools = { store: dying, signer, deep: true, beat: () => undefined };
    await expect(reconcileTenant(system(), tools, run!)).rejects.toThrow('died');
    // Nobody else takes it while somebody is at it; then its lease ends.
    expect(await claimReconciliation(system(), { everyMs: 0 })).toBeNull();
    nowMs += 6 * 60_000;
    const again = await claimReconciliation(system(), { everyMs: 0 });
    expect(again!.id).toBe(run!.id);
    const found = await reconcileTenant(system(), tools, again!);
    expect(found.counts.hash_differs).toBeGreaterThan(1);
    const { findings } = await readReconciliation(contextOf(database, actorOf('compliance')));
    expect(findings.map(({ key }) => key)).toContain(changed.key);
    const { items } = await listDeletions(contextOf(database, actorOf('compliance')), {
      incidentId: changed.incidentId,
    });
    expect(items.map(({ record }) => record.objects[0]!.sha256)).toEqual([half.sha256]);
  });
});

/** What people see of all that: it adds up, and the signed records are whole. */
async function looksAtIt(database: TestDatabase, outcome: RetentionOutcome): Promise<void> {
  const ctx = { ...contextOf(database, actorOf('compliance')), now: () => '2030-02-07T00:00:00.000Z' };
  const calendar = await readRetentionCalendar(ctx, {});
  const dated = [...calendar.days, calendar.due, calendar.later].reduce((sum, { incidents }) => sum + incidents, 0);
  const gated = new Set<string>();
  for (const gate of [...calendar.kept.map((one) => one.gate), 'case_open'])
    for (const { incidentId } of (await listRetained(ctx, { gate })).items) gated.add(incidentId);
  expect(dated + gated.size).toBe(outcome.stillKept);
  const [day] = calendar.days;
  if (day) expect((await listRetained(ctx, { day: day.day })).items).toHaveLength(day.incidents);
  const schedule = await readRetentionSchedule(ctx);
  expect(schedule.policies.map(({ storeIds }) => storeIds)).toContainEqual(['south']);
  expect(scheduleHtml(schedule)).toContain('Policy of-south, version');
  const { items } = await listDeletions(ctx, {});
  expect(items.filter(({ record }) => record.cause === 'retention').length).toBeGreaterThan(10);
}

describe('years of retention in simulated time', () => {
  it('delete nothing early, nothing late, and leave store and database equal', async () => {
    const database = await createTestDatabase(engines.databaseAdminUrl);
    try {
      const outcome = await runRetention({
        ...{ seed: 7, years: 0.1, incidents: 50, crashes: 50, log: () => undefined },
        ...{ db: database.db, admin: (sql, values) => database.admin.query(sql, values) },
      });
      expect(outcome).toMatchObject({ early: [], late: [], lockedTooLong: [], differences: [], badRecords: [] });
      expect(outcome.purged).toBeGreaterThan(10);
      expect(outcome.crashes).toBeGreaterThan(20);
      await looksAtIt(database, outcome);
    } finally {
      await database.drop();
    }
  });
});
