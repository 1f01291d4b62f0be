import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { createMediaActivities } from '../activities/media.ts';
import { mediaQueue } from '../workflows/contracts.ts';
import { openWorkerRuntime, runWorkers } from './runtime.ts';

/** Waiting for a post-roll costs nothing; cutting does, and ffmpeg has its own threads. */
const concurrentClips = 24;

/** Entry point: cuts and stores clips of one store, where its recordings lie. A process of its own, as ffmpeg is heavy. */
export async function runMediaWorker(store: { tenantId: string; storeId: string }): Promise<void> {
  const runtime = await openWorkerRuntime('media-worker');
  const { config } = runtime;
  const db = runtime.openDatabase(8);
  const worker = await Worker.create({
    connection: runtime.connection,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue: mediaQueue(store.tenantId, store.storeId),
    activities: createMediaActivities({
      db,
      now: runtime.now,
      objects: await runtime.openObjects(),
      ffmpeg: { ffmpegPath: config.FFMPEG_PATH, ffprobePath: config.FFPROBE_PATH },
      ringDir: join(config.FLOORWALKER_DATA, 'ring', store.storeId),
      closingAllowanceMs: 6_000,
    }),
    maxConcurrentActivityTaskExecutions: concurrentClips,
    shutdownGraceTime: '10s',
    shutdownForceTime: '20s',
  });
  await runWorkers(runtime, [worker], () => db.close());
}
