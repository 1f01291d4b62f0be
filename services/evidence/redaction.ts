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
import { loadClip, loadRedactions, type StoredClip } from './redaction-rows.ts';
import { decideRelease, type EvidenceRelease, standingApproval, type UnredactedApproval } from './release.ts';

export interface RedactionView {
  policy: RedactionPolicy;
  /** The newest first; only the newest counts. */
  versions: Redaction[];
  approval: UnredactedApproval | null;
  /** What may leave the company now. */
  release: EvidenceRelease;
}

/** What there is of masked clips, and what may leave. */
export function readRedactions(ctx: ServiceContext, incidentId: string): Promise<RedactionView> {
  requirePermission(ctx.actor, 'evidence.view');
  return readOnly(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    const { policy, evidenceState } = await loadIncident(tx, tenantId, incidentId);
    return {
      policy: policy.redaction,
      versions: await loadRedactions(tx, tenantId, incidentId),
      approval: (await standingApproval(tx, tenantId, incidentId))?.approval ?? null,
      release: await decideRelease(tx, tenantId, { incidentId, policy, evidenceState, audience: 'outside' }),
    };
  });
}

/** Asks for a masked clip; one that is there or being made is not asked for twice, one that failed is tried again. */
export function requestRedaction(ctx: ServiceContext, input: { incidentId: string }): Promise<Redaction> {
  requirePermission(ctx.actor, 'evidence.redact');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const clip = await clipOf(tx, incident);
    const [newest] = await loadRedactions(tx, ctx.actor.tenantId, input.incidentId);
    if (newest && (newest.state === 'requested' || newest.state === 'ready')) {
      tx.noAudit('nothing changed');
      return newest;
    }
    return orderRedaction(tx, { actorId: ctx.actor.id, incident, clip, before: newest, manual: newest?.manual ?? [] });
  });
}

/**
 * Has the clip masked anew with these boxes, which replace whatever was drawn before. `basedOn` is the version that was
 * looked at, 0 for none: whoever looked at an older one is told, so that nobody wipes out another's boxes.
 */
export function addManualBoxes(
  ctx: ServiceContext,
  input: { incidentId: string; basedOn: number; manual: ManualTrack[] },
): Promise<Redaction> {
  requirePermission(ctx.actor, 'evidence.redact');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const clip = await clipOf(tx, incident);
    const durationMs = clip.fromAt === null || clip.toAt === null ? null : toMs(clip.toAt) - toMs(clip.fromAt);
    checkManualTracks(input.manual, durationMs);
    const [newest] = await loadRedactions(tx, ctx.actor.tenantId, input.incidentId);
    if (newest?.state === 'requested')
      throw new DomainError('CONFLICT', `Version ${newest.version} is being made. Wait for it, look, then draw.`);
    if ((newest?.version ?? 0) !== input.basedOn)
      throw new DomainError(
        'CONFLICT',
        `You drew on version ${input.basedOn}, and the newest is ${newest?.version ?? 0}. Load it and draw again.`,
      );
    return orderRedaction(tx, { actorId: ctx.actor.id, incident, clip, before: newest, manual: input.manual });
  });
}

/** Somebody answers by name for the unmasked clip leaving; it counts for this clip alone. */
export function approveUnredacted(
  ctx: ServiceContext,
  input: { incidentId: string; reason: string },
): Promise<RedactionView> {
  requirePermission(ctx.actor, 'evidence.release');
  const reason = input.reason.trim();
  if (reason === '') throw invalidField('reason', 'is missing: say why the unmasked clip has to leave');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const clip = await clipOf(tx, incident);
    const given = await tx.query(
      `insert into unredacted_approvals (tenant_id, store_id, incident_id, clip_sha256, reason, approved_by, approved_role, approved_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (tenant_id, incident_id) where withdrawn_at is null do nothing returning incident_id`,
      [
        ctx.actor.tenantId,
        incident.storeId,
        input.incidentId,
        clip.sha256,
        reason,
        ctx.actor.id,
        ctx.actor.role,
        tx.at,
      ],
    );
    if (given.length === 0)
      throw new DomainError('CONFLICT', 'The unmasked clip of this incident has been allowed to leave already.');
    await addTimelineEntry(tx, {
      ...placeOf(incident),
      kind: 'unredacted_approved',
      actor: ctx.actor.id,
      params: { note: reason },
    });
    tx.audit({
      action: 'evidence.unredacted_approved',
      subject: `incident:${input.incidentId}`,
      details: { reason, clipSha256: clip.sha256 },
    });
  }).then(() => readRedactions(ctx, input.incidentId));
}

