import { DomainError, invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { checkManualTracks } from '../../domain/redaction/manual.ts';
import type { ManualTrack, Redaction, RedactionPolicy } from '../../domain/redaction/types.ts';
import { toMs } from '../../domain/time.ts';
import type { EvidenceState } from '../../domain/types.ts';
import { readOnly, type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { placeOf } from '../incident/assess.ts';
import { type IncidentFacts, loadIncident } from '../incident/facts.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';
import { loadOtherCameras } from './cameras.ts';
import { orderRedaction } from './order-redaction.ts';
import { loadClip, loadRedactions, ofOther, type StoredClip } from './redaction-rows.ts';
import { type ClipRelease, decideRelease, standingApprovals, type UnredactedApproval } from './release.ts';

export interface RedactionView {
  policy: RedactionPolicy;
  /** Each camera of the incident, its own first. */
  cameras: CameraMasking[];
  /** The newest first; of each camera only the newest counts. */
  versions: Redaction[];
}

export interface CameraMasking {
  cameraId: string;
  name: string;
  isOwn: boolean;
  /** What a masked one is made from; null: there is none, no more, or it is kept back. */
  clip: { artifactId: string; fromAt: string | null; toAt: string | null } | null;
  approval: UnredactedApproval | null;
  /** What of it may leave the company now. */
  release: ClipRelease;
}

/** What there is of masked clips, and what may leave. */
export function readRedactions(ctx: ServiceContext, incidentId: string): Promise<RedactionView> {
  requirePermission(ctx.actor, 'evidence.view');
  return readOnly(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    const incident = await loadIncident(tx, tenantId, incidentId);
    const names = new Map(
      (await loadOtherCameras(tx, tenantId, incidentId)).map(({ cameraId, name }) => [cameraId, name]),
    );
    const approvals = await standingApprovals(tx, incident);
    const cameras: CameraMasking[] = [];
    for (const camera of (await decideRelease(tx, incident, 'outside')).cameras) {
      const { cameraId, isOwn } = camera;
      const clip = await loadClip(tx, tenantId, incidentId, isOwn ? null : cameraId);
      cameras.push({
        ...camera,
        name: isOwn ? incident.laneLabel : (names.get(cameraId) ?? cameraId),
        clip: clip && !clip.quarantined ? { artifactId: clip.artifactId, fromAt: clip.fromAt, toAt: clip.toAt } : null,
        approval: approvals.find((approval) => approval.cameraId === cameraId)?.approval ?? null,
      });
    }
    const versions = await loadRedactions(tx, tenantId, incidentId);
    return { policy: incident.policy.redaction, cameras, versions };
  });
}

/** Which clip: of the camera that is named, of the incident's own where none is. */
export interface ClipChoice {
  incidentId: string;
  cameraId?: string | undefined;
}

/** Asks for a masked clip; one that is there or being made is not asked for twice, one that failed is tried again. */
export function requestRedaction(ctx: ServiceContext, input: ClipChoice): Promise<Redaction> {
  requirePermission(ctx.actor, 'evidence.redact');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const clip = await clipOf(tx, incident, input.cameraId);
    const newest = await newestOf(tx, incident, clip);
    if (newest && (newest.state === 'requested' || newest.state === 'ready')) {
      tx.noAudit('nothing changed');
      return newest;
    }
    return orderRedaction(tx, { actorId: ctx.actor.id, incident, clip, manual: newest?.manual ?? [] });
  });
}

/**
 * Has the clip masked anew with these boxes, which replace whatever was drawn before. `basedOn` is the version that was
 * looked at, 0 for none: whoever looked at an older one is told, so that nobody wipes out another's boxes.
 */
export function addManualBoxes(
  ctx: ServiceContext,
  input: ClipChoice & { basedOn: number; manual: ManualTrack[] },
): Promise<Redaction> {
  requirePermission(ctx.actor, 'evidence.redact');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const clip = await clipOf(tx, incident, input.cameraId);
    const durationMs = clip.fromAt === null || clip.toAt === null ? null : toMs(clip.toAt) - toMs(clip.fromAt);
    checkManualTracks(input.manual, durationMs);
    const newest = await newestOf(tx, incident, clip);
    if (newest?.state === 'requested')
      throw new DomainError('CONFLICT', `Version ${newest.version} is being made. Wait for it, look, then draw.`);
    if ((newest?.version ?? 0) !== input.basedOn)
      throw new DomainError(
        'CONFLICT',
        `You drew on version ${input.basedOn}, and the newest is ${newest?.version ?? 0}. Load it and draw again.`,
      );
    return orderRedaction(tx, { actorId: ctx.actor.id, incident, clip, manual: input.manual });
  });
}

