-- Up Migration
-- Sharing evidence with outside parties: who they are, what was sent to them, who agreed, and what they were told later.
create table recipients (
  tenant_id text not null constraint recipients_tenant_fk references tenants (id),
  id text not null,
  kind text not null constraint recipients_kind_known check (kind in ('police', 'insurer')),
  name text not null,
  url text not null,
  template jsonb not null,
  throttle_per_minute integer not null constraint recipients_throttle_sane check (throttle_per_minute between 1 and 600),
  approvals_required integer not null constraint recipients_approvals_sane check (approvals_required between 1 and 3),
  enabled boolean not null default true,
  -- The credential is derived from the id and this number; none is stored.
  credential_generation integer not null default 1,
  created_by text not null,
  created_at timestamptz not null,
  -- The first moment that no sending has booked yet.
  next_slot_at timestamptz,
  circuit_state text not null default 'closed' constraint recipients_circuit_known check (circuit_state in ('closed', 'open', 'half_open')),
  -- Failures in a row, and how often in a row it was opened.
  circuit_failures integer not null default 0,
  circuit_opens integer not null default 0,
  circuit_changed_at timestamptz,
  -- When the next one may try; of a half-open circuit: when the one who tries is given up.
  circuit_retry_at timestamptz,
  constraint recipients_pk primary key (tenant_id, id),
  -- Nothing goes to the police because one person wanted it.
  constraint recipients_police_takes_two check (kind <> 'police' or approvals_required >= 2)
);

create table shares (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  id text not null,
  recipient_id text not null,
  packet_id text not null,
  state text not null constraint shares_state_known check (state in ('requested', 'refused', 'queued', 'sending', 'delivered', 'failed', 'withdrawn')),
  -- What was agreed to: the template as it stood, and how good the evidence was.
  template jsonb not null,
  approvals_required integer not null,
  quality jsonb not null,
  -- Where the template asks for it; the reference goes with the incident.
  consent jsonb,
  requested_by text not null,
  requested_at timestamptz not null,
  queued_at timestamptz,
  -- Counts manual tries; each is a workflow of its own.
  round integer not null default 1,
  attempts integer not null default 0,
  -- The moment that this share has booked with its recipient.
  slot_at timestamptz,
  next_attempt_at timestamptz,
  -- Somebody is sending it until then.
  leased_until timestamptz,
  waiting jsonb,
  failure jsonb,
  remote_id text,
  receipt text,
  delivered_at timestamptz,
  withdrawn_by text,
  withdrawn_at timestamptz,
  withdrawn_because text,
  constraint shares_pk primary key (tenant_id, id),
  constraint shares_recipient_fk foreign key (tenant_id, recipient_id) references recipients (tenant_id, id),
  constraint shares_packet_fk foreign key (tenant_id, packet_id) references packets (tenant_id, id),
  constraint shares_delivered_whole check (state <> 'delivered' or (delivered_at is not null and remote_id is not null and receipt is not null)),
  constraint shares_withdrawn_whole check ((state = 'withdrawn') = (withdrawn_at is not null))
);
create index shares_by_incident on shares (tenant_id, incident_id);
create index shares_by_recipient on shares (tenant_id, recipient_id, state);
create trigger shares_no_drill before insert on shares for each row execute function refuse_report_of_drill();

create table share_approvals (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  share_id text not null,
  actor text not null,
  actor_role text not null,
  decision text not null constraint share_approvals_decision_known check (decision in ('approved', 'refused')),
  at timestamptz not null,
  -- One word each.
  constraint share_approvals_pk primary key (tenant_id, share_id, actor),
  constraint share_approvals_share_fk foreign key (tenant_id, share_id) references shares (tenant_id, id)
);

-- What a recipient is told afterwards: that it was withdrawn, or that the record was corrected. One for each share and link.
create table share_notices (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  id text not null,
  share_id text,
  handover_id text,
  event text not null constraint share_notices_event_known check (event in ('corrected', 'withdrawn')),
  because text not null,
  -- What is signed, word for word.
  statement jsonb not null,
  signature text,
  public_key text,
  state text not null default 'queued' constraint share_notices_state_known check (state in ('queued', 'delivered', 'published', 'moot', 'failed')),
  round integer not null default 1,
  attempts integer not null default 0,
  waiting jsonb,
  failure jsonb,
  receipt text,
  created_at timestamptz not null,
  settled_at timestamptz,
  constraint share_notices_pk primary key (tenant_id, id),
  constraint share_notices_one_for_share unique (tenant_id, share_id),
  constraint share_notices_one_for_handover unique (tenant_id, handover_id),
  constraint share_notices_share_fk foreign key (tenant_id, share_id) references shares (tenant_id, id),
  constraint share_notices_handover_fk foreign key (tenant_id, handover_id) references packet_handovers (tenant_id, id),
  constraint share_notices_of_one check ((share_id is null) <> (handover_id is null)),
  constraint share_notices_signed_whole check ((signature is null) = (public_key is null))
);
create index share_notices_by_incident on share_notices (tenant_id, incident_id);

-- What the picture is like, as it was probed when the clip was cut; null: recorded before this was noted.
alter table evidence add column picture jsonb;

do $$
declare name text;
begin
  foreach name in array array['shares', 'share_approvals', 'share_notices'] loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy %I on %I to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id))', name || '_scope', name);
    execute format('grant select, insert, update on %I to floorwalker_app', name);
  end loop;
end $$;
alter table recipients enable row level security;
create policy recipients_tenant on recipients to floorwalker_app using (in_tenant(tenant_id)) with check (in_tenant(tenant_id));
grant select, insert, update on recipients to floorwalker_app;

alter table outbox drop constraint outbox_kind_known,
  add constraint outbox_kind_known check (kind in ('start', 'merged', 'receipt', 'undelivered', 'decide', 'correction', 'reopen', 'runbook', 'mandatory_steps', 'runbook_command', 'terminal_release', 'packet', 'redact', 'share'));
-- A notice is owed at once, whoever wrote the correction.
create trigger outbox_share_announced after insert on outbox for each row when (new.kind = 'share') execute function announce_order();
