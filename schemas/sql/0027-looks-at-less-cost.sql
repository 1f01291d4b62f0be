-- Up Migration
-- Looking costs less. Everything here is asked several times a second, or at every step of every incident.

-- Read for every incident that waits; the whole policy, unpacked each time, was most of what the watchdog's look cost.
alter table incidents
  add column grace_ms numeric generated always as ((policy -> 'evidence' ->> 'graceMs')::numeric) stored,
  add column rungs integer generated always as (jsonb_array_length(policy -> 'escalation')) stored;

-- What follows is in PL/pgSQL because a function in SQL is planned anew at every call, which took longer than its work.
create or replace function engine_has_news(for_tenant text, for_incident text, answer_heard_at timestamptz, asked_at timestamptz) returns boolean
  language plpgsql stable set search_path = pg_catalog, public as $$
begin
  return coalesce(answer_heard_at > asked_at - interval '10 seconds', false)
    or exists (select from public.outbox o where o.tenant_id = for_tenant and o.incident_id = for_incident
      and (o.kind = 'receipt' or o.kind = 'decide' and o.payload -> 'command' ->> 'verdict' is distinct from 'unsure'));
end $$;

create or replace function overdue_escalations(asked_at timestamptz, late_ms integer, at_most integer) returns table (tenant_id text, incident_id text)
  language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
  return query select i.tenant_id, i.id from public.incidents i
  where i.waiting_due_at <= asked_at - make_interval(secs => late_ms / 1000.0) and i.state = 'alerting' and not i.help_requested
    and (i.evidence_state <> 'requested' or i.waiting_due_at <= asked_at - make_interval(secs => (late_ms + i.grace_ms) / 1000.0))
    and coalesce(i.waiting_step, 0) + 1 < i.rungs
    -- What engine_has_news says; many wait for the engine just when it is late, and a function is called for each.
    and coalesce(i.answer_heard_at <= asked_at - interval '10 seconds', true)
    and not exists (select from public.outbox o where o.tenant_id = i.tenant_id and o.incident_id = i.id
      and (o.kind = 'receipt' or o.kind = 'decide' and o.payload -> 'command' ->> 'verdict' is distinct from 'unsure'))
    and exists (select from public.notifications n where n.tenant_id = i.tenant_id and n.incident_id = i.id and n.kind = 'alert'
      having bool_and(n.state <> 'intended') and max(n.step) + 1 < i.rungs)
  order by i.waiting_due_at limit at_most;
end $$;

create or replace function late_first_contacts(asked_at timestamptz, late_ms integer, at_most integer) returns table (tenant_id text, incident_id text)
  language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
  return query select i.tenant_id, i.id from public.incidents i
  where i.state = 'new' and i.pos_verdict = 'PENDING' and i.runs = 1 and i.accepted_at <= asked_at - make_interval(secs => late_ms / 1000.0)
    and (not (i.policy -> 'receiptFirst') ? i.behaviour
      or i.detected_at <= asked_at - make_interval(secs => (late_ms + (i.policy -> 'posWindow' ->> 'afterMs')::numeric
        + coalesce((i.policy -> 'prompt' ->> 'waitMs')::numeric, 0)) / 1000.0))
    and not public.engine_has_news(i.tenant_id, i.id, i.answer_heard_at, asked_at)
  order by i.accepted_at limit at_most;
end $$;

create or replace function unsettled_messages(asked_at timestamptz, age_ms integer, closed_ms integer, at_most integer)
  returns table (tenant_id text, incident_id text, kind text, step integer, round integer, intended_at timestamptz)
  language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
  return query select n.tenant_id, n.incident_id, n.kind, n.step, n.round, n.intended_at
  from public.notifications n join public.incidents i on i.tenant_id = n.tenant_id and i.id = n.incident_id
  where n.state = 'intended' and n.kind <> 'correction'
    and (n.by_watch and n.claimed_at <= asked_at - make_interval(secs => age_ms / 1000.0)
      or i.state = 'closed' and i.closed_at <= asked_at - make_interval(secs => closed_ms / 1000.0))
  order by n.intended_at limit at_most;
end $$;

create or replace function find_due_webhooks(at timestamptz) returns table (tenant_id text, endpoint_id text)
  language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
  return query select e.tenant_id, e.id from public.webhook_endpoints e
  where e.enabled and exists (
    select from public.webhook_deliveries d
    where d.tenant_id = e.tenant_id and d.endpoint_id = e.id and d.state = 'pending' and d.next_attempt_at <= at
      and (d.leased_until is null or d.leased_until <= at)
      and not exists (
        select from public.webhook_deliveries earlier
        where earlier.tenant_id = d.tenant_id and earlier.endpoint_id = d.endpoint_id and earlier.incident_id = d.incident_id
          and earlier.state = 'pending' and earlier.sequence < d.sequence));
