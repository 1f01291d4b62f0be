-- Up Migration
-- Doors, shelves, gates, tag readers and what watches the tills' housings: where they are, what they say, and what all
-- sources of an incident make of it together.

create table sensors (
  tenant_id text not null,
  store_id text not null,
  id text not null,
  kind text not null constraint sensors_kind_known check (kind in ('door', 'shelf_weight', 'eas_gate', 'rfid', 'pos_tamper')),
  -- Of a camera, whose recording shows what happened there.
  zone_id text not null,
  label text not null,
  -- Whose connection speaks for it; null: it has one of its own.
  gateway_id text,
  settings jsonb not null default '{}',
  silent_after_ms integer not null constraint sensors_silence_positive check (silent_after_ms > 0),
  connected boolean not null default false,
  -- Of the connection that was begun last: the end of an earlier one changes nothing.
  session text,
  last_seen_at timestamptz,
  retired_at timestamptz,
  constraint sensors_pk primary key (tenant_id, store_id, id),
  constraint sensors_zone_fk foreign key (tenant_id, store_id, zone_id) references zones (tenant_id, store_id, id)
);
create index sensors_by_zone on sensors (tenant_id, store_id, zone_id) where retired_at is null;

create table sensor_events (
  tenant_id text not null,
  store_id text not null,
  sensor_id text not null,
  event_id text not null,
  kind text not null,
  zone_id text not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  what text,
  delta_grams numeric,
  -- Of a shelf, by the weight that its article had then: positive were taken.
  pieces integer,
  whole boolean,
  -- The article as the tills may know it, without leading zeros.
  article text,
  epc text,
  -- Under this key it is a detection as well, if it stands for an incident by itself.
  detection_key text not null,
  -- The incident that it supports, and why; a person may have taken it out again.
  incident_id text,
  join_reason jsonb,
  released_at timestamptz,
  constraint sensor_events_pk primary key (tenant_id, store_id, sensor_id, event_id),
  constraint sensor_events_sensor_fk foreign key (tenant_id, store_id, sensor_id) references sensors (tenant_id, store_id, id),
  constraint sensor_events_joined_whole check ((incident_id is null) = (join_reason is null))
);
create index sensor_events_by_zone on sensor_events (tenant_id, store_id, zone_id, occurred_at);
create index sensor_events_by_article on sensor_events (tenant_id, store_id, article, occurred_at) where article is not null;
create index sensor_events_by_epc on sensor_events (tenant_id, store_id, epc) where epc is not null;
create index sensor_events_by_incident on sensor_events (tenant_id, incident_id) where incident_id is not null;
create index sensor_events_by_detection on sensor_events (tenant_id, detection_key);
create index sensor_events_by_age on sensor_events (occurred_at);

do $$
declare name text;
begin
  foreach name in array array['sensors', 'sensor_events'] loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy %I on %I to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id))', name || '_scope', name);
    execute format('grant select, insert, update on %I to floorwalker_app', name);
  end loop;
end $$;

-- Confidence of all sources together, with what each added.
alter table incidents add column fusion jsonb;

-- The tag of the very piece that was rung, where the till reads it.
alter table pos_events add column epc text;
create index pos_events_by_epc on pos_events (tenant_id, store_id, epc) where epc is not null;

create function forget_sensor_events(keep_days integer) returns integer
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare forgotten integer;
begin
  if keep_days < 35 then raise exception 'sensor events are kept for 35 days at least, not %', keep_days; end if;
  delete from public.sensor_events where occurred_at < now() - make_interval(days => keep_days);
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
revoke execute on function forget_sensor_events from public;
grant execute on function forget_sensor_events to floorwalker_app;

-- For the metrics, of all tenants: sensors that nobody can hear.
create function sensor_levels() returns table (silent_sensors integer)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select count(*)::integer from public.sensors s
  where s.retired_at is null
    and (not s.connected or s.last_seen_at is null or s.last_seen_at < clock_timestamp() - make_interval(secs => s.silent_after_ms / 1000.0))
$$;
revoke execute on function sensor_levels from public;
grant execute on function sensor_levels to floorwalker_app;
