import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client, Connection, ScheduleAlreadyRunning } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { PacketActivities } from '../activities/contracts.ts';
import { createIncidentActivities, type IncidentDependencies } from '../activities/incident.ts';
import { createAtOnceActivities, createNotifyActivities } from '../activities/notify.ts';
import { createPacketActivities } from '../activities/packet.ts';
import { createRedactionRecordActivities } from '../activities/redact-record.ts';
import { createRunbookActivities } from '../activities/runbook.ts';
import { openSigner } from '../adapters/crypto/signer.ts';
import { openDeviceClient } from '../adapters/mqtt/device-client.ts';
import { openPacketStore } from '../adapters/objects/packet-store.ts';
import { openMailer } from '../adapters/smtp/mailer.ts';
import { createCarrierClient } from '../adapters/twilio/client.ts';
import { incidentQueue, notifyQueue, sweepScheduleId, sweepWorkflowType } from '../workflows/contracts.ts';
import { packetQueue } from '../workflows/packet-contracts.ts';
import { runbookQueue } from '../workflows/runbook-contracts.ts';
import { openWorkerRuntime, runWorkers, type WorkerRuntime } from './runtime.ts';
import { workflowBundle } from './workflow-bundle.ts';

/** POST to the carrier is given up after this; its outcome is then unknown. */
export const carrierTimeoutMs = 3_000;
/** Longer than the POST timeout and the carrier's listing lag together. */
export const carrierSettleMs = 5_500;
const mailTimeoutMs = 10_000;
const notifyGiveUpAfterMs = 40_000;
const witnessLockMs = 400 * 24 * 3_600_000;

/** Entry point: workflows, their short activities, and the texts. */
export async function runIncidentWorker(): Promise<void> {
  const runtime = await openWorkerRuntime('incident-worker');
  const { config, logger, now } = runtime;
  const db = runtime.openDatabase(8);
  const carrier = createCarrierClient({
    accountSid: config.TWILIO_ACCOUNT_SID,
    authToken: config.TWILIO_AUTH_TOKEN.reveal(),
    from: config.TWILIO_FROM,
    apiBaseUrl: config.TWILIO_API_BASE_URL,
    timeoutMs: carrierTimeoutMs,
  });
  const mailer =
    config.SMTP_URL === undefined || config.SMTP_FROM === undefined
      ? null
      : openMailer({ url: config.SMTP_URL, from: config.SMTP_FROM, timeoutMs: mailTimeoutMs });
  const dependencies: IncidentDependencies = {
    db,
    now,
    carrier,
    mailer,
    messagesPerSecond: config.TWILIO_MESSAGES_PER_SECOND,
    ringTimeoutSeconds: config.FLOORWALKER_RING_SECONDS,
    publicUrl: config.PUBLIC_URL,
    settleMs: carrierSettleMs,
    links: { publicUrl: config.PUBLIC_URL, linkSecret: config.FLOORWALKER_LINK_SECRET.reveal() },
    objects: await runtime.openObjects(),
    signer: openSigner(config.FLOORWALKER_SIGNING_KEY.reveal()),
    witnessLockMs,
    onSweepError: (error, about) => logger.error({ error, ...about }, 'a part of the daily sweep failed'),
  };
  const devices =
    config.MQTT_URL === undefined
      ? null
      : openDeviceClient({
          url: config.MQTT_URL,
          clientId: `floorwalker-devices-${randomUUID()}`,
          onError: (error) => logger.warn({ error }, 'MQTT'),
        });
  const common = {
    connection: runtime.connection,
    namespace: config.TEMPORAL_NAMESPACE,
    shutdownGraceTime: '10s',
    shutdownForceTime: '20s',
  } as const;
  const texting = { ...dependencies, giveUpAfterMs: notifyGiveUpAfterMs };
  const incidents = await Worker.create({
    ...common,
    taskQueue: incidentQueue,
    workflowBundle: await workflowBundle(join(config.FLOORWALKER_DATA, 'cache')),
    activities: {
      ...createIncidentActivities(dependencies),
      ...createAtOnceActivities(texting),
      ...createRedactionRecordActivities({ db, now }),
    },
    maxCachedWorkflows: 600,
    // More at once take longer each, and after an outage longer than a task may take.
    maxConcurrentWorkflowTaskExecutions: 20,
    // After a restart everything is on the queue that is not sticky.
    nonStickyToStickyPollRatio: 0.5,
    maxConcurrentActivityTaskExecutions: 20,
    maxConcurrentLocalActivityExecutions: 20,
    stickyQueueScheduleToStartTimeout: '1s',
  });
  const texts = await Worker.create({
    ...common,
    taskQueue: notifyQueue,
    activities: createNotifyActivities(texting),
    maxConcurrentActivityTaskExecutions: 40,
  });
  const steps = await Worker.create({
    ...common,
    taskQueue: runbookQueue,
    activities: createRunbookActivities({ db, now, devices }),
    maxConcurrentActivityTaskExecutions: 200,
  });
  const packets = await Worker.create({
    ...common,
    taskQueue: packetQueue,
    activities: lazily(async () => {
      const { packetTools } = await import('./packet-tools.ts');
      return createPacketActivities({
        ...{ db, now, signer: dependencies.signer, tools: packetTools(config.FLOORWALKER_TSA_URL ?? null) },
        store: openPacketStore(runtime.bucket),
      });
    }),
    // Each reads, hashes and writes at the speed of the disk.
    maxConcurrentActivityTaskExecutions: 2,
  });
  await ensureSweepSchedule(runtime);
  await runWorkers(runtime, [incidents, texts, steps, packets], async () => {
    mailer?.close();
    await devices?.close();
    await db.close();
  });
}

/** PDF, zip and time stamps are loaded for the first packet: a worker that starts again has people waiting. */
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

/**
 * One schedule for the whole installation; the first start also sweeps at once, so that a young log has a witness too.
 * Later starts leave it alone: a night that was missed is caught up by the schedule, and a sweep beside a recovery costs
 * the people who are waiting.
 */
async function ensureSweepSchedule(runtime: WorkerRuntime): Promise<void> {
  const connection = await Connection.connect({ address: runtime.config.TEMPORAL_ADDRESS });
  try {
    const client = new Client({ connection, namespace: runtime.config.TEMPORAL_NAMESPACE });
    await client.schedule.create({
      scheduleId: sweepScheduleId,
      spec: { calendars: [{ hour: 3, minute: 30 }], jitter: '10m' },
      action: { type: 'startWorkflow', workflowType: sweepWorkflowType, taskQueue: incidentQueue },
      policies: { overlap: 'SKIP', catchupWindow: '24h' },
      state: { triggerImmediately: true },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  } finally {
    await connection.close();
  }
}
