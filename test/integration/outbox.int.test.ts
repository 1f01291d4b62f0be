import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { IncidentEngine } from '../../adapters/temporal/engine.ts';
import { createDispatcher } from '../../api/dispatcher.ts';
import { DomainError } from '../../domain/errors.ts';
import { keepDecision } from '../../services/outbox/drain.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { actorOf, contextOf, nowIso, openIncident } from './support.ts';

const engines = inject('engines');
let database: TestDatabase;
let incidentIds: string[];
const waiting = async () =>
  (await database.admin.query<{ incident_id: string }>('select incident_id from outbox order by id')).rows.map(
    (row) => row.incident_id,
  );
const keep = (incidentId: string, updateId = 'sms-1', verdict = 'paid') =>
  keepDecision(contextOf(database, actorOf('system')), {
    ...{ incidentId, storeId: 'high-street', updateId },
    command: { verdict },
  });

beforeAll(async () => {
  database = await createTestDatabase(engines.databaseAdminUrl);
});
afterAll(() => database?.drop());
beforeEach(async () => {
  incidentIds = [await openIncident(database), await openIncident(database), await openIncident(database)];
  await database.admin.query('truncate outbox');
});

describe('what the engine has not been told', () => {
  it('is told although an older answer hangs: nobody waits for somebody else’s incident', async () => {
    for (const id of incidentIds) await keep(id);
    await database.admin.query("update outbox set created_at = created_at - interval '1 minute'");
    const told: string[] = [];
    let othersAreTold: () => void;
    const others = new Promise<void>((resolve) => {
      othersAreTold = resolve;
    });
    const update = async ({ incidentId }: { incidentId: string }) => {
      if (incidentId === incidentIds[0]) {
        await others;
        throw new DomainError('DEPENDENCY_TEMPORARY', 'The workflow engine is not answering.');
      }
      told.push(incidentId);
      if (told.length === 2) othersAreTold();
    };
    const errors: unknown[] = [];
    const engine = { update } as Pick<IncidentEngine, 'update'> as IncidentEngine;
    const onError = (error: unknown) => errors.push(error);
    const dispatcher = createDispatcher({ db: database.db, engine, now: nowIso, onError });
    expect(await dispatcher.sweep()).toBe(2);
    expect(told.sort()).toEqual(incidentIds.slice(1).sort());
    expect([await waiting(), errors.length]).toEqual([incidentIds.slice(0, 1), 1]);
  });

  it.each([
    ['paid', true],
    ['unsure', false],
  ])(
    'once told of "%s": whether others are held back while the record of it is on the way: %s',
    async (verdict, holds) => {
      const [incidentId = ''] = incidentIds;
      await keep(incidentId, 'sms-1', verdict);
      const engine = { update: async () => ({}) } as unknown as IncidentEngine;
      await createDispatcher({ db: database.db, engine, now: nowIso, onError: () => undefined }).dispatch(
        'demo',
        incidentId,
      );
      const { rows } = await database.admin.query<{ held: boolean }>(
        'select engine_has_news(tenant_id, id, answer_heard_at, now()) as held from incidents where id = $1',
        [incidentId],
      );
      expect([rows, await waiting()]).toEqual([[{ held: holds }], []]);
    },
  );

  it('holds an answer once, however often the carrier brings it, and another one beside it', async () => {
    const [incidentId = ''] = incidentIds;
    const [first, again, other] = [await keep(incidentId), await keep(incidentId), await keep(incidentId, 'sms-2')];
    expect([again, other === first]).toEqual([first, false]);
    expect(await Promise.all([keep(incidentId, 'sms-3'), keep(incidentId, 'sms-3')])).toSatisfy(
      ([one, two]: number[]) => typeof one === 'number' && one === two,
    );
    expect(await waiting()).toEqual([incidentId, incidentId, incidentId]);
  });
});
