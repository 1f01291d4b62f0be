import { addMs } from '../../domain/time.ts';
import type { ArtifactKind, DetectionBox, Reason } from '../../domain/types.ts';
import { readOnly, type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { placeOf } from '../incident/assess.ts';
import { loadIncident } from '../incident/facts.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';
import { orderRedaction } from './order-redaction.ts';

export interface EvidenceRequest {
  storeId: string;
  incidentId: string;
  cameraId: string;
  code: string;
  detectedAt: string;
  fromAt: string;
  toAt: string;
  /** Never past the purge date of any verdict, since no incident closes before it is received; the verdict extends it. */
  lockedUntil: string;
  boxes: DetectionBox[];
  sightingsAt: string[];
  /** The receipt was found before the clip was made. */
  notKept: boolean;
  /** It is on record already: what is left is what other cameras saw. */
  secured: boolean;
}

export interface StoredArtifact {
  id: string;
  kind: ArtifactKind;
  mediaType: string;
  objectKey: string;
  objectVersion: string;
  sizeBytes: number;
  sha256: string;
  fromAt: string | null;
  toAt: string | null;
  lockedUntil: string;
  /** Of a camera beside the incident's own. */
  cameraId?: string;
  /** Of a derivative: the hash of what it was made from. */
  parentSha256?: string;
}

export interface EvidenceResult {
  state: 'ready' | 'partial' | 'failed';
  gaps: { fromAt: string; toAt: string }[];
  failure: Reason | null;
  artifacts: StoredArtifact[];
  /** As the clip was probed. */
  picture?: { width: number; height: number; fps: number };
}

export function readEvidenceRequest(ctx: ServiceContext, incidentId: string): Promise<EvidenceRequest> {
  return readOnly(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, incidentId);
    const [evidence] = await tx.query<{ from_at: Date; to_at: Date; state: string }>(
      'select from_at, to_at, state from evidence where tenant_id = $1 and incident_id = $2',
      [ctx.actor.tenantId, incidentId],
    );
    const detections = await tx.query<{ detected_at: Date; boxes: DetectionBox[] | null }>(
      "select detected_at, body -> 'boxes' as boxes from detections where tenant_id = $1 and incident_id = $2 order by detected_at",
      [ctx.actor.tenantId, incidentId],
    );
    return {
      storeId: incident.storeId,
      incidentId,
      cameraId: incident.cameraId,
      code: incident.code,
      detectedAt: incident.detectedAt,
      fromAt: evidence!.from_at.toISOString(),
      toAt: evidence!.to_at.toISOString(),
      lockedUntil: addMs(incident.receivedAt, Math.min(...Object.values(incident.policy.retentionMs))),
      boxes: detections.flatMap((detection) => detection.boxes ?? []),
      sightingsAt: detections.map((detection) => detection.detected_at.toISOString()),
      notKept: evidence!.state === 'not_kept',
      secured: evidence!.state === 'ready' || evidence!.state === 'partial',
    };
  });
}

/**
 * What was acquired, once: a second result for the same incident changes nothing. Returns until when the objects must
 * be locked if the incident was closed while they were made.
 */
