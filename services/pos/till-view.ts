import type { Queryable } from '../../adapters/postgres/database.ts';
import { type CorrelationWindow, clockErrorLimitMs, contextMs } from '../../domain/pos-correlation.ts';
import type { MeasuredOffset } from '../../domain/till/clock-reading.ts';
import type { ScanLine } from '../../domain/till/pieces.ts';
import type { LastLine } from '../../domain/till/silence.ts';
import { addMs } from '../../domain/time.ts';
import type { PosLineType, PosUnit } from '../../domain/types.ts';
import { found, iso, isoOrNull } from '../context.ts';

export interface TillPlace {
  tenantId: string;
  storeId: string;
  terminalId: string;
  /** The camera whose sightings are asked about. */
  cameraId: string | null;
}

/** Everything that a till, and whatever stood in its place before or after, can say about a moment. */
export interface TillView {
  lines: ScanLine[];
  feedSeenAt: string | null;
  feedLagMs: number | null;
  /** The last thing rung when the item crossed; null: nothing for a day. */
  lastLine: LastLine | null;
  closedFromAt: string | null;
  closedToAt: string | null;
  /** The offset that holds at the start of the moment; null: none. */
  offset: MeasuredOffset | null;
  /** Whether this camera and till have ever been measured. */
  everMeasured: boolean;
}

/** A clock that jumped puts its lines this far away from where they belong; they are what shows it. */
const jumpReachMs = 3 * 60_000;
/** A void may follow long after the scan that it takes back, within the same visit. */
const voidReachMs = 30 * 60_000;
/** What was rung longer ago says nothing of who is served now. */
const dayMs = 24 * 3_600_000;
const maxLines = 2_000;

interface TillRow {
  [column: string]: unknown;
  id: string;
  feed_seen_at: Date | null;
  feed_lag_ms: number | null;
  replaced_at: Date | null;
  offset_ms: number | null;
  error_ms: number;
  crossing_lag_ms: number;
  line_lag_ms: number;
  lag_spread_ms: number;
  measured_to_at: Date;
  ever_measured: boolean;
}

/**
 * Finding the days that a statement reaches costs more in planning than in reading, so for the rest of this transaction
 * Postgres plans once for each connection and leaves out the other days when it runs. Sent with the questions after it.
 */
export const planOnce = (tx: Queryable): Promise<unknown> =>
  tx.query("select set_config('plan_cache_mode', 'force_generic_plan', true)", []);

/**
 * Reads what a till says around sightings between two instants of the camera's clock. With `lock` a line that is being
 * stored right now is waited for, or sees our verdict and reports itself late.
 */
export async function readTillView(
  tx: Queryable,
  place: TillPlace,
  fromAt: string,
  toAt: string,
  options: { window: CorrelationWindow; lock: boolean },
): Promise<TillView> {
  const tills = await readTills(tx, place, fromAt, options.lock);
  const serving = servingAt(tills, place, fromAt);
  const offset = offsetOf(serving);
  const offsets = tills.flatMap(({ offset_ms }) => offset_ms ?? []);
  const reachMs = contextMs(options.window) + clockErrorLimitMs + jumpReachMs;
  const clockMs = offset?.offsetMs ?? 0;
  const [lines, state] = await Promise.all([
    readLines(tx, place, tills, serving, {
      fromAt: addMs(fromAt, Math.min(0, ...offsets) - reachMs),
      toAt: addMs(toAt, Math.max(0, ...offsets) + reachMs),
    }),
    readState(tx, place, serving.id, {
      // A customer who pays while the window is still open had a receipt open when the item crossed.
      sightingAt: addMs(toAt, clockMs),
      windowEndAt: addMs(toAt, clockMs + options.window.afterMs),
    }),
  ]);
  return {
    ...{ lines, ...state, offset, everMeasured: serving.ever_measured },
    // Of the terminal that stood there: another one's sign of life does not speak for it.
    feedSeenAt: isoOrNull(serving.feed_seen_at),
    feedLagMs: serving.feed_lag_ms,
  };
}

/** The till, the one that it replaced and the one that replaced it, each with the offset that holds. */
async function readTills(tx: Queryable, place: TillPlace, at: string, lock: boolean): Promise<TillRow[]> {
  const rows = await tx.query<TillRow>(
    `select t.id, t.feed_seen_at, t.feed_lag_ms, t.replaced_at,
       o.offset_ms, o.error_ms, o.crossing_lag_ms, o.line_lag_ms, o.lag_spread_ms, o.measured_to_at,
       exists (select from clock_offsets a where a.tenant_id = t.tenant_id and a.store_id = t.store_id and a.camera_id = $4 and a.terminal_id = t.id) as ever_measured
     from terminals t
     left join lateral (
       select * from clock_offsets c where c.tenant_id = t.tenant_id and c.store_id = t.store_id and c.camera_id = $4 and c.terminal_id = t.id
         and c.from_at <= $5 and (c.to_at is null or c.to_at > $5) order by c.from_at desc limit 1) o on true
     where t.tenant_id = $1 and t.store_id = $2 and (t.id = $3 or t.replaced_by = $3
       or t.id = (select r.replaced_by from terminals r where r.tenant_id = $1 and r.store_id = $2 and r.id = $3))
     order by t.id ${lock ? 'for share of t' : ''}`,
    [place.tenantId, place.storeId, place.terminalId, place.cameraId, at],
  );
  found(
    rows.find(({ id }) => id === place.terminalId),
    `till ${place.terminalId} of store ${place.storeId}`,
  );
  return rows;
}

