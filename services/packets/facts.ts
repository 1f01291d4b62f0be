import type { Queryable } from '../../adapters/postgres/database.ts';
import type {
  ClockInterval,
  CustodyRow,
  NamedActor,
  PacketApproval,
  PacketArtifact,
  PacketCamera,
  PacketFacts,
  TillExtractLine,
} from '../../domain/packet/facts.ts';
import { addMs } from '../../domain/time.ts';
import type { Detection, Reason } from '../../domain/types.ts';
import { actorNames } from '../access/names.ts';
import { chainHead, custodyRows } from '../audit/read.ts';
import { found, iso, isoOrNull } from '../context.ts';
import { loadOtherCameras } from '../evidence/cameras.ts';
import type { EvidenceRelease, ReleasedArtifact, UnredactedApproval } from '../evidence/release.ts';
import type { PosExplanation } from '../incident/assess.ts';
import type { IncidentFacts } from '../incident/facts.ts';
import type { IncidentOutcome } from '../incident/outcome.ts';
import { type IncidentRow, incidentColumns, incidentJoins } from '../incident/rows.ts';
import { readTillLines } from '../pos/till-lines.ts';

/** How much of the till's tape around the moment goes along. */
const tapeReachMs = 120_000;
const longestTape = 500;
/** Free words and people's ids stay where they are: what they wrote is not evidence of what was recorded. */
const leftOut = new Set(['text', 'note', 'notes', 'personId', 'phone', 'statement']);

type Snapshot = Pick<
  PacketFacts,
  | 'incident'
  | 'place'
  | 'goods'
  | 'decision'
  | 'till'
  | 'clocks'
  | 'recording'
  | 'retention'
  | 'chronology'
  | 'custody'
  | 'artifacts'
>;

/** Everything about an incident that a packet says, as it stands in this transaction. */
export async function gatherFacts(
  tx: Queryable,
  incident: IncidentFacts,
  release: Extract<EvidenceRelease, { allowed: true }>,
): Promise<Snapshot> {
  const of = [incident.tenantId, incident.incidentId];
  const nameOf = await actorNames(tx, incident.tenantId);
  const [first] = await tx.query<
    IncidentRow & {
      pos_explanation: PosExplanation | null;
      outcome: IncidentOutcome | null;
      reason_code: string | null;
      decided_by: string | null;
      company: string;
      camera_name: string;
    }
  >(
    `select ${incidentColumns}, i.outcome, i.reason_code, i.decided_by, t.name as company, c.name as camera_name
     from ${incidentJoins} join tenants t on t.id = i.tenant_id where i.tenant_id = $1 and i.id = $2`,
    of,
  );
  const row = found(first, `incident ${incident.incidentId}`);
  return {
    incident: {
      ...{ id: row.id, code: row.code, behaviour: row.behaviour, category: row.category, state: row.state },
      ...{ verdict: row.verdict, reasonCode: row.reason_code, posVerdict: row.pos_verdict },
      decidedBy: row.decided_by === null ? null : await namedActor(tx, incident.tenantId, row.decided_by, nameOf),
      ...{ detectedAt: iso(row.detected_at), receivedAt: iso(row.received_at) },
      ...{ acknowledgedAt: isoOrNull(row.acknowledged_at), closedAt: isoOrNull(row.closed_at) },
      ...{ corrections: incident.corrections, corrected: row.corrected_at !== null, item: row.item?.label ?? null },
    },
    place: {
      ...{ tenantId: incident.tenantId, company: row.company, storeId: row.store_id, store: row.store_name },
      ...{ timeZone: incident.timeZone, lane: row.zone_label, cameraId: row.camera_id, camera: row.camera_name },
      terminalId: incident.terminalId,
    },
    goods: goodsOf(row.outcome),
    decision: {
      severity: { level: row.severity, score: row.severity_score, reasons: row.severity_reasons },
      policy: { id: incident.policy.id, version: incident.policy.version },
      detections: await readDetections(tx, of),
    },
    till: {
      verdict: row.pos_verdict,
      windowFromAt: row.pos_explanation?.windowFromAt ?? null,
      windowToAt: row.pos_explanation?.windowToAt ?? null,
      reasons: row.pos_explanation?.reasons ?? [],
      lines: await readTape(tx, incident, new Set(row.pos_explanation?.matchedLineIds ?? [])),
    },
    clocks: await readClockIntervals(tx, incident),
    recording: await readRecording(tx, of, { release, ownName: row.camera_name, nameOf }),
    retention: { purgeAfter: isoOrNull(row.purge_after), legalHold: await readHold(tx, of) },
    chronology: await readChronology(tx, of, nameOf),
    custody: await readCustodyRows(tx, of, nameOf),
    artifacts: [...release.artifacts, ...(await historyArtifacts(tx, of))].map(
      (artifact): PacketArtifact => ({
        ...{ id: artifact.id, kind: artifact.kind, mediaType: artifact.mediaType, sizeBytes: artifact.sizeBytes },
        ...{ sha256: artifact.sha256, fromAt: artifact.fromAt, toAt: artifact.toAt },
        ...{ objectKey: artifact.objectKey, objectVersion: artifact.objectVersion },
        ...(artifact.cameraId === null ? {} : { cameraId: artifact.cameraId }),
      }),
    ),
  };
}

