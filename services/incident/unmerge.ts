import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { found, readOnly, type ServiceContext } from '../context.ts';
import { splitDetection } from '../outbox/drain.ts';
import { loadIncident } from './facts.ts';

/** Takes a merged detection out again: it gets an incident of its own, which starts like any other. */
export async function unmergeDetection(
  ctx: ServiceContext,
  input: { incidentId: string; eventId: string },
): Promise<{ incidentId: string; newIncidentId: string }> {
  requirePermission(ctx.actor, 'incident.decide');
  const dedupKey = await readOnly(ctx, async (tx) => {
    await loadIncident(tx, ctx.actor.tenantId, input.incidentId);
    const [row] = await tx.query<{ dedup_key: string; merged: boolean }>(
      'select dedup_key, merge_reason is not null as merged from detections where tenant_id = $1 and incident_id = $2 and event_id = $3',
      [ctx.actor.tenantId, input.incidentId, input.eventId],
    );
    const detection = found(row, `detection ${input.eventId} of incident ${input.incidentId}`);
    if (!detection.merged) {
      throw new DomainError('CONFLICT', 'This detection opened the incident; only merged ones can be taken out.');
    }
    return detection.dedup_key;
  });
  const split = await splitDetection(ctx, { incidentId: input.incidentId, dedupKey, because: 'UNMERGED_BY_PERSON' });
  return { incidentId: input.incidentId, newIncidentId: split.incidentId };
}
