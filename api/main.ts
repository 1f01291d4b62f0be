import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { keyRing, openSigner, verifySignature } from '../adapters/crypto/signer.ts';
import { readHeadLines } from '../adapters/crypto/witness-file.ts';
import { type KafkaIntake, type KafkaMessageOut, openKafkaIntake } from '../adapters/kafka/intake.ts';
import { type Logger, openLogger } from '../adapters/logger/logger.ts';
import { type MqttIntake, openMqttIntake } from '../adapters/mqtt/intake-client.ts';
import { openEvidenceStore } from '../adapters/objects/evidence-store.ts';
import { openPacketStore } from '../adapters/objects/packet-store.ts';
import { dayFileReaders } from '../adapters/pos/readers.ts';
import { openDatabase } from '../adapters/postgres/database.ts';
import { listen } from '../adapters/postgres/listen.ts';
import { openEngine } from '../adapters/temporal/engine.ts';
import { createPayloadCipher } from '../adapters/temporal/payload-codec.ts';
import { createCarrierClient } from '../adapters/twilio/client.ts';
import { verifyTwilioSignature } from '../adapters/twilio/signature.ts';
import { menuTwiml, messageTwiml, sayTwiml } from '../adapters/twilio/twiml.ts';
import { createWebhookPoster } from '../adapters/webhooks/post.ts';
import { openZip } from '../adapters/zip/write.ts';
import type { Config } from '../config/env.ts';
import { readConfigOrExit } from '../config/read.ts';
import { signHead } from '../domain/audit-head.ts';
import type { Role } from '../domain/types.ts';
import manifest from '../package.json' with { type: 'json' };
import { findPayloadSalt } from '../services/payload-keys/find.ts';
import { correctionWorkflowType, incidentQueue, incidentWorkflowType } from '../workflows/contracts.ts';
import { evidenceWorkflowType } from '../workflows/evidence-contracts.ts';
import { packetWorkflowType } from '../workflows/packet-contracts.ts';
import { redactionWorkflowType } from '../workflows/redaction-contracts.ts';
import { runbookWorkflowType } from '../workflows/runbook-contracts.ts';
import { sharingNames } from '../workflows/share-contracts.ts';
import { createApp } from './app.ts';
import { runAuditChain } from './audit-chain.ts';
import { runClockSweeps } from './clock-sweeps.ts';
import { runDeliveries } from './deliveries.ts';
import type { ApiDependencies } from './deps.ts';
import { createDispatcher, orderListener, runSweeps } from './dispatcher.ts';
import { createKafkaHandler, kafkaDeadLetter, kafkaTopics } from './kafka-intake.ts';
import { createLiveEvents, type LiveEvent } from './live.ts';
import { createMessageHandler, type MessageIntakeDependencies } from './message-intake.ts';
import { createMissedAnswers, runMissedAnswers } from './missed-answers.ts';
import { createMqttHandler, intakeTopics, mqttDeadLetter } from './mqtt-intake.ts';
import type { SimulatorOptions } from './routes/simulator.ts';
import { witnessFinder } from './witness.ts';

const consoleDir = fileURLToPath(new URL('../console/dist', import.meta.url));
const sweepEveryMs = 1_000;
const chainEveryMs = 250;
const clocksEveryMs = 60_000;
const missedAnswersEveryMs = 30_000;
const carrierTimeoutMs = 5_000;
const kafkaRetryMs = 5_000;
const brokerRetryMs = 1_000;
const drainMs = 8_000;
const webhooksEveryMs = 500;
const webhookTimeoutMs = 10_000;
const webhookLeaseMs = 30_000;
const maxWebhookAnswerBytes = 64 * 1_024;

