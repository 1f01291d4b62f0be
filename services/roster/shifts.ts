import { randomBytes } from 'node:crypto';
import { DomainError, invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { findGaps, type Gap } from '../../domain/roster/coverage.ts';
import { instantFrom, toMs } from '../../domain/time.ts';
import type { Role } from '../../domain/types.ts';
import { found, iso, readOnly, type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { shiftCoversStore } from './on-shift.ts';
import { requireAssignable, requirePlace } from './places.ts';

export interface Shift {
  id: string;
  storeId: string | null;
  regionId: string | null;
  personId: string;
  displayName: string;
  role: Role;
  startsAt: string;
  endsAt: string;
  /** `manual`, or the name of the imported file. */
  source: string;
}

interface ShiftRow {
  [column: string]: unknown;
  id: string;
  store_id: string | null;
  region_id: string | null;
  person_id: string;
  display_name: string;
  role: Role;
  starts_at: Date;
  ends_at: Date;
  source: string;
}

const dayMs = 86_400_000;
/** Longer is a slip of the pen. */
export const longestShiftMs = 31 * dayMs;
const widestRangeMs = 93 * dayMs;
const columns = 's.id, s.store_id, s.region_id, s.person_id, p.display_name, p.role, s.starts_at, s.ends_at, s.source';
const joins = 'shifts s join people p on p.tenant_id = s.tenant_id and p.id = s.person_id';

/** Shifts that touch the range, in order of their start; with a store, those that cover it, from elsewhere too. */
export function listShifts(
  ctx: ServiceContext,
  filter: { storeId?: string; fromAt: string; toAt: string; cursor?: string; limit: number },
): Promise<{ items: Shift[]; nextCursor: string | null }> {
  requirePermission(ctx.actor, 'estate.read', filter.storeId);
  const { fromAt, toAt } = rangeFrom(filter);
  const after = filter.cursor === undefined ? null : parseCursor(filter.cursor);
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<ShiftRow>(
      `select ${columns} from ${joins}
       where s.tenant_id = $1 and s.ends_at > $2 and s.starts_at < $3
         and ($4::text is null or exists (select from stores st where st.id = $4 and ${shiftCoversStore}))
         and ($5::timestamptz is null or (s.starts_at, s.id) > ($5, $6))
       order by s.starts_at, s.id limit $7`,
      [
        ctx.actor.tenantId,
        fromAt,
        toAt,
        filter.storeId ?? null,
        after?.at ?? null,
        after?.id ?? null,
        filter.limit + 1,
      ],
    );
    const page = rows.slice(0, filter.limit);
    const last = page.at(-1);
    return {
      items: page.map(shiftOf),
      nextCursor: rows.length > filter.limit && last ? `${iso(last.starts_at)}~${last.id}` : null,
    };
  });
}

/** When nobody of a role is on shift at a store. */
export function listGaps(
  ctx: ServiceContext,
  filter: { storeId: string; roles: readonly Role[]; fromAt: string; toAt: string },
): Promise<Gap[]> {
  requirePermission(ctx.actor, 'estate.read', filter.storeId);
  const { fromAt, toAt } = rangeFrom(filter);
  return readOnly(ctx, async (tx) => {
    const [store] = await tx.query('select id from stores where tenant_id = $1 and id = $2', [
      ctx.actor.tenantId,
      filter.storeId,
    ]);
    found(store, `The store ${filter.storeId}`);
    const rows = await tx.query<{ role: Role; starts_at: Date; ends_at: Date }>(
      `select p.role, s.starts_at, s.ends_at from stores st join shifts s on ${shiftCoversStore}
       join people p on p.tenant_id = s.tenant_id and p.id = s.person_id
       where st.tenant_id = $1 and st.id = $2 and p.role = any ($3) and p.deactivated_at is null and s.ends_at > $4 and s.starts_at < $5`,
      [ctx.actor.tenantId, filter.storeId, filter.roles, fromAt, toAt],
    );
    const shifts = rows.map((row) => ({ role: row.role, startsAt: iso(row.starts_at), endsAt: iso(row.ends_at) }));
    return findGaps(shifts, filter.roles, fromAt, toAt);
  });
}

