import type { ManualTrack, Redaction } from '../../domain/redaction/types.ts';
import type { WriteTransaction } from '../context.ts';
import type { IncidentFacts } from '../incident/facts.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';
import { ofOther, type StoredClip } from './redaction-rows.ts';

interface Order {
  actorId: string;
  incident: Pick<IncidentFacts, 'tenantId' | 'storeId' | 'incidentId' | 'cameraId' | 'policy'>;
  clip: Pick<StoredClip, 'artifactId' | 'otherCameraId' | 'sha256'>;
  manual: ManualTrack[];
}

/** The next version, in the transaction of whoever wants it and has locked the incident; the outbox tells the engine. */
export async function orderRedaction(tx: WriteTransaction, order: Order): Promise<Redaction> {
  const { incident, clip, manual } = order;
  const { tenantId, storeId, incidentId } = incident;
  const { target, style } = incident.policy.redaction;
  const [row] = await tx.query<{ version: number }>(
    `insert into redactions (tenant_id, store_id, incident_id, version, state, camera_id, target, style, manual, parent_artifact_id, parent_sha256, requested_by, requested_at)
     select $1, $2, $3, coalesce(max(version), 0) + 1, 'requested', $4, $5, $6, $7, $8, $9, $10, $11 from redactions where tenant_id = $1 and incident_id = $3 returning version`,
    [
      ...[tenantId, storeId, incidentId, clip.otherCameraId, target, style, JSON.stringify(manual)],
      ...[clip.artifactId, clip.sha256, order.actorId, tx.at],
    ],
  );
  const { version } = row!;
  await tx.query(
    "insert into outbox (tenant_id, store_id, incident_id, kind, payload) values ($1, $2, $3, 'redact', $4)",
    [tenantId, storeId, incidentId, JSON.stringify({ version })],
  );
  const camera = ofOther(clip.otherCameraId);
  await addTimelineEntry(tx, {
    ...{ tenantId, storeId, incidentId, kind: 'redaction_requested', actor: order.actorId },
    params: { version, boxes: manual.length, ...camera },
  });
  tx.audit({
    action: 'evidence.redaction_requested',
    subject: `incident:${incidentId}`,
    details: { version, target, style, parentSha256: clip.sha256, manual, ...camera },
  });
  return {
    ...{ cameraId: clip.otherCameraId ?? incident.cameraId, version, state: 'requested', reason: null },
    ...{ target, style, manual, requestedBy: order.actorId, requestedAt: tx.at, settledAt: null },
    ...{ parentSha256: clip.sha256, sha256: null, artifactId: null, mapArtifactId: null },
  };
}
