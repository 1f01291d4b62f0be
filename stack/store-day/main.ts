/**
 * A simulated day of a supermarket, on the wire or as files:
 *
 *   npx tsx stack/store-day/main.ts --api http://127.0.0.1:8420 --speed 60 --seed 1     (key: FLOORWALKER_KEY)
 *   npx tsx stack/store-day/main.ts --write DIR --format csv --days 7
 *
 * The installation must know the store (stack/store-day/estate.ts has it). The truth is written beside the files.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Temporal as Tempo } from 'temporal-polyfill';
import { z } from 'zod';
import { simulateDay } from './day.ts';
import { csvMapping, dayFileOf, toCsv, toJsonBatches } from './day-file.ts';
import { playDay } from './play.ts';
import { toPosLog } from './poslog.ts';
import type { StoreDay } from './types.ts';

const fail = (message: string): never => {
  process.stderr.write(`The store day cannot be played: ${message}\n`);
  process.exit(2);
};

const flags = (() => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      ...{ api: text, key: text, speed: text, write: text, format: text, days: text, local: { type: 'boolean' } },
      ...{ seed: text, date: text, zone: text, store: text, lanes: text, 'self-checkouts': text, baskets: text },
      heartbeat: text,
    },
  });
  const count = (fallback: number) => z.coerce.number().int().min(0).default(fallback);
  const parsed = z
    .object({
      api: z.url().optional(),
      key: z.string().min(1).optional(),
      speed: z.union([z.literal('max').transform(() => Infinity), z.coerce.number().positive()]).default(1),
      write: z.string().min(1).optional(),
      format: z.enum(['csv', 'poslog', 'json']).default('csv'),
      days: z.coerce.number().int().min(1).default(1),
      local: z.boolean().default(false),
      seed: count(1),
      date: z.iso.date().optional(),
      zone: z.string().default('Europe/Berlin'),
      store: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and dashes')
        .default('market'),
      lanes: count(8),
      'self-checkouts': count(4),
      baskets: count(3_000),
      /** In seconds; 0: none. */
      heartbeat: z.coerce.number().min(0).default(30),
    })
    // From the environment it is in no process list.
    .safeParse({ key: process.env['FLOORWALKER_KEY'], ...values });
  if (!parsed.success) return fail(`\n${z.prettifyError(parsed.error)}`);
  if ((parsed.data.api === undefined) === (parsed.data.write === undefined))
    return fail('give either --api URL or --write DIR');
  return parsed.data;
})();

/** Yesterday: a till's line may not lie in the future of the server. */
const firstDay = Tempo.PlainDate.from(
  flags.date ?? Tempo.Now.plainDateISO(flags.zone).subtract({ days: flags.days }).toString(),
);

function* days(): Generator<StoreDay> {
  for (let index = 0; index < flags.days; index += 1)
    yield simulateDay({
      ...{ seed: flags.seed, date: firstDay.add({ days: index }).toString(), timeZone: flags.zone },
      ...{ storeId: flags.store, lanes: flags.lanes, selfCheckouts: flags['self-checkouts'], baskets: flags.baskets },
      heartbeatEveryMs: flags.heartbeat * 1_000,
    });
}

function* pieces(day: StoreDay): Generator<string> {
  const written = flags.local ? { timeZone: flags.zone } : {};
  if (flags.format === 'csv') yield* toCsv(dayFileOf(day.lines), written);
  else if (flags.format === 'poslog') yield* toPosLog(dayFileOf(day.lines), written);
  else for (const batch of toJsonBatches(dayFileOf(day.lines))) yield `${JSON.stringify(batch)}\n`;
}

const endings = { csv: 'csv', poslog: 'xml', json: 'jsonl' } as const;

async function writeFiles(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const mapping = csvMapping(flags.local ? { timeZone: flags.zone } : {});
  if (flags.format === 'csv') await writeFile(join(folder, 'mapping.json'), `${JSON.stringify(mapping, null, 2)}\n`);
  for (const day of days()) {
    const path = join(folder, `${day.storeId}-${day.date}.${endings[flags.format]}`);
    const file = createWriteStream(path);
    for (const piece of pieces(day)) if (!file.write(piece)) await once(file, 'drain');
    file.end();
    await once(file, 'finish');
    await writeFile(path.replace(/\.[a-z]+$/, '.truth.json'), `${JSON.stringify(day.truth, null, 2)}\n`);
    process.stdout.write(`${path}: ${file.bytesWritten} bytes, ${day.truth.frauds.length} frauds\n`);
  }
}

/** A busy installation says when to come back. */
const maxAttempts = 30;

async function playOverHttp(api: string): Promise<void> {
  const key = flags.key ?? fail('give the key of a device, as FLOORWALKER_KEY or with --key');
  const send = async (path: string, body: unknown) => {
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(new URL(path, api), {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const answer = await response.text();
      if (response.ok) return;
      const busy = response.status === 429 || response.status === 503;
      if (!busy || attempt === maxAttempts)
        throw new Error(`POST ${path}: HTTP ${response.status} ${answer.slice(0, 400)}`);
      await delay(1_000 * Number(response.headers.get('retry-after') ?? 1));
    }
  };
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort());
  let toldMs = 0;
  for (const day of days()) {
    if (stopping.signal.aborted) return;
    for (const { at, fromTerminalId, toTerminalId, zoneId } of day.terminalChanges)
      process.stdout.write(`At ${at} ${toTerminalId} takes the place of ${fromTerminalId} under ${zoneId}.\n`);
    const played = await playDay(day, {
      speed: flags.speed,
      signal: stopping.signal,
      post: (lines) => send('/v1/pos/events', lines),
      crossings: (crossings) => send('/v1/crossings', crossings),
      detections: async (detections) => {
        for (const detection of detections) await send('/v1/detections', detection);
      },
      onProgress: ({ at, fraction, lines, detections }) => {
        if (performance.now() - toldMs < 5_000) return;
        toldMs = performance.now();
        process.stdout.write(`${at} ${Math.round(fraction * 100)} %: ${lines} lines, ${detections} detections\n`);
      },
    });
    process.stdout.write(`${JSON.stringify({ date: day.date, ...played })}\n`);
  }
}

try {
  if (flags.write !== undefined) await writeFiles(flags.write);
  else if (flags.api !== undefined) await playOverHttp(flags.api);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
