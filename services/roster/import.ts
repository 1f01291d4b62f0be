import type { Queryable } from '../../adapters/postgres/database.ts';
import { DomainError, invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { toMs } from '../../domain/time.ts';
import { iso, readOnly, type ServiceContext, sha256Hex, write } from '../context.ts';
import { readCsv } from './csv.ts';
import { type DraftShift, type LineError, limits, personFinder, type Reading } from './draft.ts';
import { readCalendar } from './ical.ts';
import { assignablePeople, requirePlace, type ShiftPlace } from './places.ts';
import { isTimeZone } from './zone-rules.ts';

export interface ImportInput {
  format: 'csv' | 'ical';
  /** The name of the file through time: a later import of the same source replaces what is to come of the earlier one. */
  source: string;
  content: string;
  storeId?: string;
  regionId?: string;
  /** For shifts that are not of one store. */
  timeZone?: string;
  dryRun?: boolean;
}

export interface ImportReport {
  source: string;
  dryRun: boolean;
  added: number;
  changed: number;
  removed: number;
  unchanged: number;
  /** Changed by hand since the last import, and left as they are. */
  keptByHand: number;
  /** Over already: the past is not rewritten. */
  past: number;
  errors: LineError[];
}

interface KnownShift {
  [column: string]: unknown;
  id: string;
  source: string;
  starts_at: Date;
  ends_at: Date;
  skip_on_holiday: string | null;
}

interface Plan {
  add: (DraftShift & { id: string })[];
  change: (DraftShift & { id: string })[];
  /** Rows of the source that the file no longer has: those to come go, the running one ends now. */
  removeIds: string[];
  unchanged: number;
  keptByHand: number;
  past: number;
}

/** Brings the shifts of one source to what its file says, all of it or nothing; `dryRun` only says what would change. */
export async function importShifts(ctx: ServiceContext, input: ImportInput): Promise<ImportReport> {
  requirePermission(ctx.actor, 'roster.manage', input.storeId);
  if (input.source === 'manual')
    throw invalidField('source', 'manual is for shifts that are made by hand; choose another name');
  if (input.content.length > limits.signs)
    throw invalidField(
      'content',
      `has more than ${limits.signs} signs; import it in parts, each with a source of its own`,
    );
  if (input.timeZone !== undefined && !isTimeZone(input.timeZone))
    throw invalidField('timeZone', 'must be the name of a time zone such as Europe/London');
  if (input.dryRun) {
    return readOnly(ctx, async (tx) => {
      const { drafts, errors } = await read(tx, ctx, ctx.now(), input);
      return report(input, await planOf(tx, ctx, ctx.now(), input, drafts), errors);
    });
  }
  return write(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    // Two imports of one source at once would each remove what the other adds.
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`roster:${tenantId}:${input.source}`]);
    const { drafts, errors } = await read(tx, ctx, tx.at, input);
    if (errors.length > 0) throw refused(errors);
    const plan = await planOf(tx, ctx, tx.at, input, drafts);
    await apply(tx, tenantId, input.source, plan, tx.at);
    const result = report(input, plan, []);
    const { source, dryRun: _dryRun, errors: _errors, ...counts } = result;
    if (result.added + result.changed + result.removed === 0) tx.noAudit('nothing changed');
    else
      tx.audit({
        action: 'roster.imported',
        subject: `roster:${source}`,
        details: {
          ...counts,
          format: input.format,
          storeId: input.storeId ?? null,
          contentSha256: sha256Hex(input.content),
        },
      });
    return result;
  });
}

async function read(tx: Queryable, ctx: ServiceContext, at: string, input: ImportInput): Promise<Reading> {
  const { tenantId } = ctx.actor;
  const stated = input.storeId !== undefined || input.regionId !== undefined;
  const place: ShiftPlace = { storeId: input.storeId ?? null, regionId: input.regionId ?? null };
  // A CSV may name the place in each line; a calendar cannot, and means every store.
  if (stated || input.format === 'ical') await requirePlace(tx, ctx.actor, place);
  const stores = await tx.query<{ id: string; time_zone: string }>(
    'select id, time_zone from stores where tenant_id = $1',
    [tenantId],
  );
  const regions = await tx.query<{ id: string }>('select id from regions where tenant_id = $1', [tenantId]);
  const holidays = await tx.query<{ store_id: string | null; on_date: string }>(
    'select store_id, on_date::text from holidays where tenant_id = $1 and on_date > $2::timestamptz::date - 40',
    [tenantId, at],
  );
  const zones = new Map(stores.map((store) => [store.id, store.time_zone]));
  const days = new Set(holidays.map((holiday) => `${holiday.store_id ?? '*'} ${holiday.on_date}`));
  const context = {
    at,
    zones,
    regions: new Set(regions.map(({ id }) => id)),
    place: stated ? place : null,
    zone: input.timeZone ?? (place.storeId === null ? null : (zones.get(place.storeId) ?? null)),
    seesEveryStore: ctx.actor.storeIds === null,
    findPerson: personFinder(await assignablePeople(tx, ctx.actor)),
    isHoliday: (storeId: string | null, date: string) =>
      days.has(`* ${date}`) || (storeId !== null && days.has(`${storeId} ${date}`)),
  };
  return input.format === 'csv' ? readCsv(input.content, context) : readCalendar(input.content, context);
}

