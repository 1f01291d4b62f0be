import { invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import type { RetentionBasis } from '../../domain/retention.ts';
import { addMs, instantFrom, toMs } from '../../domain/time.ts';
import type { Verdict } from '../../domain/types.ts';
import { readOnly, type ServiceContext } from '../context.ts';
import { gatesSql, type RetentionGate } from './gates.ts';

export interface RetentionCount {
  incidents: number;
  objects: number;
  bytes: number;
}

export interface RetentionCalendar {
  from: string;
  to: string;
  /** What goes on which day (UTC), as things stand. */
  days: ({ day: string } & RetentionCount)[];
  /** What its date has passed for already. */
  due: RetentionCount;
  /** What something keeps, whatever its date is; one incident may be kept by several. */
  kept: ({ gate: RetentionGate } & RetentionCount)[];
  /** Due after the last day. */
  later: RetentionCount;
  /** Open, so that no date is set. */
  open: RetentionCount;
}

const dayMs = 24 * 3_600_000;
const longestDays = 400;

/** Sizes by incident of all that is stored, what waits for its removal from the hot tier and packets included. */
const sizes = `
  select x.incident_id, count(*)::int as objects, sum(x.size_bytes)::bigint as bytes from (
    select a.incident_id, a.size_bytes from evidence_artifacts a where a.tenant_id = $1 and a.purged_at is null
    union all select l.incident_id, l.size_bytes from evidence_leftovers l where l.tenant_id = $1 and l.removed_at is null
    union all select p.incident_id, p.size_bytes from packets p where p.tenant_id = $1 and p.state = 'ready'
  ) x group by x.incident_id`;

/** What goes when: by day, with what is kept by something listed apart. */
export function readRetentionCalendar(
  ctx: ServiceContext,
  period: { from?: string; to?: string },
): Promise<RetentionCalendar> {
  requirePermission(ctx.actor, 'incident.read');
  const from = startOfDay(period.from === undefined ? ctx.now() : instantFrom('from', period.from));
  const to = period.to === undefined ? addMs(from, 31 * dayMs) : startOfDay(instantFrom('to', period.to));
  if (toMs(to) <= toMs(from)) throw invalidField('to', 'must be after from');
  if (toMs(to) - toMs(from) > longestDays * dayMs)
    throw invalidField('to', `must be at most ${longestDays} days after from`);
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{ slot: string; incidents: number; objects: number; bytes: number }>(
      `select slot, count(*)::int as incidents, coalesce(sum(objects), 0)::int as objects, coalesce(sum(bytes), 0)::bigint as bytes from (
         select s.objects, s.bytes, unnest(case
           when cardinality(k.gates) > 0 then (select array_agg('kept:' || gate) from unnest(k.gates) gate)
           when i.purge_after < greatest($2::timestamptz, $4::timestamptz) then array['due']
           when i.purge_after >= $3 then array['later']
           else array[coalesce(to_char(i.purge_after at time zone 'UTC', 'YYYY-MM-DD'), 'later')] end) as slot
         from incidents i cross join lateral (select ${gatesSql('$4')} as gates) k left join (${sizes}) s on s.incident_id = i.id
         where i.tenant_id = $1 and i.purged_at is null and (s.objects is not null or i.evidence_state in ('ready', 'partial'))
       ) slots group by slot order by slot`,
      [ctx.actor.tenantId, from, to, ctx.now()],
    );
    const none: RetentionCount = { incidents: 0, objects: 0, bytes: 0 };
    const slot = (name: string): RetentionCount => {
      const row = rows.find((each) => each.slot === name);
      return row ? { incidents: row.incidents, objects: row.objects, bytes: row.bytes } : none;
    };
    return {
      ...{ from, to, due: slot('due'), later: slot('later'), open: slot('kept:case_open') },
      days: rows.filter((row) => /^\d/.test(row.slot)).map((row) => ({ day: row.slot, ...slot(row.slot) })),
      kept: rows.flatMap((row) =>
        row.slot.startsWith('kept:') && row.slot !== 'kept:case_open'
          ? [{ gate: row.slot.slice('kept:'.length) as RetentionGate, ...slot(row.slot) }]
          : [],
      ),
    };
  });
}

const startOfDay = (at: string): string => `${at.slice(0, 10)}T00:00:00.000Z`;

export interface RetainedIncident {
  incidentId: string;
  code: string;
  storeId: string;
  verdict: Verdict | null;
  closedAt: string | null;
  purgeAfter: string | null;
  basis: RetentionBasis | null;
  gates: RetentionGate[];
  objects: number;
  bytes: number;
}

const maxListed = 200;

/** The incidents behind one day, or behind what keeps them; the earliest due first. */
export function listRetained(
  ctx: ServiceContext,
  of: { day?: string; gate?: string },
): Promise<{ items: RetainedIncident[]; more: boolean }> {
  requirePermission(ctx.actor, 'incident.read');
  if ((of.day === undefined) === (of.gate === undefined)) throw invalidField('day', 'give either a day or a gate');
  const day = of.day === undefined ? null : startOfDay(instantFrom('day', `${of.day}T00:00:00.000Z`));
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{
      id: string;
      code: string;
      store_id: string;
      verdict: Verdict | null;
      closed_at: Date | null;
      purge_after: Date | null;
      retention: RetentionBasis | null;
      gates: RetentionGate[];
      objects: number | null;
      bytes: number | null;
    }>(
      `select i.id, i.code, i.store_id, i.verdict, i.closed_at, i.purge_after, i.retention, k.gates, s.objects, s.bytes
       from incidents i cross join lateral (select ${gatesSql('$4')} as gates) k left join (${sizes}) s on s.incident_id = i.id
       where i.tenant_id = $1 and i.purged_at is null and (s.objects is not null or i.evidence_state in ('ready', 'partial'))
         and case when $3::text is null then cardinality(k.gates) = 0 and i.purge_after >= $2 and i.purge_after < $2::timestamptz + interval '1 day' else $3 = any (k.gates) end
       order by i.purge_after nulls last, i.id limit ${maxListed + 1}`,
      [ctx.actor.tenantId, day, of.gate ?? null, ctx.now()],
    );
    return {
      items: rows.slice(0, maxListed).map((row) => ({
        ...{ incidentId: row.id, code: row.code, storeId: row.store_id, verdict: row.verdict, basis: row.retention },
        ...{ closedAt: row.closed_at?.toISOString() ?? null, purgeAfter: row.purge_after?.toISOString() ?? null },
        ...{ gates: row.gates, objects: row.objects ?? 0, bytes: row.bytes ?? 0 },
      })),
      more: rows.length > maxListed,
    };
  });
}
