import { createHash, randomBytes } from 'node:crypto';
import {
  DayFileError,
  type DayFileFormat,
  type DayFileLine,
  type DayFileReader,
  keptRawSigns,
} from '../../domain/day-file.ts';
import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { toMs } from '../../domain/time.ts';
import type { PosEvent } from '../../domain/types.ts';
import { found, readOnly, type ServiceContext, write } from '../context.ts';
import { importRow, type PosImport } from './imports.ts';
import { storePosLines } from './ingest.ts';
import { readMapping } from './mapping.ts';

const batchLines = 1_000;
const progressEveryMs = 2_000;
/** More bad lines than this say nothing new; they are counted, not kept. */
const maxKeptBadLines = 10_000;

export interface DayFileInput {
  stream: AsyncIterable<Uint8Array>;
  format: DayFileFormat;
  /** As the sender calls it; shown, never opened. */
  fileName: string;
  storeId: string;
  mappingId?: string;
  bytesTotal?: number;
}

export interface DayFileTools {
  readers: Readonly<Record<DayFileFormat, DayFileReader>>;
  /** The one schema of till lines; throws VALIDATION that names each field. */
  parseLine(value: unknown): PosEvent;
  /** Incidents that the lines just stored may explain. */
  onReceipts(incidentIds: readonly string[]): Promise<void>;
  onProgress?(progress: Progress): void;
}

export interface Progress {
  importId: string;
  bytesRead: number;
  linesRead: number;
  accepted: number;
  duplicates: number;
  quarantined: number;
  leftOut: number;
}

interface BadLine {
  lineNumber: number;
  code: string;
  message: string;
  raw: string;
}

/**
 * Takes a day of till lines as it streams in: good lines are stored, bad ones are set aside with their line number and
 * reason. What went in stays when the file breaks off; the same file again adds nothing and says so.
 */
export async function importDayFile(ctx: ServiceContext, tools: DayFileTools, input: DayFileInput): Promise<PosImport> {
  requirePermission(ctx.actor, 'pos.create', input.storeId);
  const { tenantId } = ctx.actor;
  const mappingId = input.mappingId ?? null;
  const reading = await readOnly(ctx, async (tx) => {
    const [store] = await tx.query<{ time_zone: string }>(
      'select time_zone from stores where tenant_id = $1 and id = $2',
      [tenantId, input.storeId],
    );
    const { time_zone: timeZone } = found(store, `The store ${input.storeId}`);
    return { storeId: input.storeId, timeZone, mapping: await readMapping(tx, tenantId, mappingId) };
  });
  const importId = `imp_${randomBytes(10).toString('hex')}`;
  await begin(ctx, importId, input);

  const hash = createHash('sha256');
  const progress: Progress = {
    ...{ importId, bytesRead: 0, linesRead: 0, accepted: 0, duplicates: 0, quarantined: 0, leftOut: 0 },
  };
  const counted = (async function* () {
    for await (const chunk of input.stream) {
      hash.update(chunk);
      progress.bytesRead += chunk.byteLength;
      yield chunk;
    }
  })();
  const good: { lineNumber: number; raw: string; event: PosEvent }[] = [];
  const bad: BadLine[] = [];
  let savedAtMs = toMs(ctx.now());
  const save = async (): Promise<void> => {
    await settleBatch(ctx, tools, input, progress, good.splice(0), bad.splice(0));
    savedAtMs = toMs(ctx.now());
    tools.onProgress?.(progress);
  };
  try {
    for await (const line of tools.readers[input.format](counted, reading)) {
      progress.linesRead += 1;
      sift(line, input.storeId, tools.parseLine, progress, good, bad);
      const waiting = good.length + bad.length;
      if (waiting >= batchLines || toMs(ctx.now()) - savedAtMs >= progressEveryMs) await save();
    }
    await save();
  } catch (error) {
    await fail(ctx, progress, error, save);
    throw explained(error, progress);
  }
  return finish(ctx, progress, hash.digest('hex'));
}

function begin(ctx: ServiceContext, importId: string, input: DayFileInput): Promise<void> {
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    await tx.query(
      `insert into pos_imports (tenant_id, store_id, id, format, file_name, mapping_id, bytes_total, started_by, started_at, progress_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`,
      [
        ...[ctx.actor.tenantId, input.storeId, importId, input.format, storable(input.fileName).slice(0, 200)],
        ...[input.mappingId ?? null, input.bytesTotal ?? null, ctx.actor.id, tx.at],
      ],
    );
  });
}

function sift(
  line: DayFileLine,
  storeId: string,
  parseLine: DayFileTools['parseLine'],
  progress: Progress,
  good: { lineNumber: number; raw: string; event: PosEvent }[],
  bad: BadLine[],
): void {
  if ('leftOut' in line) {
    progress.leftOut += 1;
    return;
  }
  const { lineNumber, raw } = line;
  if ('problem' in line) {
    bad.push({ lineNumber, raw, ...line.problem });
    return;
  }
  try {
    const event = parseLine(line.event);
    if (event.storeId !== storeId)
      throw new DomainError(
        'VALIDATION',
        `storeId: the line is of ${event.storeId}, the file was sent for ${storeId}; map the store's id in the mapping`,
      );
    if (event.type === 'heartbeat') progress.leftOut += 1;
    else good.push({ lineNumber, raw, event });
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'VALIDATION') throw error;
    bad.push({ lineNumber, raw, code: 'VALIDATION', message: error.message });
  }
}