/** Takes the word back; what has left is not called back by it. */
export function withdrawUnredacted(ctx: ServiceContext, input: { incidentId: string }): Promise<RedactionView> {
  requirePermission(ctx.actor, 'evidence.release');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const withdrawn = await tx.query(
      'update unredacted_approvals set withdrawn_at = $3, withdrawn_by = $4 where tenant_id = $1 and incident_id = $2 and withdrawn_at is null returning incident_id',
      [ctx.actor.tenantId, input.incidentId, tx.at, ctx.actor.id],
    );
    if (withdrawn.length === 0)
      throw new DomainError('CONFLICT', 'Nobody has allowed the unmasked clip of this incident to leave.');
    await addTimelineEntry(tx, { ...placeOf(incident), kind: 'unredacted_withdrawn', actor: ctx.actor.id });
    tx.audit({ action: 'evidence.unredacted_withdrawn', subject: `incident:${input.incidentId}` });
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

async function clipOf(tx: WriteTransaction, incident: IncidentFacts): Promise<StoredClip> {
  const clip = await loadClip(tx, incident.tenantId, incident.incidentId);
  if (!clip) throw new DomainError('PRECONDITION_FAILED', withoutClip[incident.evidenceState]);
  return clip;
}

interface Order {
  actorId: string;
  incident: Pick<IncidentFacts, 'tenantId' | 'storeId' | 'incidentId' | 'policy'>;
  clip: Pick<StoredClip, 'artifactId' | 'sha256'>;
  before: Redaction | undefined;
  manual: ManualTrack[];
}

/** The next version, in the transaction of whoever wants it; the outbox tells the engine. */
export async function orderRedaction(tx: WriteTransaction, order: Order): Promise<Redaction> {
  const { incident, clip, manual } = order;
  const { tenantId, storeId, incidentId } = incident;
  const { target, style } = incident.policy.redaction;
  const version = (order.before?.version ?? 0) + 1;
  await tx.query(
    `insert into redactions (tenant_id, store_id, incident_id, version, state, target, style, manual, parent_artifact_id, parent_sha256, requested_by, requested_at)
     values ($1, $2, $3, $4, 'requested', $5, $6, $7, $8, $9, $10, $11)`,
    [
      ...[tenantId, storeId, incidentId, version, target, style, JSON.stringify(manual)],
      ...[clip.artifactId, clip.sha256, order.actorId, tx.at],
    ],
  );
  await tx.query(
    "insert into outbox (tenant_id, store_id, incident_id, kind, payload) values ($1, $2, $3, 'redact', $4)",
    [tenantId, storeId, incidentId, JSON.stringify({ version })],
  );
  await addTimelineEntry(tx, {
    ...{ tenantId, storeId, incidentId, kind: 'redaction_requested', actor: order.actorId },
    params: { version, boxes: manual.length },
  });
  tx.audit({
    action: 'evidence.redaction_requested',
    subject: `incident:${incidentId}`,
    details: { version, target, style, parentSha256: clip.sha256, manual },
  });
  return {
    ...{ version, state: 'requested', reason: null, target, style, manual },
    ...{ requestedBy: order.actorId, requestedAt: tx.at, settledAt: null },
    ...{ parentSha256: clip.sha256, sha256: null, artifactId: null, mapArtifactId: null },
  };
}
