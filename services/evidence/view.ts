import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import type { ArtifactKind, EvidenceState, Reason } from '../../domain/types.ts';
import { found, isoOrNull, readOnly, type ServiceContext, sha256Hex, write } from '../context.ts';
import { loadIncident } from '../incident/facts.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';
import { refuseRestrictedUse } from '../rights/restrictions.ts';
import { loadOtherCameras, type OtherCamera } from './cameras.ts';
import { decideRelease, evidenceForRelease, ownClip } from './release.ts';

interface ArtifactRow {
  [column: string]: unknown;
  id: string;
  kind: ArtifactKind;
  media_type: string;
  object_key: string;
  object_version: string;
  size_bytes: number;
  sha256: string;
  from_at: Date | null;
  to_at: Date | null;
  store_id: string;
  purged_at: Date | null;
  camera_id: string | null;
  parent_sha256: string | null;
  quarantined_at: Date | null;
  quarantined_because: Quarantine['because'] | null;
}

/** Why nobody is given a file: its bytes are others than were recorded, or gone. */
export interface Quarantine {
  at: string;
  because: 'ALTERED' | 'GONE';
}

export interface Artifact {
  id: string;
  kind: ArtifactKind;
  mediaType: string;
  sizeBytes: number;
  sha256: string;
  fromAt: string | null;
  toAt: string | null;
  /** The camera beside the incident's own that it is from; null: the incident's own. */
  cameraId: string | null;
  parentSha256: string | null;
  quarantine: Quarantine | null;
}

export interface EvidenceView {
  state: EvidenceState;
  failure: Reason | null;
  requestedAt: string | null;
  readyAt: string | null;
  fromAt: string | null;
  toAt: string | null;
  gaps: { fromAt: string; toAt: string }[];
  artifacts: Artifact[];
  /** How often the recording was asked for. */
  attempt: number;
  otherCameras: OtherCamera[];
}

export function readEvidence(ctx: ServiceContext, incidentId: string): Promise<EvidenceView> {
  requirePermission(ctx.actor, 'evidence.view');
  return readOnly(ctx, async (tx) => {
    const [row] = await tx.query<{
      evidence_state: EvidenceState;
      failure: Reason | null;
      requested_at: Date;
      settled_at: Date | null;
      from_at: Date;
      to_at: Date;
      gaps: { fromAt: string; toAt: string }[];
      attempt: number;
    }>(
      'select i.evidence_state, e.failure, e.requested_at, e.settled_at, e.from_at, e.to_at, e.gaps, e.attempt from incidents i join evidence e on e.tenant_id = i.tenant_id and e.incident_id = i.id where i.tenant_id = $1 and i.id = $2',
      [ctx.actor.tenantId, incidentId],
    );
    const evidence = found(row, `incident ${incidentId}`);
    const artifacts = await tx.query<ArtifactRow>(
      "select * from evidence_artifacts where tenant_id = $1 and incident_id = $2 and purged_at is null and kind not in ('history', 'history_decoded') order by kind, from_at, id",
      [ctx.actor.tenantId, incidentId],
    );
    return {
      state: evidence.evidence_state,
      failure: evidence.failure,
      requestedAt: evidence.requested_at.toISOString(),
      readyAt: isoOrNull(evidence.settled_at),
      fromAt: evidence.from_at.toISOString(),
      toAt: evidence.to_at.toISOString(),
      gaps: evidence.gaps,
      artifacts: artifacts.map((artifact) => ({
        id: artifact.id,
        kind: artifact.kind,
        mediaType: artifact.media_type,
        sizeBytes: artifact.size_bytes,
        sha256: artifact.sha256,
        fromAt: isoOrNull(artifact.from_at),
        toAt: isoOrNull(artifact.to_at),
        cameraId: artifact.camera_id,
        parentSha256: artifact.parent_sha256,
        quarantine: quarantineOf(artifact),
      })),
      attempt: evidence.attempt,
      otherCameras: await loadOtherCameras(tx, ctx.actor.tenantId, incidentId),
    };
  });
}

const quarantineOf = ({ quarantined_at, quarantined_because }: ArtifactRow): Quarantine | null =>
  quarantined_at === null || quarantined_because === null
    ? null
    : { at: quarantined_at.toISOString(), because: quarantined_because };

export interface ArtifactLocation {
  objectKey: string;
  objectVersion: string;
  sha256: string;
  mediaType: string;
  sizeBytes: number;
}

