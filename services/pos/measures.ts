import { invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { daysBetween, isDate } from '../../domain/roster/local-time.ts';
import { completeMeasures, type Measures } from '../../domain/till/measures.ts';
import { readOnly, type ServiceContext } from '../context.ts';

const longestDays = 400;

export interface TillMeasuresOfDay {
  day: string;
  transactions: number;
  /** Without what was withdrawn, and without what only runs in shadow. */
  exceptions: number;
  /** Null on a day without transactions. */
  exceptionsPer1000: number | null;
  byRule: Record<string, number>;
  lanes: { terminalId: string; operator: string | null; measures: Measures }[];
  /** What the self-checkouts asked for, by till; on days that nobody looked through too. Without drills. */
  prompts: PromptMeasures[];
}

export interface PromptMeasures {
  terminalId: string;
  sent: number;
  /** The words were shown. */
  acknowledged: number;
  /** The till was dark, refused, or could not be reached. */
  dark: number;
  rescanned: number;
  /** From the prompt until we heard of the scan; null: nobody scanned. */
  rescanP50Ms: number | null;
  rescanP95Ms: number | null;
  /** How often it called the attendant, and how often it kept a payment waiting. */
  attended: number;
  blocked: number;
  blockedMs: number;
}

/** What each day at the tills of a store came to, of the days that were looked through or on which a till asked for something. */
export function readTillMeasures(
  ctx: ServiceContext,
  input: { storeId: string; from: string; to: string },
): Promise<TillMeasuresOfDay[]> {
  requirePermission(ctx.actor, 'till.review', input.storeId);
  for (const name of ['from', 'to'] as const)
    if (!isDate(input[name])) throw invalidField(name, 'must be a date such as 2026-03-01');
  if (input.to < input.from || daysBetween(input.from, input.to) > longestDays)
    throw invalidField('to', `must be the same day as from, or up to ${longestDays} days later`);
  return readOnly(ctx, async (tx) => {
    const values = [ctx.actor.tenantId, input.storeId, input.from, input.to];
    const lanes = await tx.query<{ day: string; terminal_id: string; operator: string; measures: Partial<Measures> }>(
      `select day::text as day, terminal_id, operator, measures from pos_day_measures
       where tenant_id = $1 and store_id = $2 and day between $3 and $4 order by day, terminal_id, operator`,
      values,
    );
    const counts = await tx.query<{ day: string; rule_id: string; count: number }>(
      `select day::text as day, rule_id, count(*)::int as count from pos_exceptions
       where tenant_id = $1 and store_id = $2 and day between $3 and $4 and withdrawn_at is null and not shadow group by day, rule_id order by rule_id`,
      values,
    );
    const prompts = await tx.query<PromptMeasures & { [column: string]: unknown; day: string }>(promptsSql, [
      ...values,
      ctx.now(),
    ]);
    return [...new Set([...lanes, ...prompts].map(({ day }) => day))].sort().map((day) => {
      const ofDay = lanes.filter((lane) => lane.day === day);
      const rules = counts.filter((count) => count.day === day);
      const transactions = ofDay.reduce((sum, { measures }) => sum + (measures.transactions ?? 0), 0);
      const exceptions = rules.reduce((sum, { count }) => sum + count, 0);
      return {
        ...{ day, transactions, exceptions },
        exceptionsPer1000: transactions === 0 ? null : Math.round((exceptions / transactions) * 100_000) / 100,
        byRule: Object.fromEntries(rules.map(({ rule_id, count }) => [rule_id, count])),
        lanes: ofDay.map(({ terminal_id, operator, measures }) => ({
          ...{ terminalId: terminal_id, operator: operator === '' ? null : operator },
          measures: completeMeasures(measures),
        })),
        prompts: prompts.filter((prompt) => prompt.day === day).map(({ day: _day, ...prompt }) => prompt),
      };
    });
  });
}

/** By the store's own date. A hold that nobody has seen the end of lasted until its own time was over, or until now. */
const promptsSql = `
  with asked as (
    select (p.intended_at at time zone s.time_zone)::date as day, p.terminal_id, p.acknowledged_at, p.failure, p.rescanned_at,
      extract(epoch from p.rescanned_at - p.intended_at) * 1000 as rescan_ms,
      h.kind as held, extract(epoch from coalesce(h.released_at, least(h.until_at, $5::timestamptz)) - h.ordered_at) * 1000 as held_ms
    from stores s
    join terminal_prompts p on p.tenant_id = s.tenant_id and p.store_id = s.id
      and p.intended_at >= $3::date::timestamp at time zone s.time_zone and p.intended_at < ($4::date + 1)::timestamp at time zone s.time_zone
    join incidents i on i.tenant_id = p.tenant_id and i.id = p.incident_id and not i.drill
    left join terminal_holds h on h.tenant_id = p.tenant_id and h.incident_id = p.incident_id and (h.failure is null or h.failure ->> 'code' = 'NO_ACKNOWLEDGEMENT')
    where s.tenant_id = $1 and s.id = $2
  )
  select day::text as day, terminal_id as "terminalId", count(*)::int as sent, count(acknowledged_at)::int as acknowledged, count(failure)::int as dark,
    count(rescanned_at)::int as rescanned,
    round(percentile_cont(0.5) within group (order by rescan_ms))::int as "rescanP50Ms", round(percentile_cont(0.95) within group (order by rescan_ms))::int as "rescanP95Ms",
    (count(*) filter (where held = 'attend'))::int as attended, (count(*) filter (where held = 'block'))::int as blocked,
    coalesce(round(sum(held_ms) filter (where held = 'block')), 0)::int as "blockedMs"
  from asked group by day, terminal_id order by day, terminal_id`;
