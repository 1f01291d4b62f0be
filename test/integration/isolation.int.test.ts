import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { openIncident, plantRival, rivalTenantId, withSouthStore } from './support.ts';

/** Tables without a tenant, and why that is right. */
const withoutTenant = {
  schema_migrations: 'which migrations ran; the application cannot read it',
  webhook_receipts: "the carrier's message ids, which come before any tenant is known",
  sender_numbers: 'when our own numbers may send next; reached only through take_send_slot',
};

const engines = inject('engines');
let database: TestDatabase;
let app: pg.Client;
let tables: { name: string; partition: boolean; secured: boolean; columns: string[] }[];

beforeAll(async () => {
  database = await createTestDatabase(engines.databaseAdminUrl, { change: withSouthStore });
  await plantRival(database);
  for (const tenantId of ['demo', rivalTenantId]) await fill(tenantId, 'high-street');
  await fill('demo', 'south');
  // What came in so far onto the chain, and a row of each tenant that still waits.
  await database.admin.query('select chain_audit(id, true) from tenants');
  await database.admin.query(
    "insert into audit_intake (tenant_id, at, actor, actor_role, action, subject, details, content_hash) select id, now(), 'x', 'system', 'incident.note_added', 'x', '{}', repeat('0', 64) from tenants",
  );
  app = new pg.Client({ connectionString: database.appUrl });
  await app.connect();
  const { rows } = await database.admin.query<(typeof tables)[number]>(
    `select c.relname as name, c.relispartition as partition, c.relrowsecurity as secured,
       array(select attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by c.relname`,
  );
  tables = rows;
});
afterAll(async () => {
  await app?.end();
  await database?.drop();
});

