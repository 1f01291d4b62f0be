-- Up Migration
-- Who writes no longer waits for everybody else's commit: a write leaves its audit rows here in its own transaction, and
-- they are put onto the tenant's chain in the order in which they came in, many at a time, a moment later or as soon as
-- somebody reads the log.
create table audit_intake (
  id bigint generated always as identity,
  tenant_id text not null constraint audit_intake_tenant_fk references tenants (id),
  at timestamptz not null,
  actor text not null,
  actor_role text not null,
  action text not null,
  subject text not null,
  details jsonb not null,
  content_hash text not null,
  constraint audit_intake_pk primary key (tenant_id, id)
);
alter table audit_intake enable row level security;
create policy audit_intake_tenant on audit_intake to floorwalker_app using (in_tenant(tenant_id)) with check (in_tenant(tenant_id));
grant select on audit_intake to floorwalker_app;

-- Still the only way in. Returns how many rows it took.
drop function append_audit(text, jsonb);
create function append_audit(tenant text, rows jsonb) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if tenant is distinct from current_setting('floorwalker.tenant_id', true) then
    raise exception 'the audit log of another tenant' using errcode = 'insufficient_privilege';
  end if;
  insert into public.audit_intake (tenant_id, at, actor, actor_role, action, subject, details, content_hash)
  select tenant, (e ->> 'at')::timestamptz, e ->> 'actor', e ->> 'actorRole', e ->> 'action', e ->> 'subject', e -> 'details', e ->> 'contentHash'
  from jsonb_array_elements(rows) with ordinality as entries (e, position) order by position;
  return jsonb_array_length(rows);
end $$;

-- Puts what has come in onto the chain; the head is locked meanwhile. `patient` waits for another who is at it, so that
-- everything committed before the call is on the chain after it. Returns how many rows it took.
create function chain_audit(tenant text, patient boolean) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  head_seq bigint;
  head_hash text;
  entry record;
  next_hash text;
  taken bigint := 0;
begin
  if not exists (select from public.audit_intake i where i.tenant_id = tenant) then
    -- Somebody may just be moving the last of them.
    if patient then perform from public.audit_heads h where h.tenant_id = tenant for share; end if;
    return 0;
  end if;
  insert into public.audit_heads (tenant_id, seq, hash) values (tenant, 0, repeat('0', 64)) on conflict do nothing;
  if patient then
    select h.seq, h.hash into head_seq, head_hash from public.audit_heads h where h.tenant_id = tenant for update;
  else
    select h.seq, h.hash into head_seq, head_hash from public.audit_heads h where h.tenant_id = tenant for update skip locked;
    if not found then return 0; end if;
  end if;
  for entry in
    with taken_now as (delete from public.audit_intake i where i.tenant_id = tenant returning i.*)
    select * from taken_now order by id
  loop
    next_hash := encode(sha256(convert_to(head_hash || ':' || (head_seq + 1) || ':' || entry.content_hash, 'UTF8')), 'hex');
    insert into public.audit (tenant_id, seq, at, actor, actor_role, action, subject, details, prev_hash, hash)
    values (tenant, head_seq + 1, entry.at, entry.actor, entry.actor_role, entry.action, entry.subject, entry.details, head_hash, next_hash);
    head_seq := head_seq + 1;
    head_hash := next_hash;
    taken := taken + 1;
  end loop;
  update public.audit_heads h set seq = head_seq, hash = head_hash where h.tenant_id = tenant;
  return taken;
end $$;

-- For every tenant of whom something has come in; skips those at whom somebody is already.
create function chain_audits() returns bigint
  language sql security definer set search_path = pg_catalog, public as $$
  select coalesce(sum(public.chain_audit(t.id, false)), 0)::bigint
  from public.tenants t where exists (select from public.audit_intake i where i.tenant_id = t.id)
$$;

revoke execute on function append_audit, chain_audit, chain_audits from public;
grant execute on function append_audit, chain_audit, chain_audits to floorwalker_app;
