import { compareObject, type Discrepancy } from '../../domain/reconciliation.ts';
import { coldKey, placeOfKey, type RetentionStore, type StoredVersion } from '../../domain/retention-store.ts';
import { toMs } from '../../domain/time.ts';
import { type ServiceContext, write } from '../context.ts';
import { findUnfinishedDeletions, purgeIncident } from '../retention/purge.ts';
import type { Signer } from '../retention/record.ts';
import { compareKeys, type KeyGroup, mergeByKey } from './merge.ts';
import { findUnfinishedOrphans, intendOrphanDeletion, removeOrphan } from './orphan.ts';
import { type ExpectedObject, expectedNow, expectedObjects } from './rows.ts';
import { type Finding, finishReconciliation, noteProgress, type Reconciliation } from './settle.ts';

export interface ReconcileTools {
  store: RetentionStore;
  signer: Signer;
  /** Reads every byte and takes its hash, instead of going by what the store says of it. */
  deep: boolean;
  beat: () => void;
}

/** What is younger may be on its way into a row; a day is longer than any attempt and than two sweeps. */
const orphanAgeMs = 24 * 3_600_000;
const pageSize = 500;
/** So many keys are looked at side by side, and then put on record. */
const chunkSize = 16;

/**
 * Compares everything that rows say with everything that the store has, both ways and in the order of keys, so that
 * neither has to be held in memory. Puts right what is safe, and says the rest. A run that somebody died over goes on.
 */
export async function reconcileTenant(
  ctx: ServiceContext,
  tools: ReconcileTools,
  run: Reconciliation,
): Promise<Reconciliation> {
  const { id } = run;
  if (run.afterKey === '') await noteProgress(ctx, { id, findings: await finishDeletions(ctx, tools) });
  const { tenantId } = ctx.actor;
  for (const prefix of [`${tenantId}/`, coldKey(`${tenantId}/`)]) {
    const behind = compareKeys(run.afterKey, prefix) > 0 && !run.afterKey.startsWith(prefix);
    if (behind) continue;
    const after = run.afterKey.startsWith(prefix) ? run.afterKey : '';
    const merged = mergeByKey(tools.store.list(prefix, after), expectedObjects(ctx, prefix, after, pageSize));
    for await (const chunk of inChunks(merged)) {
      tools.beat();
      const findings = (await Promise.all(chunk.map((group) => compareKey(ctx, tools, group)))).flat();
      const objects = chunk.reduce((sum, { left }) => sum + left.length, 0);
      const rows = chunk.reduce((sum, { right }) => sum + right.length, 0);
      await noteProgress(ctx, { id, findings, objects, rows, afterKey: chunk.at(-1)!.key });
    }
  }
  return finishReconciliation(ctx, { id });
}

/** Deletions that nobody came back to. */
async function finishDeletions(ctx: ServiceContext, tools: ReconcileTools): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const due of await findUnfinishedDeletions(ctx, pageSize)) {
    tools.beat();
    const outcome = await purgeIncident(ctx, due, tools).catch((error: unknown) => String(error));
    findings.push({
      ...{ kind: 'deletion_unfinished', repaired: outcome === 'purged' || outcome === 'kept' },
      ...{ incidentId: due.incidentId, key: '', version: '', details: { outcome } },
    });
  }
  for (const { deletionId, object } of await findUnfinishedOrphans(ctx, pageSize)) {
    tools.beat();
    if (await removeOrphan(ctx, { deletionId, object }, tools))
      findings.push({ ...about(object), kind: 'orphan', repaired: true, details: { sha256: object.sha256 } });
  }
  return findings;
}

const about = (object: { key: string; version: string }) => ({
  ...{ key: object.key, version: object.version, incidentId: placeOfKey(object.key)?.incidentId ?? null },
});

type Group = KeyGroup<StoredVersion, ExpectedObject>;

async function compareKey(ctx: ServiceContext, tools: ReconcileTools, { left, right }: Group): Promise<Finding[]> {
  const findings: Finding[] = [];
  const stored = new Map(left.map((version) => [version.version, version]));
  const known = new Set<string>();
  for (const expected of right) {
    known.add(expected.version);
    const version = stored.get(expected.version);
    if (version === undefined || version.deleteMarker) findings.push(...(await missing(ctx, tools, expected)));
    else findings.push(...(await compare(ctx, tools, expected)));
  }
  for (const version of left) if (!known.has(version.version)) findings.push(...(await unknown(ctx, tools, version)));
  return findings;
}

const findingOf = (
  object: { key: string; version: string; incidentId: string | null },
  kind: Discrepancy,
  repaired: boolean,
  details: Record<string, unknown> = {},
): Finding => ({ ...object, kind, repaired, details });

const addressed = ({ key, version, incidentId }: ExpectedObject) => ({ key, version, incidentId });

