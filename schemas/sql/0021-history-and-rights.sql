-- Up Migration
-- What the workflow engine knew of an incident, kept beside its evidence; a key of its own for what the engine keeps;
-- and the rights of people who were seen.
alter table evidence_artifacts drop constraint evidence_artifacts_kind_known,
  add constraint evidence_artifacts_kind_known check (kind in ('segment', 'clip', 'still', 'thumbnail', 'manifest', 'redacted', 'redaction_map', 'history', 'history_decoded'));

-- One row for each run of an incident's workflow. Written with the outcome, so that no close is forgotten.
create table workflow_histories (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  run integer not null constraint workflow_histories_run_counts check (run >= 1),
  workflow_id text not null,
  state text not null default 'due' constraint workflow_histories_state_known check (state in ('due', 'exported', 'lost', 'not_kept')),
  due_at timestamptz not null,
  closed_at timestamptz not null,
  attempts integer not null default 0,
  settled_at timestamptz,
  reason jsonb,
  run_id text,
  status text,
  events integer,
  build_ids text[] not null default '{}',
  raw_sha256 text constraint workflow_histories_raw_format check (raw_sha256 ~ '^[0-9a-f]{64}$'),
  decoded_sha256 text constraint workflow_histories_decoded_format check (decoded_sha256 ~ '^[0-9a-f]{64}$'),
  constraint workflow_histories_pk primary key (tenant_id, incident_id, run),
  constraint workflow_histories_incident_fk foreign key (tenant_id, incident_id) references incidents (tenant_id, id),
  constraint workflow_histories_settled_whole check ((state = 'due') = (settled_at is null)),
  constraint workflow_histories_exported_whole check (state <> 'exported' or (raw_sha256 is not null and decoded_sha256 is not null and events is not null))
);
create index workflow_histories_due on workflow_histories (due_at) where state = 'due';

-- What closed lately is still known to the engine.
insert into workflow_histories (tenant_id, store_id, incident_id, run, workflow_id, due_at, closed_at)
  select tenant_id, store_id, id, runs, 'incident:' || tenant_id || ':' || store_id || ':' || id || case when runs = 1 then '' else ':' || runs end, clock_timestamp(), closed_at
  from incidents where state = 'closed' and purged_at is null and closed_at > clock_timestamp() - interval '7 days';

-- Random and per incident: with the master key of the environment it gives the key of what the engine keeps. Deleting the
-- row makes that unreadable for ever, backups of the engine included.
create table payload_keys (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  salt bytea not null default sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
  created_at timestamptz not null default clock_timestamp(),
  constraint payload_keys_pk primary key (tenant_id, incident_id),
  constraint payload_keys_incident_fk foreign key (tenant_id, incident_id) references incidents (tenant_id, id)
);
-- With the incident, and without a trip of its own: somebody is waiting for the text.
create function make_payload_key() returns trigger language plpgsql as $$
begin
  insert into payload_keys (tenant_id, store_id, incident_id) values (new.tenant_id, new.store_id, new.id) on conflict do nothing;
  return new;
end $$;
create trigger incidents_keyed after insert on incidents for each row execute function make_payload_key();

-- Asked by what talks to the engine, for whichever tenant the workflow is of.
create function find_payload_key(tenant text, incident text) returns table (salt bytea)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select k.salt from public.payload_keys k where k.tenant_id = tenant and k.incident_id = incident
$$;

create table subject_requests (
  tenant_id text not null,
  store_id text not null,
  id text not null,
  kind text not null constraint subject_requests_kind_known check (kind in ('access', 'erasure', 'restriction', 'objection')),
  state text not null default 'open' constraint subject_requests_state_known check (state in ('open', 'granted', 'partly_granted', 'refused', 'withdrawn')),
  -- Who asks and how they look; goes when the request has been answered for long enough.
  contact text,
  description text,
  from_at timestamptz not null,
  to_at timestamptz not null,
  camera_ids text[] not null default '{}',
  identity text not null default 'unchecked' constraint subject_requests_identity_known check (identity in ('unchecked', 'confirmed', 'not_confirmed')),
  -- How it was checked; never what was shown.
  identity_method text constraint subject_requests_method_known check (identity_method in ('in_person', 'known_details', 'account', 'representative')),
  identity_by text,
  identity_at timestamptz,
  received_at timestamptz not null,
  recorded_by text not null,
  due_at timestamptz not null,
  extended_reason text,
  decided_by text,
  decided_at timestamptz,
  ground text,
  letter text,
  letter_sha256 text,
  wiped_at timestamptz,
  constraint subject_requests_pk primary key (tenant_id, id),
  constraint subject_requests_store_fk foreign key (tenant_id, store_id) references stores (tenant_id, id),
  constraint subject_requests_window_ordered check (from_at < to_at),
  constraint subject_requests_decided_whole check ((state = 'open') = (decided_at is null)),
  constraint subject_requests_checked_whole check ((identity = 'unchecked') = (identity_at is null))
);
create index subject_requests_open on subject_requests (tenant_id, due_at) where state = 'open';

