import type { Queryable } from '../../adapters/postgres/database.ts';
import { DomainError, invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { isOptOut, type OptOut, optOuts } from '../../domain/rights/opt-outs.ts';
import { actorNames } from '../access/names.ts';
import { found, iso, readOnly, type ServiceContext, write } from '../context.ts';

export interface StoreOptOut {
  storeId: string;
  what: OptOut;
  jurisdiction: string;
  reason: string;
  setBy: string;
  setAt: string;
}

/** Switches a behaviour or a use off in one store, because the law of its place asks for it. */
export function setOptOut(
  ctx: ServiceContext,
  input: { storeId: string; what: string; jurisdiction: string; reason: string },
): Promise<void> {
  requirePermission(ctx.actor, 'rights.manage', input.storeId);
  const { storeId, what, jurisdiction, reason } = input;
  if (!isOptOut(what)) throw invalidField('what', `must be one of ${optOuts.join(', ')}`);
  return write(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    const [store] = await tx.query('select id from stores where tenant_id = $1 and id = $2', [tenantId, storeId]);
    found(store, `store ${storeId}`);
    await tx.query(
      `insert into store_opt_outs (tenant_id, store_id, what, jurisdiction, reason, set_by, set_at) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (tenant_id, store_id, what) do update set jurisdiction = excluded.jurisdiction, reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at`,
      [tenantId, storeId, what, jurisdiction, reason, ctx.actor.id, tx.at],
    );
    tx.audit({ action: 'store_opt_out.set', subject: `store:${storeId}`, details: { what, jurisdiction, reason } });
  });
}

export function removeOptOut(ctx: ServiceContext, input: { storeId: string; what: string }): Promise<void> {
  requirePermission(ctx.actor, 'rights.manage', input.storeId);
  return write(ctx, async (tx) => {
    const gone = await tx.query(
      'delete from store_opt_outs where tenant_id = $1 and store_id = $2 and what = $3 returning what',
      [ctx.actor.tenantId, input.storeId, input.what],
    );
    found(gone[0], `the opt-out ${input.what} of store ${input.storeId}`);
    tx.audit({ action: 'store_opt_out.removed', subject: `store:${input.storeId}`, details: { what: input.what } });
  });
}

/** What is switched off where; everybody who sees the estate may know. */
export function listOptOuts(ctx: ServiceContext): Promise<StoreOptOut[]> {
  requirePermission(ctx.actor, 'estate.read');
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{
      store_id: string;
      what: OptOut;
      jurisdiction: string;
      reason: string;
      set_by: string;
      set_at: Date;
    }>('select * from store_opt_outs where tenant_id = $1 order by store_id, what', [ctx.actor.tenantId]);
    const nameOf = await actorNames(tx, ctx.actor.tenantId);
    return rows.map((row) => ({
      ...{ storeId: row.store_id, what: row.what, jurisdiction: row.jurisdiction, reason: row.reason },
      ...{ setBy: nameOf(row.set_by), setAt: iso(row.set_at) },
    }));
  });
}

/** Refuses a use that is switched off in the store. */
export async function refuseOptedOut(
  tx: Queryable,
  of: { tenantId: string; storeId: string },
  what: OptOut,
): Promise<void> {
  const [row] = await tx.query<{ jurisdiction: string }>(
    'select jurisdiction from store_opt_outs where tenant_id = $1 and store_id = $2 and what = $3',
    [of.tenantId, of.storeId, what],
  );
  if (row)
    throw new DomainError(
      'PRECONDITION_FAILED',
      `In this store that is switched off, as the law of ${row.jurisdiction} asks for it.`,
    );
}
