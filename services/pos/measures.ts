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
}

/** What each day at the tills of a store came to, of the days that were looked at. */
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
    return [...new Set(lanes.map(({ day }) => day))].map((day) => {
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
      };
    });
  });
}
