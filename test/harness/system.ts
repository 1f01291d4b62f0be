import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { IncidentDependencies } from '../../activities/incident.ts';
import type { Finder } from '../../activities/redact-clip.ts';
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
import { signHead } from '../../domain/audit-head.ts';
import { defaultPolicy, type Policy, quietNothing } from '../../domain/policy.ts';
import type { Role } from '../../domain/types.ts';
import { findPayloadSalt } from '../../services/payload-keys/find.ts';
import { startCarrier } from '../../stack/carrier/server.ts';
import { workflowBundle } from '../../workers/workflow-bundle.ts';
import { correctionWorkflowType, incidentQueue, incidentWorkflowType } from '../../workflows/contracts.ts';
import { evidenceWorkflowType } from '../../workflows/evidence-contracts.ts';
import { packetWorkflowType } from '../../workflows/packet-contracts.ts';
import { redactionWorkflowType } from '../../workflows/redaction-contracts.ts';
import { runbookWorkflowType } from '../../workflows/runbook-contracts.ts';
import { sharingNames } from '../../workflows/share-contracts.ts';
import type { TestEngines } from '../engines.setup.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { createNamespace } from './namespace.ts';
import { type CarrierControl, openPhone, type Phone } from './phone.ts';
import { testSending } from './sending.ts';
import { createTestWorkers } from './workers.ts';
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
  carrierControl: CarrierControl;
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
    const workers = await createTestWorkers({
      ...{ engines, connection: native, namespace, workflowBundle: bundle, cipher, dependencies, objects, packetStore },
      ...{ signer, devices, ringDir, estate: database.estate, webhookSecretKey: deps.webhookSecretKey },
      ...{ media: options.media !== false, finder: options.finder, onError: log },
    });
    const runs = workers.map((worker) => worker.run());
    stopWorkers = async () => {
      for (const worker of workers) worker.shutdown();
      await Promise.all(runs);
      stopWorkers = undefined;
    };
  };
  await startWorkers();

  const carrierControl: CarrierControl = async (path, init = {}) => {
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

/** Asks until `look` returns something, and fails with the last answer. */
export async function eventually<T>(look: () => Promise<T | undefined | false>, withinMs = 30_000): Promise<T> {
  const untilMs = Date.now() + withinMs;
  for (;;) {
    const answer = await look();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > untilMs) throw new Error(`not so within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