export function createShift(
  ctx: ServiceContext,
  input: { storeId?: string | null; regionId?: string | null; personId: string; startsAt: string; endsAt: string },
): Promise<Shift> {
  const place = { storeId: input.storeId ?? null, regionId: input.regionId ?? null };
  requirePermission(ctx.actor, 'roster.manage', place.storeId ?? undefined);
  const startsAt = instantFrom('startsAt', input.startsAt);
  const endsAt = instantFrom('endsAt', input.endsAt);
  checkSpan(startsAt, endsAt);
  return write(ctx, async (tx) => {
    await requirePlace(tx, ctx.actor, place);
    await requireAssignable(tx, ctx.actor, input.personId);
    if (toMs(endsAt) <= toMs(tx.at)) throw invalidField('endsAt', 'is past; the past of the roster is not rewritten');
    const id = `shf_${randomBytes(10).toString('hex')}`;
    await tx.query(
      'insert into shifts (tenant_id, id, store_id, region_id, person_id, starts_at, ends_at) values ($1, $2, $3, $4, $5, $6, $7)',
      [ctx.actor.tenantId, id, place.storeId, place.regionId, input.personId, startsAt, endsAt],
    );
    tx.audit({
      action: 'shift.created',
      subject: `shift:${id}`,
      details: { ...place, personId: input.personId, startsAt, endsAt },
    });
    return readShift(tx, ctx.actor.tenantId, id);
  });
}

/** Changes a shift that is still to come; of a running one only the end, and not into the past. It is then kept by hand. */
export function updateShift(
  ctx: ServiceContext,
  input: { shiftId: string; personId?: string; startsAt?: string; endsAt?: string },
): Promise<Shift> {
  requirePermission(ctx.actor, 'roster.manage');
  return write(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    const before = await lockShift(tx, ctx, input.shiftId);
    const personId = input.personId ?? before.person_id;
    const startsAt = input.startsAt === undefined ? iso(before.starts_at) : instantFrom('startsAt', input.startsAt);
    const endsAt = input.endsAt === undefined ? iso(before.ends_at) : instantFrom('endsAt', input.endsAt);
    if (personId === before.person_id && startsAt === iso(before.starts_at) && endsAt === iso(before.ends_at)) {
      tx.noAudit('nothing changed');
      return shiftOf(before);
    }
    // One that was planted longer than that may always be ended earlier.
    const shortened = startsAt === iso(before.starts_at) && startsAt < endsAt && endsAt < iso(before.ends_at);
    if (!shortened) checkSpan(startsAt, endsAt);
    if (before.ends_at <= new Date(tx.at))
      throw new DomainError('CONFLICT', 'This shift is over; the past of the roster is not rewritten.');
    if (before.starts_at <= new Date(tx.at) && (personId !== before.person_id || startsAt !== iso(before.starts_at)))
      throw new DomainError(
        'CONFLICT',
        'This shift has begun: only its end can change. To hand over, end it now and create a shift for the other person.',
      );
    if (before.starts_at > new Date(tx.at) && toMs(startsAt) < toMs(tx.at))
      throw invalidField('startsAt', 'is past; the past of the roster is not rewritten');
    if (toMs(endsAt) < toMs(tx.at)) throw invalidField('endsAt', 'is past; the past of the roster is not rewritten');
    if (personId !== before.person_id) await requireAssignable(tx, ctx.actor, personId);
    await tx.query(
      "update shifts set person_id = $3, starts_at = $4, ends_at = $5, source = 'manual', skip_on_holiday = null where tenant_id = $1 and id = $2",
      [tenantId, input.shiftId, personId, startsAt, endsAt],
    );
    tx.audit({
      action: 'shift.updated',
      subject: `shift:${input.shiftId}`,
      details: { personId, startsAt, endsAt, source: before.source },
    });
    return readShift(tx, tenantId, input.shiftId);
  });
}

