import type { Database } from '../../adapters/postgres/database.ts';
import { readOnly, type ServiceContext, write } from '../context.ts';

export interface StorageState {
  state: 'ok' | 'full';
  /** Since when it is so; null: nothing was ever refused. */
  since: string | null;
  /** How often something was refused since then. */
  refused: number;
}

/** What whoever writes evidence last saw of the store; a change is on record. */
export function noteStorage(ctx: ServiceContext, state: StorageState['state']): Promise<void> {
  return write(ctx, async (tx) => {
    const [before] = await tx.query<{ state: string }>(
      'select state from storage_states where tenant_id = $1 for update',
      [ctx.actor.tenantId],
    );
    if (state === 'ok' && before?.state !== 'full') return tx.noAudit('nothing changed');
    const changed = before?.state !== state;
    await tx.query(
      `insert into storage_states as s (tenant_id, state, since, seen_at, refused) values ($1, $2, $3, $3, $4)
       on conflict (tenant_id) do update set state = $2, seen_at = $3, since = case when s.state = $2 then s.since else $3 end,
         refused = case when s.state = $2 then s.refused + $4 else $4 end`,
      [ctx.actor.tenantId, state, tx.at, state === 'full' ? 1 : 0],
    );
    if (!changed) return tx.noAudit('bookkeeping');
    tx.audit({ action: state === 'full' ? 'storage.full' : 'storage.recovered', subject: 'storage:evidence' });
  });
}

/** For everybody who signs in: whether recordings can be secured. */
export function readStorage(ctx: ServiceContext): Promise<StorageState> {
  return readOnly(ctx, async (tx) => {
    const [row] = await tx.query<{ state: StorageState['state']; since: Date; refused: number }>(
      'select state, since, refused from storage_states where tenant_id = $1',
      [ctx.actor.tenantId],
    );
    return row
      ? { state: row.state, since: row.since.toISOString(), refused: row.refused }
      : { state: 'ok', since: null, refused: 0 };
  });
}

export interface RetentionLevels {
  [column: string]: number | null;
  deletions_overdue: number;
  oldest_overdue_seconds: number;
  deletions_unfinished: number;
  reconcile_unrepaired: number;
  reconcile_age_seconds: number | null;
  stores_full: number;
}

/** Whether nothing more can be secured for some company of the installation. */
export async function readStoresFull(db: Pick<Database, 'query'>): Promise<boolean> {
  const [row] = await db.query<{ full: boolean }>('select stores_full() as full');
  return row!.full;
}

/** Over the whole installation: whether what is due goes, whether the store agrees, and whether it takes anything. */
export async function readRetentionLevels(db: Pick<Database, 'query'>): Promise<RetentionLevels> {
  const [row] = await db.query<RetentionLevels>('select * from retention_levels()');
  return row!;
}
