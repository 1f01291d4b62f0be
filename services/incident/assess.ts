import type { Queryable } from '../../adapters/postgres/database.ts';
import { type CorrelationResult, correlate } from '../../domain/pos-correlation.ts';
import { type Severity, scoreSeverity } from '../../domain/severity.ts';
import { addMs, toMs } from '../../domain/time.ts';
import type { Detection, PosVerdict, Reason } from '../../domain/types.ts';
import type { WriteTransaction } from '../context.ts';
import { readScanLines } from '../pos/lines.ts';
import type { IncidentFacts } from './facts.ts';
import { addTimelineEntry } from './timeline-entry.ts';

export interface PosExplanation {
  verdict: PosVerdict;
  windowFromAt: string | null;
  windowToAt: string | null;
  matchedLineIds: string[];
  reasons: Reason[];
}

/**
 * Asks the till, scores the severity and writes both down when they changed. Several detections in one incident are
 * each asked about: one without a receipt is a MISMATCH, all with one are a MATCH.
 */
export async function assess(
  tx: WriteTransaction,
  incident: IncidentFacts,
  actorId: string,
): Promise<{ pos: PosExplanation; severity: Severity }> {
  const pos = await askTill(tx, incident);
  const severity = scoreSeverity({
    behaviour: incident.behaviour,
    confidence: await bestConfidence(tx, incident),
    posVerdict: pos.verdict,
    detectionCount: incident.detectionCount,
    itemLabel: incident.itemLabel,
    helpRequested: incident.helpRequested,
    behaviourPoints: incident.policy.severityPoints[incident.behaviour],
  });
  if (pos.verdict !== incident.posVerdict) {
    await addTimelineEntry(tx, {
      ...placeOf(incident),
      kind: 'till_checked',
      actor: actorId,
      params: { verdict: pos.verdict, reasons: pos.reasons },
    });
    await addTimelineEntry(tx, {
      ...placeOf(incident),
      kind: 'severity_scored',
      actor: actorId,
      params: { level: severity.level, score: severity.score },
    });
    tx.audit({
      action: 'incident.till_checked',
      subject: `incident:${incident.incidentId}`,
      details: { ...pos, severity: severity.level, score: severity.score },
    });
  } else tx.noAudit('nothing changed');
  await tx.query(
    `update incidents set pos_verdict = $3, pos_explanation = $4, severity = $5, severity_score = $6, severity_reasons = $7 where tenant_id = $1 and id = $2`,
    [
      incident.tenantId,
      incident.incidentId,
      pos.verdict,
      JSON.stringify(pos),
      severity.level,
      severity.score,
      JSON.stringify(severity.reasons),
    ],
  );
  return { pos, severity };
}

export const placeOf = (incident: Pick<IncidentFacts, 'tenantId' | 'storeId' | 'incidentId'>) => ({
  tenantId: incident.tenantId,
  storeId: incident.storeId,
  incidentId: incident.incidentId,
});

async function bestConfidence(tx: Queryable, incident: IncidentFacts): Promise<number> {
  const [row] = await tx.query<{ best: number }>(
    'select max(confidence) as best from detections where tenant_id = $1 and incident_id = $2',
    [incident.tenantId, incident.incidentId],
  );
  return row?.best ?? 0;
}

async function askTill(tx: Queryable, incident: IncidentFacts): Promise<PosExplanation> {
  const nothing = { windowFromAt: null, windowToAt: null, matchedLineIds: [] };
  if (!incident.policy.receiptFirst.includes(incident.behaviour))
    return {
      verdict: 'NOT_APPLICABLE',
      ...nothing,
      reasons: [{ code: 'BEHAVIOUR_NEEDS_NO_TILL', params: { behaviour: incident.behaviour } }],
    };
  if (incident.terminalId === null)
    return {
      verdict: 'UNKNOWN',
      ...nothing,
      reasons: [{ code: 'ZONE_HAS_NO_TILL', params: { zoneId: incident.zoneId } }],
    };
  const till = { tenantId: incident.tenantId, storeId: incident.storeId, terminalId: incident.terminalId };
  const window = incident.policy.posWindow;
  const reachMs = 2 * (window.beforeMs + window.afterMs);
  const own = await tx.query<{ detected_at: Date }>(
    'select detected_at from detections where tenant_id = $1 and incident_id = $2 order by detected_at',
    [incident.tenantId, incident.incidentId],
  );
  const firstAt = own[0]?.detected_at.toISOString() ?? incident.detectedAt;
  const lastAt = own.at(-1)?.detected_at.toISOString() ?? incident.detectedAt;
  // Locked first: a line that is being stored right now is waited for here, or sees our verdict and reports itself late.
  const [feed] = await tx.query<{ feed_seen_at: Date | null }>(
    'select feed_seen_at from terminals where tenant_id = $1 and store_id = $2 and id = $3 for share',
    [incident.tenantId, incident.storeId, incident.terminalId],
  );
  const neighbours = await neighbourSightings(tx, incident, addMs(firstAt, -reachMs), addMs(lastAt, reachMs));
  const lines = await readScanLines(tx, till, addMs(firstAt, -reachMs), addMs(lastAt, reachMs));
  const results = own.map((detection) =>
    correlate({
      sightingAt: detection.detected_at.toISOString(),
      neighbourSightingsAt: neighbours,
      lines,
      feedSeenAt: feed?.feed_seen_at?.toISOString() ?? null,
      window,
    }),
  );
  return combine(results);
}

/** One item without a receipt decides; one that the till cannot speak of keeps the whole from being settled. */
function combine(results: readonly CorrelationResult[]): PosExplanation {
  const verdict =
    (['MISMATCH', 'UNKNOWN', 'MATCH'] as const).find((candidate) =>
      results.some((result) => result.verdict === candidate),
    ) ?? 'UNKNOWN';
  return {
    verdict,
    windowFromAt: results[0]?.windowFromAt ?? null,
    windowToAt: results.at(-1)?.windowToAt ?? null,
    matchedLineIds: results.flatMap((result) => (result.matchedLineId === null ? [] : [result.matchedLineId])),
    reasons: results.flatMap((result) => result.reasons),
  };
}

/** Items that any detection of this zone knows of: each claims its own receipt line. */
async function neighbourSightings(
  tx: Queryable,
  incident: IncidentFacts,
  fromAt: string,
  toAt: string,
): Promise<string[]> {
  const rows = await tx.query<{ body: Detection }>(
    `select body from detections where tenant_id = $1 and store_id = $2 and camera_id = $3 and zone_id is not distinct from $4 and detected_at between $5 and $6
       and coalesce((body ->> 'drill')::boolean, false) = $7`,
    // What a drill pretends to have seen claims no receipt line from a customer.
    [incident.tenantId, incident.storeId, incident.cameraId, incident.zoneId, fromAt, toAt, incident.drill],
  );
  const sightings = rows.flatMap((row) => [
    row.body.detectedAt,
    ...(row.body.sightings ?? []).map((sighting) => sighting.at),
  ]);
  return [...new Set(sightings.map((at) => new Date(toMs(at)).toISOString()))].filter(
    (at) => at >= fromAt && at <= toAt,
  );
}
