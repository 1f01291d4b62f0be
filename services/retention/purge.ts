import { randomUUID } from 'node:crypto';
import { DomainError } from '../../domain/errors.ts';
import type { RetentionBasis } from '../../domain/retention.ts';
import {
  coldKey,
  evidencePrefix,
  type ObjectAddress,
  type RetentionStore,
  type StoredVersion,
} from '../../domain/retention-store.ts';
import { readOnly, type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';
import { appraiseNow } from './appraise.ts';
import { gatedSql, gatesSql } from './gates.ts';
import { knownObjects } from './objects.ts';
import { type DeletedObject, keepRecord, type Signer } from './record.ts';
import { wipeIncident } from './wipe.ts';

export interface DueIncident {
  incidentId: string;
  storeId: string;
  purgeAfter: string;
}

export interface DeletionTools {
  store: RetentionStore;
  signer: Signer;
}

/** Locks end with the second after, so that nothing is asked of the store a moment too early. */
const lockRounding = "interval '1 second'";

/** Closed incidents whose time has come and which nothing keeps, the longest due first. */
export function findDueIncidents(
  ctx: ServiceContext,
  limit: number,
  skip: readonly string[] = [],
): Promise<DueIncident[]> {
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{ id: string; store_id: string; purge_after: Date }>(
      `select i.id, i.store_id, i.purge_after from incidents i
       where i.tenant_id = $1 and i.state = 'closed' and i.purged_at is null and i.purge_after <= $2::timestamptz - ${lockRounding}
         and not ${gatedSql('$2')} and i.id <> all ($4) order by i.purge_after, i.id limit $3`,
      [ctx.actor.tenantId, ctx.now(), limit, skip],
    );
    return rows.map((row) => ({
      incidentId: row.id,
      storeId: row.store_id,
      purgeAfter: row.purge_after.toISOString(),
    }));
  });
}

/** Deletions that were begun and not finished, by whoever died over them. */
export function findUnfinishedDeletions(
  ctx: ServiceContext,
  limit: number,
  skip: readonly string[] = [],
): Promise<DueIncident[]> {
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{ incident_id: string; store_id: string; purge_after: Date | null; intended_at: Date }>(
      `select d.incident_id, d.store_id, i.purge_after, d.intended_at from deletions d join incidents i on i.tenant_id = d.tenant_id and i.id = d.incident_id
       where d.tenant_id = $1 and d.state = 'intended' and d.cause = 'retention' and d.incident_id <> all ($3) order by d.intended_at limit $2`,
      [ctx.actor.tenantId, limit, skip],
    );
    return rows.map((row) => ({
      ...{ incidentId: row.incident_id, storeId: row.store_id },
      purgeAfter: (row.purge_after ?? row.intended_at).toISOString(),
    }));
  });
}

/**
 * Deletes the evidence of one incident: intends it on record, deletes every version, looks that they are gone, signs what
 * was deleted. Whoever comes after a crash at any point calls it again. `kept`: something keeps it after all.
 */
export async function purgeIncident(
  ctx: ServiceContext,
  due: Pick<DueIncident, 'incidentId'>,
  tools: DeletionTools,
): Promise<'purged' | 'kept'> {
  const deletionId = await intendDeletion(ctx, due);
  return deletionId === null ? 'kept' : carryOutDeletion(ctx, { deletionId }, tools);
}

interface LockedIncident {
  [column: string]: unknown;
  store_id: string;
  verdict: string | null;
  closed_at: Date | null;
  purged_at: Date | null;
  purge_after: Date | null;
  gates: string[];
}

/** The row is held to the end of the transaction, so that a legal hold comes before, and stops it, or after, and hears of it. */
async function lockIncident(
  tx: WriteTransaction,
  tenantId: string,
  incidentId: string,
): Promise<LockedIncident | null> {
  const [row] = await tx.query<LockedIncident>(
    `select i.store_id, i.verdict, i.closed_at, i.purged_at, i.purge_after, ${gatesSql('$3')} as gates
     from incidents i where i.tenant_id = $1 and i.id = $2 for update`,
    [tenantId, incidentId, tx.at],
  );
  return row ?? null;
}

