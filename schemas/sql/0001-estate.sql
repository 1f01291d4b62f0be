-- Up Migration
create table tenants (
  id text constraint tenants_pk primary key constraint tenants_id_format check (id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
  name text not null,
  created_at timestamptz not null default now()
);

create table regions (
  tenant_id text not null constraint regions_tenant_fk references tenants (id),
  id text not null,
  name text not null,
  constraint regions_pk primary key (tenant_id, id)
);

create table policies (
  tenant_id text not null constraint policies_tenant_fk references tenants (id),
  id text not null,
  version integer not null,
  body jsonb not null,
  created_at timestamptz not null default now(),
  constraint policies_pk primary key (tenant_id, id, version)
);

create table stores (
  tenant_id text not null constraint stores_tenant_fk references tenants (id),
  id text not null,
  region_id text,
  name text not null,
  time_zone text not null,
  policy_id text not null default 'default',
  constraint stores_pk primary key (tenant_id, id),
  constraint stores_region_fk foreign key (tenant_id, region_id) references regions (tenant_id, id)
);

create table cameras (
  tenant_id text not null,
  store_id text not null,
  id text not null,
  name text not null,
  state text not null default 'unknown' constraint cameras_state_known check (state in ('unknown', 'recording', 'lost', 'frozen', 'black')),
  last_seen_at timestamptz,
  constraint cameras_pk primary key (tenant_id, store_id, id),
  constraint cameras_store_fk foreign key (tenant_id, store_id) references stores (tenant_id, id)
);

create table terminals (
  tenant_id text not null,
  store_id text not null,
  id text not null,
  -- The newest line or heartbeat by the till's own clock: what the till can testify up to.
  feed_seen_at timestamptz,
  constraint terminals_pk primary key (tenant_id, store_id, id),
  constraint terminals_store_fk foreign key (tenant_id, store_id) references stores (tenant_id, id)
);

create table zones (
  tenant_id text not null,
  store_id text not null,
  id text not null,
  camera_id text not null,
  label text not null,
  terminal_id text,
  constraint zones_pk primary key (tenant_id, store_id, id),
  constraint zones_camera_fk foreign key (tenant_id, store_id, camera_id) references cameras (tenant_id, store_id, id),
  constraint zones_terminal_fk foreign key (tenant_id, store_id, terminal_id) references terminals (tenant_id, store_id, id)
);

create table people (
  tenant_id text not null constraint people_tenant_fk references tenants (id),
  id text not null,
  display_name text not null,
  role text not null,
  phone_e164 text constraint people_phone_format check (phone_e164 ~ '^\+[1-9][0-9]{6,14}$'),
  constraint people_pk primary key (tenant_id, id)
);
-- A reply must lead to exactly one person.
create unique index people_phone_unique on people (phone_e164);

create table shifts (
  tenant_id text not null,
  id text not null,
  store_id text not null,
  person_id text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  constraint shifts_pk primary key (tenant_id, id),
  constraint shifts_store_fk foreign key (tenant_id, store_id) references stores (tenant_id, id),
  constraint shifts_person_fk foreign key (tenant_id, person_id) references people (tenant_id, id),
  constraint shifts_order check (starts_at < ends_at)
);
create index shifts_by_store on shifts (tenant_id, store_id, starts_at, ends_at);

create table api_keys (
  id text constraint api_keys_pk primary key,
  tenant_id text not null constraint api_keys_tenant_fk references tenants (id),
  key_sha256 text not null constraint api_keys_sha_unique unique,
  role text not null,
  display_name text not null,
  -- null: every store of the tenant.
  store_ids text[],
  expires_at timestamptz,
  revoked_at timestamptz
);

create table sessions (
  token_sha256 text constraint sessions_pk primary key,
  tenant_id text not null constraint sessions_tenant_fk references tenants (id),
  api_key_id text not null constraint sessions_key_fk references api_keys (id),
  expires_at timestamptz not null
);