/** At least one row of this place in every table; whatever a test of one table needs must not be missing by chance. */
async function fill(tenantId: string, storeId: string): Promise<void> {
  const incidentId = await openIncident(database, storeId === 'south' ? { storeId } : {}, tenantId);
  const run = (sql: string, values: unknown[]) => database.admin.query(sql, values);
  const place = [tenantId, storeId, incidentId];
  const key = `${tenantId}-${storeId}`;
  await run('insert into regions (tenant_id, id, name) values ($1, $2, $2) on conflict do nothing', [tenantId, key]);
  await run(
    "insert into shifts (tenant_id, id, store_id, person_id, starts_at, ends_at) values ($1, $2, $3, 'sam', now(), now() + interval '1 hour')",
    [tenantId, `extra-${key}`, storeId],
  );
  await run("insert into holidays (tenant_id, id, store_id, on_date, name) values ($1, $2, $3, '2026-12-25', 'x')", [
    tenantId,
    `extra-${key}`,
    storeId,
  ]);
  await run(
    "insert into sessions (token_sha256, tenant_id, api_key_id, expires_at) values ($1, $2, $3, now() + interval '1 hour')",
    [key, tenantId, `${tenantId}-admin`],
  );
  await run(
    "select ensure_day_partition('pos_events', current_date), ensure_day_partition('crossings', current_date)",
    [],
  );
  await run(
    "insert into pos_events (tenant_id, store_id, terminal_id, transaction_id, line, type, occurred_at) select $1, $2, id, 'T', 1, 'scan', at from terminals, (values (now()), (timestamptz '2001-01-01')) as instants (at) where tenant_id = $1 and store_id = $2",
    [tenantId, storeId],
  );
  await run(
    "insert into notifications (tenant_id, store_id, incident_id, id, kind, step, person_id, state, body, intended_at, claimed_at) values ($1, $2, $3, $4, 'alert', 0, 'sam', 'sent', '', now(), now())",
    [...place, `ntf_${key}`],
  );
  await run(
    "insert into runbook_steps (tenant_id, store_id, incident_id, step_id, runbook_id, position, action, mode, mandatory, approvers, ack_timeout_ms, state, planned_at, changed_at, changed_by) values ($1, $2, $3, 'any.one', 'any', 0, 'police_report', 'two_person', false, '{}', 1, 'done', now(), now(), 'x')",
    place,
  );
  await run(
    "insert into pos_operators (tenant_id, store_id, operator, operator_id, first_seen_at) values ($1, $2, 'op_000000000000', '17', now())",
    [tenantId, storeId],
  );
  await run(
    "insert into pos_rule_settings (tenant_id, store_id, version, body, created_by, created_at) values ($1, $2, 1, '{}', 'x', now())",
    [tenantId, storeId],
  );
  await run(
    "insert into pos_analyses (tenant_id, store_id, day, run, state, rules_version, started_at) values ($1, $2, current_date, 1, 'done', 1, now())",
    [tenantId, storeId],
  );
  await run(
    "insert into pos_exceptions (tenant_id, store_id, id, rule_id, day, terminal_id, at, amount_minor, score, params, reasons, lines, shadow, first_found_at) values ($1, $2, $3, 'no_sale_burst', current_date, 'x', now(), 0, 1, '{}', '[]', '{}', false, now())",
    [tenantId, storeId, `exc_${key}`],
  );
  await run(
    "insert into pos_day_measures (tenant_id, store_id, day, terminal_id, operator, measures) values ($1, $2, current_date, 'x', 'y', '{}')",
    [tenantId, storeId],
  );
  await run(
    "insert into terminal_prompts (tenant_id, store_id, incident_id, terminal_id, intended_at, until_at, message) select $1, $2, $3, min(id), now(), now(), 'x' from terminals where tenant_id = $1 and store_id = $2",
    place,
  );
  await run(
    "insert into terminal_holds (tenant_id, store_id, incident_id, terminal_id, kind, message, ordered_at, until_at) values ($1, $2, $3, 'x', 'block', 'x', now(), now() + interval '1 minute')",
    place,
  );
  await run(
    "insert into runbook_approvals (tenant_id, store_id, incident_id, step_id, round, actor, role, approved, at) values ($1, $2, $3, 'any.one', 0, 'x', 'soc_lead', true, now())",
    place,
  );
  await run(
    "insert into outside_reports (tenant_id, store_id, incident_id, id, party, state, body, prepared_at, approved_by) values ($1, $2, $3, $4, 'police', 'prepared', '{}', now(), '{x,y}')",
    [...place, key],
  );
  await run(
    "insert into drills (tenant_id, store_id, incident_id, id, camera_id, behaviour, started_by, started_at) values ($1, $2, $3, $4, 'c', 'violence', 'x', now())",
    [...place, key],
  );
  await run(
    "insert into evidence_artifacts (tenant_id, store_id, incident_id, id, kind, media_type, object_key, object_version, size_bytes, sha256, locked_until) values ($1, $2, $3, 'clip', 'clip', 'video/mp4', 'k', 'v', 1, repeat('0', 64), now())",
    place,
  );
  await run(
    "insert into cameras (tenant_id, store_id, id, name) values ($1, $2, 'near', 'x'), ($1, $2, 'far', 'x') on conflict do nothing",
    [tenantId, storeId],
  );
  await run(
    "insert into camera_neighbours (tenant_id, store_id, camera_id, zone_id, neighbour_id) values ($1, $2, 'near', '', 'far') on conflict do nothing",
    [tenantId, storeId],
  );
  await run(
    "insert into camera_clocks (tenant_id, store_id, camera_id, from_at, offset_ms, error_ms, method, set_by) values ($1, $2, 'near', now(), 0, 1, 'x', 'x') on conflict do nothing",
    [tenantId, storeId],
  );
  await run(
    "insert into evidence_cameras (tenant_id, store_id, incident_id, camera_id, position, from_at, to_at, offset_ms, error_ms, offset_source) values ($1, $2, $3, 'near', 2, now(), now(), 0, 1, 'assumed')",
    place,
  );
  await run(
    "insert into packets (tenant_id, store_id, incident_id, id, version, purpose, input, input_sha256, requested_by, requested_at) values ($1, $2, $3, $4, 1, 'internal', '{}', '', 'x', now())",
    [...place, key],
  );
  await run(
    "insert into packet_handovers (tenant_id, store_id, incident_id, packet_id, id, organisation, token_sha256, created_by, created_at, expires_at) values ($1, $2, $3, $4, $4, 'x', $4, 'x', now(), now())",
    [...place, key],
  );
  await run(
    "insert into evidence_leftovers (tenant_id, store_id, incident_id, object_key, object_version, sha256, size_bytes, moved_at, locked_until) values ($1, $2, $3, $4, 'v', repeat('0', 64), 1, now(), now())",
    [...place, key],
  );
  await run(
    "insert into deletions (tenant_id, store_id, incident_id, id, cause, basis, objects, intended_at) values ($1, $2, $3, $4, 'orphan', '{}', '[]', now())",
    [...place, key],
  );
  await run(
    "insert into reconciliations (tenant_id, id, asked_by, state, started_at) values ($1, $2, 'x', 'done', now())",
    [tenantId, key],
  );
  await run(
    "insert into reconciliation_findings (tenant_id, reconciliation_id, id, kind, repaired, object_key, object_version, details, at) values ($1, $2, $2, 'orphan', true, 'k', 'v', '{}', now())",
    [tenantId, key],
  );
  await run(
    "insert into storage_states (tenant_id, state, since, seen_at) values ($1, 'ok', now(), now()) on conflict do nothing",
    [tenantId],
  );
  await run(
    "insert into recipients (tenant_id, id, kind, name, url, template, throttle_per_minute, approvals_required, enabled, created_by, created_at) values ($1, $2, 'insurer', 'x', 'https://example.com/', '{}', 1, 1, false, 'x', now())",
    [tenantId, key],
  );
  await run(
    "insert into shares (tenant_id, store_id, incident_id, id, recipient_id, packet_id, state, template, approvals_required, quality, requested_by, requested_at) values ($1, $2, $3, $4, $4, $4, 'requested', '{}', 1, '{}', 'x', now())",
    [...place, key],
  );
  await run(
    "insert into share_approvals (tenant_id, store_id, incident_id, share_id, actor, actor_role, decision, at) values ($1, $2, $3, $4, 'x', 'soc_lead', 'approved', now())",
    [...place, key],
  );
  await run(
    "insert into workflow_histories (tenant_id, store_id, incident_id, run, workflow_id, due_at, closed_at) values ($1, $2, $3, 1, 'x', now(), now())",
    place,
  );
  await run(
    "insert into subject_requests (tenant_id, store_id, id, kind, from_at, to_at, received_at, recorded_by, due_at) values ($1, $2, $3, 'access', now(), now() + interval '1 hour', now(), 'x', now())",
    [tenantId, storeId, key],
  );
  await run(
    "insert into subject_request_incidents (tenant_id, store_id, request_id, incident_id, mark, marked_by, marked_at) values ($1, $2, $4, $3, 'shows', 'x', now())",
    [...place, key],
  );
  await run(
    "insert into use_restrictions (tenant_id, store_id, incident_id, request_id, because, placed_by, placed_at) values ($1, $2, $3, $4, 'objection', 'x', now())",
    [...place, key],
  );
  await run(
    "insert into notices (tenant_id, store_id, id, kind, version, language, text_sha256, text, from_at, recorded_by, recorded_at) values ($1, $2, $3, 'signage', '1', 'en', repeat('0', 64), 'x', now(), 'x', now())",
    [tenantId, storeId, key],
  );
  await run(
    "insert into store_opt_outs (tenant_id, store_id, what, jurisdiction, reason, set_by, set_at) values ($1, $2, 'x', 'x', 'x', 'x', now()) on conflict do nothing",
    [tenantId, storeId],
  );
  await run(
    "insert into staff_consents (tenant_id, id, person_id, feature, notice_version, given_at, recorded_by) select $1, $2, id, 'own_phone', '1', now(), 'x' from people where tenant_id = $1 limit 1 on conflict do nothing",
    [tenantId, key],
  );
  await run(
    "insert into share_notices (tenant_id, store_id, incident_id, id, share_id, event, because, statement, created_at) values ($1, $2, $3, $4, $4, 'withdrawn', 'x', '{}', now())",
    [...place, key],
  );
  await run(
    "insert into redactions (tenant_id, store_id, incident_id, version, state, target, style, manual, parent_artifact_id, parent_sha256, requested_by, requested_at) values ($1, $2, $3, 1, 'requested', 'people', 'solid', '[]', 'clip', repeat('0', 64), 'x', now())",
    place,
  );
  await run(
    "insert into unredacted_approvals (tenant_id, store_id, incident_id, clip_sha256, reason, approved_by, approved_role, approved_at) values ($1, $2, $3, repeat('0', 64), 'x', 'y', 'soc_lead', now())",
    place,
  );
  await run(
    "insert into evidence_links (tenant_id, store_id, incident_id, token_sha256, person_id, expires_at) values ($1, $2, $3, $4, 'sam', now())",
    [...place, key],
  );
  await run(
    "insert into holds (tenant_id, store_id, incident_id, reason, placed_by) values ($1, $2, $3, 'x', 'y')",
    place,
  );
  await run(
    "insert into dispositions (tenant_id, store_id, incident_id, at, record, signature, public_key) values ($1, $2, $3, now(), '{}', '', '')",
    place,
  );
  await run("insert into risk_groups (tenant_id, id, name, policy_id) values ($1, $2, 'x', 'default')", [
    tenantId,
    key,
  ]);
  await run(
    "insert into incident_reviews (tenant_id, store_id, incident_id, id, kind, state, opened_by, opened_at) values ($1, $2, $3, $4, 'appeal', 'open', 'x', now())",
    [...place, key],
  );
  await run(
    "insert into webhook_endpoints (tenant_id, id, url, description, include_drills, enabled, created_by, created_at) values ($1, $2, 'https://example.com/', '', false, false, 'x', now())",
    [tenantId, `whk_${key}`],
  );
  await run(
    "insert into webhook_deliveries (tenant_id, store_id, incident_id, endpoint_id, id, sequence, type, occurred_at, data, next_attempt_at) values ($1, $2, $3, $4, 'evt_1', 1, 'ping', now(), '{}', now())",
    [...place, `whk_${key}`],
  );
  await run(
    "insert into message_prices (tenant_id, channel, prefix, price_micro, currency, valid_from) values ($1, 'sms', '', 1, 'EUR', now()) on conflict do nothing",
    [tenantId],
  );
  await run(
    'insert into clock_offsets (tenant_id, store_id, camera_id, terminal_id, from_at, offset_ms, error_ms, samples, spread_ms, crossing_lag_ms, line_lag_ms, lag_spread_ms, measured_to_at, measured_at) select z.tenant_id, z.store_id, z.camera_id, z.terminal_id, now(), 0, 1, 20, 1, 1, 1, 1, now(), now() from zones z where z.tenant_id = $1 and z.store_id = $2',
    [tenantId, storeId],
  );
  await run(
    "insert into crossings (tenant_id, store_id, camera_id, zone_id, id, at) select z.tenant_id, z.store_id, z.camera_id, z.id, 'x', at from zones z, (values (now()), (timestamptz '2001-01-01')) as instants (at) where z.tenant_id = $1 and z.store_id = $2",
    [tenantId, storeId],
  );
  await run(
    "insert into sensors (tenant_id, store_id, id, kind, zone_id, label, silent_after_ms) select tenant_id, store_id, 'door-1', 'door', id, 'x', 1000 from zones where tenant_id = $1 and store_id = $2",
    [tenantId, storeId],
  );
  await run(
    "insert into sensor_events (tenant_id, store_id, sensor_id, event_id, kind, zone_id, occurred_at, received_at, detection_key) values ($1, $2, 'door-1', 'e', 'door', 'x', now(), now(), 'x')",
    [tenantId, storeId],
  );
  await run(
    "insert into pos_mappings (tenant_id, id, document, updated_at, updated_by) values ($1, 'tills', '{}', now(), 'x') on conflict do nothing",
    [tenantId],
  );
  await run(
    "insert into pos_imports (tenant_id, store_id, id, format, file_name, started_by, started_at, progress_at) values ($1, $2, $3, 'csv', 'x', 'x', now(), now())",
    [tenantId, storeId, `imp_${key}`],
  );
  await run(
    "insert into pos_quarantine (tenant_id, store_id, import_id, line_number, code, message, raw, at) values ($1, $2, $3, 1, 'VALIDATION', 'x', 'x', now())",
    [tenantId, storeId, `imp_${key}`],
  );
  await run(
    "insert into audit_witnesses (tenant_id, seq, hash, at, object_key, object_version, signature) values ($1, 1, '', now(), '', '', '') on conflict do nothing",
    [tenantId],
  );
}

