import type { Queryable } from '../../adapters/postgres/database.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Message, Outcome, Past, PastAnswer, PastDetection, PastIncident } from '../../domain/simulation/types.ts';
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
import { askTill } from '../pos/ask-till.ts';

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
    `select d.incident_id, d.store_id, d.camera_id, d.zone_id, d.behaviour, d.detected_at, d.received_at, d.confidence, d.body -> 'item' ->> 'label' as item_label,
       (i.fusion ->> 'confidence')::double precision as fused_confidence
     from detections d join incidents i on i.tenant_id = d.tenant_id and i.id = d.incident_id
     where d.tenant_id = $1 and d.incident_id = any ($2) order by d.received_at, d.detected_at`,
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
  fused_confidence: number | null;
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
  fusedConfidence: row.fused_confidence,
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

interface UnaskedRow {
  [column: string]: unknown;
  incident_id: string;
  store_id: string;
  camera_id: string;
  zone_id: string;
  terminal_id: string;
  detected_at: Date;
  behaviour: Behaviour;
  expected_plus: string[] | null;
  rung_plu: string | null;
}

/**
 * What the till says today of incidents about which it was not asked then, by the same function as when it is real and by
 * the lines and clocks that are on record. A feed that has spoken since is taken to have been alive: when it was silent
 * is not kept.
 */
export async function askTillToday(
  tx: Queryable,
  tenantId: string,
  incidents: readonly PastIncident[],
  policy: Pick<Policy, 'receiptFirst' | 'posWindow'>,
  askedAt: string,
): Promise<PastIncident[]> {
  const unasked = incidents.filter(
    ({ behaviour, till }) =>
      policy.receiptFirst.includes(behaviour) && till.every(({ verdict }) => verdict === 'NOT_APPLICABLE'),
  );
  if (unasked.length === 0) return [...incidents];
  const rows = await tx.query<UnaskedRow>(
    `select d.incident_id, i.store_id, i.camera_id, z.id as zone_id, z.terminal_id, d.detected_at, d.behaviour,
       d.body -> 'expectedPlus' as expected_plus, d.body ->> 'rungPlu' as rung_plu
     from detections d join incidents i on i.tenant_id = d.tenant_id and i.id = d.incident_id
     join zones z on z.tenant_id = i.tenant_id and z.store_id = i.store_id and z.id = i.zone_id and z.terminal_id is not null
     where d.tenant_id = $1 and d.incident_id = any ($2) order by d.detected_at`,
    [tenantId, unasked.map(({ incidentId }) => incidentId)],
  );
  const said = new Map<string, PosVerdict>();
  for (const [incidentId, own] of groupByIncident(rows)) {
    const { store_id: storeId, camera_id: cameraId, zone_id: zoneId, terminal_id: terminalId } = own[0]!;
    const { verdict } = await askTill(tx, {
      place: { tenantId, storeId, cameraId, zoneId, terminalId },
      detections: own.map((row) => ({
        ...{ detectedAt: iso(row.detected_at), behaviour: row.behaviour },
        ...{ expectedPlus: row.expected_plus, rungPlu: row.rung_plu },
      })),
      ...{ drill: false, window: policy.posWindow, prompted: null, askedAt, lock: false },
    });
    said.set(incidentId, verdict);
  }
  return incidents.map((incident) => ({
    ...incident,
    tillToday: said.get(incident.incidentId) ?? incident.tillToday,
  }));
}
