-- Up Migration
-- What a till says beyond the scan, who rang it (as a pseudonym), and what cameras saw cross beside it.

alter table pos_events
  add column unit text,
  add column pack_size integer,
  add column tender_type text,
  add column related_transaction_id text,
  add column related_line integer,
  add column reason_code text,
  -- A pseudonym from pos_operators, never the till's own number.
  add column operator text,
  add column training boolean not null default false,
  add column source text not null default 'http' constraint pos_events_source_known check (source in ('http', 'mqtt', 'kafka', 'poslog', 'csv')),
  -- The day file that brought it; null for what came line by line.
  add column import_id text;

-- Whether a line is here already is asked for each that comes.
create index pos_events_by_receipt on pos_events (tenant_id, transaction_id, line);

-- Who is behind a pseudonym. Read only for a role that may know, and each reading is audited.
create table pos_operators (
  tenant_id text not null,
  store_id text not null,
  operator text not null,
  operator_id text not null,
  first_seen_at timestamptz not null,
  constraint pos_operators_pk primary key (tenant_id, store_id, operator),
  constraint pos_operators_once unique (tenant_id, store_id, operator_id),
  constraint pos_operators_store_fk foreign key (tenant_id, store_id) references stores (tenant_id, id)
);
alter table pos_operators enable row level security;
create policy pos_operators_scope on pos_operators to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id));
grant select, insert on pos_operators to floorwalker_app;

alter table terminals
  add column kind text not null default 'self_checkout' constraint terminals_kind_known check (kind in ('self_checkout', 'cashier')),
  -- How long the last line took from the till to us; null: none came yet.
  add column feed_lag_ms integer;
grant update (feed_lag_ms) on terminals to floorwalker_app;

-- What a self-checkout was asked before anybody was told, once for each incident.
create table terminal_prompts (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  terminal_id text not null,
  intended_at timestamptz not null,
  until_at timestamptz not null,
  message text not null,
  acknowledged_at timestamptz,
  failure jsonb,
  -- When and with which line the customer answered; null: not in time, or not yet.
  rescanned_at timestamptz,
  rescan_line_id text,
  constraint terminal_prompts_pk primary key (tenant_id, incident_id),
  constraint terminal_prompts_incident_fk foreign key (tenant_id, incident_id) references incidents (tenant_id, id)
);
create index terminal_prompts_by_time on terminal_prompts (tenant_id, store_id, intended_at);
alter table terminal_prompts enable row level security;
create policy terminal_prompts_scope on terminal_prompts to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id));
grant select, insert, update on terminal_prompts to floorwalker_app;

-- Every item that a camera saw cross, with or without a receipt: what sightings are paired with scans from.
create table crossings (
  tenant_id text not null,
  store_id text not null,
  camera_id text not null,
  zone_id text not null,
  id text not null,
  at timestamptz not null,
  label text,
  label_score real,
  constraint crossings_pk primary key (tenant_id, store_id, camera_id, zone_id, at, id)
) partition by range (at);
create table crossings_other partition of crossings default;
alter table crossings enable row level security;
alter table crossings_other enable row level security;
create policy crossings_scope on crossings to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id));
create policy crossings_other_scope on crossings_other to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id));
grant select, insert on crossings, crossings_other to floorwalker_app;

create function ensure_crossing_partition(day date) returns void
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  name text := 'crossings_' || to_char(day, 'YYYYMMDD');
begin
  if to_regclass('public.' || name) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtext(name));
  if to_regclass('public.' || name) is not null then return; end if;
  if exists (select from public.crossings_other o where o.at >= day::timestamp at time zone 'UTC' and o.at < (day + 1)::timestamp at time zone 'UTC') then return; end if;
  execute format('create table public.%I partition of public.crossings for values from (%L) to (%L)', name, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
  execute format('alter table public.%I enable row level security', name);
end $$;
revoke execute on function ensure_crossing_partition from public;
grant execute on function ensure_crossing_partition to floorwalker_app;

-- What a late line may still settle.
create index incidents_unsettled_by_zone on incidents (tenant_id, store_id, zone_id, detected_at) where pos_verdict in ('MISMATCH', 'UNKNOWN') and purged_at is null;

-- Till lines and crossings go by whole days, of all tenants; days that have no partition of their own row by row.
create function forget_till_days(keep_days integer) returns integer
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  oldest date := (now() at time zone 'UTC')::date - keep_days;
  part record;
  forgotten integer := 0;
begin
  -- Baselines and corrections reach this far back, whoever asks.
  if keep_days < 35 then raise exception 'till days are kept for 35 days at least, not %', keep_days; end if;
  for part in
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent in ('public.pos_events'::regclass, 'public.crossings'::regclass)
      and c.relname ~ '_[0-9]{8}$' and to_date(right(c.relname, 8), 'YYYYMMDD') < oldest
  loop
    execute format('drop table public.%I', part.name);
    forgotten := forgotten + 1;
  end loop;
  delete from public.pos_events_other where occurred_at < oldest::timestamp at time zone 'UTC';
  delete from public.crossings_other where at < oldest::timestamp at time zone 'UTC';
  return forgotten;
end $$;
revoke execute on function forget_till_days from public;
grant execute on function forget_till_days to floorwalker_app;
