import { Kafka, logLevel, type SASLOptions } from 'kafkajs';

export interface KafkaMessageIn {
  topic: string;
  key: string | null;
  value: Buffer | null;
  heartbeat: () => Promise<void>;
}

export interface KafkaMessageOut {
  topic: string;
  key: string | null;
  value: string;
}

export interface KafkaIntake {
  publish(message: KafkaMessageOut): Promise<void>;
  close(): Promise<void>;
}

export interface KafkaOptions {
  brokers: readonly string[];
  groupId: string;
  clientId: string;
  topics: readonly string[];
  tls: boolean;
  sasl: { username: string; password: string } | null;
  onMessage: (message: KafkaMessageIn) => Promise<void>;
  onError: (error: Error) => void;
}

const connectionTimeoutMs = 5_000;
const requestTimeoutMs = 30_000;
const retries = 6;
const firstRetryMs = 300;
const longestRetryMs = 2_000;
/** A member that died, or that a broker forgot with its own crash, is given up after this: the least that brokers allow. */
const sessionTimeoutMs = 6_000;
const heartbeatEveryMs = 2_000;
const rebalanceTimeoutMs = 12_000;

/**
 * Joins the consumer group and hands over one message of a partition at a time. An offset is committed only after
 * `onMessage` has resolved: what arrives while we are down, or dies with us, is delivered again.
 */
export async function openKafkaIntake(options: KafkaOptions): Promise<KafkaIntake> {
  const sasl: SASLOptions | undefined =
    options.sasl === null ? undefined : { mechanism: 'scram-sha-512', ...options.sasl };
  const kafka = new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    ssl: options.tls,
    ...(sasl === undefined ? {} : { sasl }),
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: requestTimeoutMs,
    // A broker that comes up says "loading" for a while.
    retry: { initialRetryTime: firstRetryMs, maxRetryTime: longestRetryMs, retries },
    logLevel: logLevel.ERROR,
    logCreator:
      () =>
      ({ log }) =>
        options.onError(new Error(`Kafka: ${log.message}`)),
  });
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  const consumer = kafka.consumer({
    ...{ groupId: options.groupId, allowAutoTopicCreation: false },
    ...{ sessionTimeout: sessionTimeoutMs, heartbeatInterval: heartbeatEveryMs, rebalanceTimeout: rebalanceTimeoutMs },
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => options.onError(payload.error));
  await producer.connect();
  await consumer.connect();
  await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
  await consumer.run({
    eachMessage: ({ topic, message, heartbeat }) =>
      options.onMessage({ topic, key: message.key?.toString('utf8') ?? null, value: message.value, heartbeat }),
  });
  return {
    async publish({ topic, key, value }) {
      await producer.send({ topic, acks: -1, messages: [{ key, value }] });
    },
    async close() {
      await consumer.disconnect();
      await producer.disconnect();
    },
  };
}
