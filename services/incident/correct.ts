import { purgeAfter } from '../../domain/retention.ts';
import { type ServiceContext, write } from '../context.ts';
import { assess, placeOf } from './assess.ts';
import { loadIncident } from './facts.ts';
import { revokeLinks, toldPeople } from './record.ts';
import { addTimelineEntry } from './timeline-entry.ts';

/**
 * A receipt arrived after the incident was closed. Asks the till again; when everything is explained now, the earlier
 * verdict is annotated as wrong, never rewritten away, links stay revoked and whoever was told is owed a correction.
 */
export function correctIncident(
  ctx: ServiceContext,
  input: { incidentId: string },
): Promise<{ corrected: boolean; toldPersonIds: string[] }> {
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const place = placeOf(incident);
    if (incident.state !== 'closed' || incident.posVerdict === 'MATCH') {
      tx.noAudit('nothing changed');
      // A retry of this very correction still has to name the people to text.
      const owed =
        incident.state === 'closed' && incident.posVerdict === 'MATCH' && incident.verdict === 'paid'
          ? await toldPeople(tx, place)
          : [];
      return { corrected: false, toldPersonIds: owed };
    }
    const { pos } = await assess(tx, incident, ctx.actor.id);
    if (pos.verdict !== 'MATCH') return { corrected: false, toldPersonIds: [] };
    const toldPersonIds = await toldPeople(tx, place);
    await tx.query(
      `update incidents set verdict = 'paid', corrected_at = $3, purge_after = greatest(least(purge_after, $4),
         (select max(a.locked_until) from evidence_artifacts a where a.tenant_id = $1 and a.incident_id = $2 and a.purged_at is null)), version = version + 1 where tenant_id = $1 and id = $2`,
      [place.tenantId, place.incidentId, tx.at, purgeAfter(incident.policy, 'paid', tx.at)],
    );
    await addTimelineEntry(tx, {
      ...place,
      kind: 'correction_recorded',
      actor: ctx.actor.id,
      params: { earlierVerdict: incident.verdict, told: toldPersonIds.length },
    });
    await revokeLinks(tx, place);
    tx.audit({
      action: 'incident.corrected',
      subject: `incident:${place.incidentId}`,
      details: { earlierVerdict: incident.verdict, earlierDecidedBy: incident.decidedBy, toldPersonIds },
    });
    return { corrected: true, toldPersonIds };
  });
}
