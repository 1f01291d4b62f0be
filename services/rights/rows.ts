import type { Queryable } from '../../adapters/postgres/database.ts';
import type {
  IdentityCheck,
  IncidentMark,
  RefusalGround,
  SubjectRequestKind,
  SubjectRequestState,
} from '../../domain/rights/requests.ts';
import type { Behaviour, EvidenceState } from '../../domain/types.ts';
import { found, iso, isoOrNull } from '../context.ts';

export type IdentityMethod = 'in_person' | 'known_details' | 'account' | 'representative';

export interface SubjectRequest {
  id: string;
  kind: SubjectRequestKind;
  state: SubjectRequestState;
  storeId: string;
  storeName: string;
  timeZone: string;
  contact: string | null;
  description: string | null;
  fromAt: string;
  toAt: string;
  cameraIds: string[];
  identity: { result: IdentityCheck; method: IdentityMethod | null; by: string | null; at: string | null };
  receivedAt: string;
  recordedBy: string;
  dueAt: string;
  overdue: boolean;
  extendedReason: string | null;
  decidedBy: string | null;
  decidedAt: string | null;
  ground: RefusalGround | null;
}

export interface RequestRow {
  [column: string]: unknown;
  id: string;
  kind: SubjectRequestKind;
  state: SubjectRequestState;
  store_id: string;
  store_name: string;
  time_zone: string;
  contact: string | null;
  description: string | null;
  from_at: Date;
  to_at: Date;
  camera_ids: string[];
  identity: IdentityCheck;
  identity_method: IdentityMethod | null;
  identity_by: string | null;
  identity_at: Date | null;
  received_at: Date;
  recorded_by: string;
  due_at: Date;
  extended_reason: string | null;
  decided_by: string | null;
  decided_at: Date | null;
  ground: RefusalGround | null;
  letter: string | null;
}

export const requestColumns = 'r.*, s.name as store_name, s.time_zone';
export const requestJoins = 'subject_requests r join stores s on s.tenant_id = r.tenant_id and s.id = r.store_id';

/** The request under the caller's scope, locked when it will be changed. */
export async function loadRequest(
  tx: Queryable,
  tenantId: string,
  requestId: string,
  lock = false,
): Promise<RequestRow> {
  const [row] = await tx.query<RequestRow>(
    `select ${requestColumns} from ${requestJoins} where r.tenant_id = $1 and r.id = $2 ${lock ? 'for update of r' : ''}`,
    [tenantId, requestId],
  );
  return found(row, `request ${requestId}`);
}

export const requestOf = (row: RequestRow, nameOf: (actorId: string) => string, nowAt: string): SubjectRequest => ({
  ...{ id: row.id, kind: row.kind, state: row.state, storeId: row.store_id, storeName: row.store_name },
  ...{ timeZone: row.time_zone, contact: row.contact, description: row.description },
  ...{ fromAt: iso(row.from_at), toAt: iso(row.to_at), cameraIds: row.camera_ids },
  identity: {
    ...{ result: row.identity, method: row.identity_method, at: isoOrNull(row.identity_at) },
    by: row.identity_by === null ? null : nameOf(row.identity_by),
  },
  ...{ receivedAt: iso(row.received_at), recordedBy: nameOf(row.recorded_by), dueAt: iso(row.due_at) },
  ...{ overdue: row.state === 'open' && iso(row.due_at) < nowAt, extendedReason: row.extended_reason },
  ...{ decidedBy: row.decided_by === null ? null : nameOf(row.decided_by), decidedAt: isoOrNull(row.decided_at) },
  ground: row.ground,
});

/** A recording that fits the time and the place of a request. */
export interface Candidate {
  incidentId: string;
  code: string;
  behaviour: Behaviour;
  detectedAt: string;
  camera: string;
  evidenceState: EvidenceState;
  open: boolean;
  held: boolean;
  restricted: boolean;
  keptUntil: string | null;
  mark: IncidentMark | null;
  outcome: 'granted' | 'refused' | null;
  ground: RefusalGround | null;
  waitsUntil: string | null;
}

interface CandidateRow {
  [column: string]: unknown;
  id: string;
  code: string;
  behaviour: Behaviour;
  detected_at: Date;
  camera: string;
  evidence_state: EvidenceState;
  open: boolean;
  held: boolean;
  restricted: boolean;
  purge_after: Date | null;
  mark: IncidentMark | null;
  outcome: 'granted' | 'refused' | null;
  ground: RefusalGround | null;
  waits_until: Date | null;
}

/** A recording begins before and ends after its detection. */
const reach = "interval '2 minutes'";
const mostCandidates = 200;

/** The recordings that may show whoever asks; those that somebody marked stay in the list whatever the window is. */
export async function loadCandidates(
  tx: Queryable,
  tenantId: string,
  request: RequestRow,
): Promise<{ candidates: Candidate[]; truncated: boolean }> {
  const rows = await tx.query<CandidateRow>(
    `select i.id, i.code, i.behaviour, i.detected_at, coalesce(z.label, c.name) as camera, i.evidence_state, i.state <> 'closed' as open, i.purge_after,
       exists (select from holds h where h.tenant_id = i.tenant_id and h.incident_id = i.id and h.released_at is null) as held,
       exists (select from use_restrictions u where u.tenant_id = i.tenant_id and u.incident_id = i.id and u.lifted_at is null) as restricted,
       m.mark, m.outcome, m.ground, m.waits_until
     from incidents i
     join cameras c on c.tenant_id = i.tenant_id and c.store_id = i.store_id and c.id = i.camera_id
     left join zones z on z.tenant_id = i.tenant_id and z.store_id = i.store_id and z.id = i.zone_id
     left join subject_request_incidents m on m.tenant_id = i.tenant_id and m.incident_id = i.id and m.request_id = $2
     where i.tenant_id = $1 and i.store_id = $3 and not i.drill
       and (m.mark is not null or (i.detected_at between $4::timestamptz - ${reach} and $5::timestamptz + ${reach} and (cardinality($6::text[]) = 0 or i.camera_id = any ($6))))
     order by i.detected_at, i.id limit $7`,
    [
      ...[tenantId, request.id, request.store_id, request.from_at, request.to_at, request.camera_ids],
      mostCandidates + 1,
    ],
  );
  const candidates = rows.slice(0, mostCandidates).map(
    (row): Candidate => ({
      ...{ incidentId: row.id, code: row.code, behaviour: row.behaviour, detectedAt: iso(row.detected_at) },
      ...{ camera: row.camera, evidenceState: row.evidence_state, open: row.open, held: row.held },
      ...{ restricted: row.restricted, keptUntil: isoOrNull(row.purge_after), mark: row.mark, outcome: row.outcome },
      ...{ ground: row.ground, waitsUntil: isoOrNull(row.waits_until) },
    }),
  );
  return { candidates, truncated: rows.length > mostCandidates };
}