async function settleBatch(
  ctx: ServiceContext,
  tools: DayFileTools,
  input: DayFileInput,
  progress: Progress,
  good: readonly { lineNumber: number; raw: string; event: PosEvent }[],
  bad: BadLine[],
): Promise<void> {
  if (good.length > 0) {
    // Several elements of one XML file may stand on one line, so lines are told apart by their place in the batch.
    const numbered = good.map(({ event }, place) => ({ lineNumber: place, event }));
    const stored = await storePosLines(ctx, numbered, { source: input.format, importId: progress.importId });
    progress.accepted += stored.accepted;
    progress.duplicates += stored.duplicates;
    for (const { lineNumber: place, code, field, message } of stored.refused) {
      const { lineNumber, raw } = good[place]!;
      bad.push({ lineNumber, raw, code, message: `${field}: ${message}` });
    }
    if (stored.incidentIds.length > 0) await tools.onReceipts(stored.incidentIds);
  }
  const room = Math.max(0, maxKeptBadLines - progress.quarantined);
  const kept = bad.slice(0, room).map((line) => ({
    ...line,
    message: storable(line.message).slice(0, 1_000),
    raw: storable(line.raw).slice(0, keptRawSigns),
  }));
  progress.quarantined += bad.length;
  await write(ctx, async (tx) => {
    tx.noAudit('append-only intake');
    if (kept.length > 0)
      await tx.query(
        `insert into pos_quarantine (tenant_id, store_id, import_id, line_number, code, message, raw, at)
         select $1, $2, $3, l."lineNumber", l.code, l.message, l.raw, $5
         from jsonb_to_recordset($4::jsonb) as l ("lineNumber" integer, code text, message text, raw text)`,
        [ctx.actor.tenantId, input.storeId, progress.importId, JSON.stringify(kept), tx.at],
      );
    await tx.query(
      `update pos_imports set bytes_read = $3, lines_read = $4, accepted = $5, duplicates = $6, quarantined = $7, left_out = $8, progress_at = $9
       where tenant_id = $1 and id = $2`,
      [
        ...[ctx.actor.tenantId, progress.importId, progress.bytesRead, progress.linesRead, progress.accepted],
        ...[progress.duplicates, progress.quarantined, progress.leftOut, tx.at],
      ],
    );
  });
}

/** Keeps what was read before the break, and says on the import why it ended. */
async function fail(ctx: ServiceContext, progress: Progress, error: unknown, save: () => Promise<void>): Promise<void> {
  if (!isTemporary(error)) await save();
  await write(ctx, async (tx) => {
    await tx.query(
      "update pos_imports set state = 'failed', reason = $3, finished_at = $4, progress_at = $4 where tenant_id = $1 and id = $2",
      [ctx.actor.tenantId, progress.importId, storable(reasonOf(error)).slice(0, 1_000), tx.at],
    );
    tx.audit({ action: 'pos.import_failed', subject: `pos_import:${progress.importId}`, details: countsOf(progress) });
  });
}

function finish(ctx: ServiceContext, progress: Progress, sha256: string): Promise<PosImport> {
  return write(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    await tx.query(
      `update pos_imports i set state = 'done', sha256 = $3, finished_at = $4, progress_at = $4, reason = $5,
         already_imported_as = (select e.id from pos_imports e where e.tenant_id = i.tenant_id and e.store_id = i.store_id
           and e.sha256 = $3 and e.state = 'done' order by e.started_at limit 1)
       where i.tenant_id = $1 and i.id = $2`,
      [
        ...[tenantId, progress.importId, sha256, tx.at],
        progress.quarantined > maxKeptBadLines
          ? `${progress.quarantined} lines could not be taken; only the first ${maxKeptBadLines} are kept to be looked at.`
          : null,
      ],
    );
    tx.audit({
      action: 'pos.imported',
      subject: `pos_import:${progress.importId}`,
      details: { ...countsOf(progress), sha256 },
    });
    return importRow(tx, ctx, progress.importId);
  });
}

function countsOf({ importId: _importId, ...counts }: Progress): Record<string, number> {
  return counts;
}

const isTemporary = (error: unknown): boolean => error instanceof DomainError && errorIsTemporary.has(error.code);
const errorIsTemporary: ReadonlySet<string> = new Set(['DEPENDENCY_TEMPORARY', 'LIMIT_EXCEEDED']);

/** Why a file ended early, for whoever sent it; what is unknown to us is not shown. */
function reasonOf(error: unknown): string {
  if (error instanceof DayFileError || error instanceof DomainError) return error.message;
  if (isCutOff(error)) return 'the file was cut off on its way; send it again, whole';
  return 'Something went wrong on our side; send the file again.';
}

const isCutOff = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED', 'ABORT_ERR'].includes(String(error.code));

function explained(error: unknown, progress: Progress): unknown {
  if (!(error instanceof DayFileError) && !isCutOff(error)) return error;
  const message = `${reasonOf(error)}. What was read before is kept (${progress.accepted} new lines, ${progress.duplicates} known, ${progress.quarantined} set aside) as import ${progress.importId}.`;
  return new DomainError('VALIDATION', message, {
    fields: [{ field: 'body', message: reasonOf(error) }],
    cause: error,
  });
}

/** No Postgres text can hold a NUL or half of a surrogate pair. */
const storable = (text: string): string => text.replace(/\0|\p{Surrogate}/gu, '\uFFFD');
