import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { readOnly, type ServiceContext } from '../context.ts';
import { splitDetection } from '../outbox/drain.ts';
import { releaseSensorEvent } from '../sensors/release.ts';
import { loadIncident } from './facts.ts';

/**
 * Takes a merged detection out again: it gets an incident of its own, which starts like any other. What a sensor only
 * supported it with is taken out as well, and opens none.
 */
export async function unmergeDetection(
  ctx: ServiceContext,
  input: { incidentId: string; eventId: string },
): Promise<{ incidentId: string; newIncidentId: string | null }> {
  requirePermission(ctx.actor, 'incident.decide');
  const dedupKey = await readOnly(ctx, async (tx) => {
    await loadIncident(tx, ctx.actor.tenantId, input.incidentId);
    const [row] = await tx.query<{ dedup_key: string; merged: boolean }>(
      'select dedup_key, merge_reason is not null as merged from detections where tenant_id = $1 and incident_id = $2 and event_id = $3',
      [ctx.actor.tenantId, input.incidentId, input.eventId],
    );
    if (!row) return null;
    if (!row.merged) {
      throw new DomainError('CONFLICT', 'This detection opened the incident; only merged ones can be taken out.');
    }
    return row.dedup_key;
  });
  if (dedupKey === null) {
    await releaseSensorEvent(ctx, input);
    return { incidentId: input.incidentId, newIncidentId: null };
  }
  const split = await splitDetection(ctx, { incidentId: input.incidentId, dedupKey, because: 'UNMERGED_BY_PERSON' });
  return { incidentId: input.incidentId, newIncidentId: split.incidentId };
}
