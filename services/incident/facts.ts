import type { Queryable } from '../../adapters/postgres/database.ts';
import type { Fusion } from '../../domain/fusion.ts';
import { completePolicy, type Policy } from '../../domain/policy.ts';
import type {
  Behaviour,
  Category,
  EvidenceState,
  IncidentState,
  PosVerdict,
  Reason,
  SeverityLevel,
  Verdict,
} from '../../domain/types.ts';
import { found } from '../context.ts';

export interface IncidentFacts {
  tenantId: string;
  storeId: string;
  storeName: string;
  timeZone: string;
  incidentId: string;
  code: string;
  cameraId: string;
  zoneId: string | null;
  laneLabel: string;
  terminalId: string | null;
  behaviour: Behaviour;
  category: Category;
  state: IncidentState;
  posVerdict: PosVerdict;
  verdict: Verdict | null;
  decidedBy: string | null;
  helpRequested: boolean;
  detectedAt: string;
  receivedAt: string;
  closedAt: string | null;
  evidenceState: EvidenceState;
  detectionCount: number;
  itemLabel: string | null;
  severity: SeverityLevel;
  drill: boolean;
  /** Why nobody is paged; null when people may be. */
  suppression: Reason[] | null;
  /** The how-manyth run of its workflow this is; more than one after a reopening. */
  run: number;
  version: number;
  /** How often the record was corrected. */
  corrections: number;
  /** What all sources made of it when they were last weighed. */
  fusion: Fusion | null;
  policy: Policy;
}

interface FactsRow {
  [column: string]: unknown;
  tenant_id: string;
  store_id: string;
  store_name: string;
  time_zone: string;
  id: string;
  code: string;
  camera_id: string;
  zone_id: string | null;
  zone_label: string;
  terminal_id: string | null;
  behaviour: Behaviour;
  category: Category;
  state: IncidentState;
  pos_verdict: PosVerdict;
  verdict: Verdict | null;
  decided_by: string | null;
  help_requested: boolean;
  detected_at: Date;
  received_at: Date;
  closed_at: Date | null;
  evidence_state: EvidenceState;
  detection_count: number;
  item: { label: string } | null;
  severity: SeverityLevel;
  drill: boolean;
  suppression: Reason[] | null;
  runs: number;
  version: number;
  corrections: number;
  fusion: Fusion | null;
  policy: Partial<Policy>;
}

/** Everything about an incident that a decision needs, in one look; `lock` when the caller will change it. */
export async function loadIncident(
  tx: Queryable,
  tenantId: string,
  incidentId: string,
  lock = false,
): Promise<IncidentFacts> {
  const [row] = await tx.query<FactsRow>(
    `select i.*, s.name as store_name, s.time_zone, coalesce(z.label, c.name) as zone_label, z.terminal_id
     from incidents i
     join stores s on s.tenant_id = i.tenant_id and s.id = i.store_id
     join cameras c on c.tenant_id = i.tenant_id and c.store_id = i.store_id and c.id = i.camera_id
     left join zones z on z.tenant_id = i.tenant_id and z.store_id = i.store_id and z.id = i.zone_id
     where i.tenant_id = $1 and i.id = $2 ${lock ? 'for update of i' : ''}`,
    [tenantId, incidentId],
  );
  const incident = found(row, `incident ${incidentId}`);
  return {
    tenantId: incident.tenant_id,
    storeId: incident.store_id,
    storeName: incident.store_name,
    timeZone: incident.time_zone,
    incidentId: incident.id,
    code: incident.code,
    cameraId: incident.camera_id,
    zoneId: incident.zone_id,
    laneLabel: incident.zone_label,
    terminalId: incident.terminal_id,
    behaviour: incident.behaviour,
    category: incident.category,
    state: incident.state,
    posVerdict: incident.pos_verdict,
    verdict: incident.verdict,
    decidedBy: incident.decided_by,
    helpRequested: incident.help_requested,
    detectedAt: incident.detected_at.toISOString(),
    receivedAt: incident.received_at.toISOString(),
    closedAt: incident.closed_at?.toISOString() ?? null,
    evidenceState: incident.evidence_state,
    detectionCount: incident.detection_count,
    itemLabel: incident.item?.label ?? null,
    severity: incident.severity,
    drill: incident.drill,
    suppression: incident.suppression,
    run: incident.runs,
    version: incident.version,
    corrections: incident.corrections,
    fusion: incident.fusion,
    policy: completePolicy(incident.policy),
  };
}