/** Puts on record what is about to be deleted and why. Null: it is not due by the policy of this moment, or something keeps it. */
export function intendDeletion(ctx: ServiceContext, input: { incidentId: string }): Promise<string | null> {
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    const incident = await lockIncident(tx, tenantId, input.incidentId);
    const [begun] = await tx.query<{ id: string }>(
      "select id from deletions where tenant_id = $1 and incident_id = $2 and state = 'intended' and cause = 'retention'",
      [tenantId, input.incidentId],
    );
    if (begun) {
      tx.noAudit('nothing changed');
      return begun.id;
    }
    if (incident === null || incident.purged_at !== null || incident.gates.length > 0) {
      tx.noAudit('nothing changed');
      return null;
    }
    const basis = await appraiseNow(tx, { tenantId, incidentId: input.incidentId });
    if (basis === null || Date.parse(basis.dueAt) > Date.parse(tx.at) - 1_000) {
      tx.noAudit('bookkeeping');
      return null;
    }
    const id = `del_${randomUUID()}`;
    const objects = (await knownObjects(tx, { tenantId, incidentId: input.incidentId })).map(deletedOf);
    await tx.query(
      "insert into deletions (tenant_id, store_id, incident_id, id, cause, basis, objects, intended_at) values ($1, $2, $3, $4, 'retention', $5, $6, $7)",
      [...[tenantId, incident.store_id, input.incidentId, id], JSON.stringify(basis), JSON.stringify(objects), tx.at],
    );
    tx.audit({
      action: 'evidence.deletion_intended',
      subject: `incident:${input.incidentId}`,
      details: { deletionId: id, dueAt: basis.dueAt, rule: basis.rule, objects: objects.length },
    });
    return id;
  });
}

const deletedOf = (
  object: ObjectAddress & { id: string; kind: string; sha256: string; sizeBytes: number },
): DeletedObject => ({
  ...{ id: object.id, kind: object.kind, sha256: object.sha256, sizeBytes: object.sizeBytes },
  ...{ objectKey: object.key, objectVersion: object.version },
});

interface Deletion {
  [column: string]: unknown;
  incident_id: string;
  store_id: string;
  state: string;
  basis: RetentionBasis;
  objects: DeletedObject[];
  intended_at: Date;
}

/** Does what was intended; again after a crash, it finds what is left to do. */
export function carryOutDeletion(
  ctx: ServiceContext,
  input: { deletionId: string },
  { store, signer }: DeletionTools,
): Promise<'purged' | 'kept'> {
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    const [deletion] = await tx.query<Deletion>(
      'select incident_id, store_id, state, basis, objects, intended_at from deletions where tenant_id = $1 and id = $2',
      [tenantId, input.deletionId],
    );
    const incident = deletion && (await lockIncident(tx, tenantId, deletion.incident_id));
    if (!deletion || !incident || deletion.state !== 'intended' || incident.purged_at !== null) {
      tx.noAudit('nothing changed');
      return deletion?.state === 'done' ? 'purged' : 'kept';
    }
    const { incident_id: incidentId, store_id: storeId, basis } = deletion;
    const subject = `incident:${incidentId}`;
    const facts = {
      ...{ id: input.deletionId, storeId, incidentId, intendedAt: deletion.intended_at.toISOString() },
      ...{ verdict: incident.verdict, closedAt: incident.closed_at?.toISOString() ?? null, purgeAfter: basis.dueAt },
      authority: { policyId: basis.policyId, policyVersion: basis.policyVersion, rule: basis.rule, by: basis.by },
    };
    const settle = (state: 'done' | 'stopped', objects: readonly DeletedObject[]) =>
      tx.query('update deletions set state = $3, settled_at = $4, objects = $5 where tenant_id = $1 and id = $2', [
        tenantId,
        input.deletionId,
        state,
        tx.at,
        JSON.stringify(objects),
      ]);
    if (incident.gates.length > 0) {
      const objects = await alreadyGone(store, deletion.objects);
      if (objects.length > 0) {
        const { record, signature } = await keepRecord(tx, ctx, signer, { ...facts, cause: 'partial', objects });
        await markGone(tx, tenantId, incidentId, objects);
        tx.audit({ action: 'evidence.purged', subject, details: { record, signature } });
      }
      await settle('stopped', objects);
      tx.audit({
        action: 'evidence.deletion_stopped',
        subject,
        details: { deletionId: input.deletionId, gates: incident.gates, gone: objects.length },
      });
      return 'kept';
    }
    const prefix = evidencePrefix(tenantId, storeId, incidentId);
    const stillHere = () => tx.query('select 1');
    const found = [
      ...(await deleteAll(store, prefix, stillHere)),
      ...(await deleteAll(store, coldKey(prefix), stillHere)),
    ];
    const known = new Set(deletion.objects.map(addressOf));
    const objects = [...deletion.objects, ...found.filter((object) => !known.has(addressOf(object)))];
    const { record, signature } = await keepRecord(tx, ctx, signer, { ...facts, cause: 'retention', objects });
    await wipeIncident(tx, { tenantId, incidentId });
    await settle('done', objects);
    await addTimelineEntry(tx, {
      ...{ tenantId, storeId, incidentId, kind: 'purged', actor: ctx.actor.id },
      ...{ params: { objects: objects.length }, factKey: 'purged' },
    });
    tx.audit({ action: 'evidence.purged', subject, details: { record, signature } });
    return 'purged';
  });
}

