import type { Queryable } from '../../adapters/postgres/database.ts';
import type { DayFileFormat } from '../../domain/day-file.ts';
import { invalidField } from '../../domain/errors.ts';
import { may, requirePermission } from '../../domain/permissions.ts';
import { addMs, toMs } from '../../domain/time.ts';
import { found, iso, isoOrNull, readOnly, type ServiceContext, write } from '../context.ts';

/** An import that has not moved for this long has lost its sender, or the process that worked on it. */
const abandonedAfterMs = 5 * 60_000;
/** A month of files can be looked into and sent again; a cashier's number in them has no business here after that. */
const rawKeptDays = 35;

export interface PosImport {
  id: string;
  storeId: string;
  format: DayFileFormat;
  fileName: string;
  mappingId: string | null;
  state: 'receiving' | 'done' | 'failed';
  reason: string | null;
  bytesTotal: number | null;
  bytesRead: number;
  linesRead: number;
  accepted: number;
  duplicates: number;
  quarantined: number;
  leftOut: number;
  sha256: string | null;
  /** An earlier import of the very same file; this one changed nothing. */
  alreadyImportedAs: string | null;
  startedAt: string;
  progressAt: string;
  finishedAt: string | null;
}

interface ImportRow {
  [column: string]: unknown;
  id: string;
  store_id: string;
  format: DayFileFormat;
  file_name: string;
  mapping_id: string | null;
  state: PosImport['state'];
  reason: string | null;
  bytes_total: number | null;
  bytes_read: number;
  lines_read: number;
  accepted: number;
  duplicates: number;
  quarantined: number;
  left_out: number;
  sha256: string | null;
  already_imported_as: string | null;
  started_at: Date;
  progress_at: Date;
  finished_at: Date | null;
}

const importColumns =
  'id, store_id, format, file_name, mapping_id, state, reason, bytes_total, bytes_read, lines_read, accepted, duplicates, quarantined, left_out, sha256, already_imported_as, started_at, progress_at, finished_at';

function importOf(row: ImportRow, nowAt: string): PosImport {
  const abandoned = row.state === 'receiving' && row.progress_at.getTime() < toMs(nowAt) - abandonedAfterMs;
  return {
    id: row.id,
    storeId: row.store_id,
    format: row.format,
    fileName: row.file_name,
    mappingId: row.mapping_id,
    state: abandoned ? 'failed' : row.state,
    reason: abandoned ? 'It stopped without an end; send the file again, what went in is kept.' : row.reason,
    bytesTotal: row.bytes_total,
    bytesRead: row.bytes_read,
    linesRead: row.lines_read,
    accepted: row.accepted,
    duplicates: row.duplicates,
    quarantined: row.quarantined,
    leftOut: row.left_out,
    sha256: row.sha256,
    alreadyImportedAs: row.already_imported_as,
    startedAt: iso(row.started_at),
    progressAt: iso(row.progress_at),
    finishedAt: isoOrNull(row.finished_at),
  };
}

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** Day files, newest first. */
export function listImports(
  ctx: ServiceContext,
  filter: { storeId?: string; cursor?: string; limit: number },
): Promise<Page<PosImport>> {
  requirePermission(ctx.actor, 'incident.read', filter.storeId);
  const [, at, id] = cursorParts(filter.cursor, /^(\d{4}-\d\d-\d\dT[\d:.]{12}Z)~(imp_[a-f0-9]{20})$/);
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<ImportRow>(
      `select ${importColumns} from pos_imports where tenant_id = $1 and ($2::text is null or store_id = $2)
         and ($3::timestamptz is null or (started_at, id) < ($3, $4)) order by started_at desc, id desc limit $5`,
      [ctx.actor.tenantId, filter.storeId ?? null, at ?? null, id ?? null, filter.limit + 1],
    );
    return pageOf(
      rows.map((row) => importOf(row, ctx.now())),
      filter.limit,
      (last) => `${last.startedAt}~${last.id}`,
    );
  });
}

/** One day file: how far it is, or what came of it. */
export function readImport(ctx: ServiceContext, importId: string): Promise<PosImport> {
  requirePermission(ctx.actor, 'incident.read');
  return readOnly(ctx, (tx) => importRow(tx, ctx, importId));
}

