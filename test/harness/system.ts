import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
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
import { generateSigningKeyPem, keyRing, openSigner, verifySignature } from '../../adapters/crypto/signer.ts';
import { openDeviceClient } from '../../adapters/mqtt/device-client.ts';
import { openEvidenceStore } from '../../adapters/objects/evidence-store.ts';
import { openPacketStore } from '../../adapters/objects/packet-store.ts';
import { renderPdf } from '../../adapters/pdf/render.ts';
import { dayFileReaders } from '../../adapters/pos/readers.ts';
import { listen } from '../../adapters/postgres/listen.ts';
import { engineOf, type IncidentEngine } from '../../adapters/temporal/engine.ts';
import { createPayloadCipher, type PayloadCipher, withCipher } from '../../adapters/temporal/payload-codec.ts';
import { createCarrierClient } from '../../adapters/twilio/client.ts';
import { verifyTwilioSignature } from '../../adapters/twilio/signature.ts';
import { menuTwiml, messageTwiml, sayTwiml } from '../../adapters/twilio/twiml.ts';
import type { Carrier } from '../../adapters/twilio/types.ts';
import { openZip } from '../../adapters/zip/write.ts';
import { createApp } from '../../api/app.ts';
import type { ApiDependencies } from '../../api/deps.ts';
import { createDispatcher, type Dispatcher, orderListener, runSweeps } from '../../api/dispatcher.ts';
import { createLiveEvents, type LiveEvent } from '../../api/live.ts';
import { witnessFinder } from '../../api/witness.ts';
import { MODELS } from '../../detectors/models/manifest.ts';
import { signHead } from '../../domain/audit-head.ts';
import { defaultPolicy, type Policy, quietNothing } from '../../domain/policy.ts';
import type { Role } from '../../domain/types.ts';
import { findPayloadSalt } from '../../services/payload-keys/find.ts';
import { startCarrier } from '../../stack/carrier/server.ts';
import { packetTools } from '../../workers/packet-tools.ts';
import { workflowBundle } from '../../workers/workflow-bundle.ts';
import {
  correctionWorkflowType,
  incidentQueue,
  incidentWorkflowType,
  mediaQueue,
  notifyQueue,
} from '../../workflows/contracts.ts';
import { evidenceWorkflowType } from '../../workflows/evidence-contracts.ts';
import { packetQueue, packetWorkflowType } from '../../workflows/packet-contracts.ts';
import { redactionQueue, redactionWorkflowType } from '../../workflows/redaction-contracts.ts';
import { runbookQueue, runbookWorkflowType } from '../../workflows/runbook-contracts.ts';
import { shareQueue, sharingNames } from '../../workflows/share-contracts.ts';
import type { TestEngines } from '../engines.setup.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { createNamespace } from './namespace.ts';
import { testSending } from './sending.ts';
import { testSharing } from './sharing.ts';
import './quiet-runtime.ts';

/** Seconds instead of minutes, so that a story with timeouts fits into a test. */
export const fastPolicy: Policy = {
  ...defaultPolicy,
  posWindow: { beforeMs: 1_000, afterMs: 1_000, feedStaleAfterMs: 60_000 },
  mergeWindowMs: 500,
  evidence: { preRollMs: 1_000, postRollMs: 1_000, graceMs: 1_000, giveUpAfterMs: 20_000 },
  noise: quietNothing,
  escalation: [
    { role: 'store_staff', timeoutMs: 3_000 },
    { role: 'store_manager', timeoutMs: 3_000 },
  ],
};

export interface Phone {
  /** Texts to this phone, oldest first. */
  texts(): Promise<{ sid: string; body: string; at: string; status: string }[]>;
  /** Waits for the next text that has not been waited for; fails after `withinMs`. */
  expectText(pattern: RegExp, withinMs?: number): Promise<{ sid: string; body: string; at: string }>;
  /** Texts that nobody has waited for. */
  unexpected(): Promise<string[]>;
  reply(body: string): Promise<void>;
}

export interface TestSystem {
  baseUrl: string;
  carrierUrl: string;
  carrierToken: string;
  database: TestDatabase;
  deps: ApiDependencies;
  carrier: Carrier;
  engine: IncidentEngine;
  dispatcher: Dispatcher;
  client: Client;
  cipher: PayloadCipher;
  ringDir: string;
  objects: ReturnType<typeof openEvidenceStore>;
  namespace: string;
  errors: { error: unknown; about: unknown }[];
  /** The body is JSON where the answer says so, else text; name its type from the generated schemas. */
  api<Body = Record<string, unknown>>(
    role: Role | null,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; headers: Headers; body: Body }>;
  carrierControl(path: string, init?: RequestInit): Promise<unknown>;
  phone(number: string): Phone;
  /** Stops and restarts the worker, as a deployment or a crash would. */
  restartWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  close(): Promise<void>;
}

export interface SystemOptions {
  policy?: Policy;
  /** Default all. Without the worker, workflows start and wait. */
  worker?: boolean;
  media?: boolean;
  /** The built console, for tests in a browser; default none. */
  consoleDir?: string;
  /** Who finds people in clips that are to be masked; default nobody, as without models. */
  finder?: Finder;
}

