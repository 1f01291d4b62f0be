import type { Queryable } from '../../adapters/postgres/database.ts';
import type { Policy } from '../../domain/policy.ts';
import { type CorrelationResult, correlate } from '../../domain/pos-correlation.ts';
import type { Message, Outcome, Past, PastAnswer, PastDetection, PastIncident } from '../../domain/simulation/types.ts';
import { addMs } from '../../domain/time.ts';
import type {
  Behaviour,
  Channel,
  HumanVerdict,
  PosVerdict,
  Reason,
  Role,
  SeverityLevel,
  Verdict,
} from '../../domain/types.ts';
import { iso } from '../context.ts';

export interface PastRange {
  tenantId: string;
  storeIds: readonly string[];
  fromAt: string;
  toAt: string;
  limit: number;
}

interface IncidentRow {
  [column: string]: unknown;
  id: string;
  store_id: string;
  camera_id: string;
  behaviour: Behaviour;
  detected_at: Date;
  received_at: Date;
  pos_verdict: PosVerdict;
  severity: SeverityLevel;
  suppression: Reason[] | null;
  verdict: Verdict | null;
  closed_at: Date | null;
  settled_at: Date | null;
}

interface EventRow {
  [column: string]: unknown;
  incident_id: string;
  at: Date;
  kind: string;
  actor: string;
  params: { verdict?: string; cause?: string };
}

interface NotificationRow {
  [column: string]: unknown;
  incident_id: string;
  kind: Message['kind'];
  step: number;
  state: string;
  person_id: string | null;
  role: Role | null;
  channel: Channel;
  reasons: Reason[];
  intended_at: Date;
}

export interface PastIncidents {
  incidents: PastIncident[];
  detections: PastDetection[];
  /** There are more in this time than were read. */
  cut: boolean;
}

/** The newest incidents of a time, oldest first, with what happened to each. Only metadata: no name, no text, no picture. */
export async function readPastIncidents(tx: Queryable, range: PastRange): Promise<PastIncidents> {
  const newest = await tx.query<IncidentRow>(
    `select i.id, i.store_id, i.camera_id, i.behaviour, i.detected_at, i.received_at, i.pos_verdict, i.severity, i.suppression, i.verdict, i.closed_at, e.settled_at
     from incidents i left join evidence e on e.tenant_id = i.tenant_id and e.incident_id = i.id
     where i.tenant_id = $1 and i.store_id = any ($2) and i.detected_at >= $3 and i.detected_at < $4 and not i.drill
     order by i.detected_at desc, i.id desc limit $5`,
    [range.tenantId, range.storeIds, range.fromAt, range.toAt, range.limit + 1],
  );
  const cut = newest.length > range.limit;
  const rows = newest.slice(0, range.limit).reverse();
  const ids = rows.map(({ id }) => id);
  const events = await tx.query<EventRow>(
    `select incident_id, at, kind, actor, params from incident_events
     where tenant_id = $1 and incident_id = any ($2) and kind in ('till_checked', 'acknowledged', 'verdict_given', 'help_requested', 'help_ended', 'closed') order by at, id`,
    [range.tenantId, ids],
  );
  const notifications = await tx.query<NotificationRow>(
    `select n.incident_id, n.kind, n.step, n.state, n.person_id, p.role, n.channel, n.reasons, n.intended_at from notifications n
     left join people p on p.tenant_id = n.tenant_id and p.id = n.person_id
     where n.tenant_id = $1 and n.incident_id = any ($2) and n.kind in ('alert', 'help', 'help_call') order by n.intended_at, n.step`,
    [range.tenantId, ids],
  );
  const detections = await tx.query<DetectionRow>(
    `select incident_id, store_id, camera_id, zone_id, behaviour, detected_at, received_at, confidence, body -> 'item' ->> 'label' as item_label
     from detections where tenant_id = $1 and incident_id = any ($2) order by received_at, detected_at`,
    [range.tenantId, ids],
  );
  const eventsOf = groupByIncident(events);
  const notificationsOf = groupByIncident(notifications);
  return {
    cut,
    incidents: rows.map((row) => pastIncident(row, eventsOf.get(row.id) ?? [], notificationsOf.get(row.id) ?? [])),
    detections: detections.map(pastDetection),
  };
}

