import { randomUUID } from 'node:crypto';
import { type Consumer, Kafka, logLevel, type Producer } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type KafkaIntake, type KafkaMessageOut, openKafkaIntake } from '../../adapters/kafka/intake.ts';
import { createKafkaHandler, kafkaDeadLetter, kafkaDeadLetterTopic, kafkaTopics } from '../../api/kafka-intake.ts';
import { createMessageHandler, type DeadLetter } from '../../api/message-intake.ts';
import type { KafkaEngine } from '../../stack/engines/kafka.ts';
import { startTestKafka } from '../harness/kafka.ts';
import { eventually, startTestSystem, type TestSystem } from '../harness/system.ts';
import { detection, nowIso } from './support.ts';

const [detections, pos] = kafkaTopics;
const key = 'demo/high-street';
/** Java, Maven and Kafka may have to be fetched. */
const fetchTimeoutMs = 600_000;

let kafka: KafkaEngine;
let system: TestSystem;
let producer: Producer;
let reader: Consumer;
const letters: { key: string | null; letter: DeadLetter }[] = [];

beforeAll(async () => {
  [kafka, system] = await Promise.all([startTestKafka(), startTestSystem(inject('engines'), { worker: false })]);
  await kafka.ensureTopics([...kafkaTopics, kafkaDeadLetterTopic]);
  const client = new Kafka({ clientId: 'test', brokers: [kafka.broker], logLevel: logLevel.NOTHING });
  producer = client.producer();
  reader = client.consumer({ groupId: 'letters' });
  await Promise.all([producer.connect(), reader.connect()]);
  await reader.subscribe({ topics: [kafkaDeadLetterTopic], fromBeginning: true });
  await reader.run({
    eachMessage: async ({ message }) => {
      const letter = JSON.parse(message.value!.toString('utf8')) as DeadLetter;
      letters.push({ key: message.key?.toString('utf8') ?? null, letter });
    },
  });
}, fetchTimeoutMs);
afterAll(async () => {
  await reader?.disconnect();
  await producer?.disconnect();
  await system?.close();
  await kafka?.stop();
});

/** The API's own intake in its consumer group; `handled` counts every message that it was given. */
async function join(): Promise<KafkaIntake & { handled: string[] }> {
  const stopping = new AbortController();
  const handled: string[] = [];
  const publish = (message: KafkaMessageOut) => opened.publish(message);
  const handle = createKafkaHandler({
    handle: createMessageHandler({
      ...{ db: system.database.db, dispatcher: system.dispatcher, now: nowIso, retryMs: 50 },
      ...{ deadLetter: kafkaDeadLetter(publish), log: () => undefined, signal: stopping.signal },
    }),
    ...{ publish, now: nowIso },
  });
  const opened = await openKafkaIntake({
    ...{ brokers: [kafka.broker], groupId: 'floorwalker', clientId: 'floorwalker-api', topics: kafkaTopics },
    ...{ tls: false, sasl: null, onError: () => undefined },
    async onMessage(message) {
      handled.push(message.value?.toString('utf8') ?? '');
      await handle(message);
    },
  });
  return {
    ...{ publish: opened.publish, handled },
    async close() {
      stopping.abort();
      await opened.close();
    },
  };
}

const line = (transactionId: string) => ({
  ...{ storeId: 'high-street', terminalId: 'sco-3', transactionId, line: 1 },
  ...{ type: 'scan', occurredAt: nowIso(), plu: '4017' },
});
const send = (topic: string, value: unknown, as: string | null = key) =>
  producer.send({ topic, messages: [{ key: as, value: typeof value === 'string' ? value : JSON.stringify(value) }] });
const stored = async (transactionId: string) =>
  (await system.database.admin.query('select source from pos_events where transaction_id = $1', [transactionId])).rows;
const isStored = (transactionId: string) => eventually(async () => (await stored(transactionId)).length > 0, 20_000);

describe('a real Kafka', () => {
  it('brings lines and detections, each once however often it is sent, and puts aside what is no good', async () => {
    const intake = await join();
    const seen = detection({ eventId: randomUUID() });
    await send(pos, line('K-1'));
    await send(pos, line('K-1'));
    await send(pos, '{ "half":');
    await send(pos, line('K-2'), 'nobody knows');
    await send(pos, line('K-3'));
    await send(detections, seen);
    await send(detections, seen);
    await isStored('K-3');
    expect(await stored('K-1')).toEqual([{ source: 'kafka' }]);
    expect(await stored('K-2')).toEqual([]);
    await eventually(async () => intake.handled.length === 7);
    const found = await system.database.admin.query('select count(*)::int as n from detections where event_id = $1', [
      seen.eventId,
    ]);
    expect(found.rows).toEqual([{ n: 1 }]);
    await eventually(async () => letters.length === 2);
    expect(letters).toMatchObject([
      { key, letter: { topic: pos, reason: { code: 'VALIDATION' }, payload: '{ "half":' } },
      { key: 'nobody knows', letter: { topic: pos, reason: { errors: [{ field: 'key' }] } } },
    ]);
    await intake.close();
  });

  it('goes on where it was, after we were away, and after the broker was killed', async () => {
    await send(pos, line('K-4'));
    const intake = await join();
    await isStored('K-4');
    expect(intake.handled).toHaveLength(1);
    const killed = kafka.pid;
    process.kill(killed!, 'SIGKILL');
    await eventually(async () => kafka.pid !== killed);
    await kafka.whenReady();
    await eventually(
      () =>
        send(pos, line('K-5')).then(
          () => true,
          () => false,
        ),
      20_000,
    );
    await isStored('K-5');
    // Nothing of before; what it had done and not yet said so may come again, and is one line all the same.
    const ids = intake.handled.map((text) => (JSON.parse(text) as { transactionId: string }).transactionId);
    expect([...new Set(ids)]).toEqual(['K-4', 'K-5']);
    expect(await stored('K-4')).toHaveLength(1);
    expect(letters).toHaveLength(2);
    await intake.close();
  });
});
