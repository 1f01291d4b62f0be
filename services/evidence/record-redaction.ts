import type { ManualTrack, RedactionStyle, RedactionTarget } from '../../domain/redaction/types.ts';
import type { DetectionBox, Reason } from '../../domain/types.ts';
import { found, readOnly, type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { placeOf } from '../incident/assess.ts';
import { loadIncident } from '../incident/facts.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';
import { insertArtifact, type StoredArtifact } from './record.ts';
import { loadClip, loadRedactions, ofOther, type StoredClip } from './redaction-rows.ts';

export interface RedactionWork {
  storeId: string;
  clip: StoredClip;
  requestedAt: string;
  target: RedactionTarget;
  style: RedactionStyle;
  manual: ManualTrack[];
  boxes: DetectionBox[];
  /** A legal hold stands: what is made is held as well. */
  held: boolean;
}

/** What the media worker needs to make one version; null once that version is settled. */
export function readRedactionWork(
  ctx: ServiceContext,
  input: { incidentId: string; version: number },
): Promise<RedactionWork | null> {
  return readOnly(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    const incident = await loadIncident(tx, tenantId, input.incidentId);
    const redaction = found(
      (await loadRedactions(tx, tenantId, input.incidentId)).find(({ version }) => version === input.version),
      `version ${input.version} of the redaction of ${input.incidentId}`,
    );
    const isOwn = redaction.cameraId === incident.cameraId;
    const clip = await loadClip(tx, tenantId, input.incidentId, isOwn ? null : redaction.cameraId);
    if (redaction.state !== 'requested' || !clip) return null;
    const detections = await tx.query<{ boxes: DetectionBox[] | null }>(
      "select body -> 'boxes' as boxes from detections where tenant_id = $1 and incident_id = $2",
      [tenantId, input.incidentId],
    );
    const held = await tx.query(
      'select incident_id from holds where tenant_id = $1 and incident_id = $2 and released_at is null',
      [tenantId, input.incidentId],
    );
    const { requestedAt, target, style, manual } = redaction;
    return {
      ...{ storeId: incident.storeId, clip, requestedAt, target, style, manual, held: held.length > 0 },
      // They lie in the picture of the camera that reported them; in any other everybody is a bystander.
      boxes: isOwn ? detections.flatMap((detection) => detection.boxes ?? []) : [],
    };
  });
}

export type RedactionResult =
  | { state: 'ready'; video: StoredArtifact; map: StoredArtifact }
  | { state: 'failed' | 'unavailable'; reason: Reason };

/**
 * What became of one version, once. `purged`: the incident's evidence was deleted meanwhile, so that what was just stored
 * has to go as well. `purgeAfter`: until when it must be locked.
 */
export function recordRedaction(
  ctx: ServiceContext,
  input: { incidentId: string; version: number; result: RedactionResult },
): Promise<{ purged: boolean; purgeAfter: string | null }> {
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const [row] = await tx.query<{ purge_after: Date | null; purged_at: Date | null }>(
      'select purge_after, purged_at from incidents where tenant_id = $1 and id = $2',
      [ctx.actor.tenantId, input.incidentId],
    );
    const purged = row?.purged_at != null;
    const result: RedactionResult = purged
      ? { state: 'failed', reason: { code: 'EVIDENCE_PURGED', params: {} } }
      : input.result;
    const answer = { purged, purgeAfter: row?.purge_after?.toISOString() ?? null };
    const settled = await settle(tx, ctx.actor.tenantId, input, result);
    if (settled === null) {
      tx.noAudit('nothing changed');
      return answer;
    }
    if (result.state === 'ready')
      for (const artifact of [result.video, result.map]) await insertArtifact(tx, placeOf(incident), artifact);
    const reason = result.state === 'ready' ? null : result.reason;
    await addTimelineEntry(tx, {
      ...placeOf(incident),
      kind: 'redaction_settled',
      actor: ctx.actor.id,
      params: { version: input.version, state: result.state, ...ofOther(settled.camera_id), ...(reason ?? {}) },
    });
    tx.audit({
      action: result.state === 'ready' ? 'evidence.redacted' : 'evidence.redaction_failed',
      subject: `incident:${input.incidentId}`,
      details: {
        version: input.version,
        state: result.state,
        ...ofOther(settled.camera_id),
        ...(result.state === 'ready'
          ? {
              artifacts: [result.video, result.map].map(({ id, sha256, objectVersion }) => ({
                id,
                sha256,
                objectVersion,
              })),
            }
          : { reason }),
      },
    });
    return answer;
  });
}

async function settle(
  tx: WriteTransaction,
  tenantId: string,
  { incidentId, version }: { incidentId: string; version: number },
  result: RedactionResult,
): Promise<{ camera_id: string | null } | null> {
  const [videoId, mapId] = result.state === 'ready' ? [result.video.id, result.map.id] : [null, null];
  const [settled] = await tx.query<{ camera_id: string | null }>(
    "update redactions set state = $4, reason = $5, settled_at = $6, artifact_id = $7, map_artifact_id = $8 where tenant_id = $1 and incident_id = $2 and version = $3 and state = 'requested' returning camera_id",
    [
      ...[tenantId, incidentId, version, result.state],
      ...[result.state === 'ready' ? null : JSON.stringify(result.reason), tx.at, videoId, mapId],
    ],
  );
  return settled ?? null;
}
