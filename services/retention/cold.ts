import { randomUUID } from 'node:crypto';
import { coldKey, type RetentionStore } from '../../domain/retention-store.ts';
import { readOnly, type ServiceContext, write } from '../context.ts';
import { gatedSql } from './gates.ts';
import { keepRecord, type Signer } from './record.ts';

export interface ColdCandidate {
  incidentId: string;
  storeId: string;
  artifactId: string;
  key: string;
  version: string;
  sha256: string;
  sizeBytes: number;
  lockedUntil: string;
  purgeAfter: string;
}

/** Files of closed incidents that nothing keeps open, whose time in the hot tier is over. */
export function findColdCandidates(
  ctx: ServiceContext,
  limit: number,
  skip: readonly string[] = [],
): Promise<ColdCandidate[]> {
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{
      incident_id: string;
      store_id: string;
      id: string;
      object_key: string;
      object_version: string;
      sha256: string;
      size_bytes: number;
      locked_until: Date;
      purge_after: Date;
    }>(
      `select a.incident_id, a.store_id, a.id, a.object_key, a.object_version, a.sha256, a.size_bytes, a.locked_until, i.purge_after
       from incidents i join evidence_artifacts a on a.tenant_id = i.tenant_id and a.incident_id = i.id
       where i.tenant_id = $1 and i.state = 'closed' and i.purged_at is null and i.cold_at <= $2 and i.purge_after > $2::timestamptz + interval '1 hour'
         and a.tier = 'hot' and a.purged_at is null and a.quarantined_at is null and a.object_version <> all ($4) and not ${gatedSql('$2')}
       order by i.cold_at, a.incident_id, a.id limit $3`,
      [ctx.actor.tenantId, ctx.now(), limit, skip],
    );
    return rows.map((row) => ({
      ...{ incidentId: row.incident_id, storeId: row.store_id, artifactId: row.id, key: row.object_key },
      ...{ version: row.object_version, sha256: row.sha256, sizeBytes: row.size_bytes },
      ...{ lockedUntil: row.locked_until.toISOString(), purgeAfter: row.purge_after.toISOString() },
    }));
  });
}

/**
 * Copies one file into the cold tier, locked until it is due and read back, and from then on reads it there. Its original
 * goes when its own lock lets it. When something keeps the incident meanwhile, nothing changes and the copy is found later.
 */
export async function moveToCold(ctx: ServiceContext, file: ColdCandidate, store: RetentionStore): Promise<boolean> {
  const toKey = coldKey(file.key);
  const { version } = await store.copyCold({
    ...{ key: file.key, version: file.version, toKey, sha256: file.sha256, lockedUntil: file.purgeAfter, held: false },
  });
  return switchToCold(ctx, { ...file, toKey, toVersion: version });
}

/** From here on the row names the copy. */
export function switchToCold(
  ctx: ServiceContext,
  file: ColdCandidate & { toKey: string; toVersion: string },
): Promise<boolean> {
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    const [open] = await tx.query(
      `select i.id from incidents i where i.tenant_id = $1 and i.id = $2 and i.purged_at is null and not ${gatedSql('$3')} for update`,
      [tenantId, file.incidentId, tx.at],
    );
    const moved =
      open === undefined
        ? []
        : await tx.query(
            `update evidence_artifacts set object_key = $5, object_version = $6, tier = 'cold', locked_until = $7
             where tenant_id = $1 and incident_id = $2 and id = $3 and object_version = $4 and purged_at is null returning id`,
            [tenantId, file.incidentId, file.artifactId, file.version, file.toKey, file.toVersion, file.purgeAfter],
          );
    if (moved.length === 0) {
      tx.noAudit('nothing changed');
      return false;
    }
    await tx.query(
      'insert into evidence_leftovers (tenant_id, store_id, incident_id, object_key, object_version, sha256, size_bytes, moved_at, locked_until) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
      [
        ...[tenantId, file.storeId, file.incidentId, file.key, file.version, file.sha256, file.sizeBytes, tx.at],
        file.lockedUntil,
      ],
    );
    tx.audit({
      action: 'evidence.moved_to_cold',
      subject: `incident:${file.incidentId}`,
      details: { artifactId: file.artifactId, sha256: file.sha256, objectVersion: file.toVersion },
    });
    return true;
  });
}