interface Scope {
  tenantId: string;
  stores: string;
}
const demo: Scope = { tenantId: 'demo', stores: '*' };
const rival: Scope = { tenantId: rivalTenantId, stores: '*' };
const southOnly: Scope = { tenantId: 'demo', stores: 'south' };

/** Runs one statement as the application with this scope, and takes it back; a refusal is its SQLSTATE. */
async function as(scope: Scope | null, sql: string, values: unknown[] = []): Promise<pg.QueryResult['rows'] | string> {
  await app.query('begin');
  try {
    if (scope)
      await app.query(
        "select set_config('floorwalker.tenant_id', $1, true), set_config('floorwalker.store_scope', $2, true)",
        [scope.tenantId, scope.stores],
      );
    const { rows } = await app.query(sql, values);
    return rows;
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await app.query('rollback');
  }
}
const refused = '42501';

const tenantColumn = (table: (typeof tables)[number]) => (table.name === 'tenants' ? 'id' : 'tenant_id');
const storeColumn = (table: (typeof tables)[number]) =>
  table.name === 'stores' ? 'id' : table.columns.includes('store_id') ? 'store_id' : null;
const guarded = () => tables.filter(({ name }) => !(name in withoutTenant));
const readable = () => guarded().filter(({ partition, name }) => !partition || name.endsWith('_other'));

