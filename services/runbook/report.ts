import type { RealIncident } from '../../domain/drill.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { found, iso, isoOrNull, type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { loadRunbookIncident, type RunbookIncident } from './rows.ts';

export interface OutsideReport {
  id: string;
  party: 'police';
  state: 'prepared' | 'handed_over' | 'withdrawn';
  preparedAt: string;
  handedOverAt: string | null;
  body: Record<string, unknown>;
}

/**
 * Writes the report for the police and sends nothing: a person hands it over. It names no person and holds no picture;
 * roles say who decided and approved, hashes say which recordings belong to it. A drill cannot even be passed in.
 */
export async function prepareReport(
  tx: WriteTransaction,
  incident: RealIncident<RunbookIncident>,
  approvals: readonly { actor: string; role: string; at: string }[],
): Promise<void> {
  const body = await reportBody(tx, incident, approvals);
  const id = `${incident.incidentId}-police`;
  await tx.query(
    `insert into outside_reports (tenant_id, store_id, incident_id, id, party, state, body, prepared_at, approved_by) values ($1, $2, $3, $4, 'police', 'prepared', $5, $6, $7)
     on conflict (tenant_id, id) do nothing`,
    [
      incident.tenantId,
      incident.storeId,
      incident.incidentId,
      id,
      JSON.stringify(body),
      tx.at,
      approvals.map(({ actor }) => actor),
    ],
  );
  tx.audit({
    action: 'report.prepared',
    subject: `incident:${incident.incidentId}`,
    details: { reportId: id, party: 'police', approvedBy: approvals.map(({ actor }) => actor) },
  });
}

async function reportBody(
  tx: WriteTransaction,
  incident: RealIncident<RunbookIncident>,
  approvals: readonly { role: string; at: string }[],
): Promise<Record<string, unknown>> {
  const place = [incident.tenantId, incident.incidentId];
  const [row] = await tx.query<{
    code: string;
    category: string;
    detected_at: Date;
    closed_at: Date | null;
    pos_verdict: string;
    evidence_state: string;
    item: { label: string } | null;
    severity_reasons: unknown;
    detection_count: number;
    store_name: string;
    time_zone: string;
    zone_label: string;
  }>(
    `select i.code, i.category, i.detected_at, i.closed_at, i.pos_verdict, i.evidence_state, i.item, i.severity_reasons, i.detection_count,
       s.name as store_name, s.time_zone, coalesce(z.label, c.name) as zone_label
     from incidents i join stores s on s.tenant_id = i.tenant_id and s.id = i.store_id
     join cameras c on c.tenant_id = i.tenant_id and c.store_id = i.store_id and c.id = i.camera_id
     left join zones z on z.tenant_id = i.tenant_id and z.store_id = i.store_id and z.id = i.zone_id
     where i.tenant_id = $1 and i.id = $2`,
    place,
  );
  const facts = found(row, `incident ${incident.incidentId}`);
  const files = await tx.query<{ id: string; kind: string; sha256: string; from_at: Date | null; to_at: Date | null }>(
    'select id, kind, sha256, from_at, to_at from evidence_artifacts where tenant_id = $1 and incident_id = $2 and purged_at is null order by kind, id',
    place,
  );
  return {
    kind: 'floorwalker.report.v1',
    party: 'police',
    statement: 'Prepared by the system and approved by two people. Not sent to anybody: a person hands it over.',
    incident: {
      id: incident.incidentId,
      code: facts.code,
      detectedAt: iso(facts.detected_at),
      closedAt: isoOrNull(facts.closed_at),
      behaviour: incident.behaviour,
      category: facts.category,
      severity: incident.severity,
      severityReasons: facts.severity_reasons,
      detections: facts.detection_count,
      item: facts.item?.label ?? null,
      verdict: incident.verdict,
      tillVerdict: facts.pos_verdict,
    },
    place: { storeId: incident.storeId, store: facts.store_name, timeZone: facts.time_zone, lane: facts.zone_label },
    evidence: {
      state: facts.evidence_state,
      files: files.map(({ id, kind, sha256, from_at, to_at }) => ({
        ...{ id, kind, sha256, fromAt: isoOrNull(from_at), toAt: isoOrNull(to_at) },
      })),
    },
    approvals: approvals.map(({ role, at }) => ({ role, at })),
    handedOver: null,
  };
}

/** What was prepared for outside parties; that somebody read it is on record. */
export function openReports(ctx: ServiceContext, incidentId: string): Promise<OutsideReport[]> {
  requirePermission(ctx.actor, 'evidence.view');
  return write(ctx, async (tx) => {
    await loadRunbookIncident(tx, ctx.actor.tenantId, incidentId);
    const rows = await tx.query<{
      id: string;
      party: 'police';
      state: OutsideReport['state'];
      prepared_at: Date;
      handed_over_at: Date | null;
      body: Record<string, unknown>;
    }>(
      'select id, party, state, prepared_at, handed_over_at, body from outside_reports where tenant_id = $1 and incident_id = $2 order by prepared_at',
      [ctx.actor.tenantId, incidentId],
    );
    if (rows.length === 0) tx.noAudit('nothing changed');
    else
      tx.audit({
        action: 'report.viewed',
        subject: `incident:${incidentId}`,
        details: { reportIds: rows.map(({ id }) => id) },
      });
    return rows.map((row) => ({
      id: row.id,
      party: row.party,
      state: row.state,
      preparedAt: iso(row.prepared_at),
      handedOverAt: isoOrNull(row.handed_over_at),
      body: row.body,
    }));
  });
}
