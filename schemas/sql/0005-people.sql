-- Up Migration
-- What reaching people needs: how each person is reached, why a message was withheld, claims, reviews, outcomes, drills.
alter table people
  add column locale text not null default 'en' constraint people_locale_known check (locale in ('en', 'es', 'de', 'fr')),
  -- In the order in which the person wants to be reached.
  add column channels text[] not null default '{sms,voice}' constraint people_channels_known check (channels <@ array['sms', 'voice', 'email'] and cardinality(channels) > 0),
  add column email text,
  add column sms_opted_out_at timestamptz,
  -- By the store's clock; both or neither.
  add column quiet_from time,
  add column quiet_to time,
  add column deactivated_at timestamptz,
  add constraint people_quiet_whole check ((quiet_from is null) = (quiet_to is null));
-- What the carrier says of a person; the rest belongs to the roster (0006).
grant update (sms_opted_out_at) on people to floorwalker_app;

create table risk_groups (
  tenant_id text not null constraint risk_groups_tenant_fk references tenants (id),
  id text not null,
  name text not null,
  policy_id text not null,
  constraint risk_groups_pk primary key (tenant_id, id)
);
alter table stores
  add column risk_group text,
  add constraint stores_risk_group_fk foreign key (tenant_id, risk_group) references risk_groups (tenant_id, id),
  -- Null: the risk group's policy, and without a group the one called `default`.
  alter column policy_id drop not null,
  alter column policy_id drop default;

alter table policies
  add column state text not null default 'active' constraint policies_state_known check (state in ('draft', 'review', 'active', 'retired')),
  -- What a person wrote; the body is what it compiles to.
  add column source text,
  add column note text,
  add column created_by text not null default 'system:installation',
  add column submitted_by text,
  add column submitted_at timestamptz,
  add column activated_by text,
  add column activated_at timestamptz;
update policies p set state = 'retired' where version < (select max(version) from policies q where q.tenant_id = p.tenant_id and q.id = p.id);
create unique index policies_one_active on policies (tenant_id, id) where state = 'active';
grant update on policies to floorwalker_app;
grant update (policy_id, risk_group) on stores to floorwalker_app;

alter table incidents
  add column drill boolean not null default false,
  -- Why nobody is paged: a list of reasons; null when people may be.
  add column suppression jsonb,
  add column claimed_by text,
  add column claimed_until timestamptz,
  add column runs integer not null default 1,
  add column second_review text constraint incidents_second_review_known check (second_review in ('pending', 'agreed', 'disagreed')),
  add column outcome jsonb,
  add column corrections integer not null default 0;
create index incidents_suppressed on incidents (tenant_id, detected_at desc, id desc) where suppression is not null;
create index incidents_recent_by_place on incidents (tenant_id, store_id, camera_id, behaviour, accepted_at desc);
-- Whoever watches for escalations that should have fired asks only this.
create index incidents_by_due on incidents (waiting_due_at) where waiting_due_at is not null;

alter table notifications
  drop constraint notifications_kind_known,
  drop constraint notifications_state_known,
  drop constraint notifications_intent_unique,
  add constraint notifications_kind_known check (kind in ('alert', 'correction', 'help', 'help_call', 'notice')),
  add constraint notifications_state_known check (state in ('intended', 'sent', 'delivered', 'undelivered', 'failed', 'nobody_on_shift', 'withheld')),
  add constraint notifications_channel_known check (channel in ('sms', 'voice', 'email')),
  -- Counts hand-overs of one step, and repeated corrections.
  add column round integer not null default 0,
  add column locale text not null default 'en',
  add column from_number text,
  -- Whoever waits for an answer hands over then.
  add column shift_ends_at timestamptz,
  -- When the time ran out that made this step due; null for a first contact.
  add column due_at timestamptz,
  add column reasons jsonb not null default '[]',
  add column answered_by text,
  add column call_seconds integer,
  add constraint notifications_intent_unique unique (tenant_id, incident_id, kind, step, round);
create index notifications_first_by_store on notifications (tenant_id, store_id, intended_at desc) where kind = 'alert' and step = 0 and state <> 'withheld';

-- What one camera saw around a moment: asked for each detection, by merging, gates and the pairing with the till.
create index detections_by_place on detections (tenant_id, store_id, camera_id, detected_at);

create table incident_reviews (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  id text not null,
  kind text not null constraint incident_reviews_kind_known check (kind in ('second_review', 'appeal')),
  state text not null constraint incident_reviews_state_known check (state in ('open', 'upheld', 'overturned', 'rejected')),
  opened_by text not null,
  opened_at timestamptz not null,
  -- The words of an appeal stay here, and go with the incident.
  statement text,
  decided_by text,
  decided_at timestamptz,
  reason_code text,
  constraint incident_reviews_pk primary key (tenant_id, id),
  constraint incident_reviews_incident_fk foreign key (tenant_id, incident_id) references incidents (tenant_id, id)
);
create index incident_reviews_by_incident on incident_reviews (tenant_id, incident_id, opened_at);

