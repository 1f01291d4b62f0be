import { describe, expect, it } from 'vitest';
import type { KafkaMessageOut } from '../adapters/kafka/intake.ts';
import type { Database } from '../adapters/postgres/database.ts';
import { DomainError } from '../domain/errors.ts';
import { createKafkaHandler, kafkaDeadLetter, kafkaDeadLetterTopic } from './kafka-intake.ts';
import { createMessageHandler, type DeadLetter, type IntakeMessage } from './message-intake.ts';

const now = () => '2026-05-04T08:00:00.000Z';
const message = (change: Partial<IntakeMessage> = {}): IntakeMessage => ({
  ...{ via: 'kafka', topic: 'floorwalker.pos', tenantId: 'demo', storeId: 'high-street', kind: 'pos' },
  payload: Buffer.from('[]'),
  ...change,
});
const line = {
  storeId: 'high-street',
  terminalId: 'sco-3',
  transactionId: 'T',
  line: 1,
  type: 'scan',
  occurredAt: now(),
};

/** A database that is away for a number of tries, and then says something else. */
function brokenDatabase(errors: DomainError[]): Database {
  const next = async (): Promise<never> => {
    throw errors.length > 1 ? errors.shift()! : errors[0]!;
  };
  return { query: next, transaction: next, close: async () => undefined };
}
const away = () => new DomainError('DEPENDENCY_TEMPORARY', 'The database is not answering.');

function handler(errors: DomainError[] = [away()], stopping = new AbortController()) {
  const letters: DeadLetter[] = [];
  const handle = createMessageHandler({
    ...{ db: brokenDatabase(errors), now, retryMs: 1, signal: stopping.signal, log: () => undefined },
    dispatcher: { start: async () => undefined, dispatch: async () => undefined },
    deadLetter: async (_message, letter) => void letters.push(letter),
  });
  return { handle, letters, stopping };
}

describe('a message', () => {
  it.each([
    ['that is not JSON', Buffer.from('{'), /body: is not JSON/],
    ['that is too large', Buffer.alloc(1_000_001, ' '), /larger than 1000000 bytes/],
    ['without lines', Buffer.from('[]'), /at least one line/],
    [
      'of another store',
      Buffer.from(JSON.stringify({ ...line, storeId: 'south' })),
      /must be high-street, the store of the topic/,
    ],
    ['with a field too many', Buffer.from(JSON.stringify({ ...line, name: 'x' })), /name: is not known/],
    ['with a NUL', Buffer.from(JSON.stringify({ ...line, description: '\0' })), /NUL/],
  ])('%s is put aside with the reason', async (_what, payload, detail) => {
    const { handle, letters } = handler();
    await handle(message({ payload }));
    expect(letters).toEqual([
      expect.objectContaining({
        topic: 'floorwalker.pos',
        reason: expect.objectContaining({ detail: expect.stringMatching(detail) }),
      }),
    ]);
    expect(letters[0]!.payload.length).toBeLessThanOrEqual(2_000);
  });

  it('waits for a database that is away, and says so to its broker', async () => {
    let beats = 0;
    const heartbeat = async () => {
      beats += 1;
    };
    const refused = new DomainError('PRECONDITION_FAILED', 'the till is not known');
    const { handle, letters } = handler([away(), away(), refused]);
    await handle(message({ payload: Buffer.from(JSON.stringify(line)), heartbeat }));
    expect(beats).toBe(2);
    expect(letters).toMatchObject([{ reason: { code: 'PRECONDITION_FAILED' } }]);
  });

  it('is not acknowledged when we stop before the database is back', async () => {
    const { handle, letters, stopping } = handler();
    stopping.abort();
    await expect(handle(message({ payload: Buffer.from(JSON.stringify(line)) }))).rejects.toThrow(/not answering/);
    expect(letters).toEqual([]);
  });
});

describe('a message of Kafka', () => {
  const run = async (topic: string, key: string | null, value: Buffer | null = Buffer.from('x')) => {
    const handled: IntakeMessage[] = [];
    const published: KafkaMessageOut[] = [];
    const handle = createKafkaHandler({
      handle: async (each) => void handled.push(each),
      publish: async (each) => void published.push(each),
      now,
    });
    await handle({ topic, key, value, heartbeat: async () => undefined });
    return { handled, published };
  };

  it.each([
    ['floorwalker.detections', 'detections'],
    ['floorwalker.pos', 'pos'],
  ])('on %s is one of the store that its key names', async (topic, kind) => {
    const { handled, published } = await run(topic, 'demo/high-street');
    expect(handled).toMatchObject([{ via: 'kafka', topic, kind, tenantId: 'demo', storeId: 'high-street' }]);
    expect(published).toEqual([]);
  });

  it.each([null, '', 'demo', 'demo/', '/high-street', 'demo/high/street', 'Demo/High', "demo/'; drop"])(
    'under the key %j goes to the dead letters',
    async (key) => {
      const { handled, published } = await run('floorwalker.pos', key);
      expect(handled).toEqual([]);
      expect(published).toMatchObject([{ topic: kafkaDeadLetterTopic, key }]);
      expect(JSON.parse(published[0]!.value)).toMatchObject({
        reason: { detail: expect.stringMatching(/TENANT\/STORE/) },
      });
    },
  );

  it('without a value is put aside, not dropped', async () => {
    const published: KafkaMessageOut[] = [];
    const publish = async (each: KafkaMessageOut) => void published.push(each);
    const handle = createMessageHandler({
      ...{ db: brokenDatabase([away()]), now, retryMs: 1, signal: new AbortController().signal, log: () => undefined },
      dispatcher: { start: async () => undefined, dispatch: async () => undefined },
      deadLetter: kafkaDeadLetter(publish),
    });
    await createKafkaHandler({ handle, publish, now })({
      ...{ topic: 'floorwalker.pos', key: 'demo/high-street', value: null, heartbeat: async () => undefined },
    });
    expect(published).toMatchObject([{ topic: kafkaDeadLetterTopic, key: 'demo/high-street' }]);
  });
});
