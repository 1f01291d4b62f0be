import { canonicalJson } from '../../domain/audit-chain.ts';
import { DomainError } from '../../domain/errors.ts';
import { readOnly, type ServiceContext, write } from '../context.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';

export interface DueIncident {
  incidentId: string;
  storeId: string;
  verdict: string;
  closedAt: string;
  purgeAfter: string;
  policyId: string;
  policyVersion: number;
  artifacts: {
    id: string;
    kind: string;
    sha256: string;
    objectKey: string;
    objectVersion: string;
    lockedUntil: string;
  }[];
}

/** Closed incidents whose time has come and on which no legal hold stands, oldest first. */
export function findDueIncidents(ctx: ServiceContext, limit: number): Promise<DueIncident[]> {
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{
      id: string;
      store_id: string;
      verdict: string;
      closed_at: Date;
      purge_after: Date;
      policy_id: string;
      policy_version: number;
      artifacts: DueIncident['artifacts'] | null;
    }>(
      `select i.id, i.store_id, i.verdict, i.closed_at, i.purge_after, i.policy ->> 'id' as policy_id, (i.policy ->> 'version')::int as policy_version,
         (select jsonb_agg(jsonb_build_object('id', a.id, 'kind', a.kind, 'sha256', a.sha256, 'objectKey', a.object_key, 'objectVersion', a.object_version, 'lockedUntil', a.locked_until) order by a.id)
          from evidence_artifacts a where a.tenant_id = i.tenant_id and a.incident_id = i.id and a.purged_at is null) as artifacts
       from incidents i
       where i.tenant_id = $1 and i.state = 'closed' and i.purged_at is null and i.purge_after <= $2
         and not exists (select from holds h where h.tenant_id = i.tenant_id and h.incident_id = i.id and h.released_at is null)
       order by i.purge_after limit $3`,
      [ctx.actor.tenantId, ctx.now(), limit],
    );
    return rows.map((row) => ({
      incidentId: row.id,
      storeId: row.store_id,
      verdict: row.verdict,
      closedAt: row.closed_at.toISOString(),
      purgeAfter: row.purge_after.toISOString(),
      policyId: row.policy_id,
      policyVersion: row.policy_version,
      artifacts: row.artifacts ?? [],
    }));
  });
}

export interface DeletionRecord {
  kind: 'floorwalker.deletion.v1';
  tenantId: string;
  storeId: string;
  incidentId: string;
  deletedAt: string;
  verdict: string;
  closedAt: string;
  purgeAfter: string;
  authority: { policyId: string; policyVersion: number };
  objects: { id: string; kind: string; sha256: string; objectKey: string; objectVersion: string }[];
}

export interface Signer {
  publicKeyPem: string;
  sign(text: string): string;
}

/** The signed statement of what is being deleted, under which rule. */
export function deletionRecord(tenantId: string, due: DueIncident, deletedAt: string): DeletionRecord {
  return {
    kind: 'floorwalker.deletion.v1',
    tenantId,
    storeId: due.storeId,
    incidentId: due.incidentId,
    deletedAt,
    verdict: due.verdict,
    closedAt: due.closedAt,
    purgeAfter: due.purgeAfter,
    authority: { policyId: due.policyId, policyVersion: due.policyVersion },
    objects: due.artifacts.map(({ id, kind, sha256, objectKey, objectVersion }) => ({
      id,
      kind,
      sha256,
      objectKey,
      objectVersion,
    })),
  };
}

/**
 * Deletes the objects and writes the signed record; free words are wiped, the skeleton is kept. The incident's row is
 * locked around both, so that a hold is placed either before, and stops it, or after, and is told that it came too late.
 */