/** What the workflow engine did, as far as it was exported by now: ids and codes, so it goes with a masked clip too. */
async function historyArtifacts(tx: Queryable, of: string[]): Promise<ReleasedArtifact[]> {
  const rows = await tx.query<{
    id: string;
    kind: 'history' | 'history_decoded';
    media_type: string;
    object_key: string;
    object_version: string;
    size_bytes: number;
    sha256: string;
    from_at: Date;
    to_at: Date;
  }>(
    "select id, kind, media_type, object_key, object_version, size_bytes, sha256, from_at, to_at from evidence_artifacts where tenant_id = $1 and incident_id = $2 and kind in ('history', 'history_decoded') and purged_at is null order by id",
    of,
  );
  return rows.map((row) => ({
    ...{ id: row.id, kind: row.kind, mediaType: row.media_type, sizeBytes: row.size_bytes, sha256: row.sha256 },
    ...{ objectKey: row.object_key, objectVersion: row.object_version, fromAt: iso(row.from_at), toAt: iso(row.to_at) },
    cameraId: null,
  }));
}

async function namedActor(
  tx: Queryable,
  tenantId: string,
  actorId: string,
  nameOf: (actorId: string) => string,
): Promise<NamedActor> {
  if (actorId.startsWith('system:')) return { name: 'Floorwalker', role: 'system' };
  const id = actorId.slice(actorId.indexOf(':') + 1);
  const [row] = await tx.query<{ role: string }>(
    `select role from people where tenant_id = $1 and id = $2 and $3 in ('phone', 'link')
     union all select role from api_keys where tenant_id = $1 and id = $2 and $3 in ('user', 'device')`,
    [tenantId, id, actorId.slice(0, actorId.indexOf(':'))],
  );
  return { name: nameOf(actorId), role: row?.role ?? 'unknown' };
}

/** What somebody noted in their own words is left out. */
function goodsOf(outcome: IncidentOutcome | null): PacketFacts['goods'] {
  if (outcome === null) return null;
  const { intervention, currency, lossMinor, recoveredMinor, preventedMinor, items } = outcome;
  return { intervention, currency, lossMinor, recoveredMinor, preventedMinor, items };
}

async function readDetections(tx: Queryable, of: string[]): Promise<PacketFacts['decision']['detections']> {
  const rows = await tx.query<{
    event_id: string;
    detected_at: Date;
    received_at: Date;
    late: boolean;
    confidence: number;
    body: Detection;
    merge_reason: Reason | null;
  }>(
    'select event_id, detected_at, received_at, late, confidence, body, merge_reason from detections where tenant_id = $1 and incident_id = $2 order by detected_at, event_id',
    of,
  );
  return rows.map((row) => ({
    ...{ eventId: row.event_id, detectedAt: iso(row.detected_at), receivedAt: iso(row.received_at) },
    ...{ late: row.late, confidence: row.confidence, mergeReason: row.merge_reason },
    model: { ...row.body.model, thresholds: row.body.model.thresholds ?? {} },
  }));
}

async function readTape(
  tx: Queryable,
  incident: IncidentFacts,
  matched: ReadonlySet<string>,
): Promise<TillExtractLine[]> {
  if (incident.terminalId === null) return [];
  const place = { tenantId: incident.tenantId, storeId: incident.storeId, terminalId: incident.terminalId };
  const lines = await readTillLines(
    tx,
    place,
    addMs(incident.detectedAt, -tapeReachMs),
    addMs(incident.detectedAt, tapeReachMs),
  );
  return lines
    .filter(({ type }) => type !== 'heartbeat')
    .sort((a, b) => (a.occurredAt === b.occurredAt ? a.line - b.line : a.occurredAt < b.occurredAt ? -1 : 1))
    .slice(0, longestTape)
    .map((line) => ({
      ...{ transactionId: line.transactionId, line: line.line, type: line.type, occurredAt: line.occurredAt },
      ...{ plu: line.plu, description: line.description, quantity: line.quantity, unit: line.unit },
      ...{ amountMinor: line.amountMinor, currency: line.currency, operator: line.operator },
      matched: matched.has(`${line.transactionId}/${line.line}`),
    }));
}

