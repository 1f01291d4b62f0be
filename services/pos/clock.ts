import type { Queryable } from '../../adapters/postgres/database.ts';
import { requirePermission } from '../../domain/permissions.ts';
import {
  agedErrorMs,
  arrivalOf,
  type ClockEstimate,
  estimateOffset,
  jumpIndex,
  offsetReachMs,
  pairAt,
} from '../../domain/till/clock-offset.ts';
import { addMs, toMs } from '../../domain/time.ts';
import { iso, readOnly, type ServiceContext, type WriteTransaction, write } from '../context.ts';

export interface MeasureInput {
  storeId: string;
  /** Left out: every till of the store that a camera watches. */
  terminalId?: string;
  /** Until when, by the server's clock; the half hour before is looked at. */
  at: string;
}

export interface MeasuredClock {
  cameraId: string;
  terminalId: string;
  estimate: ClockEstimate;
  /** Nothing could be told, the offset goes on as it was, or it changed and a new interval began. */
  outcome: 'not_told' | 'extended' | 'changed';
}

const stretchMs = 30 * 60_000;
/** The last so many crossings: enough to tell, and few enough that a jump shows within minutes. */
const maxCrossings = 60;
const maxScans = 1_000;
/** A new interval begins at least this often, so that clocks that drift slowly keep their history. */
const longestIntervalMs = 3 * 3_600_000;

interface Lane {
  tenantId: string;
  storeId: string;
  cameraId: string;
  terminalId: string;
}

interface Heard {
  atMs: number;
  lagMs: number;
}

/** Measures the offset of each till's clock against the camera that watches it, from what crossed and what was rung. */
export function measureClocks(ctx: ServiceContext, input: MeasureInput): Promise<MeasuredClock[]> {
  requirePermission(ctx.actor, 'system.run', input.storeId);
  return write(ctx, async (tx) => {
    tx.noAudit('telemetry');
    const lanes = await tx.query<{ camera_id: string; terminal_id: string }>(
      `select distinct camera_id, terminal_id from zones
       where tenant_id = $1 and store_id = $2 and terminal_id is not null and ($3::text is null or terminal_id = $3) order by camera_id, terminal_id`,
      [ctx.actor.tenantId, input.storeId, input.terminalId ?? null],
    );
    const measured: MeasuredClock[] = [];
    for (const row of lanes) {
      const place = { tenantId: ctx.actor.tenantId, storeId: input.storeId };
      const lane = { ...place, cameraId: row.camera_id, terminalId: row.terminal_id };
      measured.push(await measureLane(tx, lane, input.at));
    }
    return measured;
  });
}

/** The stores in which something crossed since, so that there may be something to measure. */
export function storesToMeasure(ctx: ServiceContext, sinceAt: string): Promise<string[]> {
  requirePermission(ctx.actor, 'system.run');
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{ store_id: string }>(
      'select distinct store_id from crossings where tenant_id = $1 and at between $2 and $3 and received_at > $4 order by store_id',
      [ctx.actor.tenantId, addMs(sinceAt, -stretchMs), addMs(ctx.now(), offsetReachMs), sinceAt],
    );
    return rows.map((row) => row.store_id);
  });
}

async function measureLane(tx: WriteTransaction, lane: Lane, at: string): Promise<MeasuredClock> {
  const named = { cameraId: lane.cameraId, terminalId: lane.terminalId };
  const crossings = await lastCrossings(tx, lane, at);
  const scans = await scansBeside(tx, lane, crossings);
  const crossingsMs = sorted(crossings);
  const scansMs = sorted(scans);
  const estimate = estimateOffset(crossingsMs, scansMs);
  if (!estimate.ok) return { ...named, estimate, outcome: 'not_told' };
  const { offsetMs } = estimate;
  // Only what belongs together says how long things take: what a jumped clock stamps must show as odd, not as usual.
  const pairs = pairAt(crossingsMs, scansMs, offsetMs).flatMap((scan, index) => (scan < 0 ? [] : [{ index, scan }]));
  const paired = (of: readonly Heard[], instants: readonly number[]) => {
    const wanted = new Set(instants);
    return of.filter(({ atMs }) => wanted.has(atMs)).map(({ lagMs }) => lagMs);
  };
  const pairedCrossingsMs = pairs.map(({ index }) => crossingsMs[index]!);
  const crossingLag = arrivalOf(paired(crossings, pairedCrossingsMs));
  const lineLag = arrivalOf(
    paired(
      scans,
      pairs.map(({ scan }) => scansMs[scan]!),
    ),
  );
  const found = {
    ...estimate,
    crossingLagMs: crossingLag.usualMs,
    lineLagMs: lineLag.usualMs,
    lagSpreadMs: Math.max(crossingLag.spreadMs, lineLag.spreadMs),
    measuredToAt: new Date(Math.max(...pairedCrossingsMs)).toISOString(),
  };
  const [current] = await tx.query<{ from_at: Date; offset_ms: number; error_ms: number; measured_to_at: Date }>(
    'select from_at, offset_ms, error_ms, measured_to_at from clock_offsets where tenant_id = $1 and store_id = $2 and camera_id = $3 and terminal_id = $4 and to_at is null for update',
    [lane.tenantId, lane.storeId, lane.cameraId, lane.terminalId],
  );
  if (!current) {
    await insertInterval(tx, lane, addMs(at, -stretchMs), found);
    return { ...named, estimate, outcome: 'changed' };
  }
  const changeMs = Math.abs(offsetMs - current.offset_ms);
  const agedMs = agedErrorMs(current.error_ms, toMs(found.measuredToAt) - current.measured_to_at.getTime());
  const changed = changeMs > estimate.errorMs + agedMs;
  const split = crossings[jumpIndex(inOrder(crossings), scansMs, current.offset_ms, offsetMs)];
  const fromMs = changed ? (split?.atMs ?? toMs(found.measuredToAt)) : toMs(found.measuredToAt);
  const longEnough = fromMs - current.from_at.getTime() > (changed ? 0 : longestIntervalMs);
  if (longEnough) {
    const fromAt = new Date(fromMs).toISOString();
    await tx.query(
      'update clock_offsets set to_at = $6 where tenant_id = $1 and store_id = $2 and camera_id = $3 and terminal_id = $4 and from_at = $5',
      [lane.tenantId, lane.storeId, lane.cameraId, lane.terminalId, iso(current.from_at), fromAt],
    );
    await insertInterval(tx, lane, fromAt, found);
  } else await updateInterval(tx, lane, iso(current.from_at), found);
  return { ...named, estimate, outcome: changed ? 'changed' : 'extended' };
}

