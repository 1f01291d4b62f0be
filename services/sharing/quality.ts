import type { Queryable } from '../../adapters/postgres/database.ts';
import { auditContentText, chainText } from '../../domain/audit-chain.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { type Quality, type QualityFacts, qualityOf } from '../../domain/sharing/quality.ts';
import { toMs } from '../../domain/time.ts';
import type { EvidenceState, SecondReview } from '../../domain/types.ts';
import { custodyRows } from '../audit/read.ts';
import { readOnly, type ServiceContext, sha256Hex } from '../context.ts';
import { type IncidentFacts, loadIncident } from '../incident/facts.ts';

/** How good the evidence of an incident is, and what of. */
export function readQuality(ctx: ServiceContext, incidentId: string): Promise<Quality> {
  requirePermission(ctx.actor, 'evidence.view');
  return readOnly(ctx, async (tx) => measureQuality(tx, await loadIncident(tx, ctx.actor.tenantId, incidentId)));
}

/** The same within a transaction of the caller's, who has asked for the permission. */
export const measureQuality = async (tx: Queryable, incident: IncidentFacts): Promise<Quality> =>
  qualityOf(await qualityFacts(tx, incident));

async function qualityFacts(tx: Queryable, incident: IncidentFacts): Promise<QualityFacts> {
  const of = [incident.tenantId, incident.incidentId];
  const [row] = await tx.query<{
    state: EvidenceState;
    from_at: Date;
    to_at: Date;
    gaps: { fromAt: string; toAt: string }[];
    picture: QualityFacts['picture'];
    stills: number;
    files: number;
    second_review: SecondReview | null;
    packets: number;
    broken: number;
  }>(
    `select e.state, e.from_at, e.to_at, e.gaps, e.picture, i.second_review,
       (select count(*)::int from evidence_artifacts a where a.tenant_id = e.tenant_id and a.incident_id = e.incident_id and a.purged_at is null and a.kind = 'still') as stills,
       (select count(*)::int from evidence_artifacts a where a.tenant_id = e.tenant_id and a.incident_id = e.incident_id and a.purged_at is null) as files,
       (select count(*)::int from packets p where p.tenant_id = e.tenant_id and p.incident_id = e.incident_id and p.state = 'ready') as packets,
       (select count(*)::int from audit a where a.tenant_id = e.tenant_id and a.subject = 'incident:' || e.incident_id and a.action = 'evidence.integrity_failed') as broken
     from evidence e join incidents i on i.tenant_id = e.tenant_id and i.id = e.incident_id where e.tenant_id = $1 and e.incident_id = $2`,
    of,
  );
  const evidence = row ?? { ...missing, from_at: new Date(0), to_at: new Date(0) };
  const lengthOf = (from: number, to: number) => Math.max(0, to - from);
  return {
    evidenceState: evidence.state,
    requestedMs: lengthOf(evidence.from_at.getTime(), evidence.to_at.getTime()),
    gapMs: evidence.gaps.reduce((sum, { fromAt, toAt }) => sum + lengthOf(toMs(fromAt), toMs(toAt)), 0),
    ...{ picture: evidence.picture, keyFrames: evidence.stills, secondReview: evidence.second_review },
    hasTill: incident.terminalId !== null,
    clockErrorMs: await readClockError(tx, incident),
    posVerdict: incident.posVerdict,
    // A packet is built from files that were read and had their hashes.
    hashes: evidence.broken > 0 ? 'failed' : evidence.packets > 0 ? 'read' : evidence.files > 0 ? 'stored' : 'none',
    custody: await checkCustody(tx, incident),
  };
}

const missing = {
  ...{ state: 'failed' as const, gaps: [], picture: null, stills: 0, files: 0, packets: 0, broken: 0 },
  second_review: null,
};

async function readClockError(tx: Queryable, incident: IncidentFacts): Promise<number | null> {
  if (incident.terminalId === null) return null;
  const [row] = await tx.query<{ error_ms: number }>(
    `select error_ms from clock_offsets where tenant_id = $1 and store_id = $2 and camera_id = $3 and terminal_id = $4
       and from_at <= $5 and (to_at is null or to_at >= $5) order by from_at desc limit 1`,
    [incident.tenantId, incident.storeId, incident.cameraId, incident.terminalId, incident.detectedAt],
  );
  return row?.error_ms ?? null;
}

/** Each row of the custody log still has the content that it was hashed with; that none is missing is the whole log's to say. */
async function checkCustody(tx: Queryable, incident: IncidentFacts): Promise<QualityFacts['custody']> {
  const rows = await custodyRows(tx, incident.tenantId, incident.incidentId);
  const { tenantId } = incident;
  const unbroken = rows.every(
    (row) =>
      sha256Hex(chainText(row.prevHash, row.seq, sha256Hex(auditContentText({ ...row, tenantId })))) === row.hash,
  );
  return { rows: rows.length, unbroken };
}
