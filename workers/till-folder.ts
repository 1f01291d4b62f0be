import { mkdir } from 'node:fs/promises';
import { z } from 'zod';
import { openLogger } from '../adapters/logger/logger.ts';
import { sendDayFile } from '../adapters/pos/send-day-file.ts';
import { watchDayFiles } from '../adapters/pos/watched-folder.ts';

const environmentSchema = z.object({
  FLOORWALKER_API_URL: z.url({ error: 'set it to the address of the API' }),
  FLOORWALKER_DEVICE_KEY: z.string({ error: 'set it to an API key of the role device' }).min(16),
  FLOORWALKER_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

const pollMs = 2_000;
/** A file that is still being written grows; one that has not for this long is whole. */
const settledMs = 5_000;
const longestPauseMs = 60_000;

/** Entry point: hands every day file that is put into the folder to the API, and sorts it into `done` or `failed`. */
export async function runTillFolder(options: {
  storeId: string;
  folder: string;
  mappingId: string | undefined;
}): Promise<void> {
  const env = environmentSchema.parse(process.env);
  const logger = openLogger('till-folder', env.FLOORWALKER_LOG_LEVEL);
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  await mkdir(options.folder, { recursive: true });
  logger.info({ storeId: options.storeId }, 'watching for day files');
  await watchDayFiles({
    ...{ folder: options.folder, pollMs, settledMs, longestPauseMs, signal: stopping.signal },
    send: (file) =>
      sendDayFile({
        ...{ apiUrl: env.FLOORWALKER_API_URL, key: env.FLOORWALKER_DEVICE_KEY, storeId: options.storeId },
        ...{ mappingId: options.mappingId, path: file.path, name: file.name, signal: stopping.signal },
      }),
    onEvent: ({ level, about, message }) => logger[level](about, message),
  });
}