create table subject_request_incidents (
  tenant_id text not null,
  store_id text not null,
  request_id text not null,
  incident_id text not null,
  -- Somebody looked: the person is in it, or is not.
  mark text not null constraint subject_request_incidents_mark_known check (mark in ('shows', 'does_not_show')),
  marked_by text not null,
  marked_at timestamptz not null,
  outcome text constraint subject_request_incidents_outcome_known check (outcome in ('granted', 'refused')),
  ground text,
  -- Until when something keeps an erasure from being carried out.
  waits_until timestamptz,
  constraint subject_request_incidents_pk primary key (tenant_id, request_id, incident_id),
  constraint subject_request_incidents_request_fk foreign key (tenant_id, request_id) references subject_requests (tenant_id, id),
  constraint subject_request_incidents_incident_fk foreign key (tenant_id, incident_id) references incidents (tenant_id, id)
);

-- Kept, and used for nothing but answering.
create table use_restrictions (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  request_id text not null,
  because text not null constraint use_restrictions_because_known check (because in ('restriction', 'erasure', 'objection')),
  placed_by text not null,
  placed_at timestamptz not null,
  lifted_by text,
  lifted_at timestamptz,
  lifted_reason text,
  constraint use_restrictions_pk primary key (tenant_id, incident_id, request_id),
  constraint use_restrictions_request_fk foreign key (tenant_id, request_id) references subject_requests (tenant_id, id),
  constraint use_restrictions_incident_fk foreign key (tenant_id, incident_id) references incidents (tenant_id, id)
);
create index use_restrictions_standing on use_restrictions (tenant_id, incident_id) where lifted_at is null;

-- Which words were on the wall, from when to when.
create table notices (
  tenant_id text not null,
  store_id text not null,
  id text not null,
  kind text not null constraint notices_kind_known check (kind in ('signage', 'privacy_notice', 'staff_notice')),
  version text not null,
  language text not null,
  text_sha256 text not null constraint notices_sha_format check (text_sha256 ~ '^[0-9a-f]{64}$'),
  text text not null,
  from_at timestamptz not null,
  to_at timestamptz,
  recorded_by text not null,
  recorded_at timestamptz not null,
  constraint notices_pk primary key (tenant_id, id),
  constraint notices_store_fk foreign key (tenant_id, store_id) references stores (tenant_id, id),
  constraint notices_window_ordered check (to_at is null or from_at < to_at)
);
create index notices_by_store on notices (tenant_id, store_id, from_at);

create table staff_consents (
  tenant_id text not null,
  id text not null,
  person_id text not null,
  feature text not null constraint staff_consents_feature_known check (feature in ('voice_calls', 'own_phone', 'answer_times')),
  notice_version text not null,
  given_at timestamptz not null,
  recorded_by text not null,
  withdrawn_at timestamptz,
  constraint staff_consents_pk primary key (tenant_id, id),
  constraint staff_consents_person_fk foreign key (tenant_id, person_id) references people (tenant_id, id)
);
create unique index staff_consents_one_standing on staff_consents (tenant_id, person_id, feature) where withdrawn_at is null;

-- What the law of a place does not allow there.
create table store_opt_outs (
  tenant_id text not null,
  store_id text not null,
  what text not null,
  jurisdiction text not null,
  reason text not null,
  set_by text not null,
  set_at timestamptz not null,
  constraint store_opt_outs_pk primary key (tenant_id, store_id, what),
  constraint store_opt_outs_store_fk foreign key (tenant_id, store_id) references stores (tenant_id, id)
);

-- The number under which somebody outside can follow an appeal; it says nothing about the incident.
alter table incident_reviews add column public_number text constraint incident_reviews_public_number_unique unique;

create function find_appeal(number text) returns table (tenant_id text, state text, opened_at timestamptz, decided_at timestamptz)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select r.tenant_id, r.state, r.opened_at, r.decided_at from public.incident_reviews r where r.public_number = number and r.kind = 'appeal'
$$;

-- How many answers are late; all tenants together, for the metrics.
create function rights_levels() returns table (overdue_subject_requests integer, open_subject_requests integer, overdue_histories integer, lost_histories integer)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select (select count(*)::int from public.subject_requests r where r.state = 'open' and r.due_at < clock_timestamp()),
    (select count(*)::int from public.subject_requests r where r.state = 'open'),
    (select count(*)::int from public.workflow_histories h where h.state = 'due' and h.closed_at < clock_timestamp() - interval '6 hours'),
    (select count(*)::int from public.workflow_histories h where h.state = 'lost')
$$;

do $$
declare name text;
begin
  foreach name in array array['workflow_histories', 'payload_keys', 'subject_requests', 'subject_request_incidents', 'use_restrictions', 'notices', 'store_opt_outs'] loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy %I on %I to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id))', name || '_scope', name);
    execute format('grant select, insert, update on %I to floorwalker_app', name);
  end loop;
end $$;
alter table staff_consents enable row level security;
create policy staff_consents_tenant on staff_consents to floorwalker_app using (in_tenant(tenant_id)) with check (in_tenant(tenant_id));
grant select, insert, update on staff_consents to floorwalker_app;
revoke update on payload_keys from floorwalker_app;
grant delete on payload_keys, store_opt_outs to floorwalker_app;
revoke execute on function find_payload_key, find_appeal, rights_levels, make_payload_key from public;
grant execute on function find_payload_key, find_appeal, rights_levels to floorwalker_app;
