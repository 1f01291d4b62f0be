import { DomainError, type FieldError, invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { epcKey } from '../../domain/sensors.ts';
import { toMs } from '../../domain/time.ts';
import type { PosEvent } from '../../domain/types.ts';
import { type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { noteLateGoods } from '../sensors/late-goods.ts';
import { type KnownLine, readKnownLines, sameLine } from './known-lines.ts';
import { noteLateReceipts } from './late-receipts.ts';
import { pseudonymsOf } from './operators.ts';

/** A till's clock may run ahead by this much. One that is an hour off would have every item look unpaid. */
const futureToleranceMs = 5 * 60_000;
/** Days older than this share one partition, so that no sender can make us one for each day of history. */
const ownPartitionReachMs = 35 * 24 * 3_600_000;

/** A till that is further behind than this is as silent as one that is off. */
const longestLagMs = 24 * 3_600_000;

export interface PosReceipt {
  accepted: number;
  duplicates: number;
  /** Incidents that a new line may explain; their workflows are told through the outbox. */
  incidentIds: string[];
}

export interface PosSource {
  source: 'http' | 'mqtt' | 'kafka' | 'poslog' | 'csv';
  /** The day file; null for what comes line by line. */
  importId: string | null;
}

export interface NumberedLine {
  /** Where it stood in its file or batch. */
  lineNumber: number;
  event: PosEvent;
}

export interface RefusedLine {
  lineNumber: number;
  code: 'TERMINAL_UNKNOWN' | 'IN_THE_FUTURE' | 'CONFLICTING_LINE';
  field: string;
  message: string;
}

const live: PosSource = { source: 'http', importId: null };

/**
 * Stores a batch of till lines whole or not at all, moves the feed's sign of life, and notes incidents that a late line
 * may settle. Throws with the first line that is refused.
 */
export function ingestPosEvents(
  ctx: ServiceContext,
  events: readonly PosEvent[],
  source: PosSource = live,
): Promise<PosReceipt> {
  const lines = events.map((event, lineNumber) => ({ lineNumber, event }));
  requireStores(ctx, lines);
  return write(ctx, async (tx) => {
    tx.noAudit('append-only intake');
    const { refused, ...receipt } = await store(tx, ctx.actor.tenantId, lines, source);
    if (refused[0]) throw refusalOf(refused[0], events.length > 1);
    return receipt;
  });
}

/** The same for a file or a mixed batch: what is good is stored, the rest comes back with its line number and reason. */
export function storePosLines(
  ctx: ServiceContext,
  lines: readonly NumberedLine[],
  source: PosSource,
): Promise<PosReceipt & { refused: RefusedLine[] }> {
  requireStores(ctx, lines);
  return write(ctx, (tx) => {
    tx.noAudit('append-only intake');
    return store(tx, ctx.actor.tenantId, lines, source);
  });
}

function requireStores(ctx: ServiceContext, lines: readonly NumberedLine[]): void {
  for (const storeId of new Set(lines.map(({ event }) => event.storeId)))
    requirePermission(ctx.actor, 'pos.create', storeId);
}

async function store(
  tx: WriteTransaction,
  tenantId: string,
  lines: readonly NumberedLine[],
  source: PosSource,
): Promise<PosReceipt & { refused: RefusedLine[] }> {
  const known = await lockTerminals(tx, tenantId, lines);
  const refused: RefusedLine[] = [];
  const welcome = lines.filter((line) => {
    const problem = placeProblem(line, known) ?? timeProblem(line, tx.at);
    if (problem) refused.push(problem);
    return !problem;
  });
  const rung = welcome.filter(({ event }) => event.type !== 'heartbeat');
  const { fresh, duplicates, conflicts } = await sortOut(tx, tenantId, rung);
  if (fresh.length > 0) await insertLines(tx, tenantId, fresh, source);
  const heard = welcome.map(({ event }) => event);
  if (source.importId === null) await moveFeeds(tx, tenantId, heard);
  const scans = fresh.filter(({ type, training }) => type === 'scan' && !training);
  const incidentIds =
    scans.length === 0
      ? []
      : [...(await noteLateReceipts(tx, tenantId, scans)), ...(await noteLateGoods(tx, tenantId, scans))];
  return { accepted: fresh.length, duplicates, incidentIds, refused: [...refused, ...conflicts] };
}

/** What is wrong with a line, as an error; `several` when it stood in a list. */
export function refusalOf({ lineNumber, code, field: name, message }: RefusedLine, several: boolean): DomainError {
  const field = several ? `${lineNumber}.${name}` : name;
  if (code === 'IN_THE_FUTURE') return invalidField(field, message);
  const fields: FieldError[] = [{ field, message }];
  return new DomainError(code === 'TERMINAL_UNKNOWN' ? 'PRECONDITION_FAILED' : 'CONFLICT', `${field}: ${message}`, {
    fields,
  });
}

const placeOf = ({ storeId, terminalId }: PosEvent): string => `${storeId}/${terminalId}`;

/** Locks the tills, always in one order: two senders of one till's lines come one after the other. */
async function lockTerminals(
  tx: WriteTransaction,
  tenantId: string,
  lines: readonly NumberedLine[],
): Promise<ReadonlySet<string>> {
  const places = [...new Map(lines.map(({ event }) => [placeOf(event), event])).values()];
  const rows = await tx.query<{ store_id: string; id: string }>(
    `select t.store_id, t.id from terminals t
     join jsonb_to_recordset($2::jsonb) as w ("storeId" text, "terminalId" text) on w."storeId" = t.store_id and w."terminalId" = t.id
     where t.tenant_id = $1 order by t.store_id, t.id for no key update of t`,
    [tenantId, JSON.stringify(places.map(({ storeId, terminalId }) => ({ storeId, terminalId })))],
  );
  return new Set(rows.map((row) => `${row.store_id}/${row.id}`));
}

function placeProblem({ lineNumber, event }: NumberedLine, known: ReadonlySet<string>): RefusedLine | null {
  if (known.has(placeOf(event))) return null;
  const message = `the till ${event.terminalId} of store ${event.storeId} is not known here; register it first`;
  return { lineNumber, code: 'TERMINAL_UNKNOWN', field: 'terminalId', message };
}

function timeProblem({ lineNumber, event }: NumberedLine, nowAt: string): RefusedLine | null {
  if (toMs(event.occurredAt) <= toMs(nowAt) + futureToleranceMs) return null;
  const message = `lies in the future of the server (${nowAt}); check the till's clock and time zone`;
  return { lineNumber, code: 'IN_THE_FUTURE', field: 'occurredAt', message };
}

/** What is new, what is here already, and what contradicts what is here. Of two alike in one batch the first is kept. */
async function sortOut(
  tx: WriteTransaction,
  tenantId: string,
  lines: readonly NumberedLine[],
): Promise<{ fresh: PosEvent[]; duplicates: number; conflicts: RefusedLine[] }> {
  const known = await readKnownLines(
    tx,
    tenantId,
    lines.map(({ event }) => event),
  );
  const fresh: PosEvent[] = [];
  const conflicts: RefusedLine[] = [];
  let duplicates = 0;
  for (const { lineNumber, event } of lines) {
    const key = known.keyOf(event);
    const other = known.byKey.get(key);
    if (!other) {
      fresh.push(event);
      known.byKey.set(key, event satisfies KnownLine);
    } else if (sameLine(other, event)) duplicates += 1;
    else {
      const message = `this line is already here as another one (${other.type}${other.plu ? ` of ${other.plu}` : ''}); a correction is a void and a new line`;
      conflicts.push({ lineNumber, code: 'CONFLICTING_LINE', field: 'line', message });
    }
  }
  return { fresh, duplicates, conflicts };
}

/** Days whose partition is known to exist; a plain memo, asking again is harmless. */
const knownDays = new Set<string>();

async function insertLines(
  tx: WriteTransaction,
  tenantId: string,
  lines: readonly PosEvent[],
  { source, importId }: PosSource,
): Promise<void> {
  for (const day of new Set(lines.map((line) => new Date(line.occurredAt).toISOString().slice(0, 10)))) {
    if (knownDays.has(day) || toMs(day) < toMs(tx.at) - ownPartitionReachMs) continue;
    await tx.query("select ensure_day_partition('pos_events', $1::date)", [day]);
    knownDays.add(day);
  }
  const pseudonymOf = await pseudonymsOf(tx, tenantId, lines);
  // The cashier's own number goes no further than their pseudonym.
  const rows = lines.map(({ operatorId: _operatorId, ...line }, index) => ({
    ...line,
    operator: pseudonymOf(lines[index]!) ?? null,
    epc: line.epc === undefined ? null : epcKey(line.epc),
  }));
  await tx.query(
    `insert into pos_events (tenant_id, store_id, terminal_id, transaction_id, line, type, occurred_at, plu, description, quantity, unit, pack_size,
       amount_minor, currency, tender_type, related_transaction_id, related_line, reason_code, operator, training, epc, source, import_id, received_at)
     select $1, l."storeId", l."terminalId", l."transactionId", l.line, l.type, l."occurredAt", l.plu, l.description, l.quantity, l.unit, l."packSize",
       l."amountMinor", l.currency, l."tenderType", l."relatedTransactionId", l."relatedLine", l."reasonCode", l.operator, coalesce(l.training, false), l.epc, $3, $4, $5
     from jsonb_to_recordset($2::jsonb) as l ("storeId" text, "terminalId" text, "transactionId" text, line integer, type text, "occurredAt" timestamptz,
       plu text, description text, quantity numeric, unit text, "packSize" integer, "amountMinor" bigint, currency text, "tenderType" text,
       "relatedTransactionId" text, "relatedLine" integer, "reasonCode" text, operator text, training boolean, epc text)`,
    [tenantId, JSON.stringify(rows), source, importId, tx.at],
  );
}

/**
 * The newest word of each till, of what it sends by itself: a day file is no sign of life, and dates its lines as it
 * likes. How late the feed runs is told by its newest line; one that was held up says nothing of the others.
 */
async function moveFeeds(tx: WriteTransaction, tenantId: string, events: readonly PosEvent[]): Promise<void> {
  const newest = new Map<string, PosEvent>();
  for (const event of events) {
    const seen = newest.get(placeOf(event));
    if (!seen || toMs(event.occurredAt) > toMs(seen.occurredAt)) newest.set(placeOf(event), event);
  }
  if (newest.size === 0) return;
  const rows = [...newest.values()].map(({ storeId, terminalId, occurredAt }) => ({ storeId, terminalId, occurredAt }));
  await tx.query(
    `update terminals t set feed_seen_at = greatest(t.feed_seen_at, least(n."occurredAt", $3::timestamptz)),
       feed_lag_ms = case when n."occurredAt" >= coalesce(t.feed_seen_at, n."occurredAt")
         then least(greatest(extract(epoch from $3::timestamptz - n."occurredAt") * 1000, 0), ${longestLagMs})::integer else t.feed_lag_ms end
     from jsonb_to_recordset($2::jsonb) as n ("storeId" text, "terminalId" text, "occurredAt" timestamptz)
     where t.tenant_id = $1 and t.store_id = n."storeId" and t.id = n."terminalId"`,
    [tenantId, JSON.stringify(rows), tx.at],
  );
}
