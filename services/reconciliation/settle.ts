import { randomUUID } from 'node:crypto';
import { requirePermission } from '../../domain/permissions.ts';
import { type Discrepancy, isQuiet } from '../../domain/reconciliation.ts';
import { addMs, toMs } from '../../domain/time.ts';
import type { Actor, Reason } from '../../domain/types.ts';
import { found, isoOrNull, readOnly, type ServiceContext, type WriteTransaction, write } from '../context.ts';

export interface Reconciliation {
  id: string;
  askedBy: string;
  state: 'requested' | 'running' | 'done' | 'failed';
  startedAt: string;
  settledAt: string | null;
  afterKey: string;
  objects: number;
  rows: number;
  repaired: number;
  unrepaired: number;
  counts: Partial<Record<Discrepancy, number>>;
  failure: Reason | null;
}

export interface Finding {
  kind: Discrepancy;
  repaired: boolean;
  incidentId: string | null;
  key: string;
  version: string;
  details: Record<string, unknown>;
}

export type StoredFinding = Finding & { id: string; at: string };

interface RunRow {
  [column: string]: unknown;
  id: string;
  asked_by: string;
  state: Reconciliation['state'];
  started_at: Date;
  settled_at: Date | null;
  after_key: string;
  objects: number;
  rows_seen: number;
  repaired: number;
  unrepaired: number;
  counts: Reconciliation['counts'];
  failure: Reason | null;
}

const runOf = (row: RunRow): Reconciliation => ({
  ...{ id: row.id, askedBy: row.asked_by, state: row.state, startedAt: row.started_at.toISOString() },
  ...{ settledAt: isoOrNull(row.settled_at), afterKey: row.after_key, objects: row.objects, rows: row.rows_seen },
  ...{ repaired: row.repaired, unrepaired: row.unrepaired, counts: row.counts, failure: row.failure },
});

/** Has store and database compared as soon as a worker is free; the one that is waiting or running already, where there is one. */
export function orderReconciliation(ctx: ServiceContext): Promise<Reconciliation> {
  requirePermission(ctx.actor, 'audit.read');
  return write(ctx, (tx) => begin(tx, ctx.actor, 'requested'));
}

async function begin(tx: WriteTransaction, actor: Actor, state: 'requested' | 'running'): Promise<Reconciliation> {
  const id = `rec_${randomUUID()}`;
  const [fresh] = await tx.query<RunRow>(
    `insert into reconciliations (tenant_id, id, asked_by, state, started_at) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id) where state in ('requested', 'running') do nothing returning *`,
    [actor.tenantId, id, actor.id, state, tx.at],
  );
  if (fresh) {
    tx.audit({ action: 'reconciliation.started', subject: `reconciliation:${id}`, details: { askedBy: actor.id } });
    return runOf(fresh);
  }
  tx.noAudit('nothing changed');
  const [known] = await tx.query<RunRow>(
    "select * from reconciliations where tenant_id = $1 and state in ('requested', 'running')",
    [actor.tenantId],
  );
  return runOf(found(known, 'the comparison that is under way'));
}

/** Longer than any one step takes. */
const leaseMs = 5 * 60_000;

/**
 * Takes the comparison that is waiting, or whose worker died; where there is none and the last began longer ago than
 * `everyMs`, a new one. Null: nothing is to be done.
 */
export function claimReconciliation(ctx: ServiceContext, input: { everyMs: number }): Promise<Reconciliation | null> {
  return write(ctx, async (tx) => {
    const [last] = await tx.query<{ started_at: Date; open: boolean }>(
      "select started_at, state in ('requested', 'running') as open from reconciliations where tenant_id = $1 order by started_at desc limit 1",
      [ctx.actor.tenantId],
    );
    const isDue = last === undefined || toMs(tx.at) - last.started_at.getTime() >= input.everyMs;
    if (!last?.open && isDue) await begin(tx, ctx.actor, 'requested');
    else tx.noAudit('nothing changed');
    const [run] = await tx.query<RunRow>(
      `update reconciliations set state = 'running', leased_until = $3
       where tenant_id = $1 and state in ('requested', 'running') and (leased_until is null or leased_until < $2) returning *`,
      [ctx.actor.tenantId, tx.at, addMs(tx.at, leaseMs)],
    );
    return run === undefined ? null : runOf(run);
  });
}

/** A list that nobody can read helps nobody; the counts say how many there were. */
const maxFindings = 10_000;

