-- Up Migration
-- Several people may hold one incident, each for a reason of their own; releasing one leaves the others standing.
drop index holds_one_standing;
alter table holds
  add column id text not null default gen_random_uuid()::text,
  -- A hold with an end stands until the sweep has ended it: never shorter than was asked.
  add column ends_at timestamptz,
  add column release_reason text,
  add constraint holds_pk primary key (tenant_id, id);
create index holds_standing on holds (tenant_id, incident_id) where released_at is null;
create index holds_ending on holds (ends_at) where released_at is null and ends_at is not null;

alter table incidents
  -- Which rule of which policy gave `purge_after`, and what was promised when the incident opened.
  add column retention jsonb,
  -- Until when the store keeps its packets, as far as that is longer than its recordings.
  add column packets_locked_until timestamptz,
  -- From when its files belong into the cold tier; null: never.
  add column cold_at timestamptz,
  -- The policy by which `purge_after` was worked out last; null: work it out again.
  add column appraised_by text;
create index incidents_to_appraise on incidents (tenant_id, store_id, appraised_by) where purged_at is null and state = 'closed';

create function forget_appraisal() returns trigger language plpgsql as $$
begin
  new.appraised_by := null;
  return new;
end $$;
create trigger incidents_appraisal before update on incidents for each row
  when (old.state is distinct from new.state or old.verdict is distinct from new.verdict or old.closed_at is distinct from new.closed_at or old.corrected_at is distinct from new.corrected_at)
  execute function forget_appraisal();

alter table evidence_artifacts
  add column stored_at timestamptz,
  add column tier text not null default 'hot' constraint evidence_artifacts_tier_known check (tier in ('hot', 'cold'));
create index evidence_artifacts_by_lock on evidence_artifacts (tenant_id, locked_until) where purged_at is null;
-- In the order in which a store lists its keys.
create index evidence_artifacts_by_key on evidence_artifacts (tenant_id, object_key collate "C", object_version collate "C") where purged_at is null;
create index packets_by_key on packets (tenant_id, object_key collate "C", object_version collate "C") where state = 'ready';

-- What lay in the hot tier and has a verified copy in the cold one; it goes as soon as its lock lets it.
create table evidence_leftovers (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  object_key text not null,
  object_version text not null,
  sha256 text not null,
  size_bytes bigint not null,
  moved_at timestamptz not null,
  locked_until timestamptz not null,
  removed_at timestamptz,
  constraint evidence_leftovers_pk primary key (tenant_id, object_key, object_version),
  constraint evidence_leftovers_evidence_fk foreign key (tenant_id, incident_id) references evidence (tenant_id, incident_id)
);
create index evidence_leftovers_by_key on evidence_leftovers (tenant_id, object_key collate "C", object_version collate "C") where removed_at is null;
create index evidence_leftovers_due on evidence_leftovers (tenant_id, locked_until) where removed_at is null;

-- A deletion is intended here before the first object goes, so that whoever comes after a crash knows what was meant.
create table deletions (
  tenant_id text not null,
  store_id text not null,
  -- Of an object that no row knows: what its place in the store says.
  incident_id text not null,
  id text not null,
  cause text not null constraint deletions_cause_known check (cause in ('retention', 'orphan')),
  state text not null default 'intended' constraint deletions_state_known check (state in ('intended', 'done', 'stopped')),
  basis jsonb not null,
  objects jsonb not null,
  intended_at timestamptz not null,
  settled_at timestamptz,
  constraint deletions_pk primary key (tenant_id, id),
  constraint deletions_settled_whole check ((state = 'intended') = (settled_at is null))
);
create unique index deletions_one_intended on deletions (tenant_id, incident_id) where state = 'intended' and cause = 'retention';
create index deletions_unfinished on deletions (tenant_id, intended_at) where state = 'intended';

-- One incident may leave several records: its evidence, and an object that turned up later.
alter table dispositions
  add column id text not null default gen_random_uuid()::text,
  drop constraint dispositions_pk,
  add constraint dispositions_pk primary key (tenant_id, id);
create index dispositions_by_incident on dispositions (tenant_id, incident_id);
create index dispositions_by_time on dispositions (tenant_id, at, id);
create function refuse_disposition_change() returns trigger language plpgsql as $$
begin
  raise exception 'deletion records are append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger dispositions_append_only before update or delete on dispositions for each row execute function refuse_disposition_change();

