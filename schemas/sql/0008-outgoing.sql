-- Up Migration
-- Signed webhooks to other systems, and what each message costs.
create table webhook_endpoints (
  tenant_id text not null constraint webhook_endpoints_tenant_fk references tenants (id),
  id text not null,
  url text not null,
  description text not null,
  -- Null: every type.
  event_types text[],
  -- Null: every store.
  store_ids text[],
  include_drills boolean not null,
  enabled boolean not null default true,
  -- Null while a person wants it so.
  disabled_because text constraint webhook_endpoints_disabled_known check (disabled_because in ('GONE', 'FAILING_FOR_DAYS')),
  -- The secret is derived from the id and this number; none is stored.
  secret_generation integer not null default 1,
  -- Until then the secret before signs as well.
  previous_secret_until timestamptz,
  -- Deliveries in a row that failed, and since when.
  failure_count integer not null default 0,
  failing_since timestamptz,
  created_by text not null,
  created_at timestamptz not null,
  constraint webhook_endpoints_pk primary key (tenant_id, id)
);

-- One row for each endpoint and event; the id is the webhook-id, and stays the same however often it is sent.
create table webhook_deliveries (
  tenant_id text not null,
  endpoint_id text not null,
  id text not null,
  -- Null for a ping.
  store_id text,
  incident_id text,
  -- The order of events of one incident.
  sequence bigint not null,
  type text not null,
  occurred_at timestamptz not null,
  data jsonb not null,
  state text not null default 'pending' constraint webhook_deliveries_state_known check (state in ('pending', 'delivered', 'dead')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null,
  -- Whoever sends it has it until then.
  leased_until timestamptz,
  last_attempt_at timestamptz,
  last_status integer,
  last_failure text,
  response_ms integer,
  delivered_at timestamptz,
  -- Whole milliseconds, since a cursor points at it.
  created_at timestamptz not null default date_trunc('milliseconds', clock_timestamp()),
  constraint webhook_deliveries_pk primary key (tenant_id, endpoint_id, id),
  constraint webhook_deliveries_endpoint_fk foreign key (tenant_id, endpoint_id) references webhook_endpoints (tenant_id, id) on delete cascade
);
create index webhook_deliveries_waiting on webhook_deliveries (tenant_id, endpoint_id, next_attempt_at) where state = 'pending';
create index webhook_deliveries_in_order on webhook_deliveries (tenant_id, endpoint_id, incident_id, sequence) where state = 'pending';
create index webhook_deliveries_newest on webhook_deliveries (tenant_id, endpoint_id, created_at desc, id desc);
create index webhook_deliveries_by_time on webhook_deliveries (tenant_id, created_at);

-- What the world outside is told of a timeline entry; null: nothing. docs/webhooks.md says the same, and a test compares.
create function webhook_event_type(kind text, params jsonb) returns text language sql immutable
  return case kind
    when 'detection_received' then 'incident.opened'
    when 'detection_merged' then 'incident.merged'
    when 'text_sent' then case when params ->> 'kind' = 'alert' then 'incident.alerted' end
    when 'call_placed' then case when params ->> 'kind' = 'alert' then 'incident.alerted' end
    when 'acknowledged' then 'incident.acknowledged'
    when 'verdict_given' then 'incident.decided'
    when 'closed' then 'incident.closed'
    when 'correction_recorded' then 'incident.corrected'
    when 'reopened' then 'incident.reopened'
    when 'outcome_recorded' then 'incident.outcome_recorded'
    when 'help_requested' then 'incident.help_requested'
    when 'help_ended' then 'incident.help_ended'
    when 'second_review_asked' then 'review.asked'
    when 'second_review_given' then 'review.given'
    when 'appeal_opened' then 'appeal.opened'
    when 'appeal_decided' then 'appeal.decided'
    when 'evidence_ready' then 'evidence.ready'
    when 'evidence_partial' then 'evidence.partial'
    when 'evidence_failed' then 'evidence.failed'
    when 'purged' then 'evidence.purged'
    when 'nobody_on_shift' then 'escalation.nobody_on_shift'
    when 'escalation_exhausted' then 'escalation.exhausted'
    when 'paging_suppressed' then 'paging.suppressed'
    when 'paging_resumed' then 'paging.resumed'
    when 'runbook_step' then 'runbook.step'
  end;

-- Runs as the owner, since whoever writes the entry may be limited to one store and knows nothing of endpoints; and at the
-- commit, so that the state it tells is the state that the transaction left.
create function queue_webhook_deliveries() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  event_type text := public.webhook_event_type(new.kind, new.params);
  incident public.incidents%rowtype;
begin
  if event_type is null or not exists (select from public.webhook_endpoints e where e.tenant_id = new.tenant_id and e.enabled) then
    return null;
  end if;
  select * into strict incident from public.incidents i where i.tenant_id = new.tenant_id and i.id = new.incident_id;
  insert into public.webhook_deliveries (tenant_id, endpoint_id, id, store_id, incident_id, sequence, type, occurred_at, data, next_attempt_at)
  select new.tenant_id, e.id, 'evt_' || substr(new.incident_id, 5) || '_' || new.id, new.store_id, new.incident_id, new.id, event_type, new.at,
    jsonb_strip_nulls(jsonb_build_object(
      'step', case when new.kind = 'runbook_step' then jsonb_build_object('id', new.params -> 'stepId', 'action', new.params -> 'action', 'state', new.params -> 'state') end))
    || jsonb_build_object(
      'incidentId', incident.id, 'storeId', incident.store_id, 'behaviour', incident.behaviour, 'category', incident.category,
      'drill', incident.drill, 'state', incident.state, 'severity', incident.severity, 'posVerdict', incident.pos_verdict,
      'verdict', incident.verdict, 'evidence', incident.evidence_state, 'helpRequested', incident.help_requested,
      'detectedAt', incident.detected_at, 'acknowledgedAt', incident.acknowledged_at, 'closedAt', incident.closed_at),
    -- Due as soon as it is there: whoever sends compares with a clock of its own.
    least(new.at, clock_timestamp())
  from public.webhook_endpoints e
  where e.tenant_id = new.tenant_id and e.enabled
    and (e.event_types is null or event_type = any (e.event_types))
    and (e.store_ids is null or new.store_id = any (e.store_ids))
    and (e.include_drills or not incident.drill)
  on conflict do nothing;
  return null;
end $$;
create constraint trigger incident_events_published after insert on incident_events deferrable initially deferred
  for each row execute function queue_webhook_deliveries();

-- Asked for all tenants at once, before any is known. Of an incident only its oldest waiting event counts.
create function find_due_webhooks(at timestamptz) returns table (tenant_id text, endpoint_id text)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select e.tenant_id, e.id from public.webhook_endpoints e
  where e.enabled and exists (
    select from public.webhook_deliveries d
    where d.tenant_id = e.tenant_id and d.endpoint_id = e.id and d.state = 'pending' and d.next_attempt_at <= at
      and (d.leased_until is null or d.leased_until <= at)
      and not exists (
        select from public.webhook_deliveries earlier
        where earlier.tenant_id = d.tenant_id and earlier.endpoint_id = d.endpoint_id and earlier.incident_id = d.incident_id
          and earlier.state = 'pending' and earlier.sequence < d.sequence))
$$;

-- What a carrier or mail service takes for one unit: a segment, a started minute, a mail. Of the prices that were valid
-- then, the one with the longest prefix of the recipient's number counts; without one the cost is not known.
create table message_prices (
  tenant_id text not null constraint message_prices_tenant_fk references tenants (id),
  channel text not null constraint message_prices_channel_known check (channel in ('sms', 'voice', 'email')),
  -- `+44`; empty: every country.
  prefix text not null constraint message_prices_prefix_format check (prefix ~ '^(\+[1-9][0-9]{0,7})?$'),
  price_micro bigint not null constraint message_prices_not_negative check (price_micro >= 0),
  currency text not null constraint message_prices_currency_format check (currency ~ '^[A-Z]{3}$'),
  valid_from timestamptz not null,
  constraint message_prices_pk primary key (tenant_id, channel, prefix, valid_from)
);

alter table webhook_endpoints enable row level security;
create policy webhook_endpoints_tenant on webhook_endpoints to floorwalker_app using (in_tenant(tenant_id)) with check (in_tenant(tenant_id));
grant select, insert, update, delete on webhook_endpoints to floorwalker_app;
alter table webhook_deliveries enable row level security;
create policy webhook_deliveries_scope on webhook_deliveries to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id));
grant select, insert, update, delete on webhook_deliveries to floorwalker_app;
alter table message_prices enable row level security;
create policy message_prices_tenant on message_prices to floorwalker_app using (in_tenant(tenant_id)) with check (in_tenant(tenant_id));
grant select, insert, delete on message_prices to floorwalker_app;

create index notifications_sent_by_time on notifications (tenant_id, sent_at) where sent_at is not null;
revoke execute on function webhook_event_type, queue_webhook_deliveries, find_due_webhooks from public;
grant execute on function find_due_webhooks to floorwalker_app;
