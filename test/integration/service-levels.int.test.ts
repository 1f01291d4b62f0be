import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { registerServiceLevels } from '../../api/service-level-metrics.ts';
import { readOverdueLevels, readServiceLevels } from '../../services/system/service-levels.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { openIncident } from './support.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject('engines').databaseAdminUrl);
});
afterAll(() => database?.drop());

const levels = {
  overdueLevels: () => readOverdueLevels(database.db),
  serviceLevels: () => readServiceLevels(database.db),
};

const metrics = async (): Promise<string[]> => {
  const registry = new Registry();
  const refresh = registerServiceLevels(registry, levels);
  await refresh();
  return (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
};

it('shows no figure where there is no case, and counts nothing overdue', async () => {
  const lines = await metrics();
  expect(lines).toContain('floorwalker_escalations_overdue 0');
  expect(lines.filter((line) => line.startsWith('floorwalker_detection_to_carrier_seconds'))).toEqual([]);
});

it('shows an escalation that should have fired, however it came to be missed, and how late others were', async () => {
  const incidentId = await openIncident(database);
  // As it looks when every timer was lost: somebody was asked, and the time ran out a while ago.
  await database.admin.query(
    "update incidents set state = 'alerting', waiting_person_id = 'sam', waiting_step = 0, waiting_due_at = clock_timestamp() - make_interval(secs => 30 + (policy -> 'evidence' ->> 'graceMs')::int / 1000) where id = $1",
    [incidentId],
  );
  await database.admin.query(
    `insert into notifications (tenant_id, store_id, incident_id, id, kind, step, person_id, state, body, intended_at, claimed_at, sent_at, due_at)
     select 'demo', 'high-street', id, 'ntf_' || step, 'alert', step, 'sam', 'delivered', '', clock_timestamp(), clock_timestamp(), accepted_at + interval '40 milliseconds',
       case when step = 1 then clock_timestamp() - interval '1500 milliseconds' end from incidents, generate_series(0, 1) step where id = $1`,
    [incidentId],
  );
  const lines = await metrics();
  expect(lines).toContain('floorwalker_escalations_overdue 1');
  const value = (name: string) =>
    Number(
      lines
        .find((line) => line.startsWith(name))
        ?.split(' ')
        .at(-1),
    );
  expect(value('floorwalker_escalations_overdue_oldest_seconds')).toBeGreaterThan(29);
  expect(value('floorwalker_detection_to_carrier_seconds{quantile="0.5"}')).toBeCloseTo(0.04, 3);
  expect(value('floorwalker_escalation_lateness_seconds{quantile="0.99"}')).toBeCloseTo(1.5, 1);
  expect(lines).toContain('floorwalker_escalations_by_watch 0');
  await database.admin.query('update notifications set by_watch = true where step = 1');
  expect(await metrics()).toContain('floorwalker_escalations_by_watch 1');
  // Acknowledged: nobody is late any more.
  await database.admin.query("update incidents set state = 'acknowledged' where id = $1", [incidentId]);
  expect(await metrics()).toContain('floorwalker_escalations_overdue 0');
});

it('shows what the workflow engine has not heard of', async () => {
  await database.admin.query("update outbox set created_at = clock_timestamp() - interval '1 minute'");
  const lines = await metrics();
  expect(lines).toContain('floorwalker_outbox_waiting 1');
});

it('shows tills that speak late, and those that fell silent while their shop goes on', async () => {
  const run = (sql: string) => database.admin.query(sql);
  const tills = async () => (await metrics()).filter((line) => /till/.test(line));
  expect(await tills()).toEqual(['floorwalker_silent_tills 0']);
  await run(
    "insert into terminals (tenant_id, store_id, id, feed_seen_at, feed_lag_ms) values ('demo', 'high-street', 'a', now(), 12000), ('demo', 'high-street', 'b', now() - interval '1 hour', 0), ('demo', 'high-street', 'c', now() - interval '2 days', 0), ('demo', 'high-street', 'd', now() - interval '1 hour', 0)",
  );
  await run(
    "insert into pos_events (tenant_id, store_id, terminal_id, transaction_id, line, type, occurred_at) values ('demo', 'high-street', 'd', 'T', 1, 'sign_off', now() - interval '1 hour')",
  );
  expect(await tills()).toEqual(['floorwalker_till_feed_lag_seconds 12', 'floorwalker_silent_tills 1']);
  // By its measured clock the till runs ten seconds behind: that is no lag.
  await run(
    "insert into clock_offsets (tenant_id, store_id, camera_id, terminal_id, from_at, offset_ms, error_ms, samples, spread_ms, crossing_lag_ms, line_lag_ms, lag_spread_ms, measured_to_at, measured_at) values ('demo', 'high-street', 'sco-3-cam', 'a', now(), -10000, 150, 20, 100, 0, 10000, 100, now(), now())",
  );
  expect(await tills()).toContain('floorwalker_till_feed_lag_seconds 2');
  // The shop closes, and nobody speaks any more: that is no fault.
  await run("update terminals set feed_seen_at = now() - interval '1 hour'");
  expect(await tills()).toEqual(['floorwalker_silent_tills 0']);
});

it('shows no figure while the database is away, and says that it is', async () => {
  const registry = new Registry();
  let away = false;
  const refresh = registerServiceLevels(registry, {
    ...levels,
    overdueLevels: () => (away ? Promise.reject(new Error('no database')) : levels.overdueLevels()),
  });
  await refresh();
  away = true;
  await refresh();
  const lines = (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines).toEqual(['floorwalker_service_levels_up 0']);
});
