import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { createIncidentActivities, type IncidentDependencies } from '../activities/incident.ts';
import { createEvidenceRecordActivities } from '../activities/media-record.ts';
import { createAtOnceActivities, createNotifyActivities } from '../activities/notify.ts';
import { createRedactionRecordActivities } from '../activities/redact-record.ts';
import { createRunbookActivities } from '../activities/runbook.ts';
import { openDeviceClient } from '../adapters/mqtt/device-client.ts';
import { openEvidenceStore } from '../adapters/objects/evidence-store.ts';
import { withCipher } from '../adapters/temporal/payload-codec.ts';
import { incidentQueue, notifyQueue } from '../workflows/contracts.ts';
import { runbookQueue } from '../workflows/runbook-contracts.ts';
import { openMessaging } from './messaging.ts';
import { openWorkerRuntime, runWorkers } from './runtime.ts';
import { workflowBundle } from './workflow-bundle.ts';

/** Entry point: workflows, their short activities, and the texts. */
export async function runIncidentWorker(): Promise<void> {
  const runtime = await openWorkerRuntime('incident-worker');
  const { config, logger, now } = runtime;
  const db = runtime.openDatabase(8);
  const { close: closeMessaging, ...messaging } = openMessaging(config);
  const texting = { ...messaging, db, now };
  const dependencies: IncidentDependencies = { ...texting, objects: openEvidenceStore(runtime.bucket) };
  const devices =
    config.MQTT_URL === undefined
      ? null
      : openDeviceClient({
          url: config.MQTT_URL,
          clientId: `floorwalker-devices-${randomUUID()}`,
          onError: (error) => logger.warn({ error }, 'MQTT'),
        });
  const cipher = runtime.payloadCipher(db);
  const common = {
    connection: runtime.connection,
    namespace: config.TEMPORAL_NAMESPACE,
    shutdownGraceTime: '10s',
    shutdownForceTime: '20s',
    ...withCipher(cipher),
  } as const;
  const incidents = await Worker.create({
    ...common,
    taskQueue: incidentQueue,
    workflowBundle: await workflowBundle(join(config.FLOORWALKER_DATA, 'cache')),
    activities: {
      ...createIncidentActivities(dependencies),
      ...createAtOnceActivities(texting),
      ...createRedactionRecordActivities({ db, now }),
      ...createEvidenceRecordActivities({ db, now }),
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
  await runWorkers(runtime, [incidents, texts, steps], async () => {
    closeMessaging();
    await devices?.close();
    await db.close();
  });
}
