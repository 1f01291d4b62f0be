import type { Queryable } from '../../adapters/postgres/database.ts';
import type { GoodsAnswer } from '../../domain/sensors-goods.ts';
import type { Behaviour, PosVerdict, Reason } from '../../domain/types.ts';
import type { WriteTransaction } from '../context.ts';
import { type AskedDetection, askTill } from '../pos/ask-till.ts';
import { noteRescan } from '../pos/prompt.ts';
import { hearSensors } from '../sensors/hear.ts';
import type { IncidentFacts } from './facts.ts';
import { addTimelineEntry } from './timeline-entry.ts';
import { type Weighed, weigh, writeWeights } from './weigh.ts';

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
): Promise<Weighed & { pos: PosExplanation }> {
  const said = await hearSensors(tx, incident, actorId);
  const pos = await explainByTill(tx, incident, said.goods);
  const { severity, fusion } = await weigh(tx, incident, pos.verdict, said);
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
  await tx.query('update incidents set pos_verdict = $3, pos_explanation = $4 where tenant_id = $1 and id = $2', [
    ...[incident.tenantId, incident.incidentId, pos.verdict, JSON.stringify(pos)],
  ]);
  await writeWeights(tx, incident, { severity, fusion }, actorId);
  return { pos, severity, fusion };
}

export const placeOf = (incident: Pick<IncidentFacts, 'tenantId' | 'storeId' | 'incidentId'>) => ({
  tenantId: incident.tenantId,
  storeId: incident.storeId,
  incidentId: incident.incidentId,
});

async function explainByTill(
  tx: WriteTransaction,
  incident: IncidentFacts,
  goods: GoodsAnswer | null,
): Promise<PosExplanation> {
  const nothing = { windowFromAt: null, windowToAt: null, matchedLineIds: [] };
  if (!incident.policy.receiptFirst.includes(incident.behaviour)) {
    const none = { code: 'BEHAVIOUR_NEEDS_NO_TILL', params: { behaviour: incident.behaviour } };
    return { verdict: goods?.paid ? 'MATCH' : 'NOT_APPLICABLE', ...nothing, reasons: [goods?.reason ?? none] };
  }
  if (incident.terminalId === null)
    return {
      verdict: 'UNKNOWN',
      ...nothing,
      reasons: [{ code: 'ZONE_HAS_NO_TILL', params: { zoneId: incident.zoneId } }],
    };
  const { tenantId, storeId, cameraId, zoneId, terminalId, drill } = incident;
  return askTill(tx, {
    place: { tenantId, storeId, cameraId, zoneId, terminalId },
    detections: await readAskedDetections(tx, incident),
    ...{ drill, window: incident.policy.posWindow, askedAt: tx.at },
    prompted: incident.policy.prompt === null ? null : await promptOf(tx, incident),
    lock: true,
  });
}

async function readAskedDetections(tx: Queryable, incident: IncidentFacts): Promise<AskedDetection[]> {
  const rows = await tx.query<{
    detected_at: Date;
    behaviour: Behaviour;
    expected_plus: string[] | null;
    rung_plu: string | null;
  }>(
    `select detected_at, behaviour, body -> 'expectedPlus' as expected_plus, body ->> 'rungPlu' as rung_plu
     from detections where tenant_id = $1 and incident_id = $2 and not body ? 'sensorId' order by detected_at`,
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