grant delete on webhook_receipts to floorwalker_app;
create index webhook_receipts_by_age on webhook_receipts (received_at);

-- One row per sending number: when its next message may leave (a leaky bucket).
create table sender_numbers (
  number text constraint sender_numbers_pk primary key,
  next_free_at timestamptz not null
);

alter table outbox drop constraint outbox_kind_known,
  add constraint outbox_kind_known check (kind in ('start', 'merged', 'receipt', 'undelivered', 'decide', 'correction', 'reopen', 'runbook', 'mandatory_steps', 'runbook_command'));

alter table risk_groups enable row level security;
create policy risk_groups_tenant on risk_groups to floorwalker_app using (in_tenant(tenant_id)) with check (in_tenant(tenant_id));
grant select, insert, update on risk_groups to floorwalker_app;
alter table incident_reviews enable row level security;
create policy incident_reviews_scope on incident_reviews to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id));
grant select, insert, update on incident_reviews to floorwalker_app;

-- Takes the next slot of a sending number unless it is too far away, and says how far; a burst of one second passes at once.
create function take_send_slot(sender text, messages_per_second double precision, max_wait_ms integer) returns table (taken boolean, wait_ms integer)
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  slot timestamptz;
begin
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

-- What says whether people are reached in time, over the whole installation and without a word about whom.
create function service_levels(window_seconds integer) returns table (
    overdue_escalations integer, oldest_overdue_seconds double precision, outbox_waiting integer, oldest_outbox_seconds double precision,
    contact_p50 double precision, contact_p95 double precision, contact_p99 double precision, contacts integer,
    lateness_p50 double precision, lateness_p99 double precision, escalations integer,
    answer_p50 double precision, answer_p95 double precision, answers integer,
    clip_p50 double precision, clip_p95 double precision, clips integer, undelivered integer, withheld integer)
  language sql stable security definer set search_path = pg_catalog, public as $$
  with overdue as (
    select extract(epoch from clock_timestamp() - i.waiting_due_at) - (i.policy -> 'evidence' ->> 'graceMs')::double precision / 1000 as late
    from public.incidents i where i.waiting_due_at < clock_timestamp() and i.state = 'alerting'
  ), waiting as (
    select extract(epoch from clock_timestamp() - o.created_at) as age from public.outbox o where o.created_at < clock_timestamp() - interval '5 seconds'
  ), recent as (
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
    (select count(*)::integer from overdue where late > 2), (select coalesce(max(late), 0) from overdue where late > 2),
    (select count(*)::integer from waiting), (select coalesce(max(age), 0) from waiting),
    (select percentile_cont(0.5) within group (order by contact) from first_contacts), (select percentile_cont(0.95) within group (order by contact) from first_contacts),
    (select percentile_cont(0.99) within group (order by contact) from first_contacts), (select count(*)::integer from first_contacts),
    (select percentile_cont(0.5) within group (order by lateness) from recent where lateness is not null), (select percentile_cont(0.99) within group (order by lateness) from recent where lateness is not null),
    (select count(lateness)::integer from recent),
    (select percentile_cont(0.5) within group (order by seconds) from answered), (select percentile_cont(0.95) within group (order by seconds) from answered), (select count(*)::integer from answered),
    (select percentile_cont(0.5) within group (order by seconds) from clips_made), (select percentile_cont(0.95) within group (order by seconds) from clips_made), (select count(*)::integer from clips_made),
    (select count(*)::integer from recent where state in ('undelivered', 'failed')), (select count(*)::integer from recent where state = 'withheld')
$$;
create index notifications_by_time on notifications (intended_at);
create index incidents_by_closing on incidents (closed_at) where closed_at is not null;
create index evidence_by_settling on evidence (settled_at) where settled_at is not null;
revoke execute on function service_levels from public;
grant execute on function service_levels to floorwalker_app;

-- A detection that is here already is the commonest of all: one look without a transaction. The caller has checked who may ask.
create function find_detection(tenant text, key text) returns table (incident_id text, late boolean, waiting boolean)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select d.incident_id, d.late, exists (select from public.outbox o where o.tenant_id = d.tenant_id and o.incident_id = d.incident_id)
  from public.detections d where d.tenant_id = tenant and d.dedup_key = key
$$;
revoke execute on function find_detection from public;
grant execute on function find_detection to floorwalker_app;

drop function find_person_by_phone;
create function find_person_by_phone(phone text) returns table (tenant_id text, id text, role text, display_name text, locale text)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select p.tenant_id, p.id, p.role, p.display_name, p.locale from public.people p where p.phone_e164 = phone and p.deactivated_at is null
$$;
revoke execute on function find_person_by_phone from public;
grant execute on function find_person_by_phone to floorwalker_app;
