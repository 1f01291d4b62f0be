import type { Queryable } from '../../adapters/postgres/database.ts';

/** How people and keys are called, by actor id; names are joined when something is shown and never stored with it. */
export async function actorNames(tx: Queryable, tenantId: string): Promise<(actorId: string) => string> {
  const rows = await tx.query<{ id: string; name: string }>(
    `select prefix || id as id, display_name as name from people, (values ('phone:'), ('link:')) as p (prefix) where tenant_id = $1
     union all select prefix || id, display_name from api_keys, (values ('user:'), ('device:')) as p (prefix) where tenant_id = $1`,
    [tenantId],
  );
  const names = new Map(rows.map((row) => [row.id, row.name]));
  return (actorId) => names.get(actorId) ?? actorId;
}
