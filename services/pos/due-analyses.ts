import { requirePermission } from '../../domain/permissions.ts';
import { readOnly, type ServiceContext } from '../context.ts';

/** The stores whose tills were heard of since yesterday began, each with its yesterday by its own clock. */
export function analysesDue(ctx: ServiceContext): Promise<{ storeId: string; day: string }[]> {
  requirePermission(ctx.actor, 'system.run');
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{ id: string; day: string }>(
      `select s.id, ((($2::timestamptz at time zone s.time_zone)::date - 1))::text as day from stores s
       where s.tenant_id = $1 and exists (
         select from terminals t where t.tenant_id = s.tenant_id and t.store_id = s.id and exists (
           select from pos_events e where e.tenant_id = t.tenant_id and e.store_id = t.store_id and e.terminal_id = t.id
             and e.occurred_at between $2::timestamptz - interval '2 days' and $2))
       order by s.id`,
      [ctx.actor.tenantId, ctx.now()],
    );
    return rows.map(({ id, day }) => ({ storeId: id, day }));
  });
}