export interface Leftover {
  incidentId: string;
  storeId: string;
  key: string;
  version: string;
}

/** Originals whose lock has ended and which no legal hold keeps. */
export function findLeftovers(ctx: ServiceContext, limit: number, skip: readonly string[] = []): Promise<Leftover[]> {
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{ incident_id: string; store_id: string; object_key: string; object_version: string }>(
      `select l.incident_id, l.store_id, l.object_key, l.object_version from evidence_leftovers l join incidents i on i.tenant_id = l.tenant_id and i.id = l.incident_id
       where l.tenant_id = $1 and l.removed_at is null and l.locked_until <= $2::timestamptz - interval '1 second' and l.object_version <> all ($4)
         and not exists (select from holds h where h.tenant_id = l.tenant_id and h.incident_id = l.incident_id and h.released_at is null)
       order by l.locked_until, l.object_version limit $3`,
      [ctx.actor.tenantId, ctx.now(), limit, skip],
    );
    return rows.map((row) => ({
      ...{ incidentId: row.incident_id, storeId: row.store_id, key: row.object_key, version: row.object_version },
    }));
  });
}

/** Deletes an original in the hot tier once more after looking that its copy is there, and signs that it did. */
export function removeLeftover(
  ctx: ServiceContext,
  leftover: Leftover,
  { store, signer }: { store: RetentionStore; signer: Signer },
): Promise<boolean> {
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    await tx.query('select id from incidents where tenant_id = $1 and id = $2 for update', [
      tenantId,
      leftover.incidentId,
    ]);
    const [row] = await tx.query<{ sha256: string; size_bytes: number; moved_at: Date }>(
      `select l.sha256, l.size_bytes, l.moved_at from evidence_leftovers l
       where l.tenant_id = $1 and l.object_key = $2 and l.object_version = $3 and l.removed_at is null
         and not exists (select from holds h where h.tenant_id = l.tenant_id and h.incident_id = l.incident_id and h.released_at is null)`,
      [tenantId, leftover.key, leftover.version],
    );
    const [copy] = await tx.query<{ object_key: string; object_version: string }>(
      "select object_key, object_version from evidence_artifacts where tenant_id = $1 and incident_id = $2 and tier = 'cold' and purged_at is null and object_key = $3",
      [tenantId, leftover.incidentId, coldKey(leftover.key)],
    );
    const safe =
      copy !== undefined && (await store.inspect({ key: copy.object_key, version: copy.object_version })) !== null;
    if (!row || !safe) {
      tx.noAudit('nothing changed');
      return false;
    }
    const state = await store.inspect(leftover);
    if (state?.held) await store.setLegalHold({ ...leftover, on: false });
    await store.remove(leftover);
    const { incidentId, storeId } = leftover;
    const { record, signature } = await keepRecord(tx, ctx, signer, {
      ...{ id: `del_${randomUUID()}`, cause: 'moved', storeId, incidentId, intendedAt: row.moved_at.toISOString() },
      ...{ verdict: null, closedAt: null, purgeAfter: null, authority: null },
      objects: [
        {
          ...{ id: leftover.version, kind: 'moved', sha256: row.sha256, sizeBytes: row.size_bytes },
          ...{ objectKey: leftover.key, objectVersion: leftover.version },
        },
      ],
    });
    await tx.query(
      'update evidence_leftovers set removed_at = $4 where tenant_id = $1 and object_key = $2 and object_version = $3',
      [tenantId, leftover.key, leftover.version, tx.at],
    );
    tx.audit({
      action: 'evidence.original_removed',
      subject: `incident:${incidentId}`,
      details: { record, signature },
    });
    return true;
  });
}
