import type { Queryable } from '../../adapters/postgres/database.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { leadingOf, type ReleaseFacts, releaseOf } from '../../domain/redaction/release.ts';
import type { Redaction } from '../../domain/redaction/types.ts';
import type { ArtifactKind, Reason } from '../../domain/types.ts';
import { isoOrNull, readOnly, type ServiceContext } from '../context.ts';
import { type IncidentFacts, loadIncident } from '../incident/facts.ts';
import { standingRestriction } from '../rights/restrictions.ts';
import { loadOtherCameras } from './cameras.ts';
import type { StoredArtifact } from './record.ts';
import { loadRedactions } from './redaction-rows.ts';

/** Who is to see it: somebody outside of the company, staff by the link in a text, or the person who was recorded. */
export type Audience = 'outside' | 'staff' | 'subject';

/** One stored object that may leave, with all that is needed to read and to name it. */
export type ReleasedArtifact = Omit<StoredArtifact, 'lockedUntil' | 'cameraId' | 'parentSha256'> & {
  /** null: of the incident's own camera. */
  cameraId: string | null;
};

interface LoadedArtifact extends ReleasedArtifact {
  quarantined: boolean;
}

/** Somebody's word that an unmasked clip may leave. */
export interface UnredactedApproval {
  by: string;
  role: string;
  at: string;
  reason: string;
}

/** Whether the clip of one camera may leave, and as what. */
export type ClipRelease =
  | {
      allowed: true;
      as: 'original' | 'redacted';
      because: 'POLICY_ALLOWS_ORIGINAL' | 'REDACTED' | 'APPROVED_UNREDACTED';
      /** The video to hand over. */
      clip: ReleasedArtifact;
      /** The map of what was masked; null with the original. */
      redactionMap: ReleasedArtifact | null;
      /** All of this camera that may leave, clip and map among it: with a masked clip no segment, still or thumbnail. */
      artifacts: ReleasedArtifact[];
      /** Present when the original leaves only because somebody allowed it. */
      approval: UnredactedApproval | null;
    }
  | { allowed: false; reason: Reason };

export interface CameraRelease {
  cameraId: string;
  isOwn: boolean;
  release: ClipRelease;
}

export type EvidenceRelease = {
  /** Camera by camera, the incident's own first; whoever hands it over says which were left out. */
  cameras: CameraRelease[];
} & (
  | {
      allowed: true;
      /** `redacted` when every clip that goes along is masked. */
      as: 'original' | 'redacted';
      because: 'POLICY_ALLOWS_ORIGINAL' | 'REDACTED' | 'APPROVED_UNREDACTED';
      approval: UnredactedApproval | null;
      /** Of every camera whose clip may leave. */
      artifacts: ReleasedArtifact[];
    }
  | { allowed: false; reason: Reason }
);

/** Which stored objects of an incident may leave, or why none may. Whoever hands them over audits that. */
export function evidenceForRelease(
  ctx: ServiceContext,
  incidentId: string,
  audience: Audience = 'outside',
): Promise<EvidenceRelease> {
  requirePermission(ctx.actor, 'evidence.view');
  return readOnly(ctx, async (tx) =>
    decideRelease(tx, await loadIncident(tx, ctx.actor.tenantId, incidentId), audience),
  );
}

type ReleasedIncident = Pick<IncidentFacts, 'tenantId' | 'incidentId' | 'cameraId' | 'evidenceState'> & {
  policy: Pick<IncidentFacts['policy'], 'redaction'>;
};