end $$;

create or replace function find_detection(tenant text, key text) returns table (incident_id text, late boolean, waiting boolean)
  language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
  return query select d.incident_id, d.late, exists (select from public.outbox o where o.tenant_id = d.tenant_id and o.incident_id = d.incident_id)
  from public.detections d where d.tenant_id = tenant and d.dedup_key = key;
end $$;

create or replace function find_person_by_phone(phone text) returns table (tenant_id text, id text, role text, display_name text, locale text)
  language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
  return query select p.tenant_id, p.id, p.role, p.display_name, p.locale from public.people p where p.phone_e164 = phone and p.deactivated_at is null;
end $$;

create or replace function find_payload_key(tenant text, incident text) returns table (salt bytea)
  language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
  return query select k.salt from public.payload_keys k where k.tenant_id = tenant and k.incident_id = incident;
end $$;

-- What is late now is asked at every scrape and by monitors every second; quantiles over five minutes need not be as fresh.
create function overdue_levels() returns table (overdue_escalations integer, oldest_overdue_seconds double precision, outbox_waiting integer, oldest_outbox_seconds double precision)
  language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
  return query with overdue as (
    select extract(epoch from clock_timestamp() - i.waiting_due_at) - i.grace_ms / 1000.0 as late
    from public.incidents i where i.waiting_due_at < clock_timestamp() and i.state = 'alerting'
  ), waiting as (
    select extract(epoch from clock_timestamp() - o.created_at) as age from public.outbox o where o.created_at < clock_timestamp() - interval '5 seconds'
  )
  select
    (select count(*)::integer from overdue where late > 2), (select coalesce(max(late), 0)::double precision from overdue where late > 2),
    (select count(*)::integer from waiting), (select coalesce(max(age), 0)::double precision from waiting);
end $$;
drop function service_levels;
create function service_levels(window_seconds integer) returns table (
    contact_p50 double precision, contact_p95 double precision, contact_p99 double precision, contacts integer,
    lateness_p50 double precision, lateness_p99 double precision, escalations integer,
    answer_p50 double precision, answer_p95 double precision, answers integer,
    clip_p50 double precision, clip_p95 double precision, clips integer, undelivered integer, withheld integer)
  language sql stable security definer set search_path = pg_catalog, public as $$
  with recent as (
    select n.kind, n.step, n.round, n.state, extract(epoch from n.sent_at - i.accepted_at) as contact, extract(epoch from n.intended_at - n.due_at) as lateness
    from public.notifications n join public.incidents i on i.tenant_id = n.tenant_id and i.id = n.incident_id
    where n.intended_at > clock_timestamp() - make_interval(secs => window_seconds)
  ), first_contacts as (
    select contact from recent where kind = 'alert' and step = 0 and round = 0 and contact is not null
  ), answered as (
    select extract(epoch from i.closed_at - i.accepted_at) as seconds from public.incidents i
    where i.closed_at > clock_timestamp() - make_interval(secs => window_seconds) and i.decided_by like 'phone:%'
  ), clips_made as (
    select extract(epoch from e.settled_at - e.to_at) as seconds from public.evidence e
    where e.settled_at > clock_timestamp() - make_interval(secs => window_seconds) and e.state in ('ready', 'partial')
  )
  select
    (select percentile_cont(0.5) within group (order by contact) from first_contacts), (select percentile_cont(0.95) within group (order by contact) from first_contacts),
    (select percentile_cont(0.99) within group (order by contact) from first_contacts), (select count(*)::integer from first_contacts),
    (select percentile_cont(0.5) within group (order by lateness) from recent where lateness is not null), (select percentile_cont(0.99) within group (order by lateness) from recent where lateness is not null),
    (select count(lateness)::integer from recent),
    (select percentile_cont(0.5) within group (order by seconds) from answered), (select percentile_cont(0.95) within group (order by seconds) from answered), (select count(*)::integer from answered),
    (select percentile_cont(0.5) within group (order by seconds) from clips_made), (select percentile_cont(0.95) within group (order by seconds) from clips_made), (select count(*)::integer from clips_made),
    (select count(*)::integer from recent where state in ('undelivered', 'failed')), (select count(*)::integer from recent where state = 'withheld')
$$;

-- Asked with every detection.
create function stores_full() returns boolean
  language sql stable security definer set search_path = pg_catalog, public as $$
  select exists (select from public.storage_states s where s.state = 'full')
$$;
revoke execute on function overdue_levels, service_levels, stores_full from public;
grant execute on function overdue_levels, service_levels, stores_full to floorwalker_app;
