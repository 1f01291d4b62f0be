-- Up Migration
create table evidence (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  state text not null,
  requested_at timestamptz not null,
  settled_at timestamptz,
  from_at timestamptz not null,
  to_at timestamptz not null,
  gaps jsonb not null default '[]',
  failure jsonb,
  constraint evidence_pk primary key (tenant_id, incident_id),
  constraint evidence_incident_fk foreign key (tenant_id, incident_id) references incidents (tenant_id, id)
);

create table evidence_artifacts (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  id text not null,
  kind text not null constraint evidence_artifacts_kind_known check (kind in ('segment', 'clip', 'still', 'thumbnail', 'manifest')),
  media_type text not null,
  object_key text not null,
  object_version text not null,
  size_bytes bigint not null,
  sha256 text not null constraint evidence_artifacts_sha_format check (sha256 ~ '^[0-9a-f]{64}$'),
  from_at timestamptz,
  to_at timestamptz,
  locked_until timestamptz not null,
  purged_at timestamptz,
  constraint evidence_artifacts_pk primary key (tenant_id, incident_id, id),
  constraint evidence_artifacts_evidence_fk foreign key (tenant_id, incident_id) references evidence (tenant_id, incident_id)
);

create table evidence_links (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  token_sha256 text not null constraint evidence_links_pk primary key,
  person_id text not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  constraint evidence_links_incident_fk foreign key (tenant_id, incident_id) references incidents (tenant_id, id)
);

create table holds (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  reason text not null,
  placed_by text not null,
  placed_at timestamptz not null default clock_timestamp(),
  released_by text,
  released_at timestamptz,
  constraint holds_incident_fk foreign key (tenant_id, incident_id) references incidents (tenant_id, id)
);
create unique index holds_one_standing on holds (tenant_id, incident_id) where released_at is null;

-- The signed record that something was deleted: what, under which rule, when.
create table dispositions (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  at timestamptz not null,
  record jsonb not null,
  signature text not null,
  public_key text not null,
  constraint dispositions_pk primary key (tenant_id, incident_id)
);

create table audit_heads (
  tenant_id text constraint audit_heads_pk primary key constraint audit_heads_tenant_fk references tenants (id),
  seq bigint not null,
  hash text not null
);

create table audit (
  tenant_id text not null,
  seq bigint not null,
  at timestamptz not null,
  actor text not null,
  actor_role text not null,
  action text not null,
  subject text not null,
  details jsonb not null,
  prev_hash text not null,
  hash text not null,
  constraint audit_pk primary key (tenant_id, seq)
);
create index audit_by_subject on audit (tenant_id, subject, seq);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit rows are append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_append_only before update or delete or truncate on audit for each statement execute function refuse_change();

-- Where and when the signed head of the audit log was put outside this database.
create table audit_witnesses (
  tenant_id text not null,
  seq bigint not null,
  hash text not null,
  at timestamptz not null,
  object_key text not null,
  object_version text not null,
  signature text not null,
  constraint audit_witnesses_pk primary key (tenant_id, seq)
);

-- Appends to the tenant's chain in one round trip: the head is locked only from here to the commit. The only way in: the
-- application itself may neither insert into the log nor move its head.
create function append_audit(tenant text, rows jsonb) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  head_seq bigint;
  head_hash text;
  entry jsonb;
  next_hash text;
begin
  if tenant is distinct from current_setting('floorwalker.tenant_id', true) then
    raise exception 'the audit log of another tenant' using errcode = 'insufficient_privilege';
  end if;
  insert into public.audit_heads (tenant_id, seq, hash) values (tenant, 0, repeat('0', 64)) on conflict do nothing;
  select h.seq, h.hash into strict head_seq, head_hash from public.audit_heads h where h.tenant_id = tenant for update;
  for entry in select value from jsonb_array_elements(rows) loop
    next_hash := encode(sha256(convert_to(head_hash || ':' || (head_seq + 1) || ':' || (entry ->> 'contentHash'), 'UTF8')), 'hex');
    insert into public.audit (tenant_id, seq, at, actor, actor_role, action, subject, details, prev_hash, hash)
    values (tenant, head_seq + 1, (entry ->> 'at')::timestamptz, entry ->> 'actor', entry ->> 'actorRole', entry ->> 'action', entry ->> 'subject', entry -> 'details', head_hash, next_hash);
    head_seq := head_seq + 1;
    head_hash := next_hash;
  end loop;
  update public.audit_heads h set seq = head_seq, hash = head_hash where h.tenant_id = tenant;
  return head_seq;
end $$;
