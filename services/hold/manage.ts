import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { type ServiceContext, write } from '../context.ts';
import { placeOf } from '../incident/assess.ts';
import { loadIncident } from '../incident/facts.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';

export interface Hold {
  incidentId: string;
  held: boolean;
  reason: string | null;
}

/** A standing legal hold stops every purge of the incident. Placing it twice is refused, so that nobody releases another's. */
export function placeHold(ctx: ServiceContext, input: { incidentId: string; reason: string }): Promise<Hold> {
  requirePermission(ctx.actor, 'hold.manage');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const [purged] = await tx.query(
      'select id from incidents where tenant_id = $1 and id = $2 and purged_at is not null',
      [ctx.actor.tenantId, input.incidentId],
    );
    if (purged)
      throw new DomainError(
        'CONFLICT',
        'The evidence of this incident has already been deleted; there is nothing left to hold.',
      );
    const placed = await tx.query(
      'insert into holds (tenant_id, store_id, incident_id, reason, placed_by) values ($1, $2, $3, $4, $5) on conflict (tenant_id, incident_id) where released_at is null do nothing returning incident_id',
      [ctx.actor.tenantId, incident.storeId, input.incidentId, input.reason, ctx.actor.id],
    );
    if (placed.length === 0) throw new DomainError('CONFLICT', 'A legal hold already stands on this incident.');
    await addTimelineEntry(tx, {
      ...placeOf(incident),
      kind: 'hold_placed',
      actor: ctx.actor.id,
      params: { reason: input.reason },
    });
    tx.audit({ action: 'hold.placed', subject: `incident:${input.incidentId}`, details: { reason: input.reason } });
    return { incidentId: input.incidentId, held: true, reason: input.reason };
  });
}

export function releaseHold(ctx: ServiceContext, input: { incidentId: string }): Promise<Hold> {
  requirePermission(ctx.actor, 'hold.manage');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const released = await tx.query(
      'update holds set released_at = $3, released_by = $4 where tenant_id = $1 and incident_id = $2 and released_at is null returning incident_id',
      [ctx.actor.tenantId, input.incidentId, tx.at, ctx.actor.id],
    );
    if (released.length === 0) throw new DomainError('CONFLICT', 'No legal hold stands on this incident.');
    await addTimelineEntry(tx, { ...placeOf(incident), kind: 'hold_released', actor: ctx.actor.id });
    tx.audit({ action: 'hold.released', subject: `incident:${input.incidentId}` });
    return { incidentId: input.incidentId, held: false, reason: null };
  });
}
