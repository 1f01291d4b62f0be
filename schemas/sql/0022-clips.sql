-- Up Migration
-- Clips of several cameras for one incident, how their clocks lie to each other, and stored files that are no longer what
-- was stored.
alter table evidence_artifacts drop constraint evidence_artifacts_kind_known,
  add constraint evidence_artifacts_kind_known check (kind in ('segment', 'clip', 'still', 'thumbnail', 'manifest', 'redacted', 'redaction_map', 'history', 'history_decoded', 'heatmap', 'other_clip', 'other_segment')),
  -- null: the camera that the incident is about.
  add column camera_id text,
  -- Of a derivative: the hash of what it was made from.
  add column parent_sha256 text constraint evidence_artifacts_parent_sha_format check (parent_sha256 ~ '^[0-9a-f]{64}$'),
  -- Its bytes were found not to be what was recorded: nobody is given them until an intact copy is put in their place.
  add column quarantined_at timestamptz,
  add column quarantined_because text constraint evidence_artifacts_quarantine_known check (quarantined_because in ('ALTERED', 'GONE')),
  add constraint evidence_artifacts_quarantine_whole check ((quarantined_at is null) = (quarantined_because is null));
create index evidence_artifacts_quarantined on evidence_artifacts (tenant_id, quarantined_at) where quarantined_at is not null;

-- How often the recording was asked for: a person may have it tried again.
alter table evidence add column attempt integer not null default 1;

-- Which other cameras see what one of them sees; of one zone, or ('') wherever it looks.
create table camera_neighbours (
  tenant_id text not null,
  store_id text not null,
  camera_id text not null,
  zone_id text not null,
  neighbour_id text not null,
  constraint camera_neighbours_pk primary key (tenant_id, store_id, camera_id, zone_id, neighbour_id),
  constraint camera_neighbours_other check (camera_id <> neighbour_id),
  constraint camera_neighbours_camera_fk foreign key (tenant_id, store_id, camera_id) references cameras (tenant_id, store_id, id),
  constraint camera_neighbours_neighbour_fk foreign key (tenant_id, store_id, neighbour_id) references cameras (tenant_id, store_id, id)
);

-- How far the instants of a camera's pictures run ahead of true time, as somebody measured it; each until the next.
create table camera_clocks (
  tenant_id text not null,
  store_id text not null,
  camera_id text not null,
  from_at timestamptz not null,
  to_at timestamptz,
  offset_ms integer not null,
  error_ms integer not null constraint camera_clocks_error_positive check (error_ms > 0),
  -- How it was measured, in the words of whoever did.
  method text not null,
  set_by text not null,
  constraint camera_clocks_pk primary key (tenant_id, store_id, camera_id, from_at),
  constraint camera_clocks_order check (from_at < to_at),
  constraint camera_clocks_camera_fk foreign key (tenant_id, store_id, camera_id) references cameras (tenant_id, store_id, id)
);
create unique index camera_clocks_current on camera_clocks (tenant_id, store_id, camera_id) where to_at is null;

-- The other cameras of one incident, each with a clip of its own.
create table evidence_cameras (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  camera_id text not null,
  -- Names its files: 2 is the first of the others.
  position integer not null constraint evidence_cameras_position_counts check (position > 1),
  state text not null default 'requested' constraint evidence_cameras_state_known check (state in ('requested', 'ready', 'partial', 'failed')),
  -- By this camera's own clock.
  from_at timestamptz not null,
  to_at timestamptz not null,
  gaps jsonb not null default '[]',
  failure jsonb,
  settled_at timestamptz,
  -- How far its clock runs ahead of that of the incident's camera, how surely, and how that is known.
  offset_ms integer not null,
  error_ms integer not null constraint evidence_cameras_error_positive check (error_ms > 0),
  offset_source text not null constraint evidence_cameras_source_known check (offset_source in ('measured', 'declared', 'assumed')),
  constraint evidence_cameras_pk primary key (tenant_id, incident_id, camera_id),
  constraint evidence_cameras_position_unique unique (tenant_id, incident_id, position),
  constraint evidence_cameras_settled_whole check ((state = 'requested') = (settled_at is null)),
  constraint evidence_cameras_evidence_fk foreign key (tenant_id, incident_id) references evidence (tenant_id, incident_id)
);

do $$
declare name text;
begin
  foreach name in array array['camera_neighbours', 'camera_clocks', 'evidence_cameras'] loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy %I on %I to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id))', name || '_scope', name);
    execute format('grant select, insert, update on %I to floorwalker_app', name);
  end loop;
end $$;
grant delete on camera_neighbours to floorwalker_app;

-- A link in a text belongs to the phone that first plays its clip.
alter table evidence_links add column device_sha256 text;
drop function find_evidence_link(text);
create function find_evidence_link(sha text) returns table (tenant_id text, store_id text, incident_id text, person_id text, expires_at timestamptz, revoked_at timestamptz, device_sha256 text)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select l.tenant_id, l.store_id, l.incident_id, l.person_id, l.expires_at, l.revoked_at, l.device_sha256 from public.evidence_links l where l.token_sha256 = sha
$$;

-- For the metrics, of all tenants: files that are kept back, and recordings of the last day that could not be secured.
create function evidence_levels() returns table (quarantined_files integer, failed_recordings integer)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select
    (select count(*)::integer from public.evidence_artifacts a where a.quarantined_at is not null and a.purged_at is null),
    (select count(*)::integer from public.evidence e where e.state = 'failed' and e.settled_at > clock_timestamp() - interval '24 hours')
$$;
revoke execute on function find_evidence_link, evidence_levels from public;
grant execute on function find_evidence_link, evidence_levels to floorwalker_app;

alter table outbox drop constraint outbox_kind_known,
  add constraint outbox_kind_known check (kind in ('start', 'merged', 'receipt', 'undelivered', 'decide', 'correction', 'reopen', 'runbook', 'mandatory_steps', 'runbook_command', 'terminal_release', 'packet', 'redact', 'share', 'secure'));
