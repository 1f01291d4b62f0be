import type { Queryable } from '../../adapters/postgres/database.ts';
import { type CorrelationResult, contextMs, correlate } from '../../domain/pos-correlation.ts';
import { type Severity, scoreSeverity } from '../../domain/severity.ts';
import { readClocks } from '../../domain/till/clock-reading.ts';
import { beyondReceipts } from '../../domain/till/question.ts';
import { addMs } from '../../domain/time.ts';
import type { Behaviour, PosVerdict, Reason } from '../../domain/types.ts';
import type { WriteTransaction } from '../context.ts';
import { noteRescan } from '../pos/prompt.ts';
import { crossingOf, readSightings } from '../pos/sightings.ts';
import { readTillView } from '../pos/till-view.ts';
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
  const rescan = pos.reasons.find(({ code }) => code === 'RECEIPT_LINE_RESCANNED');
  if (pos.verdict === 'MATCH' && rescan) await noteRescan(tx, incident, String(rescan.params['lineId']), actorId);
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

async function askTill(tx: WriteTransaction, incident: IncidentFacts): Promise<PosExplanation> {
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
  const { tenantId, storeId, cameraId, zoneId, terminalId, drill } = incident;
  const window = incident.policy.posWindow;
  const own = await readOwnDetections(tx, incident);
  const firstAt = own[0]?.detectedAt ?? incident.detectedAt;
  const lastAt = own.at(-1)?.detectedAt ?? incident.detectedAt;
  // Locked first: a line that is being stored right now is waited for here, or sees our verdict and reports itself late.
  const view = await readTillView(tx, { tenantId, storeId, terminalId, cameraId }, firstAt, lastAt, {
    ...{ window, lock: true },
  });
  const reachMs = contextMs(window);
  const seen = await readSightings(
    tx,
    { tenantId, storeId, cameraId, zoneId },
    { fromAt: addMs(firstAt, -reachMs), toAt: addMs(lastAt, reachMs), drill },
  );
  const prompted = incident.policy.prompt === null ? null : await promptOf(tx, incident);
  const results = own.map(({ detectedAt: sightingAt, ...detection }): CorrelationResult => {
    const beyond = beyondReceipts(detection);
    if (beyond)
      return {
        ...{ verdict: 'UNKNOWN', matchedLineId: null, reasons: [beyond] },
        ...{ windowFromAt: addMs(sightingAt, -window.beforeMs), windowToAt: addMs(sightingAt, window.afterMs) },
      };
    return correlate({
      ...view,
      ...{ sightingAt, neighbourSightingsAt: seen.sightingsAt, window, askedAt: tx.at },
      expectedPlus: detection.expectedPlus,
      rescan: { plu: null, prompted },
      clock: readClocks({
        ...{ sightingAt, window, lines: view.lines, offset: view.offset },
        expected: view.everMeasured || seen.crossings.length > 0,
        crossingReceivedAt: crossingOf(seen.crossings, sightingAt)?.receivedAt ?? null,
      }),
    });
  });
  return combine(results);
}

interface OwnDetection {
  detectedAt: string;
  behaviour: Behaviour;
  expectedPlus: string[] | null;
  rungPlu: string | null;
}

/** Each is asked about by itself, oldest first. */
async function readOwnDetections(tx: Queryable, incident: IncidentFacts): Promise<OwnDetection[]> {
  const rows = await tx.query<{
    detected_at: Date;
    behaviour: Behaviour;
    expected_plus: string[] | null;
    rung_plu: string | null;
  }>(
    `select detected_at, behaviour, body -> 'expectedPlus' as expected_plus, body ->> 'rungPlu' as rung_plu
     from detections where tenant_id = $1 and incident_id = $2 order by detected_at`,
    [incident.tenantId, incident.incidentId],
  );
  return rows.map((row) => ({
    ...{ detectedAt: row.detected_at.toISOString(), behaviour: row.behaviour },
    ...{ expectedPlus: row.expected_plus, rungPlu: row.rung_plu },
  }));
}

/** How long the terminal waits for another scan; null when it has not asked for one. */
async function promptOf(tx: Queryable, incident: IncidentFacts): Promise<{ askedAt: string; untilAt: string } | null> {
  const [row] = await tx.query<{ intended_at: Date; until_at: Date }>(
    'select intended_at, until_at from terminal_prompts where tenant_id = $1 and incident_id = $2',
    [incident.tenantId, incident.incidentId],
  );
  return row ? { askedAt: row.intended_at.toISOString(), untilAt: row.until_at.toISOString() } : null;
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
