-- Up Migration
-- Escalations that the workflow engine is late with are found here and begun by the workers' watch.
alter table notifications
  -- Begun by the watch, because the engine had not.
  add column by_watch boolean not null default false;

-- A sieve by index; what really is due, the caller decides under the incident's lock. Left alone: whoever asked for help,
-- a step that is under way, a chain that has ended, and an incident of which the engine has still to hear something, such
-- as an answer or a receipt. That a message was not delivered is no such thing: it is one more reason.
create function overdue_escalations(asked_at timestamptz, late_ms integer, at_most integer) returns table (tenant_id text, incident_id text)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select i.tenant_id, i.id from public.incidents i
  where i.waiting_due_at <= asked_at - make_interval(secs => late_ms / 1000.0) and i.state = 'alerting' and not i.help_requested
    and (i.evidence_state <> 'requested'
      or i.waiting_due_at <= asked_at - make_interval(secs => (late_ms + (i.policy -> 'evidence' ->> 'graceMs')::numeric) / 1000.0))
    and not exists (select from public.outbox o where o.tenant_id = i.tenant_id and o.incident_id = i.id and o.kind <> 'undelivered')
    and exists (select from public.notifications n where n.tenant_id = i.tenant_id and n.incident_id = i.id and n.kind = 'alert'
      having bool_and(n.state <> 'intended') and max(n.step) + 1 < jsonb_array_length(i.policy -> 'escalation'))
  order by i.waiting_due_at limit at_most
$$;
revoke execute on function overdue_escalations from public;
grant execute on function overdue_escalations to floorwalker_app;

-- Messages that the watch began and did not bring to an end, because its process died or the carrier was away.
create index notifications_of_the_watch on notifications (claimed_at) where by_watch and state = 'intended';
create function unfinished_by_watch(asked_at timestamptz, age_ms integer, at_most integer)
  returns table (tenant_id text, incident_id text, step integer, round integer, intended_at timestamptz)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select n.tenant_id, n.incident_id, n.step, n.round, n.intended_at from public.notifications n
  where n.by_watch and n.state = 'intended' and n.claimed_at <= asked_at - make_interval(secs => age_ms / 1000.0)
  order by n.claimed_at limit at_most
$$;
revoke execute on function unfinished_by_watch from public;
grant execute on function unfinished_by_watch to floorwalker_app;

create function escalation_levels(window_seconds integer) returns table (escalations_by_watch integer)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select count(*)::integer from public.notifications n
  where n.by_watch and n.intended_at > clock_timestamp() - make_interval(secs => window_seconds)
$$;
revoke execute on function escalation_levels from public;
grant execute on function escalation_levels to floorwalker_app;