/** Takes out a shift that has not begun. */
export function deleteShift(ctx: ServiceContext, input: { shiftId: string }): Promise<void> {
  requirePermission(ctx.actor, 'roster.manage');
  return write(ctx, async (tx) => {
    const shift = await lockShift(tx, ctx, input.shiftId);
    if (shift.starts_at <= new Date(tx.at))
      throw new DomainError('CONFLICT', 'This shift has begun or is over. End it now by changing endsAt instead.');
    await tx.query('delete from shifts where tenant_id = $1 and id = $2', [ctx.actor.tenantId, input.shiftId]);
    tx.audit({
      action: 'shift.deleted',
      subject: `shift:${input.shiftId}`,
      details: {
        storeId: shift.store_id,
        personId: shift.person_id,
        startsAt: iso(shift.starts_at),
        endsAt: iso(shift.ends_at),
      },
    });
  });
}

async function lockShift(tx: WriteTransaction, ctx: ServiceContext, shiftId: string): Promise<ShiftRow> {
  const [seen] = await tx.query<ShiftRow>(`select ${columns} from ${joins} where s.tenant_id = $1 and s.id = $2`, [
    ctx.actor.tenantId,
    shiftId,
  ]);
  const shift = found(seen, `The shift ${shiftId}`);
  await requirePlace(tx, ctx.actor, { storeId: shift.store_id, regionId: shift.region_id });
  const [locked] = await tx.query<ShiftRow>(
    `select ${columns} from ${joins} where s.tenant_id = $1 and s.id = $2 for update of s`,
    [ctx.actor.tenantId, shiftId],
  );
  return found(locked, `The shift ${shiftId}`);
}

async function readShift(tx: WriteTransaction, tenantId: string, shiftId: string): Promise<Shift> {
  const [row] = await tx.query<ShiftRow>(`select ${columns} from ${joins} where s.tenant_id = $1 and s.id = $2`, [
    tenantId,
    shiftId,
  ]);
  return shiftOf(found(row, `The shift ${shiftId}`));
}

const shiftOf = (row: ShiftRow): Shift => ({
  id: row.id,
  storeId: row.store_id,
  regionId: row.region_id,
  personId: row.person_id,
  displayName: row.display_name,
  role: row.role,
  startsAt: iso(row.starts_at),
  endsAt: iso(row.ends_at),
  source: row.source,
});

function checkSpan(startsAt: string, endsAt: string): void {
  if (toMs(endsAt) <= toMs(startsAt)) throw invalidField('endsAt', 'must be after startsAt');
  if (toMs(endsAt) - toMs(startsAt) > longestShiftMs)
    throw invalidField('endsAt', 'makes the shift longer than 31 days; check the year and the month');
}

function rangeFrom(filter: { fromAt: string; toAt: string }): { fromAt: string; toAt: string } {
  const range = { fromAt: instantFrom('from', filter.fromAt), toAt: instantFrom('to', filter.toAt) };
  if (toMs(range.toAt) <= toMs(range.fromAt)) throw invalidField('to', 'must be after from');
  if (toMs(range.toAt) - toMs(range.fromAt) > widestRangeMs)
    throw invalidField('to', 'is more than 93 days after from; ask for less at once');
  return range;
}

function parseCursor(cursor: string): { at: string; id: string } {
  const [, at, id] = /^(\d{4}-\d\d-\d\dT[\d:.]{12}Z)~(.{1,100})$/.exec(cursor) ?? [];
  if (at === undefined || id === undefined || Number.isNaN(toMs(at)))
    throw invalidField('cursor', 'is not one that this list gave out; start again without it');
  return { at, id };
}
