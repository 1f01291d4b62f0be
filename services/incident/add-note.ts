import { requirePermission } from '../../domain/permissions.ts';
import { type ServiceContext, sha256Hex, write } from '../context.ts';
import { placeOf } from './assess.ts';
import { loadIncident } from './facts.ts';
import type { TimelineEvent } from './read.ts';
import { addTimelineEntry } from './timeline-entry.ts';

/** Pins a note to the timeline; the audit row carries its hash, the words stay with the incident and go when it goes. */
export function addNote(
  ctx: ServiceContext,
  input: { incidentId: string; text: string; idempotencyKey?: string },
): Promise<TimelineEvent> {
  requirePermission(ctx.actor, 'incident.note');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId);
    const factKey = input.idempotencyKey === undefined ? undefined : `note:${ctx.actor.id}:${input.idempotencyKey}`;
    const params = { text: input.text };
    const entry = await addTimelineEntry(tx, {
      ...placeOf(incident),
      kind: 'note_added',
      actor: ctx.actor.id,
      params,
      ...(factKey === undefined ? {} : { factKey }),
    });
    if (!entry) {
      tx.noAudit('nothing changed');
      const [known] = await tx.query<{ id: number; at: Date; params: Record<string, unknown> }>(
        'select id, at, params from incident_events where tenant_id = $1 and incident_id = $2 and fact_key = $3',
        [ctx.actor.tenantId, input.incidentId, factKey],
      );
      return {
        id: String(known!.id),
        at: known!.at.toISOString(),
        kind: 'note_added',
        actor: ctx.actor.displayName,
        params: known!.params,
      };
    }
    tx.audit({
      action: 'incident.note_added',
      subject: `incident:${input.incidentId}`,
      details: { textSha256: sha256Hex(input.text) },
    });
    return {
      id: String(entry.id),
      at: entry.at.toISOString(),
      kind: 'note_added',
      actor: ctx.actor.displayName,
      params,
    };
  });
}
