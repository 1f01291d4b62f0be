import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import type pg from 'pg';
import { openDatabase } from '../../adapters/postgres/database.ts';
import type { Actor } from '../../domain/types.ts';
import { explainMoment } from '../../services/pos/what-if.ts';
import type { Running } from '../../stack/start.ts';
import { csvMapping, dayFileOf, toCsv, toJsonBatches } from '../../stack/store-day/day-file.ts';
import type { StoreDay } from '../../stack/store-day/types.ts';

/** Several tills post side by side, each waiting for its answer. */
const senders = 4;

async function call(running: Running, key: string, method: string, path: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(new URL(path, running.application.baseUrl), {
    ...init,
    method,
    headers: { authorization: `Bearer ${key}`, ...init.headers },
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** Lines per second that the API takes as JSON batches of 200, as tills that were cut off send them. */
export async function measureJson(running: Running, day: StoreDay): Promise<{ lines: number; perSecond: number }> {
  const batches = [...toJsonBatches(dayFileOf(day.lines), 200)];
  const lines = batches.reduce((sum, batch) => sum + batch.length, 0);
  const startedMs = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: senders }, async () => {
      while (next < batches.length) {
        const batch = batches[next]!;
        next += 1;
        await call(running, running.installation.keys.device, 'POST', '/v1/pos/events', {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(batch),
        });
      }
    }),
  );
  return { lines, perSecond: (lines / (performance.now() - startedMs)) * 1_000 };
}

/** Lines per second of one CSV day file, streamed. */
export async function measureCsv(running: Running, day: StoreDay): Promise<{ lines: number; perSecond: number }> {
  const { keys } = running.installation;
  await call(running, keys.admin, 'PUT', '/v1/pos/mappings/bench', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(csvMapping({ timeZone: day.timeZone })),
  });
  const events = dayFileOf(day.lines);
  const startedMs = performance.now();
  const result = (await call(
    running,
    keys.device,
    'POST',
    `/v1/pos/day-files?storeId=${day.storeId}&mappingId=bench&fileName=${day.date}.csv`,
    {
      headers: { 'content-type': 'text/csv' },
      body: Readable.toWeb(Readable.from(toCsv(events, { timeZone: day.timeZone }))) as ReadableStream,
      duplex: 'half',
    } as RequestInit,
  )) as { state: string; accepted: number; quarantined: number };
  if (result.state !== 'done' || result.quarantined > 0)
    throw new Error(`the day file ended as ${JSON.stringify(result)}`);
  return { lines: events.length, perSecond: (events.length / (performance.now() - startedMs)) * 1_000 };
}

/** As many stores of this size share the table; what is asked about is one of them. */
const storesFilled = 10;

/** Fills days of several stores with lines until there are `total`, straight into the partitions. */
export async function fillLines(
  pool: pg.Pool,
  place: { tenantId: string; storeId: string; terminalIds: readonly string[] },
  total: number,
  days: number,
): Promise<void> {
  const perDay = Math.ceil(total / days);
  for (let back = 2; back < days + 2; back += 1) {
    await pool.query("select ensure_day_partition('pos_events', (now() - make_interval(days => $1))::date)", [back]);
    await pool.query(
      `insert into pos_events (tenant_id, store_id, terminal_id, transaction_id, line, type, occurred_at, plu, quantity, amount_minor, currency)
       select $1, case when n % ${storesFilled} = 0 then $2 else 'filled-' || n % ${storesFilled} end,
         ($3::text[])[1 + n / ${storesFilled} % array_length($3::text[], 1)], 'fill-' || $5::int || '-' || n / 80, n % 80, 'scan',
         date_trunc('day', now() - make_interval(days => $5::int)) + n * interval '86000 seconds' / $4::int, '4' || n % 400, 1, 199, 'GBP'
       from generate_series(0, $4::int - 1) n`,
      [place.tenantId, place.storeId, place.terminalIds, perDay, back],
    );
  }
  // As the night's own upkeep leaves them; what is measured is a question, not the tidying up after a fill.
  await pool.query('vacuum (analyze) pos_events');
}

/** How long one sighting takes to be judged against everything that is stored, in milliseconds each. */
export async function measureCorrelation(
  databaseUrl: string,
  place: { tenantId: string; storeId: string; terminalIds: readonly string[] },
  options: { count: number; days: number },
): Promise<number[]> {
  const db = openDatabase({ url: databaseUrl, maxConnections: 1, applicationName: 'bench', onError: () => undefined });
  const actor: Actor = {
    ...{ id: 'system:bench', displayName: 'Bench', role: 'system', tenantId: place.tenantId, storeIds: null },
  };
  const ctx = { db, actor, now: () => new Date().toISOString() };
  try {
    const tookMs: number[] = [];
    for (let index = 0; index < options.count; index += 1) {
      const back = 2 + (index % options.days);
      const at = new Date(Date.now() - back * 86_400_000 - ((index * 7_919_000) % 40_000_000)).toISOString();
      const terminalId = place.terminalIds[index % place.terminalIds.length]!;
      const startedMs = performance.now();
      await explainMoment(ctx, { storeId: place.storeId, terminalId, at, neighboursAt: [] });
      tookMs.push(performance.now() - startedMs);
    }
    // The first ones open the connection and plan.
    return tookMs.slice(Math.min(20, options.count / 10));
  } finally {
    await db.close();
  }
}
