import { invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { isDate } from '../../domain/roster/local-time.ts';
import { found, readOnly, type ServiceContext, write } from '../context.ts';
import { requirePlace } from './places.ts';

export interface Holiday {
  /** Null: every store. */
  storeId: string | null;
  date: string;
  name: string;
}

interface HolidayRow {
  [column: string]: unknown;
  store_id: string | null;
  on_date: string;
  name: string;
}

/** `*` cannot be a store. */
const idOf = (date: string, storeId: string | null) => `${date}:${storeId ?? '*'}`;

export function listHolidays(
  ctx: ServiceContext,
  filter: { storeId?: string; from?: string; to?: string } = {},
): Promise<Holiday[]> {
  requirePermission(ctx.actor, 'estate.read', filter.storeId);
  for (const field of ['from', 'to'] as const) if (filter[field] !== undefined) checkDate(field, filter[field]);
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<HolidayRow>(
      `select store_id, on_date::text, name from holidays
       where tenant_id = $1 and ($2::text is null or store_id is null or store_id = $2)
         and ($3::date is null or on_date >= $3) and ($4::date is null or on_date <= $4)
       order by on_date, store_id nulls first limit 2000`,
      [ctx.actor.tenantId, filter.storeId ?? null, filter.from ?? null, filter.to ?? null],
    );
    return rows.map((row) => ({ storeId: row.store_id, date: row.on_date, name: row.name }));
  });
}

/** Declares a holiday, and takes out the recurring shifts to come that start on it and do not work holidays. */
export function putHoliday(
  ctx: ServiceContext,
  input: { storeId?: string | null; date: string; name: string },
): Promise<Holiday & { shiftsRemoved: number }> {
  const storeId = input.storeId ?? null;
  requirePermission(ctx.actor, 'roster.manage', storeId ?? undefined);
  const name = input.name.trim();
  checkDate('date', input.date);
  if (name === '') throw invalidField('name', 'must have at least one sign that is not a space');
  return write(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    await requirePlace(tx, ctx.actor, { storeId, regionId: null });
    const set = await tx.query(
      `insert into holidays as h (tenant_id, id, store_id, on_date, name) values ($1, $2, $3, $4, $5)
       on conflict (tenant_id, id) do update set name = excluded.name where h.name <> excluded.name returning id`,
      [tenantId, idOf(input.date, storeId), storeId, input.date, name],
    );
    const removed = await tx.query(
      'delete from shifts where tenant_id = $1 and skip_on_holiday = $2 and starts_at > $3 and ($4::text is null or store_id = $4) returning id',
      [tenantId, input.date, tx.at, storeId],
    );
    if (set.length === 0 && removed.length === 0) tx.noAudit('nothing changed');
    else
      tx.audit({
        action: 'holiday.set',
        subject: storeId === null ? 'store:*' : `store:${storeId}`,
        details: { date: input.date, shiftsRemoved: removed.length },
      });
    return { storeId, date: input.date, name, shiftsRemoved: removed.length };
  });
}

/** Takes a holiday back. The shifts that it took out return with the next import of their file. */
export function deleteHoliday(ctx: ServiceContext, input: { storeId?: string; date: string }): Promise<void> {
  const storeId = input.storeId ?? null;
  requirePermission(ctx.actor, 'roster.manage', storeId ?? undefined);
  checkDate('date', input.date);
  return write(ctx, async (tx) => {
    await requirePlace(tx, ctx.actor, { storeId, regionId: null });
    const [removed] = await tx.query('delete from holidays where tenant_id = $1 and id = $2 returning id', [
      ctx.actor.tenantId,
      idOf(input.date, storeId),
    ]);
    found(removed, `The holiday ${input.date}${storeId === null ? ' of all stores' : ` of the store ${storeId}`}`);
    tx.audit({
      action: 'holiday.removed',
      subject: storeId === null ? 'store:*' : `store:${storeId}`,
      details: { date: input.date },
    });
  });
}

function checkDate(field: string, date: string): void {
  if (!isDate(date)) throw invalidField(field, 'must be a date of the calendar such as 2026-12-25');
}
