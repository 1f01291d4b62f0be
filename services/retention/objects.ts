import type { Queryable } from '../../adapters/postgres/database.ts';
import type { ObjectAddress, RetentionStore } from '../../domain/retention-store.ts';
import { readOnly, type ServiceContext } from '../context.ts';

/** One stored object that a row knows, whatever table it is from. */
export interface KnownObject extends ObjectAddress {
  id: string;
  kind: string;
  sha256: string;
  sizeBytes: number;
  lockedUntil: string | null;
}

/** Every stored object of an incident: recordings, what was made of them, packets, and originals whose copy is in the cold tier. */
export async function knownObjects(
  tx: Queryable,
  of: { tenantId: string; incidentId: string },
): Promise<KnownObject[]> {
  const rows = await tx.query<ObjectRow>(
    `${knownObjectsSql('x.tenant_id = $1 and x.incident_id = $2')} order by object_key, object_version`,
    [of.tenantId, of.incidentId],
  );
  return rows.map(objectOf);
}

export interface ObjectRow {
  [column: string]: unknown;
  incident_id: string;
  id: string;
  kind: string;
  object_key: string;
  object_version: string;
  sha256: string;
  size_bytes: number;
  locked_until: Date | null;
}

export const objectOf = (row: ObjectRow): KnownObject => ({
  ...{ key: row.object_key, version: row.object_version, id: row.id, kind: row.kind },
  ...{ sha256: row.sha256, sizeBytes: row.size_bytes, lockedUntil: row.locked_until?.toISOString() ?? null },
});

/** `where` is asked of each table as `x`. */
export const knownObjectsSql = (where: string): string => `
  select x.incident_id, x.id, x.kind, x.object_key, x.object_version, x.sha256, x.size_bytes, x.locked_until
    from evidence_artifacts x where x.purged_at is null and ${where}
  union all
  select x.incident_id, x.object_version, 'moved', x.object_key, x.object_version, x.sha256, x.size_bytes, x.locked_until
    from evidence_leftovers x where x.removed_at is null and ${where}
  union all
  select x.incident_id, x.id, 'packet', x.object_key, x.object_version, x.sha256, x.size_bytes, null
    from packets x where x.state = 'ready' and ${where}`;

/** Has the store's own legal hold on everything of an incident follow the record: on while any hold stands. */
export async function followHolds(
  ctx: ServiceContext,
  store: Pick<RetentionStore, 'setLegalHold'>,
  input: { incidentId: string },
): Promise<void> {
  const { objects, on } = await readOnly(ctx, async (tx) => {
    const standing = await tx.query(
      'select id from holds where tenant_id = $1 and incident_id = $2 and released_at is null limit 1',
      [ctx.actor.tenantId, input.incidentId],
    );
    const known = await knownObjects(tx, { tenantId: ctx.actor.tenantId, ...input });
    return { objects: known, on: standing.length > 0 };
  });
  for (const { key, version } of objects) await store.setLegalHold({ key, version, on });
}