/** Where the bytes lie. `continued`: a further range of a view that was audited a moment ago. */
export function openArtifact(
  ctx: ServiceContext,
  input: { incidentId: string; artifactId: string; continued: boolean },
): Promise<ArtifactLocation> {
  requirePermission(ctx.actor, 'evidence.view');
  return write(ctx, async (tx) => {
    const [row] = await tx.query<ArtifactRow>(
      'select * from evidence_artifacts where tenant_id = $1 and incident_id = $2 and id = $3',
      [ctx.actor.tenantId, input.incidentId, input.artifactId],
    );
    const artifact = found(row, `artifact ${input.artifactId} of incident ${input.incidentId}`);
    await refuseRestrictedUse(tx, ctx.actor, input.incidentId);
    // What people were told and by whom is for those who answer for it.
    if (artifact.kind === 'history' || artifact.kind === 'history_decoded') requirePermission(ctx.actor, 'audit.read');
    if (artifact.purged_at !== null)
      throw new DomainError(
        'NOT_FOUND',
        `This evidence was deleted on ${artifact.purged_at.toISOString()} as its retention had ended.`,
      );
    if (artifact.quarantined_at !== null)
      throw new DomainError(
        'PRECONDITION_FAILED',
        `Nobody is given this file: since ${artifact.quarantined_at.toISOString()} its bytes are known not to be what was recorded. Ask for an intact copy to be put in its place.`,
      );
    if (input.continued) tx.noAudit('telemetry');
    else
      tx.audit({
        action: 'evidence.viewed',
        subject: `incident:${input.incidentId}`,
        details: { artifactId: artifact.id, sha256: artifact.sha256 },
      });
    return {
      objectKey: artifact.object_key,
      objectVersion: artifact.object_version,
      sha256: artifact.sha256,
      mediaType: artifact.media_type,
      sizeBytes: artifact.size_bytes,
    };
  });
}

/** The stored bytes no longer have their hash: nothing was shown, nobody is given them any more, and it is written down. */
export function recordIntegrityFailure(
  ctx: ServiceContext,
  input: { incidentId: string; artifactId: string; expectedSha256: string; actualSha256: string | null },
): Promise<void> {
  const { incidentId, artifactId, expectedSha256, actualSha256 } = input;
  return write(ctx, async (tx) => {
    const because = actualSha256 === null ? 'GONE' : 'ALTERED';
    const [fresh] = await tx.query<{ store_id: string }>(
      'update evidence_artifacts set quarantined_at = $4, quarantined_because = $5 where tenant_id = $1 and incident_id = $2 and id = $3 and quarantined_at is null and purged_at is null returning store_id',
      [ctx.actor.tenantId, incidentId, artifactId, tx.at, because],
    );
    if (fresh)
      await addTimelineEntry(tx, {
        ...{ tenantId: ctx.actor.tenantId, storeId: fresh.store_id, incidentId },
        ...{ kind: 'evidence_quarantined', actor: ctx.actor.id, params: { artifactId, because } },
      });
    tx.audit({
      action: 'evidence.integrity_failed',
      subject: `incident:${incidentId}`,
      details: { artifactId, expectedSha256, actualSha256, quarantined: fresh !== undefined },
    });
  });
}

export interface OpenedLink {
  tenantId: string;
  storeId: string;
  incidentId: string;
  personId: string;
  expiresAt: string;
  /** The hash of the secret of the one phone that it works on; null: none has played the clip yet. */
  deviceSha256: string | null;
}

/** What a link from a text leads to, while it is valid; expired and revoked ones say so. */
export async function resolveEvidenceLink(db: ServiceContext['db'], token: string, nowAt: string): Promise<OpenedLink> {
  const [link] = await db.query<{
    tenant_id: string;
    store_id: string;
    incident_id: string;
    person_id: string;
    expires_at: Date;
    revoked_at: Date | null;
    device_sha256: string | null;
  }>('select * from find_evidence_link($1)', [sha256Hex(token)]);
  if (!link) throw new DomainError('NOT_FOUND', 'This link is not known. Ask the control room to send a new one.');
  if (link.revoked_at !== null)
    throw new DomainError(
      'NOT_FOUND',
      'This incident is closed, so the link no longer works. Nothing more is needed from you.',
    );
  if (link.expires_at.toISOString() <= nowAt)
    throw new DomainError('NOT_FOUND', 'This link has expired. Ask the control room if you still need it.');
  return {
    tenantId: link.tenant_id,
    storeId: link.store_id,
    incidentId: link.incident_id,
    personId: link.person_id,
    expiresAt: link.expires_at.toISOString(),
    deviceSha256: link.device_sha256,
  };
}

export interface LinkPage {
  code: string;
  laneLabel: string;
  storeName: string;
  timeZone: string;
  detectedAt: string;
  evidenceState: EvidenceState;
  /** What may be shown: the clip, or its masked derivative where the policy wants that. */
  clipArtifactId: string | null;
  /** It is being masked, and can be shown in a while. */
  masking: boolean;
}

/** Which artifact a link may show; throws NOT_FOUND while there is none. */
export async function linkClipId(ctx: ServiceContext, incidentId: string): Promise<string> {
  const release = ownClip(await evidenceForRelease(ctx, incidentId, 'staff'));
  if (release.allowed) return release.clip.id;
  throw new DomainError('NOT_FOUND', 'There is no clip of this moment that may be shown here.');
}

/** The few words a text's link shows; opening it is a custody event. */
export function openLinkPage(ctx: ServiceContext, incidentId: string): Promise<LinkPage> {
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, incidentId);
    const release = ownClip(await decideRelease(tx, incident, 'staff'));
    tx.audit({ action: 'evidence.link_opened', subject: `incident:${incidentId}`, details: { by: ctx.actor.id } });
    return {
      code: incident.code,
      laneLabel: incident.laneLabel,
      storeName: incident.storeName,
      timeZone: incident.timeZone,
      detectedAt: incident.detectedAt,
      evidenceState: incident.evidenceState,
      clipArtifactId: release.allowed ? release.clip.id : null,
      masking: !release.allowed && release.reason.code === 'REDACTION_PENDING',
    };
  });
}
