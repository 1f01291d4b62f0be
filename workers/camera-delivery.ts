import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DetectorLogger } from '../detectors/recorder/recorder.ts';
import type { Crossing } from '../domain/types.ts';

export interface Api {
  url: string;
  key: string;
}

const requestTimeoutMs = 10_000;

/** Asks the API as a device. */
export const request = (api: Api, method: string, path: string, body: string): Promise<Response> =>
  fetch(new URL(path, api.url), {
    method,
    body,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${api.key}` },
    signal: AbortSignal.timeout(requestTimeoutMs),
  });

/** What is on its way to the API, on disk until it is there. */
export interface Spool {
  add(id: string, body: unknown): Promise<void>;
  list(): Promise<string[]>;
  read(name: string): Promise<string>;
  remove(name: string): Promise<void>;
  setAside(name: string): Promise<void>;
}

/** On disk until the API has said 202: a camera that is cut off or killed loses none. */
export async function openSpool(folder: string): Promise<Spool> {
  await mkdir(folder, { recursive: true });
  let sequence = 0;
  return {
    async add(id, body) {
      sequence += 1;
      const name = `${Date.now()}-${String(sequence).padStart(6, '0')}-${id.replace(/[^A-Za-z0-9-]/g, '-')}.json`;
      await writeFile(join(folder, `${name}.new`), JSON.stringify(body), { flush: true });
      await rename(join(folder, `${name}.new`), join(folder, name));
    },
    list: async () => (await readdir(folder)).filter((name) => name.endsWith('.json')).sort(),
    read: (name) => readFile(join(folder, name), 'utf8'),
    remove: (name) => rm(join(folder, name), { force: true }),
    setAside: (name) => rename(join(folder, name), join(folder, `${name}.refused`)),
  };
}

export interface Delivery {
  spool: Spool;
  api: Api;
  path: string;
  /** For the log: "a detection". */
  what: string;
  signal: AbortSignal;
  logger: DetectorLogger;
}

/** In order, each until it is accepted; one that the API refuses for good is set aside where a person can find it. */
export async function deliverSpool({ spool, api, path, what, signal, logger }: Delivery): Promise<void> {
  let pauseMs = 100;
  while (!signal.aborted) {
    const [next] = await spool.list();
    if (next === undefined) {
      await delay(50);
      continue;
    }
    try {
      const response = await request(api, 'POST', path, await spool.read(next));
      if (response.status === 202) {
        await response.arrayBuffer();
        await spool.remove(next);
        pauseMs = 100;
        continue;
      }
      const detail = await response.text();
      if ([400, 413, 422].includes(response.status)) {
        logger.error(
          { status: response.status, detail, file: `${next}.refused` },
          `${what} was refused for good and is set aside`,
        );
        await spool.setAside(next);
        continue;
      }
      logger.warn({ status: response.status, detail }, `the API did not take ${what} yet`);
    } catch (error) {
      logger.warn({ error }, `${what} could not be delivered yet and waits on disk`);
    }
    await delay(pauseMs);
    pauseMs = Math.min(5_000, pauseMs * 2);
  }
}

const batchEveryMs = 1_000;
const maxBatch = 200;
/** An hour of a lane that never rests; what is older says little about the clocks of now. */
const maxWaitingBatches = 3_600;

export interface CrossingBatches {
  add(crossing: Crossing): void;
  /** Puts what was collected on disk; nothing is left in memory when it returns. */
  flush(): Promise<void>;
  /** Goes on until the signal aborts, then puts the rest on disk. */
  running: Promise<void>;
}

/**
 * Collects crossings and puts them into the spool in batches, every second or as soon as there are enough: a camera that
 * is killed loses a second of them, and one that is cut off for long drops the oldest and says so. Never waited for.
 */
export function batchCrossings(
  spool: Spool,
  { signal, logger, everyMs = batchEveryMs, maxWaiting = maxWaitingBatches }: BatchOptions,
): CrossingBatches {
  let collected: Crossing[] = [];
  let writing = Promise.resolve();
  const flush = () => {
    const all = collected;
    collected = [];
    if (all.length > 0) writing = writing.then(() => write(all));
    return writing;
  };
  const write = async (all: Crossing[]) => {
    for (let from = 0; from < all.length; from += maxBatch) {
      const batch = all.slice(from, from + maxBatch);
      try {
        await makeRoom(spool, maxWaiting, logger);
        await spool.add('crossings', batch);
      } catch (error) {
        logger.error({ error, dropped: batch.length }, 'crossings could not be put on disk and are lost');
      }
    }
  };
  const running = (async () => {
    while (!signal.aborted) {
      await delay(everyMs, undefined, { signal }).catch(() => undefined);
      await flush();
    }
  })();
  return {
    add(crossing) {
      collected.push(crossing);
      if (collected.length >= maxBatch) void flush();
    },
    flush,
    running,
  };
}

interface BatchOptions {
  signal: AbortSignal;
  logger: DetectorLogger;
  everyMs?: number;
  maxWaiting?: number;
}

/** The first one may be on its way to the API at this very moment; the next oldest makes room. */
async function makeRoom(spool: Spool, maxWaiting: number, logger: BatchOptions['logger']): Promise<void> {
  const waiting = await spool.list();
  const dropped = waiting.slice(1, 1 + Math.max(0, waiting.length + 1 - maxWaiting));
  for (const name of dropped) await spool.remove(name);
  if (dropped.length > 0)
    logger.warn(
      { dropped: dropped.length, maxWaiting },
      'the API is away for too long; the oldest crossings are dropped',
    );
}
