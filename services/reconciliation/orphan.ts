import { randomUUID } from 'node:crypto';
import { placeOfKey, type RetentionStore, type StoredVersion } from '../../domain/retention-store.ts';
import { readOnly, type ServiceContext, write } from '../context.ts';
import { deleteVersion } from '../retention/purge.ts';
import { type DeletedObject, keepRecord, type Signer } from '../retention/record.ts';

/** What no row knows, with its hash as far as whoever stored it said. */
export type Orphan = StoredVersion & { sha256: string | null };

/** What is to be deleted although no row knows it, on record before it goes. Null: its incident is held, or a row knows it now. */
export function intendOrphanDeletion(ctx: ServiceContext, object: Orphan): Promise<string | null> {
  const { tenantId } = ctx.actor;
  const place = placeOfKey(object.key);
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    const address = JSON.stringify([{ objectKey: object.key, objectVersion: object.version }]);
    const [begun] = await tx.query<{ id: string }>(
      "select id from deletions where tenant_id = $1 and cause = 'orphan' and state = 'intended' and objects @> $2::jsonb",
      [tenantId, address],
    );
    if (begun) return begun.id;
    const [held] = await tx.query(
      'select id from holds where tenant_id = $1 and incident_id = $2 and released_at is null',
      [tenantId, place?.incidentId ?? ''],
    );
    if (place === null || held) return null;
    const id = `del_${randomUUID()}`;
    await tx.query(
      "insert into deletions (tenant_id, store_id, incident_id, id, cause, basis, objects, intended_at) values ($1, $2, $3, $4, 'orphan', '{}', $5, $6)",
      [tenantId, place.storeId, place.incidentId, id, JSON.stringify([deletedOf(object)]), tx.at],
    );
    return id;
  });
}

const deletedOf = ({ key, version, sizeBytes, sha256, deleteMarker }: Orphan): DeletedObject => ({
  ...{
    id: version,
    kind: deleteMarker ? 'marker' : 'unknown',
    sha256,
    sizeBytes,
    objectKey: key,
    objectVersion: version,
  },
});

/** Those that somebody died over: the object may be gone already, and its record is owed. */
export function findUnfinishedOrphans(
  ctx: ServiceContext,
  limit: number,
): Promise<{ deletionId: string; object: Orphan }[]> {
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{ id: string; objects: DeletedObject[]; intended_at: Date }>(
      "select id, objects, intended_at from deletions where tenant_id = $1 and cause = 'orphan' and state = 'intended' order by intended_at limit $2",
      [ctx.actor.tenantId, limit],
    );
    return rows.flatMap(({ id, objects: [object], intended_at }) =>
      object === undefined
        ? []
        : [
            {
              deletionId: id,
              object: {
                ...{ key: object.objectKey, version: object.objectVersion, sizeBytes: object.sizeBytes },
                ...{
                  sha256: object.sha256,
                  storedAt: intended_at.toISOString(),
                  deleteMarker: object.kind === 'marker',
                },
              },
            },
          ],
    );
  });
}

/** Deletes it, looks that it is gone, and signs what it was. */
export function removeOrphan(
  ctx: ServiceContext,
  input: { deletionId: string; object: Orphan },
  { store, signer }: { store: RetentionStore; signer: Signer },
): Promise<boolean> {
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    const [deletion] = await tx.query<{ store_id: string; incident_id: string; intended_at: Date }>(
      "select store_id, incident_id, intended_at from deletions where tenant_id = $1 and id = $2 and state = 'intended' for update",
      [tenantId, input.deletionId],
    );
    if (!deletion) {
      tx.noAudit('nothing changed');
      return false;
    }
    const [held] = await tx.query(
      'select id from holds where tenant_id = $1 and incident_id = $2 and released_at is null',
      [tenantId, deletion.incident_id],
    );
    const isThere = held !== undefined && (await store.inspect(input.object)) !== null;
    // Whoever holds the incident came before it was gone.
    if (isThere) {
      tx.noAudit('nothing changed');
      return false;
    }
    await deleteVersion(store, input.object);
    const deleted = deletedOf(input.object);
    const { record, signature } = await keepRecord(tx, ctx, signer, {
      ...{ id: input.deletionId, cause: 'orphan', storeId: deletion.store_id, incidentId: deletion.incident_id },
      ...{ intendedAt: deletion.intended_at.toISOString(), verdict: null, closedAt: null, purgeAfter: null },
      ...{ authority: null, objects: [deleted] },
    });
    await tx.query(
      "update deletions set state = 'done', settled_at = $3, objects = $4 where tenant_id = $1 and id = $2",
      [tenantId, input.deletionId, tx.at, JSON.stringify([deleted])],
    );
    tx.audit({
      action: 'evidence.orphan_removed',
      subject: `incident:${deletion.incident_id}`,
      details: { record, signature },
    });
    return true;
  });
}