/** The row may have been changed since it was read; and what is being deleted may be gone. */
async function missing(ctx: ServiceContext, { store }: ReconcileTools, seen: ExpectedObject): Promise<Finding[]> {
  const expected = await expectedNow(ctx, seen);
  if (expected === null || expected.leaving || expected.kind === 'moved') return [];
  if ((await store.inspect(expected)) !== null) return [];
  return [findingOf(addressed(expected), 'object_missing', false, { kind: expected.kind, sha256: expected.sha256 })];
}

async function compare(ctx: ServiceContext, tools: ReconcileTools, seen: ExpectedObject): Promise<Finding[]> {
  const { store } = tools;
  const state = await store.inspect(seen);
  if (state === null) return missing(ctx, tools, seen);
  const differs = (expected: ExpectedObject) => compareObject(expected, state, ctx.now());
  const actualSha256 = tools.deep && seen.sha256 !== null ? await store.hash(seen) : seen.sha256;
  if (differs(seen).length === 0 && actualSha256 === seen.sha256) return [];
  // Looked at once more, since a hold or a lock may have been set between the two.
  const expected = await expectedNow(ctx, seen);
  if (expected === null) return [];
  const findings: Finding[] = [];
  for (const { kind, extendTo, noteLock, hold } of differs(expected)) {
    if (extendTo !== undefined) await store.extendLock({ ...addressed(expected), until: extendTo });
    if (extendTo !== undefined && expected.kind === 'packet')
      await recordFoundLock(ctx, { ...expected, lockedUntil: extendTo });
    if (hold !== undefined) await store.setLegalHold({ ...addressed(expected), on: hold });
    if (noteLock !== undefined) await recordFoundLock(ctx, { ...expected, lockedUntil: noteLock });
    const repaired = extendTo !== undefined || hold !== undefined || noteLock !== undefined;
    findings.push(findingOf(addressed(expected), kind, repaired, { expected: expected.lockedUntil, state }));
  }
  if (actualSha256 !== expected.sha256)
    findings.push(
      findingOf(addressed(expected), 'hash_differs', false, { expected: expected.sha256, actual: actualSha256 }),
    );
  return findings;
}

/** The store keeps it longer than the row says: the row, and with it the date of the deletion, follows the store. */
export function recordFoundLock(
  ctx: ServiceContext,
  input: { incidentId: string | null; artifactId: string; version: string; lockedUntil: string },
): Promise<void> {
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    const values = [ctx.actor.tenantId, input.incidentId, input.version, input.lockedUntil];
    await tx.query(
      'update evidence_artifacts set locked_until = $4 where tenant_id = $1 and incident_id = $2 and object_version = $3 and purged_at is null',
      values,
    );
    await tx.query(
      'update evidence_leftovers set locked_until = $4 where tenant_id = $1 and incident_id = $2 and object_version = $3',
      values,
    );
    await tx.query(
      'update incidents i set appraised_by = null where i.tenant_id = $1 and i.id = $2',
      values.slice(0, 2),
    );
    await tx.query(
      `update incidents i set packets_locked_until = greatest(i.packets_locked_until, $4) where i.tenant_id = $1 and i.id = $2
         and exists (select from packets p where p.tenant_id = $1 and p.incident_id = $2 and p.object_version = $3)`,
      values,
    );
  });
}

/** Whatever no row knows: too young to say, still locked, or to be removed with a record. */
async function unknown(ctx: ServiceContext, tools: ReconcileTools, object: StoredVersion): Promise<Finding[]> {
  if (toMs(ctx.now()) - toMs(object.storedAt) < orphanAgeMs) return [];
  const place = placeOfKey(object.key);
  if ((await expectedNow(ctx, object)) !== null) return [];
  if (place === null) return [findingOf(about(object), 'unknown_object', false, { sizeBytes: object.sizeBytes })];
  const state = object.deleteMarker ? null : await tools.store.inspect(object);
  if (state === null && !object.deleteMarker) return [];
  if (state?.lockedUntil != null && toMs(state.lockedUntil) > toMs(ctx.now()))
    return [
      findingOf(about(object), 'orphan_locked', false, { lockedUntil: state.lockedUntil, sizeBytes: object.sizeBytes }),
    ];
  const orphan = { ...object, sha256: state?.sha256 ?? null };
  const deletionId = await intendOrphanDeletion(ctx, orphan);
  if (deletionId === null) return [findingOf(about(object), 'orphan_locked', false, { held: true })];
  await removeOrphan(ctx, { deletionId, object: orphan }, tools);
  return [
    findingOf(about(object), object.deleteMarker ? 'delete_marker' : 'orphan', true, { sha256: state?.sha256 ?? null }),
  ];
}

async function* inChunks<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let chunk: Item[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length < chunkSize) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