interface DetectionRow {
  [column: string]: unknown;
  incident_id: string;
  store_id: string;
  camera_id: string;
  zone_id: string | null;
  behaviour: Behaviour;
  detected_at: Date;
  received_at: Date;
  confidence: number;
  item_label: string | null;
}

const pastDetection = (row: DetectionRow): PastDetection => ({
  incidentId: row.incident_id,
  storeId: row.store_id,
  cameraId: row.camera_id,
  zoneId: row.zone_id,
  behaviour: row.behaviour,
  detectedAt: iso(row.detected_at),
  receivedAt: iso(row.received_at),
  confidence: row.confidence,
  itemLabel: row.item_label,
});

const causes: Record<string, PastIncident['closedBy']> = {
  human_verdict: 'person',
  receipt_found: 'receipt',
  review_deadline: 'deadline',
};

function pastIncident(row: IncidentRow, events: EventRow[], notifications: NotificationRow[]): PastIncident {
  const till = events
    .filter(({ kind }) => kind === 'till_checked')
    .map(({ at, params }) => ({ at: iso(at), verdict: params.verdict as PosVerdict }));
  const closing = events.findLast(({ kind }) => kind === 'closed');
  return {
    incidentId: row.id,
    storeId: row.store_id,
    cameraId: row.camera_id,
    behaviour: row.behaviour,
    detectedAt: iso(row.detected_at),
    receivedAt: iso(row.received_at),
    till,
    tillToday: null,
    evidenceSettledAt: row.settled_at === null ? null : iso(row.settled_at),
    answers: events.flatMap((event) => answerOf(event) ?? []),
    closedAt: row.closed_at === null ? null : iso(row.closed_at),
    closedBy: row.closed_at === null ? null : (causes[closing?.params.cause ?? ''] ?? null),
    verdict: row.verdict,
    recorded: recordedOutcome(row, notifications),
  };
}

const answerKinds = ['acknowledged', 'verdict_given', 'help_requested', 'help_ended'];

function answerOf({ kind, at, actor, params }: EventRow): PastAnswer | null {
  if (!answerKinds.includes(kind)) return null;
  const said: PastAnswer['kind'] =
    kind === 'acknowledged'
      ? 'acknowledged'
      : kind === 'help_requested'
        ? 'help'
        : kind === 'help_ended'
          ? 'safe'
          : (params.verdict as HumanVerdict);
  return { at: iso(at), actorId: actor, kind: said };
}

function recordedOutcome(row: IncidentRow, notifications: NotificationRow[]): Outcome {
  const detectedMs = row.detected_at.getTime();
  return {
    messages: notifications.flatMap((each) =>
      each.person_id === null || each.state === 'withheld' || each.state === 'nobody_on_shift'
        ? []
        : [
            {
              kind: each.kind,
              step: each.step,
              role: each.role,
              personId: each.person_id,
              channel: each.channel,
              at: iso(each.intended_at),
              afterSeconds: Math.round((each.intended_at.getTime() - detectedMs) / 100) / 10,
            },
          ],
    ),
    withheld: notifications.flatMap(({ state, step, role, intended_at, reasons }) =>
      state === 'withheld' ? [{ step, role, at: iso(intended_at), reasons }] : [],
    ),
    nobodyOnShift: notifications.filter(({ state }) => state === 'nobody_on_shift').length,
    suppressed: row.suppression ?? [],
    posVerdict: row.pos_verdict,
    severity: row.severity,
    mergedInto: null,
    parts: 1,
  };
}

function groupByIncident<Row extends { incident_id: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.incident_id);
    if (group) group.push(row);
    else groups.set(row.incident_id, [row]);
  }
  return groups;
}

