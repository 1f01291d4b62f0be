import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection, ScheduleAlreadyRunning } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { PacketActivities } from '../activities/contracts.ts';
import type { HistoryExportDependencies } from '../activities/history-export.ts';
import { createPacketActivities } from '../activities/packet.ts';
import { createShareActivities } from '../activities/share.ts';
import { createSweepActivities } from '../activities/sweep.ts';
import { openSigner } from '../adapters/crypto/signer.ts';
import { appendHead } from '../adapters/crypto/witness-file.ts';
import { openPacketStore } from '../adapters/objects/packet-store.ts';
import { createConnectors } from '../adapters/recipients/connectors.ts';
import { openHistorySource } from '../adapters/temporal/history.ts';
import { type PayloadCipher, withCipher } from '../adapters/temporal/payload-codec.ts';
import { createExchange } from '../adapters/webhooks/exchange.ts';
import { circuitRules } from '../domain/sharing/circuit.ts';
import { retryRules } from '../domain/sharing/pacing.ts';
import { incidentQueue, recordsQueue, sweepScheduleId, sweepWorkflowType } from '../workflows/contracts.ts';
import { packetQueue } from '../workflows/packet-contracts.ts';
import { shareQueue } from '../workflows/share-contracts.ts';
import { runHistoryExports } from './history-exports.ts';
import { runReconciliations } from './reconcile-loop.ts';
import { openWorkerRuntime, runWorkers, type WorkerRuntime } from './runtime.ts';

const recipientSilenceMs = 60_000;
const maxRecipientAnswerBytes = 64 * 1_024;
const historiesAfterMs = 5_000;
const historiesEveryMs = 10_000;
const reconciliationsEveryMs = 10_000;
const witnessLockMs = 400 * 24 * 3_600_000;

/**
 * Entry point: packets, shares, histories, sweeps and comparisons. They read and write much, and nobody in a shop waits
 * for them; whoever does wait is served by the incident worker, in another process.
 */
export async function runRecordsWorker(): Promise<void> {
  const runtime = await openWorkerRuntime('records-worker');
  const { config, logger, now } = runtime;
  const db = runtime.openDatabase(8);
  const objects = await runtime.openObjects();
  const signer = openSigner(config.FLOORWALKER_SIGNING_KEY.reveal());
  const cipher = runtime.payloadCipher(db);
  const witnessFile = config.FLOORWALKER_WITNESS_FILE;
  const common = {
    connection: runtime.connection,
    namespace: config.TEMPORAL_NAMESPACE,
    shutdownGraceTime: '10s',
    shutdownForceTime: '20s',
    ...withCipher(cipher),
  } as const;
  const sweeps = await Worker.create({
    ...common,
    taskQueue: recordsQueue,
    activities: createSweepActivities({
      ...{ db, now, objects, signer, witnessLockMs },
      ...(witnessFile === undefined ? {} : { keepHead: (head) => appendHead(witnessFile, head) }),
      onSweepError: (error, about) => logger.error({ error, ...about }, 'a part of the daily sweep failed'),
    }),
    maxConcurrentActivityTaskExecutions: 2,
  });
  const packets = await Worker.create({
    ...common,
    taskQueue: packetQueue,
    activities: lazily(async () => {
      const { packetTools } = await import('./packet-tools.ts');
      return createPacketActivities({
        ...{ db, now, signer, tools: packetTools(config.FLOORWALKER_TSA_URL ?? null) },
        store: openPacketStore(runtime.bucket),
      });
    }),
    // Each reads, hashes and writes at the speed of the disk.
    maxConcurrentActivityTaskExecutions: 2,
  });
  const shares = await Worker.create({
    ...common,
    taskQueue: shareQueue,
    activities: createShareActivities({
      ...{ db, now, signer, random: Math.random, store: openPacketStore(runtime.bucket) },
      secretKey: config.FLOORWALKER_LINK_SECRET.reveal(),
      connectors: createConnectors(
        createExchange({
          ...{ silenceMs: recipientSilenceMs, maxAnswerBytes: maxRecipientAnswerBytes },
          anyAddress: config.FLOORWALKER_MODE === 'development',
          ownHosts: [new URL(config.PUBLIC_URL).hostname],
        }),
      ),
      rules: { retry: retryRules, circuit: circuitRules },
    }),
    // Uploads take as long as the recipient takes; notices must still find a place beside them.
    maxConcurrentActivityTaskExecutions: 20,
  });
  await ensureSweepSchedule(runtime);
  const histories = keepHistories(runtime, { db, now, objects }, cipher);
  const comparing = new AbortController();
  const comparisons = runReconciliations(
    {
      ...{ db, now, store: objects.retention, signer },
      onError: (error, about) => logger.error({ error, ...about }, 'store and database could not be compared'),
    },
    { everyMs: reconciliationsEveryMs, signal: comparing.signal },
  );
  await runWorkers(runtime, [sweeps, packets, shares], async () => {
    await histories.stop();
    comparing.abort();
    await comparisons;
    await db.close();
  });
}

/** Exports the histories of closed incidents beside everything else; a worker that starts again has people waiting first. */
function keepHistories(
  { config, logger }: WorkerRuntime,
  deps: Pick<HistoryExportDependencies, 'db' | 'now' | 'objects'>,
  cipher: PayloadCipher | null,
): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const run = async () => {
    await delay(historiesAfterMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    if (stopping.signal.aborted) return;
    const connection = Connection.lazy({ address: config.TEMPORAL_ADDRESS });
    const client = new Client({ connection, namespace: config.TEMPORAL_NAMESPACE });
    await runHistoryExports(
      {
        ...{ ...deps, source: openHistorySource(client, cipher) },
        onError: (error, about) => logger.error({ error, ...about }, 'a history could not be exported'),
      },
      { everyMs: historiesEveryMs, signal: stopping.signal },
    );
    await connection.close();
  };
  const done = run();
  return {
    async stop() {
      stopping.abort();
      await done;
    },
  };
}

/** PDF, zip and time stamps are loaded for the first packet. */
function lazily(make: () => Promise<PacketActivities>): PacketActivities {
  let made: Promise<PacketActivities> | undefined;
  const packets = () => {
    made ??= make();
    return made;
  };
  return {
    buildPacket: async (input) => (await packets()).buildPacket(input),
    failPacket: async (input) => (await packets()).failPacket(input),
  };
}

/** Four times a day, so that nothing that is due waits for a day; a schedule of an earlier release gets the same times. */
const sweepHours = [3, 9, 15, 21];

/**
 * One schedule for the whole installation; the first start also sweeps at once, so that a young log has a witness too.
 * Later starts leave it alone: a night that was missed is caught up by the schedule, and a sweep beside a recovery costs
 * the people who are waiting.
 */
async function ensureSweepSchedule(runtime: WorkerRuntime): Promise<void> {
  const connection = await Connection.connect({ address: runtime.config.TEMPORAL_ADDRESS });
  const client = new Client({ connection, namespace: runtime.config.TEMPORAL_NAMESPACE });
  const spec = { calendars: [{ hour: sweepHours, minute: 30 }], jitter: '10m' };
  try {
    await client.schedule.create({
      scheduleId: sweepScheduleId,
      spec,
      action: { type: 'startWorkflow', workflowType: sweepWorkflowType, taskQueue: incidentQueue },
      policies: { overlap: 'SKIP', catchupWindow: '24h' },
      state: { triggerImmediately: true },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule
      .getHandle(sweepScheduleId)
      .update(({ spec: _before, ...schedule }) => ({ ...schedule, spec }));
  } finally {
    await connection.close();
  }
}