/** The same line of the same source is the same shift, whenever and by whomever it is imported. */
const idOf = (source: string, { uid, place, personId, startsAt }: DraftShift): string =>
  `shf_${sha256Hex(JSON.stringify([source, place.storeId, place.regionId, uid, personId, startsAt])).slice(0, 20)}`;

async function planOf(
  tx: Queryable,
  ctx: ServiceContext,
  at: string,
  input: ImportInput,
  drafts: readonly DraftShift[],
): Promise<Plan> {
  const current = drafts
    .filter((draft) => toMs(draft.endsAt) > toMs(at))
    .map((draft) => ({ ...draft, id: idOf(input.source, draft) }));
  const known = await tx.query<KnownShift>(
    `select id, source, starts_at, ends_at, skip_on_holiday::text from shifts
     where tenant_id = $1 and in_scope(tenant_id, store_id) and (id = any ($2)
       or (source = $3 and ends_at > $4 and ($5::text is null or store_id = $5) and ($6::text is null or region_id = $6)))`,
    [ctx.actor.tenantId, current.map(({ id }) => id), input.source, at, input.storeId ?? null, input.regionId ?? null],
  );
  const byId = new Map(known.map((row) => [row.id, row]));
  const plan: Plan = {
    add: [],
    change: [],
    removeIds: [],
    unchanged: 0,
    keptByHand: 0,
    past: drafts.length - current.length,
  };
  for (const draft of current) {
    const row = byId.get(draft.id);
    byId.delete(draft.id);
    if (!row) plan.add.push(draft);
    else if (row.source !== input.source) plan.keptByHand += 1;
    else if (iso(row.ends_at) === draft.endsAt && row.skip_on_holiday === draft.skipOnHoliday) plan.unchanged += 1;
    else plan.change.push(draft);
  }
  for (const row of byId.values()) if (row.source === input.source) plan.removeIds.push(row.id);
  return plan;
}

async function apply(tx: Queryable, tenantId: string, source: string, plan: Plan, at: string): Promise<void> {
  if (plan.removeIds.length > 0) {
    await tx.query('delete from shifts where tenant_id = $1 and id = any ($2) and starts_at >= $3', [
      tenantId,
      plan.removeIds,
      at,
    ]);
    await tx.query('update shifts set ends_at = $3 where tenant_id = $1 and id = any ($2) and starts_at < $3', [
      tenantId,
      plan.removeIds,
      at,
    ]);
  }
  if (plan.change.length > 0)
    await tx.query(
      `update shifts s set ends_at = d.ends_at, skip_on_holiday = d.skip_on_holiday
       from unnest($2::text[], $3::timestamptz[], $4::date[]) as d (id, ends_at, skip_on_holiday) where s.tenant_id = $1 and s.id = d.id`,
      [
        tenantId,
        plan.change.map((d) => d.id),
        plan.change.map((d) => d.endsAt),
        plan.change.map((d) => d.skipOnHoliday),
      ],
    );
  if (plan.add.length > 0)
    await tx.query(
      `insert into shifts (tenant_id, source, id, store_id, region_id, person_id, starts_at, ends_at, skip_on_holiday)
       select $1, $2, d.* from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::date[]) as d`,
      [
        tenantId,
        source,
        plan.add.map((draft) => draft.id),
        plan.add.map((draft) => draft.place.storeId),
        plan.add.map((draft) => draft.place.regionId),
        plan.add.map((draft) => draft.personId),
        plan.add.map((draft) => draft.startsAt),
        plan.add.map((draft) => draft.endsAt),
        plan.add.map((draft) => draft.skipOnHoliday),
      ],
    );
}

const report = (input: ImportInput, plan: Plan, errors: LineError[]): ImportReport => ({
  source: input.source,
  dryRun: input.dryRun ?? false,
  added: plan.add.length,
  changed: plan.change.length,
  removed: plan.removeIds.length,
  unchanged: plan.unchanged,
  keptByHand: plan.keptByHand,
  past: plan.past,
  errors,
});

function refused(errors: readonly LineError[]): DomainError {
  const many = errors.length === 1 ? 'one error' : `${errors.length} errors`;
  return new DomainError(
    'VALIDATION',
    `The file has ${many}; nothing was imported. Correct the lines that are named and import it again.`,
    {
      fields: errors.map(({ line, column, message }) => ({
        field: column === null ? `line ${line}` : `line ${line}, ${column}`,
        message,
      })),
    },
  );
}