/** Verdicts of people in the time before, from which suppression learns. */
export async function readPastVerdicts(tx: Queryable, range: PastRange): Promise<Past['verdicts']> {
  const rows = await tx.query<{
    store_id: string;
    camera_id: string;
    behaviour: Behaviour;
    accepted_at: Date;
    closed_at: Date;
    verdict: Verdict;
  }>(
    `select store_id, camera_id, behaviour, accepted_at, closed_at, verdict from incidents
     where tenant_id = $1 and store_id = any ($2) and accepted_at >= $3 and accepted_at < $4 and state = 'closed' and not drill
       and verdict is not null and (decided_by like 'user:%' or decided_by like 'phone:%')
     order by accepted_at desc limit $5`,
    [range.tenantId, range.storeIds, range.fromAt, range.toAt, range.limit],
  );
  return rows.map((row) => ({
    storeId: row.store_id,
    cameraId: row.camera_id,
    behaviour: row.behaviour,
    receivedAt: iso(row.accepted_at),
    closedAt: iso(row.closed_at),
    verdict: row.verdict,
  }));
}

/**
 * What the till says today of incidents about which it was not asked then, by the lines that are on record. Its feed is
 * taken to have been alive: when a till was silent is not kept.
 */
export async function askTillToday(
  tx: Queryable,
  tenantId: string,
  { incidents, detections }: Pick<PastIncidents, 'incidents' | 'detections'>,
  policy: Pick<Policy, 'receiptFirst' | 'posWindow'>,
): Promise<PastIncident[]> {
  const unasked = new Set(
    incidents
      .filter(
        ({ behaviour, till }) =>
          policy.receiptFirst.includes(behaviour) && till.every(({ verdict }) => verdict === 'NOT_APPLICABLE'),
      )
      .map(({ incidentId }) => incidentId),
  );
  if (unasked.size === 0) return [...incidents];
  const reachMs = 2 * (policy.posWindow.beforeMs + policy.posWindow.afterMs);
  const lines = await tx.query<{
    incident_id: string;
    detected_at: Date;
    line_id: string | null;
    occurred_at: Date | null;
  }>(
    `select d.incident_id, d.detected_at, e.transaction_id || '/' || e.line as line_id, e.occurred_at from detections d
     join zones z on z.tenant_id = d.tenant_id and z.store_id = d.store_id and z.id = d.zone_id and z.terminal_id is not null
     left join pos_events e on e.tenant_id = d.tenant_id and e.store_id = d.store_id and e.terminal_id = z.terminal_id and e.type = 'scan'
       and e.occurred_at between d.detected_at - make_interval(secs => $3::bigint / 1000.0) and d.detected_at + make_interval(secs => $3::bigint / 1000.0)
     where d.tenant_id = $1 and d.incident_id = any ($2)`,
    [tenantId, [...unasked], reachMs],
  );
  const linesOf = groupByIncident(lines);
  const ownOf = groupByIncident(detections.map((detection) => ({ incident_id: detection.incidentId, detection })));
  return incidents.map((incident) => {
    const known = linesOf.get(incident.incidentId);
    if (!unasked.has(incident.incidentId) || known === undefined) return incident;
    const scans = known.flatMap(({ line_id, occurred_at }) =>
      line_id === null || occurred_at === null
        ? []
        : [{ lineId: line_id, occurredAt: iso(occurred_at), plu: null, description: null }],
    );
    const unique = [...new Map(scans.map((scan) => [scan.lineId, scan])).values()].sort((a, b) =>
      a.occurredAt.localeCompare(b.occurredAt),
    );
    const sightings = (ownOf.get(incident.incidentId) ?? []).map(({ detection }) => detection.detectedAt);
    const results = sightings.map((sightingAt) =>
      correlate({
        sightingAt,
        neighbourSightingsAt: sightings,
        lines: unique,
        feedSeenAt: addMs(sightingAt, policy.posWindow.afterMs + policy.posWindow.feedStaleAfterMs),
        window: policy.posWindow,
      }),
    );
    return { ...incident, tillToday: worst(results) };
  });
}

const worst = (results: readonly CorrelationResult[]): PosVerdict =>
  (['MISMATCH', 'UNKNOWN', 'MATCH'] as const).find((candidate) =>
    results.some(({ verdict }) => verdict === candidate),
  ) ?? 'UNKNOWN';
