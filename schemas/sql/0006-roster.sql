-- Up Migration
-- A shift covers one store, every store of a region, or (neither named) every store of the tenant.
alter table shifts
  alter column store_id drop not null,
  add column region_id text,
  -- Who maintains the row: `manual`, or the name of an imported file, which replaces its own rows only.
  add column source text not null default 'manual',
  -- The local date on which a recurring shift starts, when a holiday on that date cancels it.
  add column skip_on_holiday date,
  add constraint shifts_region_fk foreign key (tenant_id, region_id) references regions (tenant_id, id),
  add constraint shifts_one_place check (store_id is null or region_id is null);
create index shifts_by_time on shifts (tenant_id, ends_at, starts_at);
create index shifts_by_person on shifts (tenant_id, person_id, ends_at);

-- Everybody on duty at a store is seen there; a shift without a store is written only by those who see every store.
drop policy shifts_scope on shifts;
create policy shifts_seen on shifts for select to floorwalker_app
  using (in_scope(tenant_id, store_id) or (store_id is null and in_tenant(tenant_id)));
create policy shifts_added on shifts for insert to floorwalker_app with check (in_scope(tenant_id, store_id));
create policy shifts_changed on shifts for update to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id));
create policy shifts_removed on shifts for delete to floorwalker_app using (in_scope(tenant_id, store_id));
grant delete on shifts to floorwalker_app;

-- The store whose managers maintain a person; null for those who serve several.
alter table people
  add column home_store_id text,
  add constraint people_home_store_fk foreign key (tenant_id, home_store_id) references stores (tenant_id, id);
update people p set home_store_id = (
  select min(s.store_id) from shifts s where s.tenant_id = p.tenant_id and s.person_id = p.id having count(distinct s.store_id) = 1)
  where p.role in ('store_staff', 'store_manager');
create policy people_added_at_home on people as restrictive for insert to floorwalker_app with check (in_scope(tenant_id, home_store_id));
create policy people_changed_at_home on people as restrictive for update to floorwalker_app
  using (in_scope(tenant_id, home_store_id)) with check (in_scope(tenant_id, home_store_id));
grant update (display_name, role, phone_e164, locale, channels, email, quiet_from, quiet_to, home_store_id, deactivated_at) on people to floorwalker_app;

create table holidays (
  tenant_id text not null constraint holidays_tenant_fk references tenants (id),
  id text not null,
  -- Null: every store.
  store_id text,
  on_date date not null,
  name text not null,
  constraint holidays_pk primary key (tenant_id, id),
  constraint holidays_store_fk foreign key (tenant_id, store_id) references stores (tenant_id, id)
);
create unique index holidays_once on holidays (tenant_id, coalesce(store_id, ''), on_date);
alter table holidays enable row level security;
create policy holidays_seen on holidays for select to floorwalker_app
  using (in_scope(tenant_id, store_id) or (store_id is null and in_tenant(tenant_id)));
create policy holidays_added on holidays for insert to floorwalker_app with check (in_scope(tenant_id, store_id));
create policy holidays_changed on holidays for update to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id));
create policy holidays_removed on holidays for delete to floorwalker_app using (in_scope(tenant_id, store_id));
grant select, insert, update, delete on holidays to floorwalker_app;
