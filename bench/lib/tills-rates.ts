import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
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