const addressOf = (object: DeletedObject): string => `${object.objectKey}\n${object.objectVersion}`;

async function alreadyGone(store: RetentionStore, objects: readonly DeletedObject[]): Promise<DeletedObject[]> {
  const gone: DeletedObject[] = [];
  for (const object of objects)
    if ((await store.inspect({ key: object.objectKey, version: object.objectVersion })) === null) gone.push(object);
  return gone;
}

async function markGone(
  tx: WriteTransaction,
  tenantId: string,
  incidentId: string,
  objects: readonly DeletedObject[],
): Promise<void> {
  const versions = objects.map(({ objectVersion }) => objectVersion);
  await tx.query(
    'update evidence_artifacts set purged_at = $4 where tenant_id = $1 and incident_id = $2 and purged_at is null and object_version = any ($3)',
    [tenantId, incidentId, versions, tx.at],
  );
  await tx.query(
    'update evidence_leftovers set removed_at = $4 where tenant_id = $1 and incident_id = $2 and removed_at is null and object_version = any ($3)',
    [tenantId, incidentId, versions, tx.at],
  );
  await tx.query(
    "update packets set state = 'purged', input = '{}' where tenant_id = $1 and incident_id = $2 and state = 'ready' and object_version = any ($3)",
    [tenantId, incidentId, versions],
  );
}

/** So many at once that an incident of many cameras is gone before the transaction counts as idle. */
const deletedAtOnce = 16;

/** Every version and marker below a prefix; what was there, which is more than was known when somebody stored beside it. */
async function deleteAll(
  store: RetentionStore,
  prefix: string,
  stillHere: () => Promise<unknown>,
): Promise<DeletedObject[]> {
  const found: DeletedObject[] = [];
  let batch: StoredVersion[] = [];
  const flush = async () => {
    found.push(...(await Promise.all(batch.map((each) => deleteVersion(store, each)))));
    batch = [];
    await stillHere();
  };
  for await (const version of store.list(prefix)) if (batch.push(version) === deletedAtOnce) await flush();
  if (batch.length > 0) await flush();
  for await (const { key } of store.list(prefix))
    throw new DomainError(
      'DEPENDENCY_TEMPORARY',
      `${key} is still in the store after it was deleted; it is tried again.`,
    );
  return found;
}

/** The caller has made sure that no legal hold stands: one that the store still shows was left by whoever died releasing it. */
export async function deleteVersion(
  store: RetentionStore,
  { key, version, sizeBytes, deleteMarker }: StoredVersion,
): Promise<DeletedObject> {
  const state = deleteMarker ? null : await store.inspect({ key, version });
  if (state?.held) await store.setLegalHold({ key, version, on: false });
  await store.remove({ key, version });
  return {
    ...{ id: version, kind: deleteMarker ? 'marker' : 'unknown', sha256: state?.sha256 ?? null, sizeBytes },
    ...{ objectKey: key, objectVersion: version },
  };
}

export async function listTenantIds(db: ServiceContext['db']): Promise<string[]> {
  const rows = await db.query<{ id: string }>('select id from list_tenants()');
  return rows.map((row) => row.id);
}
