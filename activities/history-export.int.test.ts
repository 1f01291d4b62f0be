import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type ObjectStore, openEvidenceStore } from '../adapters/objects/evidence-store.ts';
import { createTestDatabase, type TestDatabase } from '../test/harness/database.ts';
import { openIncident } from '../test/integration/support.ts';
import { exportDueHistories } from './history-export.ts';

const engines = inject('engines');
let database: TestDatabase;
let store: ObjectStore;
const errors: unknown[] = [];

beforeAll(async () => {
  store = openEvidenceStore({ ...engines.s3, bucket: `test-${randomUUID()}`, region: 'us-east-1' });
  [database] = await Promise.all([createTestDatabase(engines.databaseAdminUrl), store.ensureBucket()]);
});
afterAll(async () => {
  await database?.drop();
  expect(errors).toEqual([]);
});

const one = async (sql: string, incidentId: string) =>
  (await database.admin.query<Record<string, unknown>>(sql, [incidentId])).rows[0];
const stored = async (incidentId: string): Promise<number> => {
  let count = 0;
  for await (const _ of store.retention.list(`demo/high-street/${incidentId}/`)) count += 1;
  return count;
};
const state = async (incidentId: string) =>
  one(
    `select state, reason ->> 'code' as code, due_at > now() as rests, exists (select from payload_keys k where k.incident_id = h.incident_id and k.salt is not null) as key
     from workflow_histories h where incident_id = $1`,
    incidentId,
  );
/** An incident that was closed, and whose history is due now. */
async function closed(): Promise<string> {
  const incidentId = await openIncident(database);
  await one("update incidents set state = 'closed', verdict = 'paid', closed_at = now() where id = $1", incidentId);
  await one(
    `insert into workflow_histories (tenant_id, store_id, incident_id, run, workflow_id, due_at, closed_at)
     select tenant_id, store_id, id, 1, 'a-workflow', now(), now() from incidents where id = $1`,
    incidentId,
  );
  return incidentId;
}
const purge = (incidentId: string) =>
  one("update incidents set evidence_state = 'purged', purged_at = now() where id = $1", incidentId);
const dueAgain = (incidentId: string) =>
  one('update workflow_histories set due_at = now() where incident_id = $1', incidentId);
/** Copies are locked for two seconds here instead of for a minute. */
const lockMs = 2_000;
const run = (afterStoring: (copies: number) => Promise<unknown> = async () => undefined) => {
  let copies = 0;
  return exportDueHistories(
    {
      ...{ db: database.db, now: () => new Date().toISOString(), onError: (error) => errors.push(error) },
      source: {
        fetch: async () => ({
          ...{ state: 'ended', runId: 'r', status: 'COMPLETED', buildIds: [], sdk: null },
          ...{ raw: '{"events":[]}', events: [] },
        }),
      },
      objects: {
        ...store,
        async putLocked(object) {
          const put = await store.putLocked({
            ...object,
            lockedUntil: new Date(Date.now() + lockMs).toISOString(),
          });
          copies += 1;
          await afterStoring(copies);
          return put;
        },
      },
    },
    async () => true,
  );
};

const askedAgain = (incidentId: string) => async () => {
  await dueAgain(incidentId);
  await run();
  return { ...(await state(incidentId)), stored: await stored(incidentId) };
};

it('of an incident whose evidence is kept is kept, and stays', async () => {
  const incidentId = await closed();
  expect(await run()).toBe(1);
  expect(await state(incidentId)).toMatchObject({ state: 'exported', key: true });
  expect(await stored(incidentId)).toBe(2);
});

it.each([
  ['after both copies were stored', 2],
  ['between the copies', 1],
])('of an incident whose evidence is deleted %s goes too, when its lock ends, and the key with it', async (_, when) => {
  const incidentId = await closed();
  expect(await run(async (copies) => copies === when && (await purge(incidentId)))).toBe(0);
  expect(await state(incidentId)).toMatchObject({ state: 'due', rests: true, key: true });
  expect(await stored(incidentId)).toBe(2);
  // Asked again too early, the locks stand: that is no error, and it waits.
  await dueAgain(incidentId);
  expect(await run()).toBe(0);
  expect(await state(incidentId)).toMatchObject({ state: 'due', rests: true });
  await expect
    .poll(askedAgain(incidentId), { timeout: 10_000, interval: 500 })
    .toMatchObject({ state: 'not_kept', code: 'EVIDENCE_DELETED', key: false, stored: 0 });
});

it('whose export died after a copy was stored leaves none when the evidence is deleted after that', async () => {
  const incidentId = await closed();
  const died = new Error('the process died here');
  await run(() => Promise.reject(died));
  expect(errors.splice(0)).toEqual([died]);
  expect(await stored(incidentId)).toBe(1);
  await purge(incidentId);
  await expect
    .poll(askedAgain(incidentId), { timeout: 10_000, interval: 500 })
    .toMatchObject({ state: 'not_kept', stored: 0 });
});
