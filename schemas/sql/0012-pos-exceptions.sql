-- Up Migration
-- What the till shows by itself: rules over recorded days, what they found, and what is usual at each till.

-- What a store says otherwise than the defaults; every change is a version of its own.
create table pos_rule_settings (
  tenant_id text not null,
  store_id text not null,
  version integer not null constraint pos_rule_settings_version_positive check (version > 0),
  body jsonb not null,
  created_by text not null,
  created_at timestamptz not null,
  constraint pos_rule_settings_pk primary key (tenant_id, store_id, version),
  constraint pos_rule_settings_store_fk foreign key (tenant_id, store_id) references stores (tenant_id, id)
);

create table pos_analyses (
  tenant_id text not null,
  store_id text not null,
  -- The store's own date.
  day date not null,
  -- Counts how often the day was looked at; only the newest run may write what it found.
  run integer not null,
  state text not null constraint pos_analyses_state_known check (state in ('running', 'done', 'failed')),
  rules_version integer not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  counts jsonb not null default '{}',
  failure text,
  constraint pos_analyses_pk primary key (tenant_id, store_id, day),
  constraint pos_analyses_store_fk foreign key (tenant_id, store_id) references stores (tenant_id, id)
);

create table pos_exceptions (
  tenant_id text not null,
  store_id text not null,
  id text not null,
  rule_id text not null,
  day date not null,
  terminal_id text not null,
  -- A pseudonym from pos_operators.
  operator text,
  -- Null: about a whole day of somebody.
  transaction_id text,
  at timestamptz not null,
  amount_minor bigint not null,
  score double precision not null constraint pos_exceptions_score_share check (score between 0 and 1),
  params jsonb not null,
  reasons jsonb not null,
  lines text[] not null,
  -- Kept to be compared with, shown only when asked for.
  shadow boolean not null,
  incident_id text,
  first_found_at timestamptz not null,
  -- A later run no longer finds it, such as when a late line explains it.
  withdrawn_at timestamptz,
  dismissed_at timestamptz,
  dismissed_by text,
  dismissed_reason text,
  constraint pos_exceptions_pk primary key (tenant_id, id),
  constraint pos_exceptions_store_fk foreign key (tenant_id, store_id) references stores (tenant_id, id),
  constraint pos_exceptions_dismissed_whole check ((dismissed_at is null) = (dismissed_by is null) and (dismissed_at is null) = (dismissed_reason is null))
);
create index pos_exceptions_by_time on pos_exceptions (tenant_id, at desc, id desc);
create index pos_exceptions_by_day on pos_exceptions (tenant_id, store_id, day);
create index pos_exceptions_by_transaction on pos_exceptions (tenant_id, store_id, terminal_id, transaction_id);

create table pos_day_measures (
  tenant_id text not null,
  store_id text not null,
  day date not null,
  terminal_id text not null,
  -- Empty: nobody sits there.
  operator text not null,
  measures jsonb not null,
  constraint pos_day_measures_pk primary key (tenant_id, store_id, day, terminal_id, operator),
  constraint pos_day_measures_store_fk foreign key (tenant_id, store_id) references stores (tenant_id, id)
);

do $$
declare name text;
begin
  foreach name in array array['pos_rule_settings', 'pos_analyses', 'pos_exceptions', 'pos_day_measures'] loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy %I on %I to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id))', name || '_scope', name);
    execute format('grant select, insert on %I to floorwalker_app', name);
  end loop;
end $$;
grant update on pos_analyses, pos_exceptions, pos_day_measures to floorwalker_app;
grant delete on pos_day_measures to floorwalker_app;