/** The same within a transaction of the caller's, who has asked for the permission. */
export async function decideRelease(
  tx: Queryable,
  incident: ReleasedIncident,
  audience: Audience,
): Promise<EvidenceRelease> {
  const { tenantId, incidentId, policy } = incident;
  const restricted = audience === 'subject' ? null : await standingRestriction(tx, tenantId, incidentId);
  const artifacts = await loadArtifacts(tx, tenantId, incidentId);
  const versions = await loadRedactions(tx, tenantId, incidentId);
  // Whoever asks for their own picture has no right to that of others, whatever somebody said of the police.
  const approvals = audience === 'subject' ? [] : await standingApprovals(tx, incident);
  const releaseFor = (
    cameraId: string,
    isOwn: boolean,
    evidenceState: ReleaseFacts['evidenceState'],
  ): CameraRelease => {
    const of = { rule: policy.redaction.rule, audience, evidenceState };
    const release: ClipRelease = restricted
      ? { allowed: false, reason: { code: 'USE_RESTRICTED', params: { because: restricted.because } } }
      : decideClip(of, {
          artifacts: artifacts.filter((artifact) => artifact.cameraId === (isOwn ? null : cameraId)),
          newest: versions.find((version) => version.cameraId === cameraId),
          approval: approvals.find((approval) => approval.cameraId === cameraId),
        });
    return { cameraId, isOwn, release };
  };
  const own = releaseFor(incident.cameraId, true, incident.evidenceState);
  const others = (await loadOtherCameras(tx, tenantId, incidentId)).map(({ cameraId, state }) =>
    releaseFor(cameraId, false, state),
  );
  const cameras = [own, ...others];
  const leading = leadingOf([own.release, ...others.map(({ release }) => release)]);
  if (!leading.allowed) return { ...leading, cameras };
  const leaving = cameras.flatMap(({ release }) => (release.allowed ? release.artifacts : []));
  const { as, because, approval } = leading;
  return { allowed: true, as, because, approval, artifacts: leaving, cameras };
}

/** The part of a release that is about the incident's own camera. */
export const ownClip = ({ cameras }: EvidenceRelease): ClipRelease => cameras[0]!.release;

function decideClip(
  { rule, audience, evidenceState }: Pick<ReleaseFacts, 'rule' | 'evidenceState'> & { audience: Audience },
  {
    artifacts,
    newest,
    approval,
  }: { artifacts: LoadedArtifact[]; newest: Redaction | undefined; approval: StandingApproval | undefined },
): ClipRelease {
  const clip = artifacts.find(({ kind }) => kind === 'clip' || kind === 'other_clip');
  const decision = releaseOf({
    // The person who was recorded is shown nobody else, whatever the policy says of the police.
    rule: audience === 'subject' ? 'required' : rule,
    audience: audience === 'staff' ? 'staff' : 'outside',
    evidenceState,
    clipSha256: clip?.sha256 ?? null,
    approvedSha256: approval?.clipSha256 ?? null,
    redaction: newest ?? null,
  });
  if (!decision.allowed) return decision;
  if (decision.as === 'original') {
    const original = artifacts.filter(({ kind }) => kind !== 'redacted' && kind !== 'redaction_map');
    const altered = quarantinedAmong(original);
    if (altered) return altered;
    const by = decision.because === 'APPROVED_UNREDACTED' ? (approval?.approval ?? null) : null;
    return { ...decision, clip: clip!, redactionMap: null, artifacts: original, approval: by };
  }
  const byId = (id: string | null | undefined) => artifacts.find((artifact) => artifact.id === id);
  const masked = byId(newest?.artifactId);
  const map = byId(newest?.mapArtifactId);
  if (!masked || !map) return { allowed: false, reason: { code: 'REDACTION_MISSING', params: {} } };
  // What a masked clip was made from has to stand as well, or nobody can show that it is true.
  const altered = quarantinedAmong([masked, map, clip!]);
  if (altered) return altered;
  return { ...decision, clip: masked, redactionMap: map, artifacts: [masked, map], approval: null };
}

function quarantinedAmong(artifacts: readonly LoadedArtifact[]): Extract<ClipRelease, { allowed: false }> | null {
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

export interface StandingApproval {
  cameraId: string;
  clipSha256: string;
  approval: UnredactedApproval;
}

/** The approvals that were not withdrawn, one at most for each camera, with the clip that each is about. */
export async function standingApprovals(
  tx: Queryable,
  { tenantId, incidentId, cameraId }: Pick<IncidentFacts, 'tenantId' | 'incidentId' | 'cameraId'>,
): Promise<StandingApproval[]> {
  const rows = await tx.query<{
    camera_id: string | null;
    clip_sha256: string;
    reason: string;
    approved_by: string;
    approved_role: string;
    approved_at: Date;
  }>(
    'select camera_id, clip_sha256, reason, approved_by, approved_role, approved_at from unredacted_approvals where tenant_id = $1 and incident_id = $2 and withdrawn_at is null',
    [tenantId, incidentId],
  );
  return rows.map((row) => {
    const { reason, approved_by: by, approved_role: role, approved_at: at } = row;
    return {
      cameraId: row.camera_id ?? cameraId,
      clipSha256: row.clip_sha256,
      approval: { by, role, at: at.toISOString(), reason },
    };
  });
}
