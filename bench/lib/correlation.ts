import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { openDatabase } from '../../adapters/postgres/database.ts';
import type { CorrelationResult } from '../../domain/pos-correlation.ts';
import type { Actor } from '../../domain/types.ts';
import { explainMoment } from '../../services/pos/what-if.ts';
import { cameraId, zoneId } from '../../stack/store-day/tills.ts';

/** As many stores of this size share the table; what is asked about is one of them. */
const storesFilled = 10;

/** Items that one customer brings, three seconds apart. */
const basket = 16;

export interface Tills {
  tenantId: string;
  storeId: string;
  terminalIds: readonly string[];
}

/**
 * Fills days of several stores with lines until there are `total`, straight into the partitions, and the tills asked
 * about with what their cameras saw of it: a crossing for each scan, now and then the hand as well, and clocks that
 * were measured.
 */
export async function fillLines(pool: pg.Pool, tills: Tills, total: number, days: number): Promise<void> {
  const perDay = Math.ceil(total / days);
  for (let back = 2; back < days + 2; back += 1) {
    const day = '(now() - make_interval(days => $1))::date';
    await pool.query(`select ensure_day_partition('pos_events', ${day}), ensure_crossing_partition(${day})`, [back]);
    await pool.query(
      `insert into pos_events (tenant_id, store_id, terminal_id, transaction_id, line, type, occurred_at, received_at, plu, quantity, amount_minor, currency)
       select $1, case when n % ${storesFilled} = 0 then $2 else 'filled-' || n % ${storesFilled} end,
         ($3::text[])[1 + n / ${storesFilled} % array_length($3::text[], 1)], 'fill-' || $5::int || '-' || n / 80, n % 80, 'scan',
         rung_at, rung_at, '4' || n % 400, 1, 199, 'GBP'
       from generate_series(0, $4::int - 1) n,
         lateral (select n / ${storesFilled} / array_length($3::text[], 1) as rung) k,
         lateral (select date_trunc('day', now() - make_interval(days => $5::int)) + rung / ${basket} * ${basket} * ${storesFilled} * array_length($3::text[], 1)
           * interval '86000 seconds' / $4::int + rung % ${basket} * interval '3 seconds' as rung_at) r`,
      [tills.tenantId, tills.storeId, tills.terminalIds, perDay, back],
    );
  }
  const places = tills.terminalIds.map((terminalId) => [terminalId, cameraId(terminalId), zoneId(terminalId)]);
  for (const [terminalId, camera, zone] of places) {
    await pool.query(
      `insert into crossings (tenant_id, store_id, camera_id, zone_id, id, at, received_at)
       select tenant_id, store_id, $3, $4, transaction_id || '-' || line, occurred_at - interval '600 milliseconds', occurred_at
       from pos_events where tenant_id = $1 and store_id = $2 and terminal_id = $5
       union all
       select tenant_id, store_id, $3, $4, transaction_id || '-' || line || '-hand', occurred_at + interval '100 milliseconds', occurred_at
       from pos_events where tenant_id = $1 and store_id = $2 and terminal_id = $5 and abs(hashtext(transaction_id)) % 200 = 7`,
      [tills.tenantId, tills.storeId, camera, zone, terminalId],
    );
    await pool.query(
      `insert into clock_offsets (tenant_id, store_id, camera_id, terminal_id, from_at, offset_ms, error_ms, samples, spread_ms,
         crossing_lag_ms, line_lag_ms, lag_spread_ms, measured_to_at, measured_at)
       values ($1, $2, $3, $4, now() - make_interval(days => 50), 0, 200, 400, 200, 600, 0, 200, now(), now()) on conflict do nothing`,
      [tills.tenantId, tills.storeId, camera, terminalId],
    );
  }
  await pool.query('update terminals set feed_seen_at = now() where tenant_id = $1 and store_id = $2', [
    tills.tenantId,
    tills.storeId,
  ]);
  // As the night's own upkeep leaves them; what is measured is a question, not the tidying up after a fill.
  await pool.query('vacuum (analyze) pos_events, crossings, clock_offsets, terminals');
  await pool.query('checkpoint');
}

export interface Judged {
  tookMs: number;
  verdict: CorrelationResult['verdict'];
}

/**
 * How long one sighting takes to be judged against everything that is stored, at moments of so many of the newest days:
 * every other one an item that was rung, the
 * rest a moment at which nothing was, for which the camera's own record is read as well.
 */
export async function measureCorrelation(
  databaseUrl: string,
  pool: pg.Pool,
  tills: Tills,
  options: { count: number; days: number },
): Promise<Judged[]> {
  const db = openDatabase({ url: databaseUrl, maxConnections: 1, applicationName: 'bench', onError: () => undefined });
  const actor: Actor = {
    ...{ id: 'system:bench', displayName: 'Bench', role: 'system', tenantId: tills.tenantId, storeIds: null },
  };
  const ctx = { db, actor, now: () => new Date().toISOString() };
  try {
    const judged: Judged[] = [];
    for (let index = 0; index < options.count; index += 1) {
      const back = 2 + (index % options.days);
      const terminalId = tills.terminalIds[index % tills.terminalIds.length]!;
      const anyAt = new Date(Date.now() - back * 86_400_000 - ((index * 7_919_000) % 40_000_000)).toISOString();
      const { rows } = await pool.query<{ rung_at: Date }>(
        `select max(at) as rung_at from crossings
         where tenant_id = $1 and store_id = $2 and camera_id = $3 and at between $4::timestamptz - interval '1 hour' and $4`,
        [tills.tenantId, tills.storeId, cameraId(terminalId), anyAt],
      );
      // Between two items that were rung or, where that was the last of a customer, after it.
      const rungAt = rows[0]!.rung_at;
      const at = new Date(rungAt.getTime() + (index % 2 === 0 ? 0 : 15_000)).toISOString();
      const startedMs = performance.now();
      const { verdict } = await explainMoment(ctx, { storeId: tills.storeId, terminalId, at, neighboursAt: [] });
      judged.push({ tookMs: performance.now() - startedMs, verdict });
    }
    // The first ones open the connection, plan, and make Postgres read what each day's table looks like.
    return judged.slice(Math.max(40, 2 * options.days));
  } finally {
    await db.close();
  }
}
