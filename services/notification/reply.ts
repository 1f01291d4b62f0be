import { actorNames } from '../access/names.ts';
import { readOnly, type ServiceContext, write } from '../context.ts';

export interface AnswerableIncident {
  incidentId: string;
  storeId: string;
  code: string;
  laneLabel: string;
  storeName: string;
  closed: boolean;
  verdict: string | null;
  decidedBy: string | null;
  closedAt: string | null;
  timeZone: string;
}

/** How long a closed incident is still explained to somebody who answers late. */
const explainedForDays = 30;

/** Incidents about which this person was texted, the newest first. */
export function findAnswerable(ctx: ServiceContext, personId: string): Promise<AnswerableIncident[]> {
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{
      id: string;
      store_id: string;
      code: string;
      label: string;
      store_name: string;
      state: string;
      verdict: string | null;
      decided_by: string | null;
      closed_at: Date | null;
      time_zone: string;
    }>(
      `select i.id, i.store_id, i.code, coalesce(z.label, c.name) as label, s.name as store_name, i.state, i.verdict, i.decided_by, i.closed_at, s.time_zone
       from (select incident_id, max(intended_at) as texted_at from notifications where tenant_id = $1 and person_id = $2 and kind in ('alert', 'help') and intended_at > $3::timestamptz - make_interval(days => $4) group by incident_id) n
       join incidents i on i.tenant_id = $1 and i.id = n.incident_id
       join stores s on s.tenant_id = i.tenant_id and s.id = i.store_id
       join cameras c on c.tenant_id = i.tenant_id and c.store_id = i.store_id and c.id = i.camera_id
       left join zones z on z.tenant_id = i.tenant_id and z.store_id = i.store_id and z.id = i.zone_id
       order by n.texted_at desc limit 50`,
      [ctx.actor.tenantId, personId, ctx.now(), explainedForDays],
    );
    const nameOf = await actorNames(tx, ctx.actor.tenantId);
    return rows.map((row) => ({
      incidentId: row.id,
      storeId: row.store_id,
      code: row.code,
      laneLabel: row.label,
      storeName: row.store_name,
      closed: row.state === 'closed',
      verdict: row.verdict,
      decidedBy:
        row.decided_by === null ? null : row.decided_by.startsWith('system:') ? 'the till' : nameOf(row.decided_by),
      closedAt: row.closed_at?.toISOString() ?? null,
      timeZone: row.time_zone,
    }));
  });
}

/** That somebody answered, and what became of it; the words themselves are not kept. */
export function recordReply(
  ctx: ServiceContext,
  input: { incidentId: string | null; messageSid: string; outcome: string },
): Promise<void> {
  return write(ctx, async (tx) => {
    tx.audit({
      action: 'reply.received',
      subject: input.incidentId === null ? `person:${ctx.actor.id}` : `incident:${input.incidentId}`,
      details: { messageSid: input.messageSid, outcome: input.outcome },
    });
  });
}
