-- Up Migration
-- Which request a row came from: with it an answer, a log line of ours and a row of the log name each other. Rows without
-- one are hashed as they always were.
alter table audit add column request_id text;
alter table audit_intake add column request_id text;

-- What the explorer asks for. Time needs no tree of its own, since rows come in nearly in its order.
create index audit_by_actor on audit (tenant_id, actor, seq);
create index audit_by_action on audit (tenant_id, action, seq);
create index audit_by_time on audit using brin (at) with (pages_per_range = 32);

-- Every writer of a company locked its one row for it, and they met there; append_audit takes no other company's name.
alter table audit_intake drop constraint audit_intake_tenant_fk;

create or replace function append_audit(tenant text, rows jsonb) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if tenant is distinct from current_setting('floorwalker.tenant_id', true) then
    raise exception 'the audit log of another tenant' using errcode = 'insufficient_privilege';
  end if;
  insert into public.audit_intake (tenant_id, at, actor, actor_role, action, subject, details, request_id, content_hash)
  select tenant, (e ->> 'at')::timestamptz, e ->> 'actor', e ->> 'actorRole', e ->> 'action', e ->> 'subject', e -> 'details', e ->> 'requestId', e ->> 'contentHash'
  from jsonb_array_elements(rows) with ordinality as entries (e, position) order by position;
  return jsonb_array_length(rows);
end $$;

-- At most so many rows a call: what came in while nobody chained must not become one statement without an end. Whoever
-- needs all of it calls again until it takes fewer.
create or replace function chain_audit(tenant text, patient boolean) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  head_seq bigint;
  head_hash text;
  entry record;
  next_hash text;
  taken bigint := 0;
  most constant bigint := 5000;
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
    with taken_now as (
      delete from public.audit_intake i where i.tenant_id = tenant
        and i.id in (select n.id from public.audit_intake n where n.tenant_id = tenant order by n.id limit most) returning i.*)
    select * from taken_now order by id
  loop
    next_hash := encode(sha256(convert_to(head_hash || ':' || (head_seq + 1) || ':' || entry.content_hash, 'UTF8')), 'hex');
    insert into public.audit (tenant_id, seq, at, actor, actor_role, action, subject, details, request_id, prev_hash, hash)
    values (tenant, head_seq + 1, entry.at, entry.actor, entry.actor_role, entry.action, entry.subject, entry.details, entry.request_id, head_hash, next_hash);
    head_seq := head_seq + 1;
    head_hash := next_hash;
    taken := taken + 1;
  end loop;
  update public.audit_heads h set seq = head_seq, hash = head_hash where h.tenant_id = tenant;
  return taken;
end $$;