/** Whichever terminal stood there at the moment: the first that was replaced later, or else the one that never was. */
function servingAt(tills: readonly TillRow[], place: TillPlace, at: string): TillRow {
  const [earliest] = tills
    .filter(({ replaced_at }) => replaced_at !== null && iso(replaced_at) > at)
    .sort((a, b) => Number(a.replaced_at) - Number(b.replaced_at));
  const standing = tills.find(({ replaced_at }) => replaced_at === null);
  return found(earliest ?? standing ?? tills[0], `till ${place.terminalId} of store ${place.storeId}`);
}

function offsetOf(row: TillRow): MeasuredOffset | null {
  if (row.offset_ms === null) return null;
  return {
    ...{ offsetMs: row.offset_ms, errorMs: row.error_ms, measuredToAt: iso(row.measured_to_at) },
    ...{ crossingLagMs: row.crossing_lag_ms, lineLagMs: row.line_lag_ms, lagSpreadMs: row.lag_spread_ms },
  };
}

interface LineRow {
  [column: string]: unknown;
  terminal_id: string;
  transaction_id: string;
  line: number;
  type: PosLineType;
  occurred_at: Date;
  received_at: Date;
  plu: string | null;
  description: string | null;
  quantity: string | null;
  unit: PosUnit | null;
  pack_size: number | null;
  related_transaction_id: string | null;
  related_line: number | null;
  training: boolean;
}

const lineColumns = `terminal_id, transaction_id, line, type, occurred_at, received_at, plu, description, quantity, unit, pack_size,
   related_transaction_id, related_line, training`;
const ofTills = 'tenant_id = $1 and store_id = $2 and terminal_id = any ($3)';

/**
 * Two ranges of two indexes: what was rung around the moment, and what was taken back later. The days before and after
 * are not touched, however many there are.
 */
export const tillLinesSql = `(select ${lineColumns} from pos_events where ${ofTills} and occurred_at between $4 and $5
   order by occurred_at, line limit ${maxLines})
 union all
 (select ${lineColumns} from pos_events where ${ofTills} and occurred_at > $5 and occurred_at <= $6 and type in ('line_void', 'void')
   order by occurred_at, line limit ${maxLines})`;

async function readLines(
  tx: Queryable,
  place: TillPlace,
  tills: readonly TillRow[],
  serving: TillRow,
  { fromAt, toAt }: { fromAt: string; toAt: string },
): Promise<ScanLine[]> {
  const ids = tills.map(({ id }) => id);
  const until = addMs(toAt, voidReachMs);
  const rows = await tx.query<LineRow>(tillLinesSql, [place.tenantId, place.storeId, ids, fromAt, toAt, until]);
  const offsets = new Map(tills.map(({ id, offset_ms }) => [id, offset_ms]));
  return rows.map((row) => {
    const other = row.terminal_id === serving.id ? null : (offsets.get(row.terminal_id) ?? null);
    return {
      lineId: `${row.transaction_id}/${row.line}`,
      occurredAt: iso(row.occurred_at),
      receivedAt: iso(row.received_at),
      terminalId: row.terminal_id,
      transactionId: row.transaction_id,
      line: row.line,
      type: row.type,
      plu: row.plu,
      description: row.description,
      quantity: row.quantity === null ? null : Number(row.quantity),
      unit: row.unit,
      packSize: row.pack_size,
      relatedTransactionId: row.related_transaction_id,
      relatedLine: row.related_line,
      training: row.training,
      ...(other === null ? {} : { offsetMs: other }),
    };
  });
}

const ofTill = 'tenant_id = $1 and store_id = $2 and terminal_id = $3 and not training';

/** Bounds are worked out before they are sent: of `$4 - interval` the planner knows no day, and plans for all of them. */
export const tillStateSql = `(select 'rung' as what, transaction_id, type, occurred_at from pos_events where ${ofTill}
   and occurred_at between $5 and $7 order by occurred_at desc, line desc limit 1)
 union all
 (select 'signed', transaction_id, type, occurred_at from pos_events where ${ofTill} and type in ('sign_on', 'sign_off')
   and occurred_at between $5 and $4 order by occurred_at desc limit 1)
 union all
 (select 'signed_later', transaction_id, type, occurred_at from pos_events where ${ofTill} and type = 'sign_on' and type in ('sign_on', 'sign_off')
   and occurred_at > $4 and occurred_at <= $6 order by occurred_at limit 1)`;

/** What the till had rung last when the item crossed, whether somebody had signed off, and when somebody signed on again. */
async function readState(
  tx: Queryable,
  place: TillPlace,
  terminalId: string,
  { sightingAt, windowEndAt: at }: { sightingAt: string; windowEndAt: string },
): Promise<Pick<TillView, 'lastLine' | 'closedFromAt' | 'closedToAt'>> {
  const rows = await tx.query<{
    what: 'rung' | 'signed' | 'signed_later';
    transaction_id: string;
    type: PosLineType;
    occurred_at: Date;
  }>(tillStateSql, [
    ...[place.tenantId, place.storeId, terminalId],
    ...[at, addMs(at, -dayMs), addMs(at, dayMs), sightingAt],
  ]);
  const of = (what: string) => rows.find((row) => row.what === what);
  const rung = of('rung');
  const signed = of('signed');
  const off = signed?.type === 'sign_off' ? signed : null;
  return {
    lastLine: rung ? { transactionId: rung.transaction_id, type: rung.type, occurredAt: iso(rung.occurred_at) } : null,
    closedFromAt: isoOrNull(off?.occurred_at ?? null),
    closedToAt: isoOrNull((off && of('signed_later')?.occurred_at) ?? null),
  };
}
