import { alwaysPasses, attentionDecision } from '../../domain/attention.ts';
import { toMs } from '../../domain/time.ts';
import type { Reason } from '../../domain/types.ts';
import type { WriteTransaction } from '../context.ts';
import { placeOf } from './assess.ts';
import type { IncidentFacts } from './facts.ts';
import { addTimelineEntry } from './timeline-entry.ts';
import type { Weighed } from './weigh.ts';

interface CountsRow {
  [column: string]: unknown;
  paged: boolean;
  seen: number;
  storm: number;
  confirmed: number;
  dismissed: number;
  held: number;
}

/**
 * Whether people may be paged about this incident, written down with every reason when they may not. What has been
 * sent is never taken back: an incident about which somebody was told stays one.
 */
export async function decideAttention(
  tx: WriteTransaction,
  incident: IncidentFacts,
  { severity, fusion }: Weighed,
  actorId: string,
): Promise<{ suppressed: boolean }> {
  const facts = { behaviour: incident.behaviour, severity: severity.level };
  const reasons = alwaysPasses(facts) ? [] : await weigh(tx, incident, facts, fusion.confidence);
  if (reasons === null) return { suppressed: incident.suppression !== null };
  await remember(tx, incident, reasons, actorId);
  return { suppressed: reasons.length > 0 };
}

/** Null: somebody was told already, so there is nothing left to decide. */
async function weigh(
  tx: WriteTransaction,
  incident: IncidentFacts,
  facts: Parameters<typeof alwaysPasses>[0],
  confidence: number,
): Promise<Reason[] | null> {
  const { policy, tenantId, storeId, incidentId } = incident;
  // Two first contacts of one store must not both see the last free place in a storm.
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`attention:${tenantId}:${storeId}`]);
  const [counts] = await tx.query<CountsRow>(countsSql, [
    tenantId,
    storeId,
    incidentId,
    incident.cameraId,
    incident.zoneId,
    incident.behaviour,
    tx.at,
    policy.noise.gates.find(({ behaviour }) => behaviour === incident.behaviour)?.windowMs ?? 0,
    policy.noise.storm.windowMs,
    policy.noise.suppression?.windowMs ?? 0,
  ]);
  if (counts!.paged) return null;
  return attentionDecision(policy, {
    ...facts,
    ageOnArrivalMs: toMs(incident.receivedAt) - toMs(incident.detectedAt),
    seenInGateWindow: counts!.seen,
    firstTextsInStorm: counts!.storm,
    verdicts: { confirmed: counts!.confirmed, dismissed: counts!.dismissed },
    heldSincePass: counts!.held,
    confidence,
  });
}

/** A window of 0 ms asks nothing: the rule is not in the policy. Only what people said counts as a verdict on a camera. */
const countsSql = `
  with judged as (
    select i.verdict from incidents i
    where $10::bigint > 0 and i.tenant_id = $1 and i.store_id = $2 and i.camera_id = $4 and i.behaviour = $6 and i.state = 'closed' and not i.drill
      and i.accepted_at > $7::timestamptz - make_interval(secs => $10::bigint / 1000.0) and (i.decided_by like 'user:%' or i.decided_by like 'phone:%')
  ), recent as (
    select i.suppression, i.accepted_at from incidents i
    where $10::bigint > 0 and i.tenant_id = $1 and i.store_id = $2 and i.camera_id = $4 and i.behaviour = $6 and i.id <> $3
      and i.accepted_at > $7::timestamptz - make_interval(secs => $10::bigint / 1000.0)
  )
  select
    exists (select from notifications n where n.tenant_id = $1 and n.incident_id = $3 and n.state <> 'withheld') as paged,
    (select count(*)::int from detections d where $8::bigint > 0 and d.tenant_id = $1 and d.store_id = $2 and d.camera_id = $4 and d.zone_id is not distinct from $5
       and d.behaviour = $6 and d.detected_at between newest.at - make_interval(secs => $8::bigint / 1000.0) and newest.at) as seen,
    (select count(*)::int from notifications n where n.tenant_id = $1 and n.store_id = $2 and n.kind = 'alert' and n.step = 0 and n.round = 0
       and n.state not in ('withheld', 'nobody_on_shift') and n.incident_id <> $3 and n.intended_at > $7::timestamptz - make_interval(secs => $9::bigint / 1000.0)) as storm,
    (select count(*)::int from judged where verdict in ('confirmed', 'staff_error')) as confirmed,
    (select count(*)::int from judged where verdict in ('false_positive', 'paid')) as dismissed,
    (select count(*)::int from recent where suppression @> '[{"code": "LEARNT_FROM_VERDICTS"}]'
       and accepted_at > coalesce((select max(r.accepted_at) from recent r where r.suppression is null), '-infinity')) as held
  from (select max(d.detected_at) as at from detections d where d.tenant_id = $1 and d.incident_id = $3) newest`;

async function remember(
  tx: WriteTransaction,
  incident: IncidentFacts,
  reasons: readonly Reason[],
  actorId: string,
): Promise<void> {
  const before = incident.suppression;
  const after = reasons.length === 0 ? null : JSON.stringify(reasons);
  if (before === null && after === null) return;
  await tx.query('update incidents set suppression = $3 where tenant_id = $1 and id = $2', [
    incident.tenantId,
    incident.incidentId,
    after,
  ]);
  const same = before !== null && after !== null && codes(before) === codes(reasons);
  if (same) return tx.noAudit('nothing changed');
  await addTimelineEntry(tx, {
    ...placeOf(incident),
    kind: after === null ? 'paging_resumed' : 'paging_suppressed',
    actor: actorId,
    params: { reasons },
  });
  tx.audit({
    action: after === null ? 'incident.paging_resumed' : 'incident.paging_suppressed',
    subject: `incident:${incident.incidentId}`,
    details: { reasons },
  });
}

const codes = (reasons: readonly Reason[]): string => reasons.map(({ code }) => code).join(',');
