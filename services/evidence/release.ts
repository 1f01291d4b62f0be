import type { Queryable } from '../../adapters/postgres/database.ts';
import { requirePermission } from '../../domain/permissions.ts';
import type { Policy } from '../../domain/policy.ts';
import { type ReleaseFacts, releaseOf } from '../../domain/redaction/release.ts';
import type { RedactionState } from '../../domain/redaction/types.ts';
import type { ArtifactKind, EvidenceState, Reason } from '../../domain/types.ts';
import { isoOrNull, readOnly, type ServiceContext } from '../context.ts';
import { loadIncident } from '../incident/facts.ts';
import { standingRestriction } from '../rights/restrictions.ts';
import type { StoredArtifact } from './record.ts';

/** Who is to see it: somebody outside of the company, staff by the link in a text, or the person who was recorded. */
export type Audience = 'outside' | 'staff' | 'subject';

/** One stored object that may leave, with all that is needed to read and to name it. */
export type ReleasedArtifact = Omit<StoredArtifact, 'lockedUntil' | 'cameraId' | 'parentSha256'>;

interface LoadedArtifact extends ReleasedArtifact {
  cameraId: string | null;
  quarantined: boolean;
}

/** Somebody's word that the unmasked clip may leave. */
export interface UnredactedApproval {
  by: string;
  role: string;
  at: string;
  reason: string;
}

export type EvidenceRelease =
  | {
      allowed: true;
      as: 'original' | 'redacted';
      because: 'POLICY_ALLOWS_ORIGINAL' | 'REDACTED' | 'APPROVED_UNREDACTED';
      /** The video to hand over. */
      clip: ReleasedArtifact;
      /** The map of what was masked; null with the original. */
      redactionMap: ReleasedArtifact | null;
      /** Everything that may leave, the clip and map among it: of a masked clip no segment, still or thumbnail goes along. */
      artifacts: ReleasedArtifact[];
      /** Present when the original leaves only because somebody allowed it. */
      approval: UnredactedApproval | null;
    }
  | { allowed: false; reason: Reason };

/** Which stored objects of an incident may leave, or why none may. Whoever hands them over audits that. */
export function evidenceForRelease(
  ctx: ServiceContext,
  incidentId: string,
  audience: Audience = 'outside',
): Promise<EvidenceRelease> {
  requirePermission(ctx.actor, 'evidence.view');
  return readOnly(ctx, async (tx) => {
    const { policy, evidenceState } = await loadIncident(tx, ctx.actor.tenantId, incidentId);
    return decideRelease(tx, ctx.actor.tenantId, { incidentId, policy, evidenceState, audience });
  });
}

