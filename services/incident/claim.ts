import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { addMs } from '../../domain/time.ts';
import { found, type ServiceContext, write } from '../context.ts';
import { placeOf } from './assess.ts';
import { loadIncident } from './facts.ts';
import { addTimelineEntry } from './timeline-entry.ts';

export interface Claim {
  incidentId: string;
  claimedBy: string | null;
  claimedUntil: string | null;
}

/** "I have it, for now": others see so until the lease ends. Claiming again renews one's own lease. */
export function claimIncident(ctx: ServiceContext, input: { incidentId: string }): Promise<Claim> {
  requirePermission(ctx.actor, 'incident.acknowledge');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const place = placeOf(incident);
    if (incident.state === 'closed') throw new DomainError('CONFLICT', 'This incident is already closed.');
    const claimedUntil = addMs(tx.at, incident.policy.claimMs);
    const rows = await tx.query<{ before: string | null }>(
      `update incidents i set claimed_by = $3, claimed_until = $4 from incidents before
       where i.tenant_id = $1 and i.id = $2 and before.tenant_id = i.tenant_id and before.id = i.id
         and (i.claimed_by is null or i.claimed_by = $3 or i.claimed_until <= $5) returning before.claimed_by as before`,
      [place.tenantId, place.incidentId, ctx.actor.id, claimedUntil, tx.at],
    );
    const row = rows[0];
    if (!row)
      throw new DomainError(
        'CONFLICT',
        'Somebody else is working on this incident. Ask them, or wait until their time is over.',
      );
    if (row.before !== ctx.actor.id) {
      await addTimelineEntry(tx, { ...place, kind: 'claimed', actor: ctx.actor.id, params: { until: claimedUntil } });
      tx.audit({
        action: 'incident.claimed',
        subject: `incident:${place.incidentId}`,
        details: { until: claimedUntil, takenOverFrom: row.before },
      });
    } else tx.noAudit('nothing changed');
    return { incidentId: input.incidentId, claimedBy: ctx.actor.id, claimedUntil };
  });
}

/** Gives it back before the lease ends; a lead may release somebody else's. */
export function releaseClaim(ctx: ServiceContext, input: { incidentId: string }): Promise<Claim> {
  requirePermission(ctx.actor, 'incident.acknowledge');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const place = placeOf(incident);
    const [row] = await tx.query<{ claimed_by: string | null }>(
      'select claimed_by from incidents where tenant_id = $1 and id = $2',
      [place.tenantId, place.incidentId],
    );
    const holder = found(row, `incident ${input.incidentId}`).claimed_by;
    if (holder === null) {
      tx.noAudit('nothing changed');
      return { incidentId: input.incidentId, claimedBy: null, claimedUntil: null };
    }
    if (holder !== ctx.actor.id) requirePermission(ctx.actor, 'incident.review');
    await tx.query('update incidents set claimed_by = null, claimed_until = null where tenant_id = $1 and id = $2', [
      place.tenantId,
      place.incidentId,
    ]);
    await addTimelineEntry(tx, { ...place, kind: 'claim_released', actor: ctx.actor.id, params: { holder } });
    tx.audit({ action: 'incident.claim_released', subject: `incident:${place.incidentId}`, details: { holder } });
    return { incidentId: input.incidentId, claimedBy: null, claimedUntil: null };
  });
}
