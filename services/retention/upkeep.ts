import { lockTarget } from '../../domain/retention.ts';
import type { ObjectAddress } from '../../domain/retention-store.ts';
import { readOnly, type ServiceContext, write } from '../context.ts';
import { gatedSql } from './gates.ts';

export interface LockDue extends ObjectAddress {
  incidentId: string;
  artifactId: string;
  until: string;
}

/** What something keeps past its time stays locked this far ahead, renewed by every sweep. */
const rollingLockHours = 8;
/** Renewed when less is left: longer than the pause between two sweeps. */
const renewedHours = 7;
/** Of a file that waits to be moved: how long before its lock ends it is renewed. */
const moveRenewedDays = 3;

/** The store's own hold keeps what a legal hold stands on, and lets it go at once when it ends. */
const heldSql =
  '(exists (select from holds held where held.tenant_id = i.tenant_id and held.incident_id = i.id and held.released_at is null))';

/** Files whose lock ends before it should, each with the instant that it must reach; the soonest to end first. */
export function findShortLocks(ctx: ServiceContext, limit: number, skip: readonly string[] = []): Promise<LockDue[]> {
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{
      incident_id: string;
      id: string;
      object_key: string;
      object_version: string;
      tier: 'hot' | 'cold';
      purge_after: Date | null;
      cold_at: Date | null;
      rolling: boolean;
    }>(
      `select a.incident_id, a.id, a.object_key, a.object_version, a.tier, i.purge_after, i.cold_at, a.rolling
       from (select a.*, (i.state <> 'closed' or i.purge_after <= $2) as rolling
             from evidence_artifacts a join incidents i on i.tenant_id = a.tenant_id and i.id = a.incident_id
             where a.tenant_id = $1 and a.purged_at is null and i.purged_at is null) a
       join incidents i on i.tenant_id = a.tenant_id and i.id = a.incident_id
       where a.object_version <> all ($4) and case
         when a.rolling then a.locked_until < $2::timestamptz + interval '${renewedHours} hours' and ${gatedSql('$2')} and not ${heldSql}
         when a.tier = 'hot' and i.cold_at is not null then a.locked_until < least(i.purge_after, greatest(i.cold_at, $2) + interval '${moveRenewedDays} days')
         else a.locked_until < i.purge_after end
       order by a.locked_until, a.id limit $3`,
      [ctx.actor.tenantId, ctx.now(), limit, skip],
    );
    return rows.map((row) => ({
      ...{ incidentId: row.incident_id, artifactId: row.id, key: row.object_key, version: row.object_version },
      until: row.rolling
        ? new Date(Date.parse(ctx.now()) + rollingLockHours * 3_600_000).toISOString()
        : lockTarget(
            { dueAt: row.purge_after!.toISOString(), coldAt: row.cold_at?.toISOString() ?? null, tier: row.tier },
            ctx.now(),
          ),
    }));
  });
}

/** Notes locks that the store has taken on. */
export function noteLocks(ctx: ServiceContext, locks: readonly LockDue[]): Promise<void> {
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    for (const lock of locks)
      await tx.query(
        'update evidence_artifacts set locked_until = greatest(locked_until, $4) where tenant_id = $1 and incident_id = $2 and id = $3',
        [ctx.actor.tenantId, lock.incidentId, lock.artifactId, lock.until],
      );
  });
}
