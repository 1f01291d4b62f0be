import type { Queryable } from '../../adapters/postgres/database.ts';
import type {
  ManualTrack,
  Redaction,
  RedactionState,
  RedactionStyle,
  RedactionTarget,
} from '../../domain/redaction/types.ts';
import type { Reason } from '../../domain/types.ts';
import { isoOrNull } from '../context.ts';

interface RedactionRow {
  [column: string]: unknown;
  camera_id: string;
  version: number;
  state: RedactionState;
  reason: Reason | null;
  target: RedactionTarget;
  style: RedactionStyle;
  manual: ManualTrack[];
  parent_sha256: string;
  sha256: string | null;
  requested_by: string;
  requested_at: Date;
  settled_at: Date | null;
  artifact_id: string | null;
  map_artifact_id: string | null;
}

/** Every version of the masked clips of an incident, of all its cameras, the newest first. */
export async function loadRedactions(tx: Queryable, tenantId: string, incidentId: string): Promise<Redaction[]> {
  const rows = await tx.query<RedactionRow>(
    `select coalesce(r.camera_id, i.camera_id) as camera_id, r.version, r.state, r.reason, r.target, r.style, r.manual, r.parent_sha256, a.sha256, r.requested_by, r.requested_at, r.settled_at, r.artifact_id, r.map_artifact_id
     from redactions r join incidents i on i.tenant_id = r.tenant_id and i.id = r.incident_id left join evidence_artifacts a on a.tenant_id = r.tenant_id and a.incident_id = r.incident_id and a.id = r.artifact_id
     where r.tenant_id = $1 and r.incident_id = $2 order by r.version desc`,
    [tenantId, incidentId],
  );
  return rows.map((row) => ({
    cameraId: row.camera_id,
    version: row.version,
    state: row.state,
    reason: row.reason,
    target: row.target,
    style: row.style,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at.toISOString(),
    settledAt: isoOrNull(row.settled_at),
    parentSha256: row.parent_sha256,
    sha256: row.sha256,
    manual: row.manual,
    artifactId: row.artifact_id,
    mapArtifactId: row.map_artifact_id,
  }));
}

export interface StoredClip {
  artifactId: string;
  /** null: it is of the incident's own camera. */
  otherCameraId: string | null;
  objectKey: string;
  objectVersion: string;
  sha256: string;
  lockedUntil: string;
  fromAt: string | null;
  toAt: string | null;
  /** Its bytes are known not to be what was recorded. */
  quarantined: boolean;
}

/** The working copy that a masked one is made from; undefined when there is none or no more. */
export async function loadClip(
  tx: Queryable,
  tenantId: string,
  incidentId: string,
  otherCameraId: string | null,
): Promise<StoredClip | undefined> {
  const [row] = await tx.query<{
    id: string;
    object_key: string;
    object_version: string;
    sha256: string;
    locked_until: Date;
    from_at: Date | null;
    to_at: Date | null;
    quarantined: boolean;
  }>(
    'select id, object_key, object_version, sha256, locked_until, from_at, to_at, quarantined_at is not null as quarantined from evidence_artifacts where tenant_id = $1 and incident_id = $2 and kind = $3 and camera_id is not distinct from $4 and purged_at is null',
    [tenantId, incidentId, otherCameraId === null ? 'clip' : 'other_clip', otherCameraId],
  );
  if (!row) return undefined;
  return {
    artifactId: row.id,
    otherCameraId,
    objectKey: row.object_key,
    objectVersion: row.object_version,
    sha256: row.sha256,
    lockedUntil: row.locked_until.toISOString(),
    fromAt: isoOrNull(row.from_at),
    toAt: isoOrNull(row.to_at),
    quarantined: row.quarantined,
  };
}

/** What a log says of whose clip it was; of the incident's own camera nothing, as before there were others. */
export const ofOther = (otherCameraId: string | null): { cameraId?: string } =>
  otherCameraId === null ? {} : { cameraId: otherCameraId };
