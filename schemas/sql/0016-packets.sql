-- Up Migration
-- What is handed to the police or an insurer: one sealed zip for each version, and to whom it went.
create table packets (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  id text not null,
  version integer not null constraint packets_version_counts check (version >= 1),
  purpose text not null constraint packets_purpose_known check (purpose in ('police', 'insurer', 'internal')),
  state text not null default 'requested' constraint packets_state_known check (state in ('requested', 'ready', 'failed', 'purged')),
  -- Everything that goes into it except the recordings, as it stood when it was asked for: the same input gives the same bytes.
  input jsonb not null,
  input_sha256 text not null,
  requested_by text not null,
  requested_at timestamptz not null,
  settled_at timestamptz,
  failure jsonb,
  -- Fetched once: a second token for the same packet would be other bytes.
  timestamp_token bytea,
  object_key text,
  object_version text,
  size_bytes bigint,
  sha256 text constraint packets_sha_format check (sha256 ~ '^[0-9a-f]{64}$'),
  -- Paths and hashes of its content, which the next version is compared with.
  files jsonb not null default '[]',
  changes jsonb,
  statement_signed_by text,
  constraint packets_pk primary key (tenant_id, id),
  constraint packets_versions_unique unique (tenant_id, incident_id, version),
  constraint packets_incident_fk foreign key (tenant_id, incident_id) references incidents (tenant_id, id),
  constraint packets_ready_whole check (state <> 'ready' or (object_key is not null and object_version is not null and sha256 is not null and size_bytes is not null))
);
-- A ready packet is never built again, and its bytes are never others: only its deletion may follow.
create function refuse_packet_change() returns trigger language plpgsql as $$
begin
  if old.state in ('ready', 'failed') and not (new.state = 'purged' and new.sha256 is not distinct from old.sha256) then
    raise exception 'packet % is sealed: ask for a new version', old.id using errcode = 'check_violation', constraint = 'packets_sealed';
  end if;
  return new;
end $$;
create trigger packets_sealed before update on packets for each row execute function refuse_packet_change();
-- Practice reaches nobody outside.
create trigger packets_no_drill before insert on packets for each row execute function refuse_report_of_drill();

-- To whom a packet is given: a link of their own, and what they signed for.
create table packet_handovers (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  packet_id text not null,
  id text not null,
  organisation text not null,
  -- Their own case number.
  reference text,
  token_sha256 text not null constraint packet_handovers_token_unique unique,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  -- The first device that opened the link; no other may.
  device_sha256 text,
  opened_at timestamptz,
  downloads integer not null default 0,
  -- Who signed for it; goes with the incident.
  received_by text,
  received_at timestamptz,
  received_sha256 text,
  constraint packet_handovers_pk primary key (tenant_id, id),
  constraint packet_handovers_packet_fk foreign key (tenant_id, packet_id) references packets (tenant_id, id)
);
create index packet_handovers_by_packet on packet_handovers (tenant_id, packet_id);

do $$
declare name text;
begin
  foreach name in array array['packets', 'packet_handovers'] loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy %I on %I to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id))', name || '_scope', name);
    execute format('grant select, insert, update on %I to floorwalker_app', name);
  end loop;
end $$;

-- Asked before a tenant is known, as with the links in texts.
create function find_packet_handover(sha text) returns table (tenant_id text, store_id text, incident_id text, id text)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select h.tenant_id, h.store_id, h.incident_id, h.id from public.packet_handovers h where h.token_sha256 = sha
$$;
revoke execute on function find_packet_handover, refuse_packet_change from public;
grant execute on function find_packet_handover to floorwalker_app;

alter table outbox drop constraint outbox_kind_known,
  add constraint outbox_kind_known check (kind in ('start', 'merged', 'receipt', 'undelivered', 'decide', 'correction', 'reopen', 'runbook', 'mandatory_steps', 'runbook_command', 'terminal_release', 'packet'));