/** The same question to every table; the answer names those that fail it. */
async function failing(
  of: (typeof tables)[number][],
  holds: (table: (typeof tables)[number]) => Promise<boolean>,
): Promise<string[]> {
  const names: string[] = [];
  for (const table of of) if (!(await holds(table))) names.push(table.name);
  return names;
}

describe('every table', () => {
  it('is found, filled and under row level security', async () => {
    expect(tables.length).toBeGreaterThan(25);
    expect(guarded().filter(({ secured }) => !secured)).toEqual([]);
    const filled = await failing(readable(), async (table) => {
      const { rows } = await database.admin.query(
        `select distinct ${tenantColumn(table)} as id from public.${table.name}`,
      );
      return rows.length === 2;
    });
    expect(filled).toEqual([]);
  });

  it('shows its own rows to its tenant, so that the rest of this file can fail', async () => {
    expect(await failing(readable(), async ({ name }) => (await as(demo, `select 1 from ${name}`)).length > 0)).toEqual(
      [],
    );
  });

  it('shows nothing without a tenant', async () => {
    expect(
      await failing(readable(), async ({ name }) => (await as(null, `select 1 from ${name}`)).length === 0),
    ).toEqual([]);
    const empty: Scope = { tenantId: '', stores: '' };
    expect(
      await failing(readable(), async ({ name }) => (await as(empty, `select 1 from ${name}`)).length === 0),
    ).toEqual([]);
  });

  it('shows nothing of another tenant', async () => {
    const leaks = await failing(readable(), async (table) => {
      const rows = await as(rival, `select 1 from ${table.name} where ${tenantColumn(table)} = 'demo'`);
      return rows.length === 0;
    });
    expect(leaks).toEqual([]);
  });

  it('takes no row in the name of another tenant', async () => {
    const leaks = await failing(readable(), async ({ name, ...table }) => {
      const { rows } = await database.admin.query<{ row: object }>(
        `select to_jsonb(t) as row from public.${name} t where ${tenantColumn({ name, ...table })} = 'demo' limit 1`,
      );
      const columns = table.columns.map((column) => `"${column}"`).join(', ');
      const insert = `insert into ${name} (${columns}) overriding system value select ${columns} from jsonb_populate_record(null::${name}, $1)`;
      return (await as(rival, insert, [JSON.stringify(rows[0]!.row)])) === refused;
    });
    expect(leaks).toEqual([]);
  });

  it('lets no row of another tenant be changed or deleted', async () => {
    const leaks = await failing(readable(), async (table) => {
      const column = tenantColumn(table);
      const update = await as(
        rival,
        `update ${table.name} set ${column} = ${column} where ${column} = 'demo' returning 1`,
      );
      const remove = await as(rival, `delete from ${table.name} where ${column} = 'demo' returning 1`);
      return [update, remove].every((result) => result === refused || result.length === 0);
    });
    expect(leaks).toEqual([]);
  });

  it('lets no row be moved to another tenant', async () => {
    const leaks = await failing(readable(), async (table) => {
      const result = await as(demo, `update ${table.name} set ${tenantColumn(table)} = '${rivalTenantId}' returning 1`);
      return result === refused;
    });
    expect(leaks).toEqual([]);
  });

  it('with a store shows that store only, and takes no row for another', async () => {
    const stored = readable().filter((table) => storeColumn(table) !== null);
    expect(stored.length).toBeGreaterThan(14);
    const leaks = await failing(stored, async (table) => {
      const column = storeColumn(table)!;
      const seen = await as(southOnly, `select distinct ${column} as store from ${table.name}`);
      const moved = await as(southOnly, `update ${table.name} set ${column} = 'high-street' returning 1`);
      return JSON.stringify(seen) === '[{"store":"south"}]' && moved === refused;
    });
    expect(leaks).toEqual([]);
  });

  it('cannot be reached around its parent: partitions answer nobody', async () => {
    const partitions = tables.filter(({ partition, name }) => partition && !name.endsWith('_other'));
    expect(partitions.length).toBeGreaterThan(0);
    expect(
      await failing(partitions, async ({ name }) => (await as(demo, `select 1 from ${name}`)) === refused),
    ).toEqual([]);
  });

  it('is never emptied by the application', async () => {
    expect(await failing(tables, async ({ name }) => (await as(demo, `truncate ${name} cascade`)) === refused)).toEqual(
      [],
    );
  });
});

