-- Up Migration
-- The application connects as floorwalker_app, which owns nothing and cannot bypass these policies. Each transaction
-- states its tenant and its stores ('*' or a comma-separated list); without them it sees no row at all.
do $$
begin
  if not exists (select from pg_roles where rolname = 'floorwalker_app') then
    create role floorwalker_app nologin;
  end if;
end $$;

create function in_tenant(tenant text) returns boolean language sql stable
  return tenant = nullif(current_setting('floorwalker.tenant_id', true), '');

create function in_scope(tenant text, store text) returns boolean language sql stable
  return tenant = nullif(current_setting('floorwalker.tenant_id', true), '')
    and (current_setting('floorwalker.store_scope', true) = '*'
      or store = any (string_to_array(current_setting('floorwalker.store_scope', true), ',')));

do $$
declare name text;
begin
  foreach name in array array['cameras', 'terminals', 'zones', 'shifts', 'incidents', 'detections', 'incident_events', 'pos_events', 'pos_events_other',
    'notifications', 'outbox', 'evidence', 'evidence_artifacts', 'evidence_links', 'holds', 'dispositions'] loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy %I on %I to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id))', name || '_scope', name);
    execute format('grant select, insert, update on %I to floorwalker_app', name);
  end loop;
  foreach name in array array['regions', 'policies', 'people', 'api_keys', 'sessions', 'audit_heads', 'audit', 'audit_witnesses'] loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy %I on %I to floorwalker_app using (in_tenant(tenant_id)) with check (in_tenant(tenant_id))', name || '_tenant', name);
    execute format('grant select, insert on %I to floorwalker_app', name);
  end loop;
end $$;

alter table tenants enable row level security;
create policy tenants_own on tenants to floorwalker_app using (in_tenant(id));
grant select on tenants to floorwalker_app;
alter table stores enable row level security;
create policy stores_scope on stores to floorwalker_app using (in_scope(tenant_id, id));
grant select on stores to floorwalker_app;

revoke insert on audit, audit_heads from floorwalker_app;
grant delete on outbox, sessions to floorwalker_app;
grant select, insert on webhook_receipts to floorwalker_app;

-- The few look-ups that come before a tenant is known. Each returns only what its question needs.
create function authenticate_key(sha text) returns table (id text, tenant_id text, role text, display_name text, store_ids text[])
  language sql stable security definer set search_path = pg_catalog, public as $$
  select k.id, k.tenant_id, k.role, k.display_name, k.store_ids from public.api_keys k
  where k.key_sha256 = sha and k.revoked_at is null and (k.expires_at is null or k.expires_at > clock_timestamp())
$$;

create function authenticate_session(sha text) returns table (id text, tenant_id text, role text, display_name text, store_ids text[])
  language sql stable security definer set search_path = pg_catalog, public as $$
  select k.id, k.tenant_id, k.role, k.display_name, k.store_ids from public.sessions s join public.api_keys k on k.id = s.api_key_id and k.tenant_id = s.tenant_id
  where s.token_sha256 = sha and s.expires_at > clock_timestamp() and k.revoked_at is null and (k.expires_at is null or k.expires_at > clock_timestamp())
$$;

create function find_evidence_link(sha text) returns table (tenant_id text, store_id text, incident_id text, person_id text, expires_at timestamptz, revoked_at timestamptz)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select l.tenant_id, l.store_id, l.incident_id, l.person_id, l.expires_at, l.revoked_at from public.evidence_links l where l.token_sha256 = sha
$$;

create function find_person_by_phone(phone text) returns table (tenant_id text, id text, role text, display_name text)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select p.tenant_id, p.id, p.role, p.display_name from public.people p where p.phone_e164 = phone
$$;

create function find_notification_by_sid(sid text) returns table (tenant_id text, id text)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select n.tenant_id, n.id from public.notifications n where n.carrier_sid = sid
$$;

create function list_tenants() returns table (id text)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select t.id from public.tenants t order by t.id
$$;

create function ensure_pos_partition(day date) returns void
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  name text := 'pos_events_' || to_char(day, 'YYYYMMDD');
begin
  if to_regclass('public.' || name) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtext(name));
  if to_regclass('public.' || name) is not null then return; end if;
  -- Lines of that day that already sit in the default partition keep it from being split off: then it stays there.
  if exists (select from public.pos_events_other o where o.occurred_at >= day::timestamp at time zone 'UTC' and o.occurred_at < (day + 1)::timestamp at time zone 'UTC') then return; end if;
  execute format('create table public.%I partition of public.pos_events for values from (%L) to (%L)', name, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
  execute format('alter table public.%I enable row level security', name);
end $$;

revoke execute on all functions in schema public from public;
grant execute on function in_tenant, in_scope, append_audit, authenticate_key, authenticate_session, find_evidence_link, find_person_by_phone, find_notification_by_sid, list_tenants, ensure_pos_partition to floorwalker_app;