/** Entry point: HTTP, webhooks, live stream and MQTT intake on the one port. Resolves when it has been told to stop. */
export async function runApi(): Promise<void> {
  const config = readConfigOrExit();
  const logger = openLogger('api', config.FLOORWALKER_LOG_LEVEL);
  const log = (error: unknown, about: Record<string, unknown>) => logger.error({ error, ...about }, 'request failed');
  const now = () => new Date().toISOString();
  const stopping = new AbortController();

  const db = openDatabase({
    url: config.DATABASE_URL,
    maxConnections: 12,
    applicationName: 'api',
    onError: (error) => logger.warn({ error }, 'an idle database connection broke'),
  });
  const engine = await openEngine({
    address: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    identity: 'api',
    cipher:
      config.FLOORWALKER_PAYLOAD_KEY === undefined
        ? null
        : createPayloadCipher({
            masters: config.FLOORWALKER_PAYLOAD_KEY.reveal().split(','),
            findSalt: (incident) => findPayloadSalt(db, incident),
          }),
    names: {
      incidentQueue,
      incidentWorkflowType,
      correctionWorkflowType,
      redactionWorkflowType,
      evidenceWorkflowType,
      runbookWorkflowType,
      packetWorkflowType,
      sharing: sharingNames,
    },
  });
  const dispatcher = createDispatcher({ db, engine, now, onError: log });
  const bucket = {
    endpoint: config.S3_ENDPOINT,
    accessKey: config.S3_ACCESS_KEY,
    secretKey: config.S3_SECRET_KEY.reveal(),
    bucket: config.S3_BUCKET,
    region: config.S3_REGION,
  };
  const objects = openEvidenceStore(bucket);
  await objects.ensureBucket();
  const live = createLiveEvents();
  const listener = listen({
    url: config.DATABASE_URL,
    channel: 'floorwalker_incident',
    onMessage: (payload) => live.publish(JSON.parse(payload) as LiveEvent),
    onError: (error) => logger.warn({ error }, 'the live channel broke and is opened again'),
  });
  const orders = listen({
    url: config.DATABASE_URL,
    channel: 'floorwalker_order',
    onMessage: orderListener(dispatcher, log),
    onError: (error) => logger.warn({ error }, 'the channel of orders broke and is opened again'),
  });

  let broker: MqttIntake | null = null;
  if (config.MQTT_URL !== undefined) {
    const handle = createMessageHandler({
      ...{ db, dispatcher, now, log, retryMs: brokerRetryMs, signal: stopping.signal },
      deadLetter: mqttDeadLetter(async (topic, letter) => broker?.publish(topic, letter)),
    });
    broker = openMqttIntake({
      url: config.MQTT_URL,
      clientId: 'floorwalker-api',
      topics: intakeTopics,
      onMessage: createMqttHandler(handle),
      onError: (error) => logger.warn({ error }, 'MQTT'),
    });
  }

  const kafka = openKafka(
    config,
    { db, dispatcher, now, log, retryMs: brokerRetryMs, signal: stopping.signal },
    logger,
  );

  const signer = openSigner(config.FLOORWALKER_SIGNING_KEY.reveal());
  const signingPublicKeyPem = signer.publicKeyPem;
  const keys = keyRing(signer, config.FLOORWALKER_RETIRED_KEYS);
  const witnessFile = config.FLOORWALKER_WITNESS_FILE;
  const deps: ApiDependencies = {
    mode: config.FLOORWALKER_MODE,
    checksAnswers: false,
    db,
    engine,
    dispatcher,
    objects,
    live,
    now,
    publicUrl: config.PUBLIC_URL,
    carrierTokens: [config.TWILIO_AUTH_TOKEN, config.TWILIO_AUTH_TOKEN_PREVIOUS].flatMap((token) =>
      token === undefined ? [] : [token.reveal()],
    ),
    webhookSecretKey: config.FLOORWALKER_LINK_SECRET.reveal(),
    verifySignature: verifyTwilioSignature,
    messageTwiml,
    menuTwiml,
    sayTwiml,
    findWitnesses: witnessFinder({
      ...{ objects, keys, verify: verifySignature },
      readFile: witnessFile === undefined ? null : () => readHeadLines(witnessFile),
    }),
    signing: { keys, signHead: (head) => signHead(signer, head) },
    packets: { store: openPacketStore(bucket), producerVersion: manifest.version, signingPublicKeyPem },
    // Setting type is loaded for the first letter.
    rights: { openZip, renderPdf: async (page) => (await import('../adapters/pdf/render.ts')).renderPdf(page) },
    dayFileReaders,
    consoleDir,
    simulator: simulatorOf(config),
    brokerReady: () => broker === null || broker.connected(),
    log,
  };
  // A day file takes as long as it takes; one whose sender falls silent is ended by its route.
  const server = createServer({ requestTimeout: 0 }, createApp(deps));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.FLOORWALKER_PORT, config.FLOORWALKER_HOST, resolve);
  });
  logger.info({ port: config.FLOORWALKER_PORT }, 'ready');
  const sweeps = runSweeps(dispatcher, { everyMs: sweepEveryMs, signal: stopping.signal, onError: log });
  const chain = runAuditChain(db, { everyMs: chainEveryMs, signal: stopping.signal, onError: log });
  const carrier = createCarrierClient({
    accountSid: config.TWILIO_ACCOUNT_SID,
    authToken: config.TWILIO_AUTH_TOKEN.reveal(),
    from: config.TWILIO_FROM,
    apiBaseUrl: config.TWILIO_API_BASE_URL,
    timeoutMs: carrierTimeoutMs,
  });
  const missed = runMissedAnswers(createMissedAnswers(deps, carrier), {
    everyMs: missedAnswersEveryMs,
    signal: stopping.signal,
    onError: log,
  });
  const clocks = runClockSweeps({ db, now, onError: log }, { everyMs: clocksEveryMs, signal: stopping.signal });
  const deliveries = runDeliveries(
    {
      ...{ db, now, random: Math.random, secretKey: config.FLOORWALKER_LINK_SECRET.reveal() },
      post: createWebhookPoster({
        timeoutMs: webhookTimeoutMs,
        maxAnswerBytes: maxWebhookAnswerBytes,
        anyAddress: config.FLOORWALKER_MODE === 'development',
        ownHosts: [new URL(config.PUBLIC_URL).hostname],
      }),
      onError: (error, about) => logger.error({ error, ...about }, 'a webhook could not be sent or noted'),
    },
    { everyMs: webhooksEveryMs, leaseMs: webhookLeaseMs, signal: stopping.signal },
  );

  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  logger.info('stopping');
  stopping.abort();
  await broker?.close();
  await kafka?.close();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), drainMs).unref();
    // Streams never end by themselves.
    live.close();
  });
  await sweeps;
  await chain;
  await deliveries;
  await clocks;
  await missed;
  await orders.close();
  await listener.close();
  await engine.close();
  await db.close();
}