export function purgeIncident(
  ctx: ServiceContext,
  due: DueIncident,
  signer: Signer,
  deleteObjects: () => Promise<unknown>,
): Promise<void> {
  return write(ctx, async (tx) => {
    const [open] = await tx.query<{ id: string }>(
      'select id from incidents where tenant_id = $1 and id = $2 and purged_at is null for update',
      [ctx.actor.tenantId, due.incidentId],
    );
    if (!open) return tx.noAudit('nothing changed');
    const held = await tx.query(
      'select incident_id from holds where tenant_id = $1 and incident_id = $2 and released_at is null',
      [ctx.actor.tenantId, due.incidentId],
    );
    if (held.length > 0)
      throw new DomainError('CONFLICT', `A legal hold was placed on ${due.incidentId}; nothing was deleted.`);
    await deleteObjects();
    const record = deletionRecord(ctx.actor.tenantId, due, tx.at);
    const signature = signer.sign(canonicalJson(record));
    await tx.query(
      'insert into dispositions (tenant_id, store_id, incident_id, at, record, signature, public_key) values ($1, $2, $3, $4, $5, $6, $7)',
      [ctx.actor.tenantId, due.storeId, due.incidentId, tx.at, JSON.stringify(record), signature, signer.publicKeyPem],
    );
    await tx.query(
      'update evidence_artifacts set purged_at = $3 where tenant_id = $1 and incident_id = $2 and purged_at is null',
      [ctx.actor.tenantId, due.incidentId, tx.at],
    );
    await tx.query("update evidence set state = 'purged' where tenant_id = $1 and incident_id = $2", [
      ctx.actor.tenantId,
      due.incidentId,
    ]);
    await tx.query(
      "update incidents set evidence_state = 'purged', purged_at = $3, outcome = jsonb_set(outcome, '{notes}', 'null') where tenant_id = $1 and id = $2",
      [ctx.actor.tenantId, due.incidentId, tx.at],
    );
    await tx.query(
      "update incident_events set params = params - 'text' - 'note' where tenant_id = $1 and incident_id = $2 and (params ? 'text' or params ? 'note')",
      [ctx.actor.tenantId, due.incidentId],
    );
    for (const table of ['runbook_steps', 'runbook_approvals', 'drills'])
      await tx.query(`update ${table} set note = null where tenant_id = $1 and incident_id = $2 and note is not null`, [
        ctx.actor.tenantId,
        due.incidentId,
      ]);
    await tx.query(
      'update terminal_holds set release_note = null where tenant_id = $1 and incident_id = $2 and release_note is not null',
      [ctx.actor.tenantId, due.incidentId],
    );
    await tx.query(
      'update incident_reviews set statement = null where tenant_id = $1 and incident_id = $2 and statement is not null',
      [ctx.actor.tenantId, due.incidentId],
    );
    await tx.query(
      "update unredacted_approvals set reason = '' where tenant_id = $1 and incident_id = $2 and reason <> ''",
      [ctx.actor.tenantId, due.incidentId],
    );
    // The zips lie below the evidence's prefix and went with it.
    await tx.query(
      "update packets set state = 'purged', input = '{}', settled_at = coalesce(settled_at, $3) where tenant_id = $1 and incident_id = $2",
      [ctx.actor.tenantId, due.incidentId, tx.at],
    );
    await tx.query(
      'update packet_handovers set received_by = null, revoked_at = coalesce(revoked_at, $3) where tenant_id = $1 and incident_id = $2',
      [ctx.actor.tenantId, due.incidentId, tx.at],
    );
    await tx.query("update notifications set body = '' where tenant_id = $1 and incident_id = $2", [
      ctx.actor.tenantId,
      due.incidentId,
    ]);
    await addTimelineEntry(tx, {
      tenantId: ctx.actor.tenantId,
      storeId: due.storeId,
      incidentId: due.incidentId,
      kind: 'purged',
      actor: ctx.actor.id,
      params: { objects: due.artifacts.length },
      factKey: 'purged',
    });
    tx.audit({ action: 'evidence.purged', subject: `incident:${due.incidentId}`, details: { record, signature } });
  });
}

export async function listTenantIds(db: ServiceContext['db']): Promise<string[]> {
  const rows = await db.query<{ id: string }>('select id from list_tenants()');
  return rows.map((row) => row.id);
}
