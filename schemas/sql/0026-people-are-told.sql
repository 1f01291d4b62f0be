-- Up Migration
-- A message of an incident that is closed may never be settled by its workflow: the task that began it was lost, or its
-- retries are used up. The watch finishes these too, beside those that it began itself.
drop function unfinished_by_watch;
drop index notifications_of_the_watch;
create index notifications_unsettled on notifications (intended_at) where state = 'intended';

-- Corrections have a workflow of their own that has the patience of a day.
create function unsettled_messages(asked_at timestamptz, age_ms integer, closed_ms integer, at_most integer)
  returns table (tenant_id text, incident_id text, kind text, step integer, round integer, intended_at timestamptz)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select n.tenant_id, n.incident_id, n.kind, n.step, n.round, n.intended_at
  from public.notifications n join public.incidents i on i.tenant_id = n.tenant_id and i.id = n.incident_id
  where n.state = 'intended' and n.kind <> 'correction'
    and (n.by_watch and n.claimed_at <= asked_at - make_interval(secs => age_ms / 1000.0)
      or i.state = 'closed' and i.closed_at <= asked_at - make_interval(secs => closed_ms / 1000.0))
  order by n.intended_at limit at_most
$$;
revoke execute on function unsettled_messages from public;
grant execute on function unsettled_messages to floorwalker_app;

-- Also says when the incident was closed meanwhile, in the last moment before something is sent; then no slot is taken.
drop function take_send_slot(text, double precision, integer);
create function take_send_slot(sender text, messages_per_second double precision, max_wait_ms integer, for_tenant text, for_notification text)
  returns table (taken boolean, wait_ms integer, moot boolean)
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  slot timestamptz;
begin
  select true into moot from public.notifications n join public.incidents i on i.tenant_id = n.tenant_id and i.id = n.incident_id
  where n.tenant_id = for_tenant and n.id = for_notification and n.kind <> 'correction' and i.state = 'closed';
  if moot then
    taken := false;
    wait_ms := 0;
    return next;
    return;
  end if;
  moot := false;
  insert into public.sender_numbers as s (number, next_free_at) values (sender, clock_timestamp() - interval '1 second')
  on conflict (number) do nothing;
  update public.sender_numbers s
  set next_free_at = greatest(s.next_free_at, clock_timestamp() - interval '1 second') + make_interval(secs => 1 / messages_per_second)
  where s.number = sender and s.next_free_at <= clock_timestamp() + make_interval(secs => max_wait_ms / 1000.0)
  returning s.next_free_at - make_interval(secs => 1 / messages_per_second) into slot;
  taken := slot is not null;
  if not taken then select s.next_free_at into slot from public.sender_numbers s where s.number = sender; end if;
  wait_ms := greatest(0, ceil(extract(epoch from slot - clock_timestamp()) * 1000));
  return next;
end $$;
revoke execute on function take_send_slot from public;
grant execute on function take_send_slot to floorwalker_app;

-- Somebody has answered, and the engine's record of it may not be here yet. It counts for ten seconds: by then the answer is
-- on record, or waits in the outbox, or was refused.
alter table incidents add column answer_heard_at timestamptz;

-- Whether the engine may know something that the books do not: nobody is told of an incident that was just answered.
-- "Not sure" and a message that was not delivered only say that somebody else is to be told.
create function engine_has_news(for_tenant text, for_incident text, answer_heard_at timestamptz, asked_at timestamptz) returns boolean
  language sql stable set search_path = pg_catalog, public as $$
  select coalesce(answer_heard_at > asked_at - interval '10 seconds', false)
    or exists (select from public.outbox o where o.tenant_id = for_tenant and o.incident_id = for_incident
      and (o.kind = 'receipt' or o.kind = 'decide' and o.payload -> 'command' ->> 'verdict' is distinct from 'unsure'))
$$;
revoke execute on function engine_has_news from public;
grant execute on function engine_has_news to floorwalker_app;

create or replace function overdue_escalations(asked_at timestamptz, late_ms integer, at_most integer) returns table (tenant_id text, incident_id text)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select i.tenant_id, i.id from public.incidents i
  where i.waiting_due_at <= asked_at - make_interval(secs => late_ms / 1000.0) and i.state = 'alerting' and not i.help_requested
    and (i.evidence_state <> 'requested'
      or i.waiting_due_at <= asked_at - make_interval(secs => (late_ms + (i.policy -> 'evidence' ->> 'graceMs')::numeric) / 1000.0))
    and not public.engine_has_news(i.tenant_id, i.id, i.answer_heard_at, asked_at)
    and exists (select from public.notifications n where n.tenant_id = i.tenant_id and n.incident_id = i.id and n.kind = 'alert'
      having bool_and(n.state <> 'intended') and max(n.step) + 1 < jsonb_array_length(i.policy -> 'escalation'))
  order by i.waiting_due_at limit at_most
$$;

-- Incidents that the engine has not come to yet: nobody has asked the till or told anybody. A sieve; when the first person
-- was due, the caller decides under the incident's lock. Left alone: whatever somebody has decided already.
create index incidents_uncontacted on incidents (accepted_at) where state = 'new' and pos_verdict = 'PENDING';
create function late_first_contacts(asked_at timestamptz, late_ms integer, at_most integer) returns table (tenant_id text, incident_id text)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select i.tenant_id, i.id from public.incidents i
  where i.state = 'new' and i.pos_verdict = 'PENDING' and i.runs = 1 and i.accepted_at <= asked_at - make_interval(secs => late_ms / 1000.0)
    and (not (i.policy -> 'receiptFirst') ? i.behaviour
      or i.detected_at <= asked_at - make_interval(secs => (late_ms + (i.policy -> 'posWindow' ->> 'afterMs')::numeric
        + coalesce((i.policy -> 'prompt' ->> 'waitMs')::numeric, 0)) / 1000.0))
    and not public.engine_has_news(i.tenant_id, i.id, i.answer_heard_at, asked_at)
  order by i.accepted_at limit at_most
$$;
revoke execute on function late_first_contacts from public;
grant execute on function late_first_contacts to floorwalker_app;

-- Who waits for an answer, and nobody else: the dates of what is closed stay behind and are most of the old index.
drop index incidents_by_due;
create index incidents_by_due on incidents (waiting_due_at) where state = 'alerting';
-- At the end of each incident its links are revoked.
create index evidence_links_by_incident on evidence_links (tenant_id, incident_id);
-- Only what is asked of the whole installation goes by time; a plain index here is also taken to find what one person was
-- told, by reading what everybody was told.
drop index notifications_by_time;
create index notifications_by_time on notifications using brin (intended_at) with (autosummarize = on);
-- An answer that is kept for the engine is kept once, however often the carrier brings it.
create unique index outbox_decisions on outbox (tenant_id, incident_id, (payload ->> 'updateId')) where kind = 'decide';
