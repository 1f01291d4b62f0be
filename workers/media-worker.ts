import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { createMediaActivities } from '../activities/media.ts';
import { createRedactionActivities } from '../activities/redact.ts';
import { withCipher } from '../adapters/temporal/payload-codec.ts';
import { mediaQueue } from '../workflows/contracts.ts';
import { redactionQueue } from '../workflows/redaction-contracts.ts';
import { openWorkerRuntime, runWorkers } from './runtime.ts';

/** Waiting for a post-roll costs nothing; cutting does, and ffmpeg has its own threads. */
const concurrentClips = 24;
/** More would wait for each other by spinning, at the cost of the clips that are being secured. */
const inferenceThreads = 1;

/** Entry point: cuts and stores clips of one store, where its recordings lie. A process of its own, as ffmpeg is heavy. */
export async function runMediaWorker(store: { tenantId: string; storeId: string }): Promise<void> {
  const runtime = await openWorkerRuntime('media-worker');
  const { config } = runtime;
  const db = runtime.openDatabase(8);
  const shared = {
    db,
    now: runtime.now,
    objects: await runtime.openObjects(),
    ffmpeg: { ffmpegPath: config.FFMPEG_PATH, ffprobePath: config.FFPROBE_PATH },
  };
  const common = {
    connection: runtime.connection,
    namespace: config.TEMPORAL_NAMESPACE,
    shutdownGraceTime: '10s',
    shutdownForceTime: '20s',
    ...withCipher(runtime.payloadCipher(db)),
  } as const;
  const clips = await Worker.create({
    ...common,
    taskQueue: mediaQueue(store.tenantId, store.storeId),
    activities: createMediaActivities({
      ...shared,
      ringDir: join(config.FLOORWALKER_DATA, 'ring', store.storeId),
      closingAllowanceMs: 6_000,
    }),
    maxConcurrentActivityTaskExecutions: concurrentClips,
  });
  const masking = await Worker.create({
    ...common,
    taskQueue: redactionQueue(store.tenantId, store.storeId),
    activities: createRedactionActivities({
      ...shared,
      openFinder: async () => {
        // Loaded when there is something to look for: a worker that was killed is back sooner without it.
        const { PeopleFinder } = await import('../detectors/redaction/people-finder.ts');
        const { FLOORWALKER_MODELS: modelsDir } = config;
        return PeopleFinder.open(modelsDir === undefined ? {} : { modelsDir }, inferenceThreads);
      },
      onError: (error) => runtime.logger.error({ error }, 'a model for masking clips cannot be used'),
    }),
    maxConcurrentActivityTaskExecutions: 1,
  });
  await runWorkers(runtime, [clips, masking], () => db.close());
}
