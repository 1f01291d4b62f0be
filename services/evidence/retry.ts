import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import type { Reason } from '../../domain/types.ts';
import { type ServiceContext, write } from '../context.ts';
import { placeOf } from '../incident/assess.ts';
import { loadIncident } from '../incident/facts.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';

/** Has every recording of an incident that could not be secured tried again; what is there is left as it is. */
export function retryEvidence(
  ctx: ServiceContext,
  input: { incidentId: string },
): Promise<{ storeId: string; attempt: number }> {
  requirePermission(ctx.actor, 'evidence.redact');
  const { incidentId } = input;
  const of = [ctx.actor.tenantId, incidentId];
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, incidentId, true);
    const own = await tx.query(
      "update evidence set state = 'requested', settled_at = null, failure = null, gaps = '[]' where tenant_id = $1 and incident_id = $2 and state = 'failed' returning incident_id",
      of,
    );
    const others = await tx.query<{ camera_id: string }>(
      "update evidence_cameras set state = 'requested', settled_at = null, failure = null, gaps = '[]' where tenant_id = $1 and incident_id = $2 and state = 'failed' and exists (select from evidence e where e.tenant_id = $1 and e.incident_id = $2 and e.state not in ('not_kept', 'purged')) returning camera_id",
      of,
    );
    if (own.length === 0 && others.length === 0)
      throw new DomainError('CONFLICT', 'No recording of this incident has failed, so there is nothing to try again.');
    if (own.length > 0)
      await tx.query("update incidents set evidence_state = 'requested' where tenant_id = $1 and id = $2", of);
    const [row] = await tx.query<{ attempt: number }>(
      'update evidence set attempt = attempt + 1 where tenant_id = $1 and incident_id = $2 returning attempt',
      of,
    );
    const { attempt } = row!;
    await tx.query(
      "insert into outbox (tenant_id, store_id, incident_id, kind, payload) values ($1, $3, $2, 'secure', $4)",
      [...of, incident.storeId, JSON.stringify({ attempt })],
    );
    const details = { attempt, own: own.length > 0, cameras: others.map(({ camera_id }) => camera_id) };
    await addTimelineEntry(tx, {
      ...placeOf(incident),
      ...{ kind: 'evidence_retried', actor: ctx.actor.id, params: { attempt } },
    });
    tx.audit({ action: 'evidence.retry_ordered', subject: `incident:${incidentId}`, details });
    return { storeId: incident.storeId, attempt };
  });
}

/** What was asked for again and is still not there after all this time has failed again. */
export function giveUpEvidence(ctx: ServiceContext, input: { incidentId: string; reason: Reason }): Promise<void> {
  const { incidentId, reason } = input;
  const values = [ctx.actor.tenantId, incidentId, JSON.stringify(reason), ctx.now()];
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, incidentId, true);
    const own = await tx.query(
      "update evidence set state = 'failed', failure = $3, settled_at = $4 where tenant_id = $1 and incident_id = $2 and state = 'requested' returning incident_id",
      values,
    );
    const others = await tx.query(
      "update evidence_cameras set state = 'failed', failure = $3, settled_at = $4 where tenant_id = $1 and incident_id = $2 and state = 'requested' returning camera_id",
      values,
    );
    if (own.length === 0 && others.length === 0) return tx.noAudit('nothing changed');
    if (own.length > 0)
      await tx.query("update incidents set evidence_state = 'failed' where tenant_id = $1 and id = $2", [
        ctx.actor.tenantId,
        incidentId,
      ]);
    await addTimelineEntry(tx, {
      ...placeOf(incident),
      ...{ kind: 'evidence_failed', actor: ctx.actor.id, params: { ...reason } },
    });
    tx.audit({ action: 'evidence.failed', subject: `incident:${incidentId}`, details: { reason } });
  });
}
