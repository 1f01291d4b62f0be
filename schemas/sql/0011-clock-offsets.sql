-- Up Migration
-- How far each till's clock runs ahead of the camera that watches it, measured from crossings and scans; and what is
-- needed to read it: when a crossing came in, who was signed on, which terminal stands where another stood.
create table clock_offsets (
  tenant_id text not null,
  store_id text not null,
  camera_id text not null,
  terminal_id text not null,
  -- By the camera's clock. null: holds still.
  from_at timestamptz not null,
  to_at timestamptz,
  offset_ms integer not null,
  error_ms integer not null constraint clock_offsets_error_positive check (error_ms > 0),
  samples integer not null,
  spread_ms integer not null,
  -- How long crossings and lines usually took to come in, and how much that varied.
  crossing_lag_ms integer not null,
  line_lag_ms integer not null,
  lag_spread_ms integer not null,
  -- The last instant, by the camera's clock, that it was measured from.
  measured_to_at timestamptz not null,
  measured_at timestamptz not null,
  constraint clock_offsets_pk primary key (tenant_id, store_id, camera_id, terminal_id, from_at),
  constraint clock_offsets_order check (from_at < to_at),
  constraint clock_offsets_camera_fk foreign key (tenant_id, store_id, camera_id) references cameras (tenant_id, store_id, id),
  constraint clock_offsets_terminal_fk foreign key (tenant_id, store_id, terminal_id) references terminals (tenant_id, store_id, id)
);
create unique index clock_offsets_current on clock_offsets (tenant_id, store_id, camera_id, terminal_id) where to_at is null;
alter table clock_offsets enable row level security;
create policy clock_offsets_scope on clock_offsets to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id));
grant select, insert, update on clock_offsets to floorwalker_app;

alter table crossings add column received_at timestamptz not null default clock_timestamp();

-- A few lines a day among thousands.
create index pos_events_by_sign on pos_events (tenant_id, store_id, terminal_id, occurred_at) where type in ('sign_on', 'sign_off');

-- The terminal that was put in this one's place, and when; the lines of both count for what crosses there.
alter table terminals
  add column replaced_by text,
  add column replaced_at timestamptz,
  add constraint terminals_replaced_fk foreign key (tenant_id, store_id, replaced_by) references terminals (tenant_id, store_id, id),
  add constraint terminals_replaced_whole check ((replaced_by is null) = (replaced_at is null) and replaced_by <> id);

-- For the metrics, of all tenants: how late lines come, and how many tills have fallen silent while their shop goes on.
create function till_levels() returns table (till_lag_seconds double precision, silent_tills integer)
  language sql stable security definer set search_path = pg_catalog, public as $$
  with tills as (
    select t.tenant_id, t.store_id, t.id, t.feed_seen_at, t.feed_lag_ms,
      (select o.offset_ms - o.crossing_lag_ms from public.clock_offsets o
       where o.tenant_id = t.tenant_id and o.store_id = t.store_id and o.terminal_id = t.id and o.to_at is null
       order by o.measured_at desc limit 1) as ahead_ms,
      (select e.type from public.pos_events e
       where e.tenant_id = t.tenant_id and e.store_id = t.store_id and e.terminal_id = t.id and e.type in ('sign_on', 'sign_off')
         and e.occurred_at between clock_timestamp() - interval '24 hours' and clock_timestamp()
       order by e.occurred_at desc limit 1) as signed
    from public.terminals t
    where t.replaced_by is null and t.feed_seen_at > clock_timestamp() - interval '24 hours'
  ), stores_open as (
    select distinct t.tenant_id, t.store_id from tills t where t.feed_seen_at > clock_timestamp() - interval '5 minutes'
    union
    select distinct c.tenant_id, c.store_id from public.crossings c
    where c.at between clock_timestamp() - interval '5 minutes' and clock_timestamp() + interval '5 minutes'
  )
  select
    (select max(case when t.feed_lag_ms > 0 then greatest(0, t.feed_lag_ms + coalesce(t.ahead_ms, 0)) else 0 end) / 1000.0 from tills t where t.feed_seen_at > clock_timestamp() - interval '5 minutes')::double precision,
    (select count(*)::integer from tills t join stores_open s on s.tenant_id = t.tenant_id and s.store_id = t.store_id
     where t.feed_seen_at <= clock_timestamp() - interval '5 minutes' and t.signed is distinct from 'sign_off')
$$;
revoke execute on function till_levels from public;
grant execute on function till_levels to floorwalker_app;
