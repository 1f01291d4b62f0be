-- Up Migration
-- Masked derivatives of clips, and who allowed an unmasked one to leave. The files themselves are evidence_artifacts: they
-- are locked, held, verified and deleted with the rest.
alter table evidence_artifacts drop constraint evidence_artifacts_kind_known,
  add constraint evidence_artifacts_kind_known check (kind in ('segment', 'clip', 'still', 'thumbnail', 'manifest', 'redacted', 'redaction_map'));
alter table outbox drop constraint outbox_kind_known,
  add constraint outbox_kind_known check (kind in ('start', 'merged', 'receipt', 'undelivered', 'decide', 'correction', 'reopen', 'runbook', 'mandatory_steps', 'runbook_command', 'terminal_release', 'packet', 'redact'));

create table redactions (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  -- Only the newest version may leave: an older one was found wanting by whoever asked for the next.
  version integer not null constraint redactions_version_positive check (version > 0),
  state text not null constraint redactions_state_known check (state in ('requested', 'ready', 'failed', 'unavailable')),
  reason jsonb,
  target text not null constraint redactions_target_known check (target in ('faces', 'people')),
  style text not null constraint redactions_style_known check (style in ('solid', 'blur')),
  -- The boxes that people drew, all of them; a version never inherits silently.
  manual jsonb not null,
  parent_artifact_id text not null,
  parent_sha256 text not null constraint redactions_parent_sha_format check (parent_sha256 ~ '^[0-9a-f]{64}$'),
  requested_by text not null,
  requested_at timestamptz not null,
  settled_at timestamptz,
  artifact_id text,
  map_artifact_id text,
  constraint redactions_pk primary key (tenant_id, incident_id, version),
  constraint redactions_evidence_fk foreign key (tenant_id, incident_id) references evidence (tenant_id, incident_id),
  constraint redactions_settled_whole check ((state = 'requested') = (settled_at is null)),
  constraint redactions_ready_whole check ((state = 'ready') = (artifact_id is not null) and (state = 'ready') = (map_artifact_id is not null))
);

-- Who said by name that this very clip may leave unmasked, and why.
create table unredacted_approvals (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  clip_sha256 text not null constraint unredacted_approvals_sha_format check (clip_sha256 ~ '^[0-9a-f]{64}$'),
  reason text not null,
  approved_by text not null,
  approved_role text not null,
  approved_at timestamptz not null,
  withdrawn_by text,
  withdrawn_at timestamptz,
  constraint unredacted_approvals_incident_fk foreign key (tenant_id, incident_id) references incidents (tenant_id, id),
  constraint unredacted_approvals_withdrawn_whole check ((withdrawn_by is null) = (withdrawn_at is null))
);
create unique index unredacted_approvals_one_standing on unredacted_approvals (tenant_id, incident_id) where withdrawn_at is null;

do $$
declare name text;
begin
  foreach name in array array['redactions', 'unredacted_approvals'] loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy %I on %I to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id))', name || '_scope', name);
    execute format('grant select, insert, update on %I to floorwalker_app', name);
  end loop;
end $$;
