-- Up Migration
create table incidents (
  tenant_id text not null,
  store_id text not null,
  id text not null,
  code text not null,
  camera_id text not null,
  zone_id text,
  behaviour text not null,
  category text not null,
  state text not null default 'new' constraint incidents_state_known check (state in ('new', 'alerting', 'acknowledged', 'in_review', 'closed')),
  pos_verdict text not null default 'PENDING' constraint incidents_pos_verdict_known check (pos_verdict in ('PENDING', 'MATCH', 'MISMATCH', 'UNKNOWN', 'NOT_APPLICABLE')),
  pos_explanation jsonb,
  severity text not null default 'low',
  severity_score integer not null default 0,
  severity_reasons jsonb not null default '[]',
  verdict text,
  reason_code text,
  decided_by text,
  help_requested boolean not null default false,
  corrected_at timestamptz,
  item jsonb,
  detected_at timestamptz not null,
  received_at timestamptz not null,
  accepted_at timestamptz not null default clock_timestamp(),
  late boolean not null,
  acknowledged_at timestamptz,
  closed_at timestamptz,
  evidence_state text not null default 'requested' constraint incidents_evidence_state_known check (evidence_state in ('requested', 'partial', 'ready', 'failed', 'not_kept', 'purged')),
  detection_count integer not null default 1,
  texts_sent integer not null default 0,
  waiting_person_id text,
  waiting_step integer,
  waiting_due_at timestamptz,
  policy jsonb not null,
  purge_after timestamptz,
  purged_at timestamptz,
  version integer not null default 0,
  constraint incidents_pk primary key (tenant_id, id),
  constraint incidents_zone_fk foreign key (tenant_id, store_id, zone_id) references zones (tenant_id, store_id, id),
  constraint incidents_camera_fk foreign key (tenant_id, store_id, camera_id) references cameras (tenant_id, store_id, id)
);
create unique index incidents_open_code_unique on incidents (tenant_id, code) where state <> 'closed';
create index incidents_by_code on incidents (tenant_id, code, closed_at);
create index incidents_by_time on incidents (tenant_id, detected_at desc, id desc);
create index incidents_by_state on incidents (tenant_id, state, detected_at desc, id desc);
create index incidents_by_store on incidents (tenant_id, store_id, detected_at desc, id desc);
create index incidents_open_by_camera on incidents (tenant_id, store_id, camera_id) where state <> 'closed';
create index incidents_due_for_purge on incidents (purge_after) where purged_at is null;

create table detections (
  tenant_id text not null,
  store_id text not null,
  dedup_key text not null,
  event_id text not null,
  incident_id text not null,
  camera_id text not null,
  zone_id text,
  behaviour text not null,
  detected_at timestamptz not null,
  received_at timestamptz not null,
  late boolean not null,
  confidence double precision not null,
  body jsonb not null,
  merge_reason jsonb,
  constraint detections_pk primary key (tenant_id, dedup_key),
  constraint detections_incident_fk foreign key (tenant_id, incident_id) references incidents (tenant_id, id)
);
create index detections_by_incident on detections (tenant_id, incident_id, detected_at);

create table incident_events (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  id bigint generated always as identity,
  at timestamptz not null,
  kind text not null,
  actor text not null,
  params jsonb not null default '{}',
  -- Set when the same fact may be written twice by a retry.
  fact_key text,
  constraint incident_events_pk primary key (tenant_id, incident_id, id),
  constraint incident_events_incident_fk foreign key (tenant_id, incident_id) references incidents (tenant_id, id)
);
create unique index incident_events_fact_unique on incident_events (tenant_id, incident_id, fact_key) where fact_key is not null;

create function announce_incident_event() returns trigger language plpgsql as $$
begin
  perform pg_notify('floorwalker_incident', json_build_object('tenantId', new.tenant_id, 'storeId', new.store_id, 'incidentId', new.incident_id, 'kind', new.kind)::text);
  return new;
end $$;
create trigger incident_events_announced after insert on incident_events for each row execute function announce_incident_event();

create table pos_events (
  tenant_id text not null,
  store_id text not null,
  terminal_id text not null,
  transaction_id text not null,
  line integer not null,
  type text not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null default clock_timestamp(),
  plu text,
  description text,
  quantity numeric,
  amount_minor bigint,
  currency text,
  constraint pos_events_pk primary key (tenant_id, store_id, terminal_id, transaction_id, line, occurred_at)
) partition by range (occurred_at);
create index pos_events_by_time on pos_events (tenant_id, store_id, terminal_id, occurred_at);
-- Catches lines of days that have no partition of their own yet.
create table pos_events_other partition of pos_events default;

create table notifications (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  id text not null,
  kind text not null constraint notifications_kind_known check (kind in ('alert', 'correction', 'help')),
  step integer not null,
  person_id text,
  channel text not null default 'sms',
  state text not null constraint notifications_state_known check (state in ('intended', 'sent', 'delivered', 'undelivered', 'failed', 'nobody_on_shift')),
  -- The link's token is left out of the stored text.
  body text not null,
  intended_at timestamptz not null,
  claimed_at timestamptz not null,
  carrier_sid text,
  sent_at timestamptz,
  settled_at timestamptz,
  segments integer,
  failure text,
  constraint notifications_pk primary key (tenant_id, id),
  constraint notifications_intent_unique unique (tenant_id, incident_id, kind, step),
  constraint notifications_incident_fk foreign key (tenant_id, incident_id) references incidents (tenant_id, id)
);
create unique index notifications_sid_unique on notifications (carrier_sid) where carrier_sid is not null;
create index notifications_by_person on notifications (tenant_id, person_id, intended_at desc);

-- One row per carrier webhook that was accepted: the same one again is a replay.
create table webhook_receipts (
  source text not null,
  id text not null,
  received_at timestamptz not null default clock_timestamp(),
  constraint webhook_receipts_pk primary key (source, id)
);

-- What must still be told to the workflow engine; deleted once it has been.
create table outbox (
  tenant_id text not null,
  id bigint generated always as identity constraint outbox_pk primary key,
  store_id text not null,
  incident_id text not null,
  kind text not null constraint outbox_kind_known check (kind in ('start', 'merged', 'receipt', 'undelivered', 'decide')),
  payload jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp()
);
create index outbox_by_incident on outbox (tenant_id, incident_id);