export function recordEvidence(
  ctx: ServiceContext,
  input: { incidentId: string; result: EvidenceResult },
): Promise<{ purgeAfter: string | null }> {
  const { result } = input;
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const settled = await tx.query<{ attempt: number }>(
      "update evidence set state = $3, settled_at = $4, gaps = $5, failure = $6, picture = $7 where tenant_id = $1 and incident_id = $2 and state in ('requested', 'not_kept', 'failed') returning attempt",
      [
        ctx.actor.tenantId,
        input.incidentId,
        result.state,
        tx.at,
        JSON.stringify(result.gaps),
        result.failure === null ? null : JSON.stringify(result.failure),
        result.picture === undefined ? null : JSON.stringify(result.picture),
      ],
    );
    const [incidentRow] = await tx.query<{ purge_after: Date | null }>(
      'select purge_after from incidents where tenant_id = $1 and id = $2',
      [ctx.actor.tenantId, input.incidentId],
    );
    const purgeAfter = incidentRow?.purge_after?.toISOString() ?? null;
    if (settled.length === 0) {
      tx.noAudit('nothing changed');
      return { purgeAfter };
    }
    for (const artifact of result.artifacts) await insertArtifact(tx, placeOf(incident), artifact);
    // The person's time starts when they can see something, but never ends later than the policy's grace allows; a
    // recording that was tried again comes after that time.
    await tx.query(
      `update incidents set evidence_state = $3,
         waiting_due_at = case when waiting_due_at is not null and $5 = 1 then least($4::timestamptz + make_interval(secs => coalesce((policy -> 'escalation' -> waiting_step ->> 'timeoutMs')::numeric, 0) / 1000), waiting_due_at + make_interval(secs => (policy -> 'evidence' ->> 'graceMs')::numeric / 1000)) else waiting_due_at end
       where tenant_id = $1 and id = $2`,
      [ctx.actor.tenantId, input.incidentId, result.state, tx.at, settled[0]?.attempt ?? 1],
    );
    const kind =
      result.state === 'ready' ? 'evidence_ready' : result.state === 'partial' ? 'evidence_partial' : 'evidence_failed';
    await addTimelineEntry(tx, {
      ...placeOf(incident),
      kind,
      actor: ctx.actor.id,
      params: { artifacts: result.artifacts.length, gaps: result.gaps.length, ...(result.failure ?? {}) },
    });
    const clip = result.artifacts.find((artifact) => artifact.kind === 'clip');
    if (clip && incident.policy.redaction.rule === 'required') {
      const made = { artifactId: clip.id, otherCameraId: null, sha256: clip.sha256 };
      await orderRedaction(tx, { actorId: ctx.actor.id, incident, clip: made, manual: [] });
    }
    tx.audit({
      action: result.state === 'failed' ? 'evidence.failed' : 'evidence.acquired',
      subject: `incident:${input.incidentId}`,
      details: {
        state: result.state,
        gaps: result.gaps,
        failure: result.failure,
        artifacts: result.artifacts.map(({ id, sha256, objectVersion }) => ({ id, sha256, objectVersion })),
      },
    });
    return { purgeAfter };
  });
}

/** Notes one stored object; the same again changes nothing. */
export async function insertArtifact(
  tx: WriteTransaction,
  place: { tenantId: string; storeId: string; incidentId: string },
  artifact: StoredArtifact,
): Promise<void> {
  await tx.query(
    `insert into evidence_artifacts (tenant_id, store_id, incident_id, id, kind, media_type, object_key, object_version, size_bytes, sha256, from_at, to_at, locked_until, camera_id, parent_sha256, stored_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) on conflict do nothing`,
    [
      place.tenantId,
      place.storeId,
      place.incidentId,
      artifact.id,
      artifact.kind,
      artifact.mediaType,
      artifact.objectKey,
      artifact.objectVersion,
      artifact.sizeBytes,
      artifact.sha256,
      artifact.fromAt,
      artifact.toAt,
      artifact.lockedUntil,
      artifact.cameraId ?? null,
      artifact.parentSha256 ?? null,
      tx.at,
    ],
  );
}

/** Objects whose lock must reach the new purge date, each with the date; noted once the store has done it. */
export function readLocks(
  ctx: ServiceContext,
  incidentId: string,
): Promise<{ objectKey: string; objectVersion: string; lockedUntil: string }[]> {
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{ object_key: string; object_version: string; locked_until: Date }>(
      'select object_key, object_version, locked_until from evidence_artifacts where tenant_id = $1 and incident_id = $2 and purged_at is null',
      [ctx.actor.tenantId, incidentId],
    );
    return rows.map((row) => ({
      objectKey: row.object_key,
      objectVersion: row.object_version,
      lockedUntil: row.locked_until.toISOString(),
    }));
  });
}

export function recordLocks(ctx: ServiceContext, input: { incidentId: string; lockedUntil: string }): Promise<void> {
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    await tx.query(
      'update evidence_artifacts set locked_until = greatest(locked_until, $3) where tenant_id = $1 and incident_id = $2 and purged_at is null',
      [ctx.actor.tenantId, input.incidentId, addMs(input.lockedUntil, 0)],
    );
  });
}
