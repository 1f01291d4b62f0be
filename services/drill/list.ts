import { type Readiness, readinessOf } from '../../domain/drill.ts';
import { requirePermission } from '../../domain/permissions.ts';
import type { Behaviour, EvidenceState, IncidentState, Verdict } from '../../domain/types.ts';
import { actorNames } from '../access/names.ts';
import { iso, isoOrNull, readOnly, type ServiceContext } from '../context.ts';

export interface DrillView {
  id: string;
  incidentId: string;
  storeId: string;
  cameraId: string;
  zoneId: string | null;
  type: Behaviour;
  note: string | null;
  startedBy: string;
  startedAt: string;
  /** Null when it was put on record and could not be played. */
  incident: { state: IncidentState; verdict: Verdict | null; closedAt: string | null } | null;
  answeredByRole: string | null;
  stepsDone: number;
  stepsPlanned: number;
  readiness: Readiness | null;
}

interface DrillRow {
  [column: string]: unknown;
  id: string;
  incident_id: string;
  store_id: string;
  camera_id: string;
  zone_id: string | null;
  behaviour: Behaviour;
  note: string | null;
  started_by: string;
  started_at: Date;
  state: IncidentState | null;
  verdict: Verdict | null;
  closed_at: Date | null;
  detected_at: Date | null;
  evidence_state: EvidenceState | null;
  first_message_at: Date | null;
  first_answer_at: Date | null;
  answered_by_role: string | null;
  steps_done: number;
  steps_planned: number;
}

/** The newest drills in the caller's scope, each with how ready the shop was. */
export function listDrills(ctx: ServiceContext, filter: { storeId?: string; limit: number }): Promise<DrillView[]> {
  requirePermission(ctx.actor, 'incident.read', filter.storeId);
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<DrillRow>(
      `select d.*, i.state, i.verdict, i.closed_at, i.detected_at, i.evidence_state, message.at as first_message_at, answer.at as first_answer_at,
         case split_part(answer.actor, ':', 1)
           when 'phone' then (select p.role from people p where p.tenant_id = d.tenant_id and p.id = split_part(answer.actor, ':', 2))
           when 'user' then (select k.role from api_keys k where k.tenant_id = d.tenant_id and k.id = split_part(answer.actor, ':', 2))
         end as answered_by_role,
         steps.done as steps_done, steps.planned as steps_planned
       from drills d
       left join incidents i on i.tenant_id = d.tenant_id and i.id = d.incident_id
       left join lateral (select min(n.sent_at) as at from notifications n where n.tenant_id = d.tenant_id and n.incident_id = d.incident_id and n.kind = 'alert') message on true
       left join lateral (select e.at, e.actor from incident_events e where e.tenant_id = d.tenant_id and e.incident_id = d.incident_id
         and e.kind in ('acknowledged', 'verdict_given', 'help_requested') order by e.at, e.id limit 1) answer on true
       cross join lateral (select count(*) filter (where r.state in ('acknowledged', 'done', 'released'))::int as done,
         count(*) filter (where coalesce(r.reason ->> 'code', '') not in ('DRILL_STOPS_HERE', 'INCIDENT_CLOSED'))::int as planned
         from runbook_steps r where r.tenant_id = d.tenant_id and r.incident_id = d.incident_id) steps
       where d.tenant_id = $1 and ($2::text is null or d.store_id = $2) order by d.started_at desc, d.id desc limit $3`,
      [ctx.actor.tenantId, filter.storeId ?? null, filter.limit],
    );
    const nameOf = await actorNames(tx, ctx.actor.tenantId);
    return rows.map((row) => viewOf(row, nameOf));
  });
}

function viewOf(row: DrillRow, nameOf: (actorId: string) => string): DrillView {
  const played = row.detected_at !== null && row.state !== null && row.evidence_state !== null;
  return {
    id: row.id,
    incidentId: row.incident_id,
    storeId: row.store_id,
    cameraId: row.camera_id,
    zoneId: row.zone_id,
    type: row.behaviour,
    note: row.note,
    startedBy: nameOf(row.started_by),
    startedAt: iso(row.started_at),
    incident:
      row.state === null ? null : { state: row.state, verdict: row.verdict, closedAt: isoOrNull(row.closed_at) },
    answeredByRole: row.answered_by_role,
    stepsDone: row.steps_done,
    stepsPlanned: row.steps_planned,
    readiness: played
      ? readinessOf({
          detectedAt: iso(row.detected_at!),
          firstMessageAt: isoOrNull(row.first_message_at),
          firstAnswerAt: isoOrNull(row.first_answer_at),
          evidenceState: row.evidence_state!,
          stepsDone: row.steps_done,
          stepsPlanned: row.steps_planned,
        })
      : null,
  };
}