describe("the application's role", () => {
  it('is no superuser, bypasses nothing and owns nothing', async () => {
    const { rows } = await database.admin.query(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
         (select count(*)::int from pg_class where relowner = r.oid) as owned,
         (select count(*)::int from pg_auth_members where member = r.oid) as memberships
       from pg_roles r where rolname = 'floorwalker_app'`,
    );
    expect(rows).toEqual([
      {
        ...{ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, rolreplication: false },
        ...{ owned: 0, memberships: 0 },
      },
    ]);
  });

  it.each([
    ['switch row level security off', 'alter table incidents disable row level security'],
    ['add a policy of its own', 'create policy open on incidents using (true)'],
    ['become the owner', 'set role postgres'],
    ['make a table', 'create table mine (id int)'],
    ['make a function', 'create function mine() returns int language sql return 1'],
    ['drop a trigger', 'drop trigger audit_append_only on audit'],
    ['read the migrations', 'select * from schema_migrations'],
    ['read a file', "select pg_read_file('/etc/passwd')"],
    ['run a program', "copy (select 1) to program 'true'"],
  ])('cannot %s', async (_name, sql) => {
    expect(await as(demo, sql)).toBe(refused);
  });

  it('gets an error, not rows, when it asks for row level security to be off', async () => {
    expect(await as(demo, 'set local row_security = off; select * from incidents')).toBe(refused);
  });

  it('runs only the functions that were meant for it', async () => {
    const { rows } = await database.admin.query<{ name: string }>(
      "select p.proname as name from pg_proc p where p.pronamespace = 'public'::regnamespace and has_function_privilege('floorwalker_app', p.oid, 'execute') order by 1",
    );
    expect(rows.map(({ name }) => name)).toEqual([
      'append_audit',
      'authenticate_key',
      'authenticate_session',
      'chain_audit',
      'chain_audits',
      'engine_has_news',
      'ensure_crossing_partition',
      'ensure_day_partition',
      'ensure_pos_partition',
      'escalation_levels',
      'evidence_levels',
      'find_appeal',
      'find_detection',
      'find_due_webhooks',
      'find_evidence_link',
      'find_notification_by_sid',
      'find_packet_handover',
      'find_payload_key',
      'find_person_by_phone',
      'forget_sensor_events',
      'forget_till_days',
      'in_scope',
      'in_tenant',
      'late_first_contacts',
      'list_tenants',
      'overdue_escalations',
      'overdue_levels',
      'retention_levels',
      'rights_levels',
      'sensor_levels',
      'service_levels',
      'stores_full',
      'take_send_slot',
      'till_levels',
      'unsettled_messages',
    ]);
  });

  it('finds in each function that runs as the owner a fixed place to look names up', async () => {
    const { rows } = await database.admin.query(
      "select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef and (proconfig is null or not array_to_string(proconfig, ' ') like '%search_path=pg_catalog, public%')",
    );
    expect(rows).toEqual([]);
  });
});

describe('a scope', () => {
  it('ends with its transaction, though the connection is used again', async () => {
    for (let round = 0; round < 20; round += 1) {
      const own = await database.db.transaction({ tenantId: 'demo', storeIds: null }, 'read', (tx) =>
        tx.query('select id from incidents'),
      );
      expect(own.length).toBeGreaterThan(0);
      expect(await database.db.query('select id from incidents')).toEqual([]);
    }
  });

  it.each([
    ['all stores', null, ['high-street', 'south']],
    ['one store', ['south'], ['south']],
    ['two stores', ['south', 'high-street'], ['high-street', 'south']],
    ['no store', [], []],
    ['a store that is not there', ['nowhere'], []],
  ])('of %s sees just that', async (_name, storeIds, expected) => {
    const rows = await database.db.transaction<{ id: string }[]>({ tenantId: 'demo', storeIds }, 'read', (tx) =>
      tx.query('select id from stores order by id'),
    );
    expect(rows.map(({ id }) => id)).toEqual(expected);
  });
});