const sorted = (of: readonly Heard[]): number[] => inOrder(of).sort((a, b) => a - b);
const inOrder = (of: readonly Heard[]): number[] => of.map(({ atMs }) => atMs);
const heard = (row: { at: Date; received_at: Date }): Heard => ({
  atMs: row.at.getTime(),
  lagMs: row.received_at.getTime() - row.at.getTime(),
});

/** In the order in which they came: a camera's clock that was put back stamps what is new before what is old. */
async function lastCrossings(tx: Queryable, lane: Lane, at: string): Promise<Heard[]> {
  const rows = await tx.query<{ at: Date; received_at: Date }>(
    `select c.at, c.received_at from crossings c
     where c.tenant_id = $1 and c.store_id = $2 and c.camera_id = $3 and c.at between $5 and $6
       and c.zone_id = any (select z.id from zones z where z.tenant_id = $1 and z.store_id = $2 and z.camera_id = $3 and z.terminal_id = $4)
     order by c.received_at desc, c.at desc limit ${maxCrossings}`,
    [
      ...[lane.tenantId, lane.storeId, lane.cameraId, lane.terminalId],
      ...[addMs(at, -stretchMs), addMs(at, offsetReachMs)],
    ],
  );
  return rows.reverse().map(heard);
}

async function scansBeside(tx: Queryable, lane: Lane, crossings: readonly Heard[]): Promise<Heard[]> {
  if (crossings.length === 0) return [];
  const instants = inOrder(crossings);
  const rows = await tx.query<{ at: Date; received_at: Date }>(
    `select occurred_at as at, received_at from pos_events
     where tenant_id = $1 and store_id = $2 and terminal_id = $3 and type = 'scan' and not training and occurred_at between $4 and $5
     order by occurred_at desc limit ${maxScans}`,
    [
      ...[lane.tenantId, lane.storeId, lane.terminalId],
      new Date(Math.min(...instants) - offsetReachMs).toISOString(),
      new Date(Math.max(...instants) + offsetReachMs).toISOString(),
    ],
  );
  return rows.map(heard);
}

interface Found {
  offsetMs: number;
  errorMs: number;
  samples: number;
  spreadMs: number;
  crossingLagMs: number;
  lineLagMs: number;
  lagSpreadMs: number;
  measuredToAt: string;
}

const valuesOf = (lane: Lane, fromAt: string, found: Found, at: string): unknown[] => [
  ...[lane.tenantId, lane.storeId, lane.cameraId, lane.terminalId, fromAt],
  ...[found.offsetMs, found.errorMs, found.samples, found.spreadMs],
  ...[found.crossingLagMs, found.lineLagMs, found.lagSpreadMs, found.measuredToAt, at],
];

async function insertInterval(tx: WriteTransaction, lane: Lane, fromAt: string, found: Found): Promise<void> {
  await tx.query(
    `insert into clock_offsets (tenant_id, store_id, camera_id, terminal_id, from_at, offset_ms, error_ms, samples, spread_ms,
       crossing_lag_ms, line_lag_ms, lag_spread_ms, measured_to_at, measured_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    valuesOf(lane, fromAt, found, tx.at),
  );
}

async function updateInterval(tx: WriteTransaction, lane: Lane, fromAt: string, found: Found): Promise<void> {
  await tx.query(
    `update clock_offsets set offset_ms = $6, error_ms = $7, samples = $8, spread_ms = $9, crossing_lag_ms = $10, line_lag_ms = $11,
       lag_spread_ms = $12, measured_to_at = $13, measured_at = $14
     where tenant_id = $1 and store_id = $2 and camera_id = $3 and terminal_id = $4 and from_at = $5`,
    valuesOf(lane, fromAt, found, tx.at),
  );
}