async function readClockIntervals(tx: Queryable, incident: IncidentFacts): Promise<ClockInterval[]> {
  if (incident.terminalId === null) return [];
  const rows = await tx.query<{
    from_at: Date;
    to_at: Date | null;
    offset_ms: number;
    error_ms: number;
    samples: number;
    measured_at: Date;
  }>(
    `select from_at, to_at, offset_ms, error_ms, samples, measured_at from clock_offsets
     where tenant_id = $1 and store_id = $2 and camera_id = $3 and terminal_id = $4
       and from_at <= $5::timestamptz + interval '2 minutes' and (to_at is null or to_at >= $5::timestamptz - interval '2 minutes') order by from_at`,
    [incident.tenantId, incident.storeId, incident.cameraId, incident.terminalId, incident.detectedAt],
  );
  return rows.map((row) => ({
    ...{ cameraId: incident.cameraId, terminalId: incident.terminalId!, fromAt: iso(row.from_at) },
    ...{ toAt: isoOrNull(row.to_at), offsetMs: row.offset_ms, errorMs: row.error_ms, samples: row.samples },
    measuredAt: iso(row.measured_at),
  }));
}

async function readRecording(
  tx: Queryable,
  of: string[],
  by: {
    release: Extract<EvidenceRelease, { allowed: true }>;
    ownName: string;
    nameOf: (actorId: string) => string;
  },
): Promise<PacketFacts['recording']> {
  const [row] = await tx.query<{
    state: PacketFacts['recording']['state'];
    requested_at: Date;
    settled_at: Date | null;
    from_at: Date;
    to_at: Date;
    gaps: { fromAt: string; toAt: string }[];
    failure: Reason | null;
  }>(
    'select state, requested_at, settled_at, from_at, to_at, gaps, failure from evidence where tenant_id = $1 and incident_id = $2',
    of,
  );
  const evidence = found(row, `the evidence of incident ${of[1]}`);
  const { release, ownName } = by;
  const approvalOf = (approval: UnredactedApproval | null): PacketApproval | null =>
    approval === null
      ? null
      : { by: { name: by.nameOf(approval.by), role: approval.role }, at: approval.at, reason: approval.reason };
  const own = { name: ownName, fromAt: iso(evidence.from_at), toAt: iso(evidence.to_at), gaps: evidence.gaps };
  const others = await loadOtherCameras(tx, ...(of as [string, string]));
  const cameras = release.cameras.map(({ cameraId, isOwn, release: clip }): PacketCamera => {
    const other = isOwn ? undefined : others.find((each) => each.cameraId === cameraId);
    const { name, fromAt, toAt, gaps } = other ?? own;
    return {
      ...{ cameraId, camera: name, fromAt, toAt, gaps, clock: other?.alignment ?? null },
      as: clip.allowed ? clip.as : null,
      because: clip.allowed ? { code: clip.because, params: {} } : clip.reason,
      approval: clip.allowed ? approvalOf(clip.approval) : null,
    };
  });
  return {
    ...{ state: evidence.state, requestedAt: iso(evidence.requested_at), securedAt: isoOrNull(evidence.settled_at) },
    ...{ fromAt: iso(evidence.from_at), toAt: iso(evidence.to_at), gaps: evidence.gaps, failure: evidence.failure },
    release: { as: release.as, because: release.because, approval: approvalOf(release.approval) },
    cameras,
  };
}

async function readHold(tx: Queryable, of: string[]): Promise<PacketFacts['retention']['legalHold']> {
  const [hold] = await tx.query<{ reason: string; placed_at: Date }>(
    'select reason, placed_at from holds where tenant_id = $1 and incident_id = $2 and released_at is null',
    of,
  );
  return hold ? { reason: hold.reason, placedAt: iso(hold.placed_at) } : null;
}

async function readChronology(
  tx: Queryable,
  of: string[],
  nameOf: (actorId: string) => string,
): Promise<PacketFacts['chronology']> {
  const rows = await tx.query<{ at: Date; kind: string; actor: string; params: Record<string, unknown> }>(
    'select at, kind, actor, params from incident_events where tenant_id = $1 and incident_id = $2 order by at, id',
    of,
  );
  return rows.map((row) => ({
    ...{ at: iso(row.at), kind: row.kind, by: nameOf(row.actor) },
    params: Object.fromEntries(Object.entries(row.params).filter(([name]) => !leftOut.has(name))),
  }));
}

async function readCustodyRows(
  tx: Queryable,
  of: string[],
  nameOf: (actorId: string) => string,
): Promise<PacketFacts['custody']> {
  const [tenantId, incidentId] = of as [string, string];
  const rows = await custodyRows(tx, tenantId, incidentId);
  const head = await chainHead(tx, tenantId);
  const [witness] = await tx.query<{ seq: number; hash: string; at: Date; signature: string }>(
    'select seq, hash, at, signature from audit_witnesses where tenant_id = $1 order by seq desc limit 1',
    [of[0]],
  );
  return {
    rows: rows.map((row): CustodyRow => ({ ...row, actorName: nameOf(row.actor) })),
    head,
    witness: witness
      ? { seq: witness.seq, hash: witness.hash, at: iso(witness.at), signature: witness.signature }
      : null,
  };
}