/** Puts on record how far it got and what was found there. */
export function noteProgress(
  ctx: ServiceContext,
  input: { id: string; findings: readonly Finding[]; objects?: number; rows?: number; afterKey?: string },
): Promise<void> {
  return write(ctx, async (tx) => {
    const { findings } = input;
    if (findings.length === 0) tx.noAudit('bookkeeping');
    const [run] = await tx.query<Pick<RunRow, 'counts' | 'repaired' | 'unrepaired'>>(
      "select counts, repaired, unrepaired from reconciliations where tenant_id = $1 and id = $2 and state = 'running' for update",
      [ctx.actor.tenantId, input.id],
    );
    if (!run) return tx.noAudit('nothing changed');
    const counts = { ...run.counts };
    for (const finding of findings) {
      counts[finding.kind] = (counts[finding.kind] ?? 0) + 1;
      if (run.repaired + run.unrepaired < maxFindings)
        await tx.query(
          'insert into reconciliation_findings (tenant_id, reconciliation_id, id, kind, repaired, incident_id, object_key, object_version, details, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
          [
            ...[
              ctx.actor.tenantId,
              input.id,
              `fnd_${randomUUID()}`,
              finding.kind,
              finding.repaired,
              finding.incidentId,
            ],
            ...[finding.key, finding.version, JSON.stringify(finding.details), tx.at],
          ],
        );
      const { kind, key, version, details } = finding;
      tx.audit({
        action: finding.repaired ? 'evidence.discrepancy_repaired' : 'evidence.discrepancy_found',
        subject: finding.incidentId === null ? `reconciliation:${input.id}` : `incident:${finding.incidentId}`,
        details: { kind, objectKey: key, objectVersion: version, ...details },
      });
    }
    await tx.query(
      `update reconciliations set counts = $3, repaired = repaired + $4, unrepaired = unrepaired + $5, objects = objects + $6, rows_seen = rows_seen + $7, after_key = coalesce($8, after_key), leased_until = $9
       where tenant_id = $1 and id = $2`,
      [
        ...[ctx.actor.tenantId, input.id, JSON.stringify(counts)],
        findings.filter(({ repaired }) => repaired).length,
        findings.filter(({ kind, repaired }) => !isQuiet(kind, repaired)).length,
        ...[input.objects ?? 0, input.rows ?? 0, input.afterKey ?? null, addMs(tx.at, leaseMs)],
      ],
    );
  });
}

export function finishReconciliation(
  ctx: ServiceContext,
  input: { id: string; failure?: Reason },
): Promise<Reconciliation> {
  return write(ctx, async (tx) => {
    const [settled] = await tx.query<RunRow>(
      "update reconciliations set state = $3, settled_at = $4, failure = $5 where tenant_id = $1 and id = $2 and state = 'running' returning *",
      [
        ...[ctx.actor.tenantId, input.id, input.failure === undefined ? 'done' : 'failed', tx.at],
        input.failure === undefined ? null : JSON.stringify(input.failure),
      ],
    );
    if (!settled) {
      tx.noAudit('nothing changed');
      const [known] = await tx.query<RunRow>('select * from reconciliations where tenant_id = $1 and id = $2', [
        ctx.actor.tenantId,
        input.id,
      ]);
      return runOf(found(known, `reconciliation ${input.id}`));
    }
    const run = runOf(settled);
    const { objects, rows, repaired, unrepaired, counts } = run;
    tx.audit({
      action: 'reconciliation.finished',
      subject: `reconciliation:${input.id}`,
      details: { state: run.state, objects, rows, repaired, unrepaired, counts },
    });
    return run;
  });
}

/** The latest comparisons, newest first, and what the newest found that somebody has to look at. */
export function readReconciliation(
  ctx: ServiceContext,
): Promise<{ runs: Reconciliation[]; findings: StoredFinding[] }> {
  requirePermission(ctx.actor, 'audit.read');
  return readOnly(ctx, async (tx) => {
    const runs = await tx.query<RunRow>(
      'select * from reconciliations where tenant_id = $1 order by started_at desc, id limit 20',
      [ctx.actor.tenantId],
    );
    const rows = await tx.query<{
      id: string;
      kind: Discrepancy;
      repaired: boolean;
      incident_id: string | null;
      object_key: string;
      object_version: string;
      details: Record<string, unknown>;
      at: Date;
    }>(
      'select * from reconciliation_findings where tenant_id = $1 and reconciliation_id = $2 order by repaired, at, id limit 500',
      [ctx.actor.tenantId, runs[0]?.id ?? ''],
    );
    return {
      runs: runs.map(runOf),
      findings: rows.map((row) => ({
        ...{ id: row.id, kind: row.kind, repaired: row.repaired, incidentId: row.incident_id, key: row.object_key },
        ...{ version: row.object_version, details: row.details, at: row.at.toISOString() },
      })),
    };
  });
}