export async function importRow(tx: Queryable, ctx: ServiceContext, importId: string): Promise<PosImport> {
  const [row] = await tx.query<ImportRow>(`select ${importColumns} from pos_imports where tenant_id = $1 and id = $2`, [
    ctx.actor.tenantId,
    importId,
  ]);
  return importOf(found(row, `The import ${importId}`), ctx.now());
}

export interface QuarantinedLine {
  id: number;
  storeId: string;
  importId: string;
  lineNumber: number;
  code: string;
  message: string;
  /** The line itself: null once wiped, and for those who may not see who worked at a till. */
  raw: string | null;
  at: string;
}

/** Lines that could not be taken, newest first. The lines themselves are shown to few, and each look is audited. */
export async function listQuarantine(
  ctx: ServiceContext,
  filter: { storeId?: string; importId?: string; cursor?: string; limit: number },
): Promise<Page<QuarantinedLine>> {
  requirePermission(ctx.actor, 'incident.read', filter.storeId);
  const [, before] = cursorParts(filter.cursor, /^(\d{1,15})$/);
  const read = async (tx: Queryable): Promise<Page<QuarantinedLine>> => {
    const rows = await tx.query<{
      id: number;
      store_id: string;
      import_id: string;
      line_number: number;
      code: string;
      message: string;
      raw: string | null;
      at: Date;
    }>(
      `select id, store_id, import_id, line_number, code, message, raw, at from pos_quarantine
       where tenant_id = $1 and ($2::text is null or store_id = $2) and ($3::text is null or import_id = $3)
         and ($4::bigint is null or id < $4) order by id desc limit $5`,
      [ctx.actor.tenantId, filter.storeId ?? null, filter.importId ?? null, before ?? null, filter.limit + 1],
    );
    const lines = rows.map((row) => ({
      ...{ id: row.id, storeId: row.store_id, importId: row.import_id, lineNumber: row.line_number },
      ...{ code: row.code, message: row.message, raw: row.raw, at: iso(row.at) },
    }));
    return pageOf(lines, filter.limit, (last) => String(last.id));
  };
  const hidden = (page: Page<QuarantinedLine>) => ({
    ...page,
    items: page.items.map((line) => ({ ...line, raw: null })),
  });
  if (!may(ctx.actor, 'pos.manage')) return hidden(await readOnly(ctx, read));
  return write(ctx, async (tx) => {
    const page = await read(tx);
    const shown = page.items.filter(({ raw }) => raw !== null);
    if (shown.length === 0) tx.noAudit('nothing changed');
    else
      tx.audit({
        action: 'pos.quarantine_viewed',
        subject: filter.importId === undefined ? 'pos_quarantine' : `pos_import:${filter.importId}`,
        details: { lines: shown.length, storeId: filter.storeId ?? null },
      });
    return page;
  });
}

/** Wipes the text of quarantined lines that are older than a month; returns how many. */
export function wipeQuarantine(ctx: ServiceContext): Promise<number> {
  requirePermission(ctx.actor, 'system.run');
  return write(ctx, async (tx) => {
    const rows = await tx.query(
      'update pos_quarantine set raw = null where tenant_id = $1 and raw is not null and at < $2 returning id',
      [ctx.actor.tenantId, addMs(tx.at, -rawKeptDays * 86_400_000)],
    );
    if (rows.length === 0) tx.noAudit('nothing changed');
    else tx.audit({ action: 'pos.quarantine_wiped', subject: 'pos_quarantine', details: { lines: rows.length } });
    return rows.length;
  });
}

function cursorParts(cursor: string | undefined, form: RegExp): (string | undefined)[] {
  if (cursor === undefined) return [];
  const parts = form.exec(cursor);
  if (!parts || (parts[2] !== undefined && Number.isNaN(Date.parse(parts[1]!))))
    throw invalidField('cursor', 'is not one that this list gave out; start again without it');
  return parts;
}

function pageOf<Item>(rows: readonly Item[], limit: number, cursorOf: (last: Item) => string): Page<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}
