import type { Queryable } from '../../adapters/postgres/database.ts';
import { completePolicy, type Policy } from '../../domain/policy.ts';
import { appraise, lockTarget, type RetentionBasis } from '../../domain/retention.ts';
import type { Category, Verdict } from '../../domain/types.ts';
import { readOnly, type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { joinActivePolicy } from '../policy/resolve.ts';

interface ClosedRow {
  [column: string]: unknown;
  id: string;
  category: Category;
  verdict: Verdict;
  closed_at: Date;
  corrected_at: Date | null;
  purge_after: Date | null;
  policy: Partial<Policy>;
  current: Partial<Policy>;
  current_version: number;
  appraisal: string;
  locked_until: Date | null;
  erase_from: Date | null;
}

/** Which policy an appraisal went by; another version, or another policy for the store, asks for a new one. */
const appraisalKey = "p.id || ':' || p.version";

/** Since when somebody's right to have it deleted stands. */
const eraseFrom =
  "(select min(u.placed_at) from use_restrictions u where u.tenant_id = i.tenant_id and u.incident_id = i.id and u.lifted_at is null and u.because in ('erasure', 'objection'))";

const closedRows = (where: string): string => `
  select i.id, i.category, i.verdict, i.closed_at, i.corrected_at, i.purge_after, i.policy, p.body as current, p.version as current_version, ${appraisalKey} as appraisal,
    greatest(i.packets_locked_until, (select max(a.locked_until) from evidence_artifacts a where a.tenant_id = i.tenant_id and a.incident_id = i.id and a.purged_at is null)) as locked_until,
    ${eraseFrom} as erase_from
  from incidents i join stores s on s.tenant_id = i.tenant_id and s.id = i.store_id ${joinActivePolicy}
  where i.tenant_id = $1 and i.state = 'closed' and i.purged_at is null and ${where}`;

/**
 * Works out anew when the evidence of closed incidents goes, wherever the policy of the store is another than the last
 * time. Returns how many it looked at: fewer than the limit means that it is through.
 */
export function appraiseIncidents(ctx: ServiceContext, limit: number): Promise<number> {
  return write(ctx, async (tx) => {
    const rows = await tx.query<ClosedRow>(
      `${closedRows(
        `(i.appraised_by is distinct from ${appraisalKey} or (${eraseFrom} is not null) <> coalesce((i.retention -> 'erase')::boolean, false))`,
      )} order by i.id limit $2 for update of i skip locked`,
      [ctx.actor.tenantId, limit],
    );
    const moved = [];
    for (const row of rows) {
      const basis = await settle(tx, ctx.actor.tenantId, row);
      const before = row.purge_after?.toISOString() ?? null;
      if (before !== basis.dueAt) moved.push({ row, basis, before });
    }
    if (moved.length === 0) tx.noAudit('bookkeeping');
    for (const { row, basis, before } of moved)
      tx.audit({
        action: 'evidence.retention_changed',
        subject: `incident:${row.id}`,
        details: {
          before,
          dueAt: basis.dueAt,
          rule: basis.rule,
          by: basis.by,
          policyId: basis.policyId,
          policyVersion: basis.policyVersion,
        },
      });
    return rows.length;
  });
}

/** When one incident goes by the policy of this very moment; the caller holds its row. Null: it is not closed. */
export async function appraiseNow(
  tx: WriteTransaction,
  of: { tenantId: string; incidentId: string },
): Promise<RetentionBasis | null> {
  const [row] = await tx.query<ClosedRow>(closedRows('i.id = $2'), [of.tenantId, of.incidentId]);
  return row === undefined ? null : settle(tx, of.tenantId, row);
}

/** Until when the files of a closed incident must be locked now, by the policies of this moment; `until` when it is open. */
export function readLockTarget(ctx: ServiceContext, input: { incidentId: string; until: string }): Promise<string> {
  return readOnly(ctx, async (tx) => {
    const [row] = await tx.query<ClosedRow>(closedRows('i.id = $2'), [ctx.actor.tenantId, input.incidentId]);
    return row === undefined ? input.until : lockTarget({ ...basisOf(row), tier: 'hot' }, ctx.now());
  });
}

function basisOf(row: ClosedRow): RetentionBasis {
  const promised = completePolicy(row.policy);
  const current = { ...completePolicy(row.current), version: row.current_version };
  return appraise(promised, current, {
    ...{ category: row.category, verdict: row.verdict, closedAt: row.closed_at.toISOString() },
    correctedAt: row.corrected_at?.toISOString() ?? null,
    lockedUntil: row.locked_until?.toISOString() ?? null,
    eraseFrom: row.erase_from?.toISOString() ?? null,
  });
}

async function settle(tx: Queryable, tenantId: string, row: ClosedRow): Promise<RetentionBasis> {
  const basis = basisOf(row);
  await tx.query(
    'update incidents set purge_after = $3, cold_at = $4, retention = $5, appraised_by = $6 where tenant_id = $1 and id = $2',
    [tenantId, row.id, basis.dueAt, basis.coldAt, JSON.stringify(basis), row.appraisal],
  );
  return basis;
}
