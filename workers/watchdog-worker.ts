import { createServer } from 'node:http';
import { openLogger } from '../adapters/logger/logger.ts';
import { openDatabase } from '../adapters/postgres/database.ts';
import { readConfigOrExit } from '../config/read.ts';
import { openMessaging } from './messaging.ts';
import { watchOverPeople } from './watchdog.ts';

/**
 * Entry point: tells people what the engine is late to tell them. A process of its own, without a connection to the
 * engine, so that neither the engine's death nor whatever keeps the workers busy reaches it. Several get along.
 */
export async function runWatchdog(): Promise<void> {
  const config = readConfigOrExit();
  const logger = openLogger('watchdog', config.FLOORWALKER_LOG_LEVEL);
  const db = openDatabase({
    url: config.DATABASE_URL,
    maxConnections: 10,
    applicationName: 'watchdog',
    onError: (error) => logger.warn({ error }, 'an idle database connection broke'),
  });
  const { close, ...messaging } = openMessaging(config);
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  const health =
    config.FLOORWALKER_HEALTH_PORT === undefined
      ? null
      : createServer((_request, response) => {
          response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
        }).listen(config.FLOORWALKER_HEALTH_PORT, config.FLOORWALKER_HOST);
  logger.info('ready');
  await watchOverPeople(
    {
      ...{ ...messaging, db, now: () => new Date().toISOString() },
      onError: (error, about) => logger.warn({ error, ...about }, 'somebody whom the engine is late to tell'),
    },
    stopping.signal,
  );
  health?.close();
  close();
  await db.close();
}