/** The same within a transaction of the caller's, who has asked for the permission. */
export async function decideRelease(
  tx: Queryable,
  tenantId: string,
  input: { incidentId: string; policy: Pick<Policy, 'redaction'>; evidenceState: EvidenceState; audience: Audience },
): Promise<EvidenceRelease> {
  const { incidentId, policy, evidenceState, audience } = input;
  const restricted = audience === 'subject' ? null : await standingRestriction(tx, tenantId, incidentId);
  if (restricted)
    return { allowed: false, reason: { code: 'USE_RESTRICTED', params: { because: restricted.because } } };
  const artifacts = await loadArtifacts(tx, tenantId, incidentId);
  const [newest] = await tx.query<{
    version: number;
    state: RedactionState;
    reason: Reason | null;
    parent_sha256: string;
    artifact_id: string | null;
    map_artifact_id: string | null;
  }>(
    'select version, state, reason, parent_sha256, artifact_id, map_artifact_id from redactions where tenant_id = $1 and incident_id = $2 order by version desc limit 1',
    [tenantId, incidentId],
  );
  const approval = await standingApproval(tx, tenantId, incidentId);
  const clip = artifacts.find(({ kind }) => kind === 'clip');
  const facts: ReleaseFacts = {
    // Whoever asks for their own picture has no right to that of others, whatever the policy says of the police.
    rule: audience === 'subject' ? 'required' : policy.redaction.rule,
    audience: audience === 'staff' ? 'staff' : 'outside',
    evidenceState,
    clipSha256: clip?.sha256 ?? null,
    approvedSha256: audience === 'subject' ? null : (approval?.clipSha256 ?? null),
    redaction: newest
      ? {
          version: newest.version,
          state: newest.state,
          reason: newest.reason,
          parentSha256: newest.parent_sha256,
        }
      : null,
  };
  const release = releaseOf(facts);
  if (!release.allowed) return release;
  const byId = (id: string | null | undefined) => artifacts.find((artifact) => artifact.id === id);
  if (release.as === 'original') {
    const original = artifacts.filter(
      ({ kind, cameraId }) =>
        kind !== 'redacted' &&
        kind !== 'redaction_map' &&
        // Who allowed this clip to leave has not spoken of what other cameras show.
        (cameraId === null || release.because === 'POLICY_ALLOWS_ORIGINAL'),
    );
    const altered = quarantinedAmong(original);
    if (altered) return altered;
    return {
      ...release,
      clip: clip!,
      redactionMap: null,
      artifacts: original,
      approval: release.because === 'APPROVED_UNREDACTED' && approval ? approval.approval : null,
    };
  }
  const masked = byId(newest?.artifact_id);
  const map = byId(newest?.map_artifact_id);
  if (!masked || !map) return { allowed: false, reason: { code: 'REDACTION_MISSING', params: {} } };
  // What a masked clip was made from has to stand as well, or nobody can show that it is true.
  const altered = quarantinedAmong([masked, map, clip!]);
  if (altered) return altered;
  return { ...release, clip: masked, redactionMap: map, artifacts: [masked, map], approval: null };
}

function quarantinedAmong(artifacts: readonly LoadedArtifact[]): Extract<EvidenceRelease, { allowed: false }> | null {
  const altered = artifacts.find(({ quarantined }) => quarantined);
  if (!altered) return null;
  return { allowed: false, reason: { code: 'EVIDENCE_QUARANTINED', params: { artifactId: altered.id } } };
}

async function loadArtifacts(tx: Queryable, tenantId: string, incidentId: string): Promise<LoadedArtifact[]> {
  const rows = await tx.query<{
    id: string;
    kind: ArtifactKind;
    media_type: string;
    object_key: string;
    object_version: string;
    size_bytes: number;
    sha256: string;
    from_at: Date | null;
    to_at: Date | null;
    camera_id: string | null;
    quarantined: boolean;
  }>(
    "select id, kind, media_type, object_key, object_version, size_bytes, sha256, from_at, to_at, camera_id, quarantined_at is not null as quarantined from evidence_artifacts where tenant_id = $1 and incident_id = $2 and purged_at is null and kind not in ('history', 'history_decoded') order by kind, from_at, id",
    [tenantId, incidentId],
  );
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    mediaType: row.media_type,
    objectKey: row.object_key,
    objectVersion: row.object_version,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    fromAt: isoOrNull(row.from_at),
    toAt: isoOrNull(row.to_at),
    cameraId: row.camera_id,
    quarantined: row.quarantined,
  }));
}

/** The approval that was not withdrawn, with the clip that it is about. */
export async function standingApproval(
  tx: Queryable,
  tenantId: string,
  incidentId: string,
): Promise<{ approval: UnredactedApproval; clipSha256: string } | null> {
  const [row] = await tx.query<{
    clip_sha256: string;
    reason: string;
    approved_by: string;
    approved_role: string;
    approved_at: Date;
  }>(
    'select clip_sha256, reason, approved_by, approved_role, approved_at from unredacted_approvals where tenant_id = $1 and incident_id = $2 and withdrawn_at is null',
    [tenantId, incidentId],
  );
  if (!row) return null;
  const { reason, approved_by: by, approved_role: role, approved_at: at } = row;
  return { approval: { by, role, at: at.toISOString(), reason }, clipSha256: row.clip_sha256 };
}
