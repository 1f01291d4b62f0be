-- Up Migration
-- Steps of runbooks with their approvals, what was prepared for an outside party, and drills.
create table runbook_steps (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  -- The runbook's id and the step's own, so that two runbooks of one incident do not meet.
  step_id text not null,
  runbook_id text not null,
  position integer not null,
  action text not null constraint runbook_steps_action_known check (action in ('terminal_prompt', 'signage', 'intercom', 'task', 'door_lock', 'credential_disable', 'police_report')),
  mode text not null constraint runbook_steps_mode_known check (mode in ('automatic', 'human', 'two_person')),
  mandatory boolean not null,
  target text,
  about text,
  message text,
  approvers text[] not null,
  ack_timeout_ms integer not null,
  state text not null constraint runbook_steps_state_known check (state in ('waiting_for_approval', 'open', 'ready', 'running', 'acknowledged', 'failed', 'released', 'done', 'rejected', 'not_needed', 'overridden')),
  command text not null default 'run' constraint runbook_steps_command_known check (command in ('run', 'release')),
  attempt integer not null default 0,
  release_wanted boolean not null default false,
  -- Approvals of an earlier round count no more.
  round integer not null default 0,
  reason jsonb,
  -- A person's free words; they go with the incident.
  note text,
  planned_at timestamptz not null,
  ordered_at timestamptz,
  changed_at timestamptz not null,
  changed_by text not null,
  constraint runbook_steps_pk primary key (tenant_id, incident_id, step_id),
  constraint runbook_steps_incident_fk foreign key (tenant_id, incident_id) references incidents (tenant_id, id),
  constraint runbook_steps_high_risk_approved check (action not in ('door_lock', 'credential_disable', 'police_report') or mode <> 'automatic'),
  constraint runbook_steps_report_by_two check (action <> 'police_report' or mode = 'two_person')
);

create table runbook_approvals (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  step_id text not null,
  round integer not null,
  actor text not null,
  role text not null,
  approved boolean not null,
  note text,
  at timestamptz not null,
  -- One word per person and round; who says it again renews it.
  constraint runbook_approvals_pk primary key (tenant_id, incident_id, step_id, round, actor),
  constraint runbook_approvals_step_fk foreign key (tenant_id, incident_id, step_id) references runbook_steps (tenant_id, incident_id, step_id)
);

create table outside_reports (
  tenant_id text not null,
  store_id text not null,
  incident_id text not null,
  id text not null,
  party text not null constraint outside_reports_party_known check (party in ('police')),
  -- Nothing sends it yet: it is prepared, and a person hands it over.
  state text not null constraint outside_reports_state_known check (state in ('prepared', 'handed_over', 'withdrawn')),
  body jsonb not null,
  prepared_at timestamptz not null,
  approved_by text[] not null constraint outside_reports_two_people check (cardinality(approved_by) >= 2),
  handed_over_at timestamptz,
  constraint outside_reports_pk primary key (tenant_id, id),
  constraint outside_reports_incident_fk foreign key (tenant_id, incident_id) references incidents (tenant_id, id)
);
create index outside_reports_by_incident on outside_reports (tenant_id, incident_id);

-- The last of three guards: the type, the check at runtime, and this, which holds whoever writes.
create function refuse_report_of_drill() returns trigger language plpgsql as $$
begin
  if exists (select from incidents i where i.tenant_id = new.tenant_id and i.id = new.incident_id and i.drill) then
    raise exception 'incident % is a drill: no report of it can exist', new.incident_id using errcode = 'check_violation', constraint = 'outside_reports_no_drill';
  end if;
  return new;
end $$;
create trigger outside_reports_no_drill before insert or update on outside_reports for each row execute function refuse_report_of_drill();
-- And an incident with a report cannot become one afterwards.
create function refuse_drill_with_report() returns trigger language plpgsql as $$
begin
  if new.drill and exists (select from outside_reports r where r.tenant_id = new.tenant_id and r.incident_id = new.id) then
    raise exception 'incident % has a report for an outside party, so it is no drill', new.id using errcode = 'check_violation', constraint = 'incidents_drill_no_report';
  end if;
  return new;
end $$;
create trigger incidents_drill_no_report before update of drill on incidents for each row when (new.drill and not old.drill) execute function refuse_drill_with_report();

-- Written before the detection that it plays, so that nobody can start a drill unseen.
create table drills (
  tenant_id text not null,
  store_id text not null,
  id text not null,
  incident_id text not null,
  camera_id text not null,
  zone_id text,
  behaviour text not null,
  note text,
  started_by text not null,
  started_at timestamptz not null,
  constraint drills_pk primary key (tenant_id, id)
);
create index drills_newest on drills (tenant_id, started_at desc, id desc);

do $$
declare name text;
begin
  foreach name in array array['runbook_steps', 'runbook_approvals', 'outside_reports', 'drills'] loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy %I on %I to floorwalker_app using (in_scope(tenant_id, store_id)) with check (in_scope(tenant_id, store_id))', name || '_scope', name);
    execute format('grant select, insert, update on %I to floorwalker_app', name);
  end loop;
end $$;

-- What a worker ordered is carried to the engine at once; the sweep is for what this misses.
create function announce_order() returns trigger language plpgsql as $$
begin
  perform pg_notify('floorwalker_order', json_build_object('tenantId', new.tenant_id, 'incidentId', new.incident_id)::text);
  return new;
end $$;
create trigger outbox_order_announced after insert on outbox for each row when (new.kind in ('runbook', 'runbook_command')) execute function announce_order();

-- Only triggers call them.
revoke execute on function refuse_report_of_drill, refuse_drill_with_report, announce_order from public;