/** Somebody answers by name for the unmasked clip leaving; it counts for this clip alone. */
export function approveUnredacted(ctx: ServiceContext, input: ClipChoice & { reason: string }): Promise<RedactionView> {
  requirePermission(ctx.actor, 'evidence.release');
  const reason = input.reason.trim();
  if (reason === '') throw invalidField('reason', 'is missing: say why the unmasked clip has to leave');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const clip = await clipOf(tx, incident, input.cameraId);
    const given = await tx.query(
      `insert into unredacted_approvals (tenant_id, store_id, incident_id, camera_id, clip_sha256, reason, approved_by, approved_role, approved_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (tenant_id, incident_id, camera_id) where withdrawn_at is null do nothing returning incident_id`,
      [
        ...[ctx.actor.tenantId, incident.storeId, input.incidentId, clip.otherCameraId, clip.sha256],
        ...[reason, ctx.actor.id, ctx.actor.role, tx.at],
      ],
    );
    if (given.length === 0)
      throw new DomainError('CONFLICT', 'The unmasked clip of this camera has been allowed to leave already.');
    await addTimelineEntry(tx, {
      ...placeOf(incident),
      kind: 'unredacted_approved',
      actor: ctx.actor.id,
      params: { note: reason, ...ofOther(clip.otherCameraId) },
    });
    tx.audit({
      action: 'evidence.unredacted_approved',
      subject: `incident:${input.incidentId}`,
      details: { reason, clipSha256: clip.sha256, ...ofOther(clip.otherCameraId) },
    });
  }).then(() => readRedactions(ctx, input.incidentId));
}

/** Takes the word back; what has left is not called back by it. */
export function withdrawUnredacted(ctx: ServiceContext, input: ClipChoice): Promise<RedactionView> {
  requirePermission(ctx.actor, 'evidence.release');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const otherCameraId = await chosenCamera(tx, incident, input.cameraId);
    const withdrawn = await tx.query(
      'update unredacted_approvals set withdrawn_at = $3, withdrawn_by = $4 where tenant_id = $1 and incident_id = $2 and camera_id is not distinct from $5 and withdrawn_at is null returning incident_id',
      [ctx.actor.tenantId, input.incidentId, tx.at, ctx.actor.id, otherCameraId],
    );
    if (withdrawn.length === 0)
      throw new DomainError('CONFLICT', 'Nobody has allowed the unmasked clip of this camera to leave.');
    const camera = ofOther(otherCameraId);
    await addTimelineEntry(tx, {
      ...{ ...placeOf(incident), kind: 'unredacted_withdrawn', actor: ctx.actor.id, params: camera },
    });
    tx.audit({ action: 'evidence.unredacted_withdrawn', subject: `incident:${input.incidentId}`, details: camera });
  }).then(() => readRedactions(ctx, input.incidentId));
}

const withoutClip: Record<EvidenceState, string> = {
  requested: 'The clip is still being secured. Ask again when it is ready.',
  failed: 'There is no clip: nothing was secured. See the evidence for the reason.',
  not_kept: 'There is no clip: the receipt was found, so the recording was not kept.',
  purged: 'The clip was deleted as its retention had ended.',
  partial: 'There is no clip of this incident.',
  ready: 'There is no clip of this incident.',
};

async function clipOf(
  tx: WriteTransaction,
  incident: IncidentFacts,
  cameraId: string | undefined,
): Promise<StoredClip> {
  const otherCameraId = await chosenCamera(tx, incident, cameraId);
  const clip = await loadClip(tx, incident.tenantId, incident.incidentId, otherCameraId);
  if (clip) return clip;
  throw new DomainError(
    'PRECONDITION_FAILED',
    otherCameraId === null
      ? withoutClip[incident.evidenceState]
      : `There is no clip of camera ${otherCameraId}. See the evidence for the reason, or ask again when it is ready.`,
  );
}

/** null: the incident's own. */
async function chosenCamera(
  tx: WriteTransaction,
  { tenantId, incidentId, cameraId: ownId }: IncidentFacts,
  cameraId: string | undefined,
): Promise<string | null> {
  if (cameraId === undefined || cameraId === ownId) return null;
  const others = (await loadOtherCameras(tx, tenantId, incidentId)).map((camera) => camera.cameraId);
  if (others.includes(cameraId)) return cameraId;
  throw invalidField('cameraId', `is no camera of this incident; those are ${[ownId, ...others].join(', ')}`);
}

async function newestOf(
  tx: WriteTransaction,
  { tenantId, incidentId, cameraId }: IncidentFacts,
  clip: StoredClip,
): Promise<Redaction | undefined> {
  const versions = await loadRedactions(tx, tenantId, incidentId);
  return versions.find((version) => version.cameraId === (clip.otherCameraId ?? cameraId));
}
