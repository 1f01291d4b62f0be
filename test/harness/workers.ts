import { type NativeConnection, Worker } from '@temporalio/worker';
import { createIncidentActivities, type IncidentDependencies } from '../../activities/incident.ts';
import { createMediaActivities } from '../../activities/media.ts';
import { createEvidenceRecordActivities } from '../../activities/media-record.ts';
import { createAtOnceActivities, createNotifyActivities } from '../../activities/notify.ts';
import { createPacketActivities } from '../../activities/packet.ts';
import { createRedactionActivities } from '../../activities/redact.ts';
import type { Finder } from '../../activities/redact-clip.ts';
import { createRedactionRecordActivities } from '../../activities/redact-record.ts';
import { createRunbookActivities } from '../../activities/runbook.ts';
import { createShareActivities } from '../../activities/share.ts';
import type { Ed25519Signer } from '../../adapters/crypto/signer.ts';
import type { DeviceClient } from '../../adapters/mqtt/device-client.ts';
import type { openEvidenceStore } from '../../adapters/objects/evidence-store.ts';
import type { openPacketStore } from '../../adapters/objects/packet-store.ts';
import { type PayloadCipher, withCipher } from '../../adapters/temporal/payload-codec.ts';
import { MODELS } from '../../detectors/models/manifest.ts';
import { packetTools } from '../../workers/packet-tools.ts';
import { incidentQueue, mediaQueue, notifyQueue } from '../../workflows/contracts.ts';
import { packetQueue } from '../../workflows/packet-contracts.ts';
import { redactionQueue } from '../../workflows/redaction-contracts.ts';
import { runbookQueue } from '../../workflows/runbook-contracts.ts';
import { shareQueue } from '../../workflows/share-contracts.ts';
import type { TestEngines } from '../engines.setup.ts';
import type { TestDatabase } from './database.ts';
import { testSharing } from './sharing.ts';

export interface TestWorkers {
  engines: TestEngines;
  connection: NativeConnection;
  namespace: string;
  workflowBundle: { codePath: string };
  cipher: PayloadCipher;
  dependencies: IncidentDependencies;
  objects: ReturnType<typeof openEvidenceStore>;
  packetStore: ReturnType<typeof openPacketStore>;
  signer: Ed25519Signer;
  webhookSecretKey: string;
  devices: DeviceClient;
  estate: TestDatabase['estate'];
  ringDir: string;
  /** False: nobody gathers clips and nobody masks them. */
  media: boolean;
  /** Who finds people in clips that are to be masked; default nobody, as without models. */
  finder?: Finder | undefined;
  onError(error: unknown, about: unknown): void;
}

/** Every worker of an installation in this process, not yet running. */
export function createTestWorkers(given: TestWorkers): Promise<Worker[]> {
  const { engines, connection, namespace, workflowBundle, cipher, dependencies, objects, packetStore } = given;
  const { db, now } = dependencies;
  const common = { connection, namespace, shutdownGraceTime: '1s', ...withCipher(cipher) } as const;
  const storeId = given.estate.stores[0]!.id;
  const ffmpeg = { ffmpegPath: engines.ffmpegPath, ffprobePath: engines.ffprobePath };
  const filming = createMediaActivities({
    db,
    now,
    objects,
    ffmpeg,
    ringDir: given.ringDir,
    closingAllowanceMs: 1_500,
  });
  const masking = createRedactionActivities({
    ...{ db, now, objects, ffmpeg },
    openFinder: async () => given.finder ?? MODELS.yoloxNano,
    onError: (error) => given.onError(error, 'redaction'),
  });
  const texting = { ...dependencies, giveUpAfterMs: 20_000 };
  return Promise.all([
    Worker.create({
      ...common,
      taskQueue: incidentQueue,
      workflowBundle,
      activities: {
        ...createIncidentActivities(dependencies),
        ...createAtOnceActivities(texting),
        ...createRedactionRecordActivities({ db, now }),
        ...createEvidenceRecordActivities({ db, now }),
      },
      stickyQueueScheduleToStartTimeout: '1s',
    }),
    Worker.create({
      ...common,
      taskQueue: notifyQueue,
      activities: createNotifyActivities(texting),
    }),
    Worker.create({
      ...common,
      taskQueue: runbookQueue,
      activities: createRunbookActivities({ db, now, devices: given.devices }),
    }),
    Worker.create({
      ...common,
      taskQueue: packetQueue,
      activities: createPacketActivities({
        db,
        now,
        store: packetStore,
        signer: given.signer,
        tools: packetTools(null),
      }),
    }),
    Worker.create({
      ...common,
      taskQueue: shareQueue,
      activities: createShareActivities({
        ...{
          db,
          now,
          store: packetStore,
          signer: given.signer,
          random: Math.random,
          secretKey: given.webhookSecretKey,
        },
        ...testSharing,
      }),
    }),
    ...(given.media
      ? [
          Worker.create({ ...common, taskQueue: mediaQueue(given.estate.tenantId, storeId), activities: filming }),
          Worker.create({
            ...common,
            taskQueue: redactionQueue(given.estate.tenantId, storeId),
            activities: masking,
          }),
        ]
      : []),
  ]);
}
