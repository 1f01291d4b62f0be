import type { Queryable } from '../../adapters/postgres/database.ts';
import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import type { Reason } from '../../domain/types.ts';
import { actorNames } from '../access/names.ts';
import { found, iso, isoOrNull, type ServiceContext, write } from '../context.ts';
import { loadIncident } from '../incident/facts.ts';
import { historyArtifactId, type StoredCopy } from './record.ts';

export type HistoryState = 'due' | 'exported' | 'lost' | 'not_kept';

export interface HistoryRun {
  run: number;
  state: HistoryState;
  reason: Reason | null;
  workflowId: string;
  runId: string | null;
  status: string | null;
  closedAt: string;
  exportedAt: string | null;
  events: number | null;
  buildIds: string[];
  rawSha256: string | null;
  decodedSha256: string | null;
  /** Deleted with the evidence; its hashes stay. */
  deletedAt: string | null;
}

interface RunRow {
  [column: string]: unknown;
  run: number;
  state: HistoryState;
  reason: Reason | null;
  workflow_id: string;
  run_id: string | null;
  status: string | null;
  closed_at: Date;
  settled_at: Date | null;
  events: number | null;
  build_ids: string[];
  raw_sha256: string | null;
  decoded_sha256: string | null;
}

interface CopyRow {
  [column: string]: unknown;
  id: string;
  object_key: string;
  object_version: string;
  size_bytes: number;
  sha256: string;
  purged_at: Date | null;
}

/** What is on record about the runs of an incident's workflow, and where their readable copies lie; the look is audited. */
export function readHistory(
  ctx: ServiceContext,
  incidentId: string,
): Promise<{ runs: (HistoryRun & { decoded: StoredCopy | null })[]; nameOf: (actorId: string) => string }> {
  requirePermission(ctx.actor, 'audit.read');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, incidentId);
    const rows = await tx.query<RunRow>(
      'select * from workflow_histories where tenant_id = $1 and incident_id = $2 order by run',
      [incident.tenantId, incidentId],
    );
    const copies = await loadCopies(tx, incident.tenantId, incidentId);
    tx.audit({
      action: 'evidence.history_viewed',
      subject: `incident:${incidentId}`,
      details: { runs: rows.filter(({ state }) => state === 'exported').map(({ run }) => run) },
    });
    const runs = rows.map((row) => {
      const copy = copies.get(historyArtifactId(row.run, 'decoded'));
      return { ...runOf(row, copy ?? null), decoded: copy && copy.purged_at === null ? copyOf(copy) : null };
    });
    return { runs, nameOf: await actorNames(tx, incident.tenantId) };
  });
}

/** Where one copy of a run's history lies; the look is audited. */
export function openHistory(
  ctx: ServiceContext,
  input: { incidentId: string; run: number; copy: 'raw' | 'decoded' },
): Promise<StoredCopy & { artifactId: string }> {
  requirePermission(ctx.actor, 'audit.read');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId);
    const artifactId = historyArtifactId(input.run, input.copy);
    const copies = await loadCopies(tx, incident.tenantId, input.incidentId);
    const row = found(copies.get(artifactId), `the ${input.copy} history of run ${input.run}`);
    if (row.purged_at !== null)
      throw new DomainError('NOT_FOUND', `This history was deleted with the evidence on ${iso(row.purged_at)}.`);
    tx.audit({
      action: 'evidence.history_viewed',
      subject: `incident:${input.incidentId}`,
      details: { runs: [input.run], copy: input.copy, sha256: row.sha256 },
    });
    return { ...copyOf(row), artifactId };
  });
}

async function loadCopies(tx: Queryable, tenantId: string, incidentId: string): Promise<Map<string, CopyRow>> {
  const rows = await tx.query<CopyRow>(
    "select id, object_key, object_version, size_bytes, sha256, purged_at from evidence_artifacts where tenant_id = $1 and incident_id = $2 and kind in ('history', 'history_decoded')",
    [tenantId, incidentId],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

const copyOf = (row: CopyRow): StoredCopy => ({
  ...{ objectKey: row.object_key, objectVersion: row.object_version },
  ...{ sizeBytes: row.size_bytes, sha256: row.sha256 },
});

const runOf = (row: RunRow, copy: CopyRow | null): HistoryRun => ({
  ...{ run: row.run, state: row.state, reason: row.reason, workflowId: row.workflow_id, runId: row.run_id },
  ...{ status: row.status, closedAt: iso(row.closed_at), exportedAt: isoOrNull(row.settled_at), events: row.events },
  ...{ buildIds: row.build_ids, rawSha256: row.raw_sha256, decodedSha256: row.decoded_sha256 },
  deletedAt: isoOrNull(copy?.purged_at ?? null),
});
