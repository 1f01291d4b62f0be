-- Up Migration
-- A till that calls the attendant or keeps a payment waiting until they have come; days without a partition, forgotten
-- days that a case still needs, and cashiers who are long gone.

-- What a self-checkout was asked after nobody had answered its prompt, once for each incident. Whatever happens to us, the
-- terminal lets go by itself at `until_at`.
create table terminal_holds (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  terminal_id text not null,
  kind text not null constraint terminal_holds_kind_known check (kind in ('attend', 'block')),
  message text not null,
  ordered_at timestamptz not null,
  until_at timestamptz not null,
  acknowledged_at timestamptz,
  failure jsonb,
  -- Why it was let go, or is to be.
  release_cause text constraint terminal_holds_cause_known check (release_cause in ('closed', 'answered', 'till_unsure', 'person', 'time_over')),
  -- Who said so, where a person did; their words go with the incident's other notes.
  release_by text,
  release_note text,
  release_ordered_at timestamptz,
  released_at timestamptz,
  -- Whether the terminal said that it let go; false: its own time was over without a word.
  release_confirmed boolean,
  constraint terminal_holds_pk primary key (tenant_id, incident_id),
  constraint terminal_holds_incident_fk foreign key (tenant_id, incident_id) references incidents (tenant_id, id),
  constraint terminal_holds_bounded check (until_at > ordered_at and until_at <= ordered_at + interval '2 minutes'),
  constraint terminal_holds_released_whole check ((released_at is null) = (release_confirmed is null))
);
create index terminal_holds_by_time on terminal_holds (tenant_id, store_id, ordered_at);
alter table terminal_holds enable row level security;
create policy terminal_holds_scope on terminal_holds to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id));
grant select, insert, update on terminal_holds to floorwalker_app;

alter table outbox drop constraint outbox_kind_known,
  add constraint outbox_kind_known check (kind in ('start', 'merged', 'receipt', 'undelivered', 'decide', 'correction', 'reopen', 'runbook', 'mandatory_steps', 'runbook_command', 'terminal_release'));

-- A day's own partition of what is kept by days. Where the catch-all has rows of that day already, it keeps them.
create function ensure_day_partition(parent text, day date) returns void
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  name text := parent || '_' || to_char(day, 'YYYYMMDD');
  from_at timestamptz := day::timestamp at time zone 'UTC';
  to_at timestamptz := (day + 1)::timestamp at time zone 'UTC';
  time_column text := case parent when 'pos_events' then 'occurred_at' when 'crossings' then 'at' end;
  taken boolean;
begin
  if time_column is null then raise exception '% is not kept by days', parent; end if;
  if to_regclass('public.' || name) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtext(name));
  if to_regclass('public.' || name) is not null then return; end if;
  execute format('select exists (select from public.%I o where o.%I >= $1 and o.%I < $2)', parent || '_other', time_column, time_column)
    into taken using from_at, to_at;
  if taken then return; end if;
  execute format('create table public.%I partition of public.%I for values from (%L) to (%L)', name, parent, from_at, to_at);
  execute format('alter table public.%I enable row level security', name);
end $$;
revoke execute on function ensure_day_partition from public;
grant execute on function ensure_day_partition to floorwalker_app;

-- The release before this one still calls them by these names.
create or replace function ensure_pos_partition(day date) returns void
  language sql security definer set search_path = pg_catalog, public as $$ select public.ensure_day_partition('pos_events', day) $$;
create or replace function ensure_crossing_partition(day date) returns void
  language sql security definer set search_path = pg_catalog, public as $$ select public.ensure_day_partition('crossings', day) $$;

-- Lines of the receipts around an incident whose evidence is still kept because it was confirmed, or is held: ten minutes
-- either way, at the till of its zone and whatever stood in that till's place.
create function lines_kept_for_cases(before timestamptz) returns setof pos_events
  language sql stable security definer set search_path = pg_catalog, public as $$
  select distinct e.* from public.incidents i
  join public.zones z on z.tenant_id = i.tenant_id and z.store_id = i.store_id and z.id = i.zone_id
  join public.terminals t on t.tenant_id = z.tenant_id and t.store_id = z.store_id
    and (t.id = z.terminal_id or t.replaced_by = z.terminal_id
      or t.id = (select r.replaced_by from public.terminals r where r.tenant_id = z.tenant_id and r.store_id = z.store_id and r.id = z.terminal_id))
  join public.pos_events e on e.tenant_id = t.tenant_id and e.store_id = t.store_id and e.terminal_id = t.id
    and e.occurred_at between i.detected_at - interval '10 minutes' and i.detected_at + interval '10 minutes'
  where i.purged_at is null and i.detected_at < before + interval '10 minutes' and e.occurred_at < before
    and (i.verdict = 'confirmed' or exists (
      select from public.holds h where h.tenant_id = i.tenant_id and h.incident_id = i.id and h.released_at is null))
$$;
revoke execute on function lines_kept_for_cases from public;

create or replace function forget_till_days(keep_days integer) returns integer
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  oldest date := (now() at time zone 'UTC')::date - keep_days;
  oldest_at timestamptz := oldest::timestamp at time zone 'UTC';
  kept public.pos_events[];
  part record;
  forgotten integer := 0;
begin
  -- Baselines and corrections reach this far back, whoever asks.
  if keep_days < 35 then raise exception 'till days are kept for 35 days at least, not %', keep_days; end if;
  select array_agg(k) into kept from public.lines_kept_for_cases(oldest_at) k;
  delete from public.pos_exceptions e where e.day < oldest and not exists (
    select from public.incidents i where i.tenant_id = e.tenant_id and i.id = e.incident_id and i.purged_at is null
      and (i.verdict = 'confirmed' or exists (select from public.holds h where h.tenant_id = i.tenant_id and h.incident_id = i.id and h.released_at is null)));
  -- Whoever no line, day or finding will name any more; the small tables first, so that hardly anybody is looked for in the lines.
  delete from public.pos_operators o where o.first_seen_at < oldest_at
    and not exists (select from public.pos_day_measures m where m.tenant_id = o.tenant_id and m.store_id = o.store_id and m.day >= oldest and m.operator = o.operator)
    and not exists (select from public.pos_exceptions x where x.tenant_id = o.tenant_id and x.store_id = o.store_id and x.operator = o.operator)
    and not exists (select from unnest(kept) k where k.tenant_id = o.tenant_id and k.store_id = o.store_id and k.operator = o.operator)
    and not exists (select from public.pos_events e where e.tenant_id = o.tenant_id and e.store_id = o.store_id and e.operator = o.operator and e.occurred_at >= oldest_at);
  delete from public.pos_events_other where occurred_at < oldest_at;
  delete from public.crossings_other where at < oldest_at;
  -- Last, since from here to the end no till can be written to or read.
  for part in
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent in ('public.pos_events'::regclass, 'public.crossings'::regclass)
      and c.relname ~ '_[0-9]{8}$' and to_date(right(c.relname, 8), 'YYYYMMDD') < oldest
  loop
    execute format('drop table public.%I', part.name);
    forgotten := forgotten + 1;
  end loop;
  -- Their days are gone, so the catch-all has them now.
  insert into public.pos_events select (k).* from unnest(kept) k;
  return forgotten;
end $$;