-- What comparing store and database found.
create table reconciliations (
  tenant_id text not null constraint reconciliations_tenant_fk references tenants (id),
  id text not null,
  asked_by text not null,
  state text not null constraint reconciliations_state_known check (state in ('requested', 'running', 'done', 'failed')),
  started_at timestamptz not null,
  -- Somebody is at it until then.
  leased_until timestamptz,
  settled_at timestamptz,
  -- How far it got, in the order of keys: a further attempt goes on from here.
  after_key text not null default '',
  objects bigint not null default 0,
  rows_seen bigint not null default 0,
  repaired integer not null default 0,
  unrepaired integer not null default 0,
  counts jsonb not null default '{}',
  failure jsonb,
  constraint reconciliations_pk primary key (tenant_id, id)
);
create unique index reconciliations_one_at_a_time on reconciliations (tenant_id) where state in ('requested', 'running');
create index reconciliations_by_time on reconciliations (tenant_id, started_at desc);
create table reconciliation_findings (
  tenant_id text not null,
  reconciliation_id text not null,
  id text not null,
  kind text not null,
  repaired boolean not null,
  incident_id text,
  object_key text not null,
  object_version text not null,
  details jsonb not null,
  at timestamptz not null,
  constraint reconciliation_findings_pk primary key (tenant_id, reconciliation_id, id),
  constraint reconciliation_findings_run_fk foreign key (tenant_id, reconciliation_id) references reconciliations (tenant_id, id)
);

-- What whoever writes evidence last saw of the store: a full one is said loudly.
create table storage_states (
  tenant_id text not null constraint storage_states_tenant_fk references tenants (id),
  state text not null constraint storage_states_state_known check (state in ('ok', 'full')),
  since timestamptz not null,
  seen_at timestamptz not null,
  refused integer not null default 0,
  constraint storage_states_pk primary key (tenant_id)
);

do $$
declare name text;
begin
  foreach name in array array['evidence_leftovers', 'deletions'] loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy %I on %I to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id))', name || '_scope', name);
    execute format('grant select, insert, update on %I to floorwalker_app', name);
  end loop;
  foreach name in array array['reconciliations', 'reconciliation_findings', 'storage_states'] loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy %I on %I to floorwalker_app using (in_tenant(tenant_id)) with check (in_tenant(tenant_id))', name || '_tenant', name);
    execute format('grant select, insert, update on %I to floorwalker_app', name);
  end loop;
end $$;

-- Over the whole installation and without a word about whom: whether what is due goes, and whether the store agrees.
create function retention_levels() returns table (
    deletions_overdue integer, oldest_overdue_seconds double precision, deletions_unfinished integer,
    reconcile_unrepaired integer, reconcile_age_seconds double precision, stores_full integer)
  language sql stable security definer set search_path = pg_catalog, public as $$
  with overdue as (
    select i.purge_after from public.incidents i where i.state = 'closed' and i.purged_at is null and i.purge_after < clock_timestamp() - interval '24 hours'
      and i.second_review is distinct from 'pending'
      and not exists (select from public.holds h where h.tenant_id = i.tenant_id and h.incident_id = i.id and h.released_at is null)
      and not exists (select from public.incident_reviews r where r.tenant_id = i.tenant_id and r.incident_id = i.id and r.state = 'open')
      and not exists (select from public.packet_handovers g where g.tenant_id = i.tenant_id and g.incident_id = i.id and g.received_at is null and g.revoked_at is null and g.expires_at > clock_timestamp() - interval '24 hours')
      and not exists (select from public.shares z where z.tenant_id = i.tenant_id and z.incident_id = i.id and z.state in ('requested', 'queued', 'sending'))
  )
  select
    (select count(*)::int from overdue),
    coalesce((select extract(epoch from clock_timestamp() - min(o.purge_after)) from overdue o), 0)::double precision,
    (select count(*)::int from public.deletions d where d.state = 'intended'),
    (select coalesce(sum(r.unrepaired), 0)::int from (select distinct on (tenant_id) unrepaired from public.reconciliations where state = 'done' order by tenant_id, started_at desc) r),
    (select extract(epoch from clock_timestamp() - min(r.started_at))::double precision from (select distinct on (tenant_id) started_at from public.reconciliations where state = 'done' order by tenant_id, started_at desc) r),
    (select count(*)::int from public.storage_states s where s.state = 'full')
$$;
revoke execute on function retention_levels, forget_appraisal, refuse_disposition_change from public;
grant execute on function retention_levels to floorwalker_app;
