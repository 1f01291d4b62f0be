import { createServer, type Server } from 'node:http';
import { DefaultLogger, NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import { type Logger, openLogger } from '../adapters/logger/logger.ts';
import type { EvidenceStoreOptions } from '../adapters/objects/client.ts';
import { openEvidenceStore } from '../adapters/objects/evidence-store.ts';
import { openDatabase } from '../adapters/postgres/database.ts';
import { createPayloadCipher, type PayloadCipher } from '../adapters/temporal/payload-codec.ts';
import type { Config } from '../config/env.ts';
import { readConfigOrExit } from '../config/read.ts';
import { findPayloadSalt } from '../services/payload-keys/find.ts';

export interface WorkerRuntime {
  config: Config;
  logger: Logger;
  now: () => string;
  connection: NativeConnection;
  openDatabase(maxConnections: number): ReturnType<typeof openDatabase>;
  /** Encrypts what the engine keeps of incidents; null when no key is given. */
  payloadCipher(db: ReturnType<typeof openDatabase>): PayloadCipher | null;
  /** Where evidence is kept. */
  bucket: EvidenceStoreOptions;
  openObjects(): Promise<ReturnType<typeof openEvidenceStore>>;
}

export async function openWorkerRuntime(name: string): Promise<WorkerRuntime> {
  const config = readConfigOrExit();
  const logger = openLogger(name, config.FLOORWALKER_LOG_LEVEL);
  // One log, one format; the SDK's own chatter about states stays out of it.
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) =>
      logger[level === 'ERROR' ? 'error' : 'warn'](meta ?? {}, message),
    ),
  });
  const connection = await NativeConnection.connect({ address: config.TEMPORAL_ADDRESS });
  const bucket = {
    endpoint: config.S3_ENDPOINT,
    accessKey: config.S3_ACCESS_KEY,
    secretKey: config.S3_SECRET_KEY.reveal(),
    bucket: config.S3_BUCKET,
    region: config.S3_REGION,
    ...(config.S3_COLD_STORAGE_CLASS === undefined ? {} : { coldStorageClass: config.S3_COLD_STORAGE_CLASS }),
  };
  return {
    config,
    logger,
    bucket,
    now: () => new Date().toISOString(),
    connection,
    openDatabase: (maxConnections) =>
      openDatabase({
        url: config.DATABASE_URL,
        maxConnections,
        applicationName: name,
        onError: (error) => logger.warn({ error }, 'an idle database connection broke'),
      }),
    payloadCipher: (db) =>
      config.FLOORWALKER_PAYLOAD_KEY === undefined
        ? null
        : createPayloadCipher({
            masters: config.FLOORWALKER_PAYLOAD_KEY.reveal().split(','),
            findSalt: (incident) => findPayloadSalt(db, incident),
          }),
    async openObjects() {
      const objects = openEvidenceStore(bucket);
      await objects.ensureBucket();
      // Evidence without a working lock is no evidence: refuse to start.
      await objects.selfTest();
      return objects;
    },
  };
}

/** Runs workers until a signal stops them; the process ends when one of them fails, so that a supervisor restarts it. */
export async function runWorkers(
  runtime: WorkerRuntime,
  workers: readonly Worker[],
  close: () => Promise<void>,
): Promise<void> {
  const health = serveHealth(runtime, workers);
  runtime.logger.info({ queues: workers.map((worker) => worker.options.taskQueue) }, 'ready');
  try {
    await Promise.all(workers.map((worker) => worker.run()));
  } finally {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    health?.close();
    await close();
    await runtime.connection.close();
  }
}

/** For container health checks: 200 while every worker polls. */
function serveHealth({ config }: WorkerRuntime, workers: readonly Worker[]): Server | undefined {
  if (config.FLOORWALKER_HEALTH_PORT === undefined) return undefined;
  const server = createServer((_request, response) => {
    const ok = workers.every((worker) => worker.getState() === 'RUNNING');
    response.writeHead(ok ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify({ ok }));
  });
  return server.listen(config.FLOORWALKER_HEALTH_PORT, config.FLOORWALKER_HOST);
}
