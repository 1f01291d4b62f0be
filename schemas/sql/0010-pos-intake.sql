-- Up Migration
-- Day files of tills: how they are to be read, what came of each, and the lines that could not be taken.

create table pos_mappings (
  tenant_id text not null constraint pos_mappings_tenant_fk references tenants (id),
  id text not null,
  document jsonb not null,
  updated_at timestamptz not null,
  updated_by text not null,
  constraint pos_mappings_pk primary key (tenant_id, id)
);
alter table pos_mappings enable row level security;
create policy pos_mappings_tenant on pos_mappings to floorwalker_app using (in_tenant(tenant_id)) with check (in_tenant(tenant_id));
grant select, insert, update on pos_mappings to floorwalker_app;

create table pos_imports (
  tenant_id text not null,
  store_id text not null,
  id text not null,
  format text not null constraint pos_imports_format_known check (format in ('csv', 'poslog')),
  file_name text not null,
  mapping_id text,
  state text not null default 'receiving' constraint pos_imports_state_known check (state in ('receiving', 'done', 'failed')),
  -- Why it failed, or what was left undone.
  reason text,
  -- Null when the sender did not say.
  bytes_total bigint,
  bytes_read bigint not null default 0,
  lines_read integer not null default 0,
  accepted integer not null default 0,
  duplicates integer not null default 0,
  quarantined integer not null default 0,
  -- Lines that are no business of ours, such as taxes and totals.
  left_out integer not null default 0,
  -- Of the whole file; null until it was read to its end.
  sha256 text,
  already_imported_as text,
  started_by text not null,
  -- Whole milliseconds, since a cursor points at it.
  started_at timestamptz not null,
  progress_at timestamptz not null,
  finished_at timestamptz,
  constraint pos_imports_pk primary key (tenant_id, id),
  constraint pos_imports_store_fk foreign key (tenant_id, store_id) references stores (tenant_id, id)
);
create index pos_imports_newest on pos_imports (tenant_id, started_at desc, id desc);
create index pos_imports_by_content on pos_imports (tenant_id, store_id, sha256) where state = 'done';
alter table pos_imports enable row level security;
create policy pos_imports_scope on pos_imports to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id));
grant select, insert, update on pos_imports to floorwalker_app;

create table pos_quarantine (
  tenant_id text not null,
  store_id text not null,
  id bigint generated always as identity,
  import_id text not null,
  line_number integer not null,
  code text not null,
  message text not null,
  -- The beginning of the line as it was. It may hold a cashier's number, so it is wiped after 35 days.
  raw text,
  at timestamptz not null,
  constraint pos_quarantine_pk primary key (tenant_id, id),
  constraint pos_quarantine_import_fk foreign key (tenant_id, import_id) references pos_imports (tenant_id, id)
);
create index pos_quarantine_by_import on pos_quarantine (tenant_id, import_id, id);
create index pos_quarantine_unwiped on pos_quarantine (tenant_id, at) where raw is not null;
alter table pos_quarantine enable row level security;
create policy pos_quarantine_scope on pos_quarantine to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id));
grant select, insert on pos_quarantine to floorwalker_app;
grant update (raw) on pos_quarantine to floorwalker_app;
