import { type Fusion, fuse } from '../../domain/fusion.ts';
import { type Severity, scoreSeverity } from '../../domain/severity.ts';
import type { PosVerdict } from '../../domain/types.ts';
import type { WriteTransaction } from '../context.ts';
import { hearSensors, type SensorFacts } from '../sensors/hear.ts';
import type { IncidentFacts } from './facts.ts';
import { addTimelineEntry } from './timeline-entry.ts';

export interface Weighed {
  severity: Severity;
  fusion: Fusion;
}

/** What cameras, till and sensors make of an incident together, and how severe that is. */
export async function weigh(
  tx: WriteTransaction,
  incident: IncidentFacts,
  posVerdict: PosVerdict,
  said: SensorFacts,
): Promise<Weighed> {
  const rows = await tx.query<{ camera_id: string; detected_at: Date; confidence: number; sensor: boolean }>(
    `select camera_id, detected_at, confidence, body ? 'sensorId' as sensor from detections where tenant_id = $1 and incident_id = $2 order by detected_at`,
    [incident.tenantId, incident.incidentId],
  );
  const fusion = fuse({
    detectedAt: incident.detectedAt,
    looks: rows
      .filter(({ sensor }) => !sensor)
      .map((row) => ({ cameraId: row.camera_id, at: row.detected_at.toISOString(), confidence: row.confidence })),
    posVerdict,
    ...said,
  });
  const surest = Math.max(0, ...rows.map(({ confidence }) => confidence));
  const severity = scoreSeverity({
    behaviour: incident.behaviour,
    confidence: incident.policy.fusion.severityFrom === 'fused' ? fusion.confidence : surest,
    posVerdict,
    detectionCount: incident.detectionCount,
    itemLabel: incident.itemLabel,
    helpRequested: incident.helpRequested,
    behaviourPoints: incident.policy.severityPoints[incident.behaviour],
  });
  return { severity, fusion };
}

/** Stores both; what sensors have changed about the confidence is on the timeline and audited with every contribution. */
export async function writeWeights(
  tx: WriteTransaction,
  incident: IncidentFacts,
  { severity, fusion }: Weighed,
  actorId: string,
): Promise<void> {
  const { tenantId, storeId, incidentId } = incident;
  await tx.query(
    'update incidents set severity = $3, severity_score = $4, severity_reasons = $5, fusion = $6 where tenant_id = $1 and id = $2',
    [
      ...[tenantId, incidentId, severity.level, severity.score, JSON.stringify(severity.reasons)],
      JSON.stringify(fusion),
    ],
  );
  const { confidence, contributions } = fusion;
  const before = incident.fusion;
  // With camera and till alone the till's own entry says it all.
  const sensorsSpoke = [...contributions, ...(before?.contributions ?? [])].some(
    ({ source }) => source !== 'camera' && source !== 'till',
  );
  const codes = (of: Fusion | null) => of?.contributions.map(({ reason, weight }) => `${reason.code} ${weight}`).join();
  if (!sensorsSpoke || codes(fusion) === codes(before)) return;
  await addTimelineEntry(tx, {
    ...{ tenantId, storeId, incidentId, kind: 'confidence_fused', actor: actorId },
    params: { before: before?.confidence ?? null, confidence },
  });
  tx.audit({
    action: 'incident.confidence_fused',
    subject: `incident:${incidentId}`,
    details: { before: before?.confidence ?? null, confidence, contributions },
  });
}

/**
 * A sensor spoke after the first look: weighs everything again. The till's verdict is left to the workflow, which is
 * asked to look again when people may be told now, or when the goods turn out to be paid for.
 */
export async function weighAgain(
  tx: WriteTransaction,
  incident: IncidentFacts,
  actorId: string,
): Promise<{ lookAgain: boolean }> {
  tx.noAudit('nothing changed');
  // The first look is still to come, and hears all of this.
  if (incident.posVerdict === 'PENDING') return { lookAgain: false };
  const said = await hearSensors(tx, incident, actorId);
  await writeWeights(tx, incident, await weigh(tx, incident, incident.posVerdict, said), actorId);
  if (said.goods && incident.posVerdict === 'NOT_APPLICABLE')
    await tx.query(
      "update incidents set pos_explanation = jsonb_set(pos_explanation, '{reasons}', $3) where tenant_id = $1 and id = $2",
      [incident.tenantId, incident.incidentId, JSON.stringify([said.goods.reason])],
    );
  const held = incident.suppression?.some(({ code }) => code === 'CONFIDENCE_TOO_LOW') ?? false;
  const settled = said.goods?.paid === true && incident.posVerdict === 'NOT_APPLICABLE';
  const lookAgain = incident.state !== 'closed' && (held || settled);
  if (lookAgain)
    await tx.query("insert into outbox (tenant_id, store_id, incident_id, kind) values ($1, $2, $3, 'receipt')", [
      ...[incident.tenantId, incident.storeId, incident.incidentId],
    ]);
  return { lookAgain };
}
