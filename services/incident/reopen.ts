import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { placeOf } from './assess.ts';
import { type IncidentFacts, loadIncident } from './facts.ts';
import { freeCode } from './open.ts';
import { addTimelineEntry } from './timeline-entry.ts';

/** Opens a closed incident again for the console: the earlier verdict stays on the record, a new one is needed. */
export function reopenIncident(
  ctx: ServiceContext,
  input: { incidentId: string; reasonCode: string },
): Promise<{ incidentId: string; run: number }> {
  requirePermission(ctx.actor, 'incident.reopen');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const run = await reopen(tx, ctx.actor.id, incident, input.reasonCode);
    return { incidentId: input.incidentId, run };
  });
}

/** The part that a second review shares: a new run of the workflow, asked for by an outbox row. */
export async function reopen(
  tx: WriteTransaction,
  actorId: string,
  incident: IncidentFacts,
  reasonCode: string,
): Promise<number> {
  if (incident.state !== 'closed') throw new DomainError('CONFLICT', 'This incident is open.');
  if (incident.evidenceState === 'purged')
    throw new DomainError(
      'CONFLICT',
      'The evidence of this incident was deleted when it was due, so it cannot be judged again.',
    );
  const place = placeOf(incident);
  const run = incident.run + 1;
  // Its old code may belong to another open incident by now.
  const code = await freeCode(tx, place.tenantId, place.incidentId, incident.code);
  await tx.query(
    `update incidents set state = 'in_review', verdict = null, decided_by = null, reason_code = null, closed_at = null, acknowledged_at = null, purge_after = null,
       help_requested = false, second_review = null, runs = $3, code = $4, version = version + 1 where tenant_id = $1 and id = $2`,
    [place.tenantId, place.incidentId, run, code],
  );
  await tx.query("insert into outbox (tenant_id, store_id, incident_id, kind) values ($1, $2, $3, 'reopen')", [
    place.tenantId,
    place.storeId,
    place.incidentId,
  ]);
  const details = {
    run,
    reasonCode,
    earlierVerdict: incident.verdict,
    earlierDecidedBy: incident.decidedBy,
    ...(code === incident.code ? {} : { code, earlierCode: incident.code }),
  };
  await addTimelineEntry(tx, { ...place, kind: 'reopened', actor: actorId, params: details });
  tx.audit({ action: 'incident.reopened', subject: `incident:${place.incidentId}`, details });
  return run;
}
