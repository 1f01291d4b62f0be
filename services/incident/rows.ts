import type {
  Behaviour,
  Category,
  EvidenceState,
  IncidentState,
  PosVerdict,
  Reason,
  SecondReview,
  SeverityLevel,
  Verdict,
} from '../../domain/types.ts';
import { isoOrNull } from '../context.ts';

/** The columns that every view of an incident shares; the only place where they are named. */
export const incidentColumns = `i.id, i.code, i.store_id, s.name as store_name, i.camera_id, i.zone_id, coalesce(z.label, c.name) as zone_label, i.behaviour, i.category,
  i.severity, i.severity_score, i.severity_reasons, i.state, i.pos_verdict, i.pos_explanation, i.verdict, i.item, i.detected_at, i.received_at, i.late, i.acknowledged_at, i.closed_at,
  i.drill, i.suppression, i.claimed_by, i.claimed_until, i.second_review, i.runs, cb.display_name as claimed_name,
  i.evidence_state, i.detection_count, i.texts_sent, i.help_requested, i.corrected_at, i.waiting_step, i.waiting_due_at, w.display_name as waiting_name, i.purge_after, i.version,
  exists (select from holds h where h.tenant_id = i.tenant_id and h.incident_id = i.id and h.released_at is null) as legal_hold`;

export const incidentJoins = `incidents i
  join stores s on s.tenant_id = i.tenant_id and s.id = i.store_id
  join cameras c on c.tenant_id = i.tenant_id and c.store_id = i.store_id and c.id = i.camera_id
  left join zones z on z.tenant_id = i.tenant_id and z.store_id = i.store_id and z.id = i.zone_id
  left join api_keys cb on cb.tenant_id = i.tenant_id and i.claimed_by = 'user:' || cb.id and i.claimed_until > clock_timestamp()
  left join people w on w.tenant_id = i.tenant_id and w.id = i.waiting_person_id`;

export interface IncidentRow {
  [column: string]: unknown;
  id: string;
  code: string;
  store_id: string;
  store_name: string;
  camera_id: string;
  zone_id: string | null;
  zone_label: string;
  behaviour: Behaviour;
  category: Category;
  severity: SeverityLevel;
  severity_score: number;
  severity_reasons: Reason[];
  state: IncidentState;
  pos_verdict: PosVerdict;
  verdict: Verdict | null;
  item: { label: string; confidence: number } | null;
  detected_at: Date;
  received_at: Date;
  late: boolean;
  acknowledged_at: Date | null;
  closed_at: Date | null;
  evidence_state: EvidenceState;
  detection_count: number;
  texts_sent: number;
  help_requested: boolean;
  corrected_at: Date | null;
  waiting_step: number | null;
  waiting_due_at: Date | null;
  waiting_name: string | null;
  purge_after: Date | null;
  version: number;
  legal_hold: boolean;
  drill: boolean;
  suppression: Reason[] | null;
  claimed_by: string | null;
  claimed_until: Date | null;
  claimed_name: string | null;
  second_review: SecondReview | null;
  runs: number;
}

export interface IncidentSummary {
  id: string;
  code: string;
  storeId: string;
  storeName: string;
  cameraId: string;
  zoneId: string | null;
  zoneLabel: string;
  type: Behaviour;
  category: Category;
  severity: SeverityLevel;
  severityScore: number;
  state: IncidentState;
  posVerdict: PosVerdict;
  verdict: Verdict | null;
  item: { label: string; confidence: number } | null;
  detectedAt: string;
  receivedAt: string;
  late: boolean;
  acknowledgedAt: string | null;
  closedAt: string | null;
  evidenceState: EvidenceState;
  detectionCount: number;
  /** Text messages alone; calls and mails are among the notifications. */
  textsSent: number;
  helpRequested: boolean;
  corrected: boolean;
  waitingFor: { personName: string; step: number; dueAt: string } | null;
  legalHold: boolean;
  purgeAfter: string | null;
  version: number;
  drill: boolean;
  suppression: Reason[] | null;
  /** Who has taken it in the console, until when. */
  claim: { name: string; until: string; mine: boolean } | null;
  secondReview: SecondReview | null;
  runs: number;
}

export function summaryOf(row: IncidentRow, actorId: string): IncidentSummary {
  const waiting = row.waiting_name !== null && row.waiting_due_at !== null;
  return {
    id: row.id,
    code: row.code,
    storeId: row.store_id,
    storeName: row.store_name,
    cameraId: row.camera_id,
    zoneId: row.zone_id,
    zoneLabel: row.zone_label,
    type: row.behaviour,
    category: row.category,
    severity: row.severity,
    severityScore: row.severity_score,
    state: row.state,
    posVerdict: row.pos_verdict,
    verdict: row.verdict,
    item: row.item,
    detectedAt: row.detected_at.toISOString(),
    receivedAt: row.received_at.toISOString(),
    late: row.late,
    acknowledgedAt: isoOrNull(row.acknowledged_at),
    closedAt: isoOrNull(row.closed_at),
    evidenceState: row.evidence_state,
    detectionCount: row.detection_count,
    textsSent: row.texts_sent,
    helpRequested: row.help_requested,
    corrected: row.corrected_at !== null,
    waitingFor: waiting
      ? { personName: row.waiting_name!, step: row.waiting_step ?? 0, dueAt: row.waiting_due_at!.toISOString() }
      : null,
    legalHold: row.legal_hold,
    purgeAfter: isoOrNull(row.purge_after),
    version: row.version,
    drill: row.drill,
    suppression: row.suppression,
    claim:
      row.claimed_name !== null && row.claimed_until !== null
        ? { name: row.claimed_name, until: row.claimed_until.toISOString(), mine: row.claimed_by === actorId }
        : null,
    secondReview: row.second_review,
    runs: row.runs,
  };
}
