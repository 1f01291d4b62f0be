import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import type { ArtifactKind, EvidenceState, Reason } from '../../domain/types.ts';
import { found, isoOrNull, readOnly, type ServiceContext, sha256Hex, write } from '../context.ts';
import { loadIncident } from '../incident/facts.ts';
import { decideRelease, evidenceForRelease } from './release.ts';

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
}

export interface Artifact {
  id: string;
  kind: ArtifactKind;
  mediaType: string;
  sizeBytes: number;
  sha256: string;
  fromAt: string | null;
  toAt: string | null;
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
    }>(
      'select i.evidence_state, e.failure, e.requested_at, e.settled_at, e.from_at, e.to_at, e.gaps from incidents i join evidence e on e.tenant_id = i.tenant_id and e.incident_id = i.id where i.tenant_id = $1 and i.id = $2',
      [ctx.actor.tenantId, incidentId],
    );
    const evidence = found(row, `incident ${incidentId}`);
    const artifacts = await tx.query<ArtifactRow>(
      'select * from evidence_artifacts where tenant_id = $1 and incident_id = $2 and purged_at is null order by kind, from_at, id',
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
      })),
    };
  });
}

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
    if (artifact.purged_at !== null)
      throw new DomainError(
        'NOT_FOUND',
        `This evidence was deleted on ${artifact.purged_at.toISOString()} as its retention had ended.`,
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

/** The stored bytes no longer have their hash: nothing was shown, and it is written down. */
export function recordIntegrityFailure(
  ctx: ServiceContext,
  input: { incidentId: string; artifactId: string; expectedSha256: string; actualSha256: string | null },
): Promise<void> {
  return write(ctx, async (tx) => {
    tx.audit({
      action: 'evidence.integrity_failed',
      subject: `incident:${input.incidentId}`,
      details: { artifactId: input.artifactId, expectedSha256: input.expectedSha256, actualSha256: input.actualSha256 },
    });
  });
}

export interface OpenedLink {
  tenantId: string;
  storeId: string;
  incidentId: string;
  personId: string;
  expiresAt: string;
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
  const release = await evidenceForRelease(ctx, incidentId, 'staff');
  if (release.allowed) return release.clip.id;
  throw new DomainError('NOT_FOUND', 'There is no clip of this moment that may be shown here.');
}

/** The few words a text's link shows; opening it is a custody event. */
export function openLinkPage(ctx: ServiceContext, incidentId: string): Promise<LinkPage> {
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, incidentId);
    const { policy, evidenceState } = incident;
    const audience = 'staff';
    const release = await decideRelease(tx, ctx.actor.tenantId, { incidentId, policy, evidenceState, audience });
    tx.audit({ action: 'evidence.link_opened', subject: `incident:${incidentId}`, details: { by: ctx.actor.id } });
    return {
      code: incident.code,
      laneLabel: incident.laneLabel,
      storeName: incident.storeName,
      timeZone: incident.timeZone,
      detectedAt: incident.detectedAt,
      evidenceState,
      clipArtifactId: release.allowed ? release.clip.id : null,
      masking: !release.allowed && release.reason.code === 'REDACTION_PENDING',
    };
  });
}
