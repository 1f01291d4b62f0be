import type { Queryable } from '../../adapters/postgres/database.ts';
import { type Basket, type DayLinks, foldBaskets } from '../../domain/till/basket.ts';
import { type ClockOffset, type LaneCrossing, nameCashiers, onTillClock } from '../../domain/till/lane.ts';
import { alignCrossings } from '../../domain/till/lane-clock.ts';
import { addMs, toMs } from '../../domain/time.ts';
import { readTillLines, type TillPlace } from './till-lines.ts';

/** A store's day as instants: 23, 24 or 25 hours. */
export interface DaySpan {
  day: string;
  fromAt: string;
  toAt: string;
}

/** A basket that is begun before midnight may be paid after it. */
const overMidnightMs = 2 * 3_600_000;

/** What is rung elsewhere about a transaction: parked ones are fetched back at any till, paid ones voided at their own. */
export async function readResumed(
  tx: Queryable,
  place: { tenantId: string; storeId: string },
  { fromAt, toAt }: DaySpan,
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ id: string }>(
    `select distinct related_transaction_id as id from pos_events
     where tenant_id = $1 and store_id = $2 and type = 'resume' and not training and related_transaction_id is not null and occurred_at >= $3 and occurred_at < $4`,
    [place.tenantId, place.storeId, fromAt, addMs(toAt, overMidnightMs)],
  );
  return new Set(rows.map(({ id }) => id));
}

/** The transactions that a till began on the day, without training, and what its cameras saw cross, on its own clock. */
export async function readLaneDay(
  tx: Queryable,
  place: TillPlace,
  span: DaySpan,
  resumed: ReadonlySet<string>,
): Promise<{ baskets: Basket[]; crossings: LaneCrossing[]; lines: number }> {
  const lines = await readTillLines(tx, place, addMs(span.fromAt, -overMidnightMs), addMs(span.toAt, overMidnightMs));
  const voided = lines.filter(({ type, training }) => type === 'post_void' && !training);
  const links: DayLinks = { resumed, postVoided: new Set(voided.flatMap((line) => line.relatedTransactionId ?? [])) };
  const baskets = nameCashiers(foldBaskets(lines, links)).filter(
    ({ training, startedAt }) => !training && startedAt >= span.fromAt && startedAt < span.toAt,
  );
  const counted = baskets.reduce((sum, { lineCount }) => sum + lineCount, 0);
  return { baskets, crossings: alignCrossings(baskets, await readCrossings(tx, place, span)), lines: counted };
}

async function readCrossings(tx: Queryable, place: TillPlace, span: DaySpan): Promise<LaneCrossing[]> {
  const rows = await tx.query<{
    id: string;
    camera_id: string;
    at: Date;
    label: string | null;
    label_score: number | null;
  }>(
    `select c.id, c.camera_id, c.at, c.label, c.label_score from crossings c
     join zones z on z.tenant_id = c.tenant_id and z.store_id = c.store_id and z.camera_id = c.camera_id and z.id = c.zone_id
     where c.tenant_id = $1 and c.store_id = $2 and z.terminal_id = $3 and c.at >= $4 and c.at < $5`,
    [place.tenantId, place.storeId, place.terminalId, span.fromAt, addMs(span.toAt, overMidnightMs)],
  );
  if (rows.length === 0) return [];
  const offsets = await readOffsets(tx, place, span);
  return rows
    .map((row) => ({
      id: row.id,
      atMs: onTillClock(row.at.getTime(), offsets.get(row.camera_id) ?? []),
      ...{ label: row.label, labelScore: row.label_score ?? 0 },
    }))
    .sort((a, b) => a.atMs - b.atMs);
}

async function readOffsets(tx: Queryable, place: TillPlace, span: DaySpan): Promise<Map<string, ClockOffset[]>> {
  const rows = await tx.query<{ camera_id: string; from_at: Date; to_at: Date | null; offset_ms: number }>(
    `select camera_id, from_at, to_at, offset_ms from clock_offsets
     where tenant_id = $1 and store_id = $2 and terminal_id = $3 and from_at < $5 and (to_at is null or to_at > $4)`,
    [place.tenantId, place.storeId, place.terminalId, span.fromAt, addMs(span.toAt, overMidnightMs)],
  );
  const byCamera = new Map<string, ClockOffset[]>();
  for (const row of rows) {
    const offset = {
      fromAt: row.from_at.toISOString(),
      toAt: row.to_at?.toISOString() ?? null,
      offsetMs: row.offset_ms,
    };
    byCamera.set(row.camera_id, [...(byCamera.get(row.camera_id) ?? []), offset]);
  }
  return byCamera;
}

/** Up to when the day is known well enough to say that somebody did not come back. */
export const knownToMs = (span: DaySpan, nowAt: string): number =>
  Math.min(toMs(nowAt), toMs(span.toAt) + overMidnightMs);
