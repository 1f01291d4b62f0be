import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { type ServiceContext, write } from '../context.ts';
import { loadIncident } from '../incident/facts.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';
import { weighAgain } from '../incident/weigh.ts';
import { eventName } from './rows.ts';

/** Takes an event that only supported an incident out of it, for good; it opens none of its own. */
export function releaseSensorEvent(
  ctx: ServiceContext,
  input: { incidentId: string; eventId: string },
): Promise<{ lookAgain: boolean }> {
  requirePermission(ctx.actor, 'incident.decide');
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, tenantId, input.incidentId, true);
    const [row] = await tx.query<{ sensor_id: string; event_id: string; kind: string; what: string | null }>(
      `update sensor_events set incident_id = null, join_reason = null, released_at = $4
       where tenant_id = $1 and incident_id = $2 and sensor_id || ':' || event_id = $3 returning sensor_id, event_id, kind, what`,
      [tenantId, incident.incidentId, input.eventId, tx.at],
    );
    if (!row)
      throw new DomainError(
        'NOT_FOUND',
        `Incident ${input.incidentId} has no detection and no sensor event ${input.eventId}.`,
      );
    const params = { sensorId: row.sensor_id, eventId: eventName(row.sensor_id, row.event_id), kind: row.kind };
    await addTimelineEntry(tx, {
      ...{ tenantId, storeId: incident.storeId, incidentId: incident.incidentId },
      kind: 'sensor_released',
      actor: ctx.actor.id,
      params: { ...params, what: row.what },
    });
    tx.audit({ action: 'incident.sensor_released', subject: `incident:${incident.incidentId}`, details: params });
    const { lookAgain } = await weighAgain(tx, incident, ctx.actor.id);
    return { lookAgain };
  });
}