export const carrierAccount = { accountSid: `AC${'0'.repeat(31)}7`, publicNumber: '+447700900000' } as const;
const { accountSid, publicNumber } = carrierAccount;

/** API, dispatcher, worker and carrier in this process, on the real engines, with a database and a namespace of their own. */
export async function startTestSystem(engines: TestEngines, options: SystemOptions = {}): Promise<TestSystem> {
  const closers: (() => Promise<unknown>)[] = [];
  const errors: TestSystem['errors'] = [];
  const log = (error: unknown, about: unknown) => errors.push({ error, about });
  const database = await createTestDatabase(engines.databaseAdminUrl, { policy: options.policy ?? fastPolicy });
  closers.push(() => database.drop());
  const work = await mkdtemp(join(tmpdir(), 'floorwalker-system-'));
  closers.push(() => rm(work, { recursive: true, force: true }));
  const now = () => new Date().toISOString();
  const carrierToken = randomBytes(16).toString('hex');

  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const baseUrl = `http://127.0.0.1:${address.port}`;
  const carrierServer = await startCarrier({
    port: 0,
    dataDir: join(work, 'carrier'),
    accountSid,
    authToken: carrierToken,
    webhookBaseUrl: baseUrl,
    publicNumber,
  });
  closers.push(() => carrierServer.stop());

  const connection = await Connection.connect({ address: engines.temporalAddress });
  closers.push(() => connection.close());
  const namespace = await createNamespace(connection);
  const cipher = createPayloadCipher({
    masters: ['a master key of the tests, and of nothing else'],
    findSalt: (incident) => findPayloadSalt(database.db, incident),
  });
  const client = new Client({ connection, namespace, ...withCipher(cipher) });
  const engine = engineOf(client, connection, {
    ...{
      incidentQueue,
      incidentWorkflowType,
      correctionWorkflowType,
      redactionWorkflowType,
      evidenceWorkflowType,
      runbookWorkflowType,
    },
    packetWorkflowType,
    sharing: sharingNames,
  });
  const { db } = database;
  const bucket = { ...engines.s3, bucket: `test-${randomBytes(6).toString('hex')}`, region: 'us-east-1' };
  const objects = openEvidenceStore(bucket);
  const packetStore = openPacketStore(bucket);
  await objects.ensureBucket();
  const dispatcher = createDispatcher({ db, engine, now, onError: log });
  const signer = openSigner(generateSigningKeyPem());
  const keys = keyRing(signer, []);
  const live = createLiveEvents();
  const listener = listen({
    url: database.appUrl,
    channel: 'floorwalker_incident',
    onMessage: (payload) => live.publish(JSON.parse(payload) as LiveEvent),
    onError: (error) => log(error, 'listen'),
  });
  const orders = listen({
    url: database.appUrl,
    channel: 'floorwalker_order',
    onMessage: orderListener(dispatcher, log),
    onError: (error) => log(error, 'listen'),
  });
  const deps: ApiDependencies = {
    mode: 'development',
    checksAnswers: true,
    ...{ db, engine, dispatcher, objects, live, now, log, messageTwiml, menuTwiml, sayTwiml },
    publicUrl: baseUrl,
    carrierTokens: [carrierToken],
    webhookSecretKey: 'a key of the tests only',
    verifySignature: verifyTwilioSignature,
    findWitnesses: witnessFinder({ objects, keys, verify: verifySignature, readFile: null }),
    signing: { keys, signHead: (head) => signHead(signer, head) },
    consoleDir: options.consoleDir ?? null,
    packets: { store: packetStore, producerVersion: '0.0.0-test', signingPublicKeyPem: signer.publicKeyPem },
    rights: { openZip, renderPdf },
    dayFileReaders,
    simulator: { carrierUrl: carrierServer.url, keys: database.keys },
    brokerReady: () => true,
  };
  server.on('request', createApp(deps));
  const sweeping = new AbortController();
  const sweeps = runSweeps(dispatcher, { everyMs: 500, signal: sweeping.signal, onError: log });

  const carrier = createCarrierClient({
    ...{ accountSid, authToken: carrierToken, from: publicNumber },
    ...{ apiBaseUrl: carrierServer.url, timeoutMs: 1_500 },
  });
  const ringDir = join(work, 'ring');
  const native = await NativeConnection.connect({ address: engines.temporalAddress });
  const dependencies: IncidentDependencies = {
    db,
    now,
    carrier,
    ...testSending,
    publicUrl: baseUrl,
    settleMs: 2_500,
    links: { publicUrl: baseUrl, linkSecret: 'a secret of the tests only' },
    objects,
  };
  const devices = openDeviceClient({
    url: engines.mqttUrl,
    clientId: `devices-${randomBytes(6).toString('hex')}`,
    onError: (error) => log(error, 'devices'),
  });
  closers.push(() => devices.close());
  const bundle =
    options.worker === false ? undefined : await workflowBundle(join(tmpdir(), 'floorwalker-test-bundles'));
  let stopWorkers: (() => Promise<void>) | undefined;
  const startWorkers = async () => {
    if (!bundle) return;
    const common = { connection: native, namespace, shutdownGraceTime: '1s', ...withCipher(cipher) } as const;
    const storeId = database.estate.stores[0]!.id;
    const ffmpeg = { ffmpegPath: engines.ffmpegPath, ffprobePath: engines.ffprobePath };
    const media = createMediaActivities({ db, now, objects, ffmpeg, ringDir, closingAllowanceMs: 1_500 });
    const masking = createRedactionActivities({
      ...{ db, now, objects, ffmpeg },
      openFinder: async () => options.finder ?? MODELS.yoloxNano,
      onError: (error) => log(error, 'redaction'),
    });
    const texting = { ...dependencies, giveUpAfterMs: 20_000 };
    const workers = await Promise.all([
      Worker.create({
        ...common,
        taskQueue: incidentQueue,
        workflowBundle: bundle,
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
        activities: createRunbookActivities({ db, now, devices }),
      }),
      Worker.create({
        ...common,
        taskQueue: packetQueue,
        activities: createPacketActivities({ db, now, store: packetStore, signer, tools: packetTools(null) }),
      }),
      Worker.create({
        ...common,
        taskQueue: shareQueue,
        activities: createShareActivities({
          ...{ db, now, store: packetStore, signer, random: Math.random, secretKey: deps.webhookSecretKey },
          ...testSharing,
        }),
      }),
      ...(options.media === false
        ? []
        : [
            Worker.create({ ...common, taskQueue: mediaQueue(database.estate.tenantId, storeId), activities: media }),
            Worker.create({
              ...common,
              taskQueue: redactionQueue(database.estate.tenantId, storeId),
              activities: masking,
            }),
          ]),
    ]);
    const runs = workers.map((worker) => worker.run());
    stopWorkers = async () => {
      for (const worker of workers) worker.shutdown();
      await Promise.all(runs);
      stopWorkers = undefined;
    };
  };
  await startWorkers();

  const carrierControl: TestSystem['carrierControl'] = async (path, init = {}) => {
    const response = await fetch(new URL(path, carrierServer.url), {
      ...init,
      headers: { 'content-type': 'application/json', 'x-floorwalker-simulator': '1' },
    });
    if (!response.ok) throw new Error(`the carrier answered ${response.status} to ${path}: ${await response.text()}`);
    const text = await response.text();
    return text === '' ? null : JSON.parse(text);
  };
  return {
    ...{
      baseUrl,
      carrierUrl: carrierServer.url,
      deps,
      carrier,
      carrierToken,
      database,
      engine,
      dispatcher,
      client,
      cipher,
      ringDir,
      objects,
      namespace,
      errors,
      carrierControl,
    },
    async api<Body>(
      role: Role | null,
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ) {
      const auth: Record<string, string> = role === null ? {} : { authorization: `Bearer ${database.keys[role]}` };
      const content: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
      const response = await fetch(new URL(path, baseUrl), {
        method,
        headers: { ...auth, ...content, ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const json = response.headers.get('content-type')?.includes('json') ?? false;
      return { status: response.status, headers: response.headers, body: (json ? JSON.parse(text) : text) as Body };
    },
    phone: (number) => openPhone(number, carrierControl),
    async restartWorker() {
      await stopWorkers?.();
      await startWorkers();
    },
    async stopWorker() {
      await stopWorkers?.();
    },
    async close() {
      sweeping.abort();
      await sweeps;
      await stopWorkers?.();
      await native.close();
      live.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await orders.close();
      await listener.close();
      for (const close of closers.reverse()) await close();
    },
  };
}

export function openPhone(number: string, control: TestSystem['carrierControl']): Phone {
  let seen = 0;
  const texts = async () => {
    const { phones } = (await control('/phones')) as {
      phones: {
        number: string;
        messages: { sid: string; direction: string; body: string; at: string; status: string }[];
      }[];
    };
    return (
      phones.find((phone) => phone.number === number)?.messages.filter(({ direction }) => direction === 'to_phone') ??
      []
    );
  };
  return {
    texts,
    async expectText(pattern, withinMs = 10_000) {
      const untilMs = Date.now() + withinMs;
      for (;;) {
        const next = (await texts())[seen];
        if (next) {
          seen += 1;
          if (!pattern.test(next.body)) throw new Error(`the phone got "${next.body}", expected ${pattern}`);
          return next;
        }
        if (Date.now() > untilMs) throw new Error(`no text like ${pattern} within ${withinMs} ms`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    unexpected: async () => (await texts()).slice(seen).map(({ body }) => body),
    async reply(body) {
      await control(`/phones/${encodeURIComponent(number)}/messages`, {
        method: 'POST',
        body: JSON.stringify({ body }),
      });
    },
  };
}

/** Asks until `look` returns something, and fails with the last answer. */
export async function eventually<T>(look: () => Promise<T | undefined | false>, withinMs = 10_000): Promise<T> {
  const untilMs = Date.now() + withinMs;
  for (;;) {
    const answer = await look();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > untilMs) throw new Error(`not so within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
