-- Up Migration
-- The clip of every camera of an incident can be masked, and be allowed to leave unmasked, each for itself. Versions are
-- counted across the cameras of an incident, so that a version alone still names its file, its map and its workflow.
alter table redactions
  -- null: the camera that the incident is about, as all were before.
  add column camera_id text,
  add constraint redactions_camera_fk foreign key (tenant_id, incident_id, camera_id) references evidence_cameras (tenant_id, incident_id, camera_id);

alter table unredacted_approvals
  add column camera_id text,
  add constraint unredacted_approvals_camera_fk foreign key (tenant_id, incident_id, camera_id) references evidence_cameras (tenant_id, incident_id, camera_id);
drop index unredacted_approvals_one_standing;
create unique index unredacted_approvals_one_standing on unredacted_approvals (tenant_id, incident_id, camera_id) nulls not distinct where withdrawn_at is null;
