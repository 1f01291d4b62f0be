import { requirePermission } from '../../domain/permissions.ts';
import { readOnly, type ServiceContext } from '../context.ts';

/** How far back a day is still come back to. */
const reachDays = 7;

/**
 * The recorded days that nobody has looked through since they were over: of the last week, by each store's own clock,
 * where something was rung; those that failed, were broken off, or got more lines afterwards included. Oldest first.
 */
export function analysesDue(ctx: ServiceContext): Promise<{ storeId: string; day: string }[]> {
  requirePermission(ctx.actor, 'system.run');
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{ id: string; day: string }>(
      `select s.id, d.day::text as day from stores s
       cross join lateral (
         select day, day::timestamp at time zone s.time_zone as from_at, (day + 1)::timestamp at time zone s.time_zone as to_at
         from (select ($2::timestamptz at time zone s.time_zone)::date - n as day from generate_series(1, $3) n) days) d
       left join pos_analyses a on a.tenant_id = s.tenant_id and a.store_id = s.id and a.day = d.day and a.state = 'done' and a.started_at >= d.to_at
       where s.tenant_id = $1 and exists (
         select from terminals t where t.tenant_id = s.tenant_id and t.store_id = s.id and exists (
           select from pos_events e where e.tenant_id = t.tenant_id and e.store_id = t.store_id and e.terminal_id = t.id
             and e.occurred_at >= d.from_at and e.occurred_at < d.to_at and (a.started_at is null or e.received_at > a.started_at)))
       order by d.day, s.id`,
      [ctx.actor.tenantId, ctx.now(), reachDays],
    );
    return rows.map(({ id, day }) => ({ storeId: id, day }));
  });
}
