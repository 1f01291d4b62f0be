import type { Queryable } from '../../adapters/postgres/database.ts';
import { invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { instantFrom, toIso, toMs } from '../../domain/time.ts';
import { readOnly, type ServiceContext } from '../context.ts';
import { type ActionFacts, estimateActions } from './actions.ts';
import { type Amount, pricedMessages } from './messages.ts';

export interface UsageFigures {
  detections: number;
  incidents: number;
  texts: number;
  segments: number;
  calls: number;
  callSeconds: number;
  /** Started minutes of each call, as carriers bill them. */
  callMinutes: number;
  emails: number;
  /** At the end of the period. */
  evidenceBytes: number;
  /** Bytes times the days that they were stored, over the period. */
  evidenceByteDays: number;
  temporalActionsEstimate: number;
  webhookDeliveries: number;
  costs: Amount[];
  /** Messages of which the cost is not known. */
  unpricedMessages: number;
}

export interface Usage {
  from: string;
  to: string;
  total: UsageFigures;
  stores: ({ storeId: string } & UsageFigures)[];
}

type Counts = Record<Exclude<keyof UsageFigures, 'costs' | 'temporalActionsEstimate'>, number> & ActionFacts;

const longestMs = 400 * 24 * 3_600_000;

/** What was used in a period, by store and in all; without one, this month so far. Each thing counts when it happened. */
export function readUsage(ctx: ServiceContext, period: { from?: string; to?: string }): Promise<Usage> {
  requirePermission(ctx.actor, 'usage.read');
  const to = period.to === undefined ? ctx.now() : instantFrom('to', period.to);
  const from = period.from === undefined ? startOfMonth(to) : instantFrom('from', period.from);
  if (toMs(from) >= toMs(to)) throw invalidField('from', 'must be before to');
  if (toMs(to) - toMs(from) > longestMs) throw invalidField('from', 'must be at most 400 days before to');
  return readOnly(ctx, async (tx) => {
    const values = [ctx.actor.tenantId, from, to];
    const rows = await tx.query<{ store_id: string; [name: string]: unknown }>(countsSql, values);
    const costs = await readCosts(tx, values);
    const stores = rows.map(({ store_id, ...counts }) => ({
      storeId: store_id,
      ...figuresOf(counts as unknown as Counts, costs.get(store_id) ?? []),
    }));
    return { from, to, total: totalOf(stores), stores };
  });
}

function startOfMonth(at: string): string {
  const date = new Date(toMs(at));
  return toIso(Date.UTC(date.getUTCFullYear(), date.getUTCMonth()));
}

/** Row level security leaves the stores in scope; whatever has no store, such as a ping, is not counted. */
const countsSql = `
  with messages as (
    select m.* from (${pricedMessages}) m where m.sent_at >= $2 and m.sent_at < $3
  ), by_store as (
    select store_id,
      count(*) filter (where channel = 'sms') as texts,
      coalesce(sum(segments) filter (where channel = 'sms'), 0) as segments,
      count(*) filter (where channel = 'voice') as calls,
      coalesce(sum(call_seconds) filter (where channel = 'voice'), 0) as call_seconds,
      coalesce(sum(units) filter (where channel = 'voice'), 0) as call_minutes,
      count(*) filter (where channel = 'email') as emails,
      count(*) filter (where units is null or price_micro is null) as unpriced
    from messages group by store_id
  ), opened as (
    select i.store_id, count(*) as incidents, count(*) filter (where i.state = 'closed') as closed,
      count(*) filter (where i.pos_verdict = 'MATCH' and i.acknowledged_at is null and i.decided_by is null
        and not exists (select from notifications n where n.tenant_id = i.tenant_id and n.incident_id = i.id and n.sent_at is not null)) as matched,
      sum(i.runs - 1) as reopened, sum(i.detection_count - 1) as merged,
      sum((select count(*) from incident_events e where e.tenant_id = i.tenant_id and e.incident_id = i.id and e.kind = 'verdict_given')) as verdicts,
      sum((select count(*) from incident_events e where e.tenant_id = i.tenant_id and e.incident_id = i.id and e.kind in ('acknowledged', 'help_requested', 'help_ended'))) as answers,
      sum((select count(*) from incident_events e where e.tenant_id = i.tenant_id and e.incident_id = i.id and e.kind = 'escalation_exhausted')) as exhausted,
      sum((select count(*) from notifications n where n.tenant_id = i.tenant_id and n.incident_id = i.id and n.kind = 'alert' and (n.step > 0 or n.round > 0) and n.state <> 'withheld')) as further,
      sum((select count(*) from notifications n where n.tenant_id = i.tenant_id and n.incident_id = i.id and n.state = 'undelivered')) as undelivered
    from incidents i where i.tenant_id = $1 and i.accepted_at >= $2 and i.accepted_at < $3 group by i.store_id
  )
  select s.id as store_id,
    (select count(*)::int from detections d where d.tenant_id = $1 and d.store_id = s.id and d.received_at >= $2 and d.received_at < $3) as "detections",
    coalesce(o.incidents, 0)::int as "incidents", coalesce(o.closed, 0)::int as "closed", coalesce(o.matched, 0)::int as "matchedAtOnce",
    coalesce(o.reopened, 0)::int as "reopened", coalesce(o.verdicts, 0)::int as "verdicts", coalesce(o.answers, 0)::int as "answers", coalesce(o.exhausted, 0)::int as "exhausted", coalesce(o.further, 0)::int as "furtherAlerts",
    coalesce(o.merged + o.undelivered, 0)::int as "signals",
    coalesce(b.texts, 0)::int as "texts", coalesce(b.segments, 0)::int as "segments", coalesce(b.calls, 0)::int as "calls",
    coalesce(b.call_seconds, 0)::int as "callSeconds", coalesce(b.call_minutes, 0)::int as "callMinutes", coalesce(b.emails, 0)::int as "emails",
    coalesce(b.unpriced, 0)::int as "unpricedMessages",
    coalesce((select sum(a.size_bytes) from evidence e join evidence_artifacts a on a.tenant_id = e.tenant_id and a.incident_id = e.incident_id
      where e.tenant_id = $1 and e.store_id = s.id and e.settled_at < $3 and (a.purged_at is null or a.purged_at >= $3)), 0)::bigint as "evidenceBytes",
    coalesce((select sum(f.size_bytes * extract(epoch from least(coalesce(f.gone_at, $3), $3::timestamptz, now()) - greatest(f.stored_at, $2::timestamptz)) / 86400) from (
        select a.size_bytes, coalesce(a.stored_at, e.settled_at) as stored_at, a.purged_at as gone_at
          from evidence_artifacts a join evidence e on e.tenant_id = a.tenant_id and e.incident_id = a.incident_id where a.tenant_id = $1 and a.store_id = s.id
        union all select l.size_bytes, l.moved_at, l.removed_at from evidence_leftovers l where l.tenant_id = $1 and l.store_id = s.id
        union all select p.size_bytes, p.settled_at, (select i.purged_at from incidents i where i.tenant_id = p.tenant_id and i.id = p.incident_id)
          from packets p where p.tenant_id = $1 and p.store_id = s.id and p.size_bytes is not null and p.settled_at is not null
      ) f where f.stored_at < least($3::timestamptz, now()) and (f.gone_at is null or f.gone_at > $2)), 0)::float8 as "evidenceByteDays",
    (select count(*)::int from webhook_deliveries w where w.tenant_id = $1 and w.store_id = s.id and w.delivered_at >= $2 and w.delivered_at < $3) as "webhookDeliveries"
  from stores s left join by_store b on b.store_id = s.id left join opened o on o.store_id = s.id
  where s.tenant_id = $1 order by s.id`;

async function readCosts(tx: Queryable, values: readonly unknown[]): Promise<Map<string, Amount[]>> {
  const rows = await tx.query<{ store_id: string; currency: string; cost: number }>(
    `select m.store_id, m.currency, sum(m.units * m.price_micro)::bigint as cost from (${pricedMessages}) m
     where m.sent_at >= $2 and m.sent_at < $3 and m.units is not null and m.price_micro is not null
     group by m.store_id, m.currency order by m.currency`,
    values,
  );
  const costs = new Map<string, Amount[]>();
  for (const row of rows)
    costs.set(row.store_id, [...(costs.get(row.store_id) ?? []), { currency: row.currency, costMicro: row.cost }]);
  return costs;
}

function figuresOf(counts: Counts, costs: Amount[]): UsageFigures {
  return {
    detections: counts.detections,
    incidents: counts.incidents,
    texts: counts.texts,
    segments: counts.segments,
    calls: counts.calls,
    callSeconds: counts.callSeconds,
    callMinutes: counts.callMinutes,
    emails: counts.emails,
    evidenceBytes: counts.evidenceBytes,
    evidenceByteDays: counts.evidenceByteDays,
    temporalActionsEstimate: estimateActions(counts),
    webhookDeliveries: counts.webhookDeliveries,
    costs,
    unpricedMessages: counts.unpricedMessages,
  };
}

function totalOf(stores: readonly UsageFigures[]): UsageFigures {
  const sum = (name: Exclude<keyof UsageFigures, 'costs'>) => stores.reduce((all, store) => all + store[name], 0);
  return {
    detections: sum('detections'),
    incidents: sum('incidents'),
    texts: sum('texts'),
    segments: sum('segments'),
    calls: sum('calls'),
    callSeconds: sum('callSeconds'),
    callMinutes: sum('callMinutes'),
    emails: sum('emails'),
    evidenceBytes: sum('evidenceBytes'),
    evidenceByteDays: sum('evidenceByteDays'),
    temporalActionsEstimate: sum('temporalActionsEstimate'),
    webhookDeliveries: sum('webhookDeliveries'),
    costs: sumOf(stores.flatMap(({ costs }) => costs)),
    unpricedMessages: sum('unpricedMessages'),
  };
}

/** By currency; amounts of two currencies are never added. */
export function sumOf(amounts: readonly Amount[]): Amount[] {
  const sums = new Map<string, number>();
  for (const { currency, costMicro } of amounts) sums.set(currency, (sums.get(currency) ?? 0) + costMicro);
  return [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([currency, costMicro]) => ({ currency, costMicro }));
}
