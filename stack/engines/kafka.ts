import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../tools/command.ts';
import type { FoundTool } from '../tools/find.ts';
import { type EngineContext, plainEnvironment, type RunningEngine, runEngine } from './context.ts';

export interface KafkaEngine extends RunningEngine {
  /** `host:port`, as KAFKA_BROKERS wants it. */
  broker: string;
  /** Makes the topics that are not there yet, of one partition each. */
  ensureTopics(topics: readonly string[]): Promise<void>;
}

export interface KafkaPorts {
  kafka: number;
  kafkaController: number;
}

const formatTimeoutMs = 60_000;
/** Any will do, and the data directory keeps it. */
const clusterId = 'Zmxvb3J3YWxrZXItZGV2cw';

/** One node that is broker and controller, on one directory. Only started by whoever asks for it. */
export async function startKafka(
  tool: FoundTool,
  ports: KafkaPorts,
  context: Omit<EngineContext, 'secrets'>,
): Promise<KafkaEngine> {
  const dir = join(context.dataDir, 'kafka');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const settings = join(dir, 'server.properties');
  await writeFile(settings, settingsOf(join(dir, 'log'), ports));
  const broker = `127.0.0.1:${ports.kafka}`;
  const env = { ...plainEnvironment(context.env), KAFKA_HEAP_OPTS: '-Xmx256m -XX:TieredStopAtLevel=1' };
  const engine = await runEngine(
    'Kafka',
    {
      name: 'kafka',
      command: tool.path,
      args: ['kafka.Kafka', settings],
      ...{ env, cwd: dir },
      beforeStart: async () => {
        if (existsSync(join(dir, 'log', 'meta.properties'))) return;
        const format = ['kafka.tools.StorageTool', 'format', '--cluster-id', clusterId, '--config', settings];
        await runCommand(tool.path, format, { env, timeoutMs: formatTimeoutMs });
      },
      isReady: () => answers(broker),
    },
    context,
  );
  return Object.assign(engine, {
    broker,
    ensureTopics: (topics: readonly string[]) =>
      withAdmin(broker, async (admin) => {
        await admin.createTopics({
          waitForLeaders: true,
          topics: topics.map((topic) => ({ topic, numPartitions: 1 })),
        });
      }),
  });
}

const settingsOf = (logDir: string, { kafka, kafkaController }: KafkaPorts): string =>
  [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${kafkaController}`,
    `listeners=PLAINTEXT://127.0.0.1:${kafka},CONTROLLER://127.0.0.1:${kafkaController}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${kafka}`,
    'controller.listener.names=CONTROLLER',
    'listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    `log.dirs=${logDir}`,
    // Alone, and topics are made on purpose, as on a cluster that somebody looks after.
    'auto.create.topics.enable=false',
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'transaction.state.log.num.partitions=1',
    'group.initial.rebalance.delay.ms=0',
    '',
  ].join('\n');

async function withAdmin<Result>(
  broker: string,
  use: (admin: import('kafkajs').Admin) => Promise<Result>,
): Promise<Result> {
  const { Kafka, logLevel } = await import('kafkajs');
  const kafka = new Kafka({
    clientId: 'engines',
    brokers: [broker],
    connectionTimeout: 1_000,
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin({ retry: { retries: 0 } });
  try {
    await admin.connect();
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

async function answers(broker: string): Promise<boolean> {
  try {
    return await withAdmin(broker, async (admin) => (await admin.describeCluster()).controller !== null);
  } catch {
    // Not listening yet, or still electing itself: asked again until the time is up.
    return false;
  }
}