/** Joins the consumer group when a Kafka is named; one that is away is waited for, beside everything else. */
function openKafka(
  config: Config,
  intake: Omit<MessageIntakeDependencies, 'deadLetter'>,
  logger: Logger,
): { close(): Promise<void> } | null {
  if (config.KAFKA_BROKERS === undefined) return null;
  const { KAFKA_BROKERS: brokers, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = config;
  let opened: KafkaIntake | null = null;
  const publish = async (message: KafkaMessageOut): Promise<void> => {
    // A letter that came while the group was still being joined: thrown, so that its message is delivered again.
    if (opened === null) throw new Error('Kafka is not joined yet');
    await opened.publish(message);
  };
  const joinGroup = () =>
    openKafkaIntake({
      ...{ brokers, groupId: config.KAFKA_GROUP, clientId: 'floorwalker-api', topics: kafkaTopics },
      tls: config.KAFKA_TLS === 'true',
      sasl: username === undefined || password === undefined ? null : { username, password: password.reveal() },
      onMessage: createKafkaHandler({
        handle: createMessageHandler({ ...intake, deadLetter: kafkaDeadLetter(publish) }),
        publish,
        now: intake.now,
      }),
      onError: (error) => logger.warn({ error }, 'Kafka'),
    });
  const joining = (async () => {
    while (opened === null && !intake.signal.aborted) {
      try {
        opened = await joinGroup();
      } catch (error) {
        intake.log(error, { what: 'joining Kafka' });
        await delay(kafkaRetryMs, undefined, { signal: intake.signal }).catch(() => undefined);
      }
    }
  })();
  return {
    async close() {
      await joining;
      await opened?.close();
    },
  };
}

/** The development conveniences need the simulator's address and the keys that `npm start` made; production has neither. */
function simulatorOf(config: Config): SimulatorOptions | null {
  const credentials = join(config.FLOORWALKER_DATA, 'credentials.json');
  if (config.FLOORWALKER_MODE !== 'development' || config.TWILIO_API_BASE_URL === undefined || !existsSync(credentials))
    return null;
  const { keys } = JSON.parse(readFileSync(credentials, 'utf8')) as { keys: Partial<Record<Role, string>> };
  return { carrierUrl: config.TWILIO_API_BASE_URL, keys };
}
