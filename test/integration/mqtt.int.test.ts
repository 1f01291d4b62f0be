import { randomUUID } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type MqttIntake, openMqttIntake } from '../../adapters/mqtt/intake-client.ts';
import type { Dispatcher } from '../../api/dispatcher.ts';
import { createMessageHandler } from '../../api/message-intake.ts';
import { createMqttHandler, intakeTopics, mqttDeadLetter } from '../../api/mqtt-intake.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Detection } from '../../domain/types.ts';
import { eventually, startTestSystem, type TestSystem } from '../harness/system.ts';
import { agoIso, countRows, detection, nowIso } from './support.ts';

interface DeadLetter {
  topic: string;
  reason: { code: string; detail: string; errors: { field: string }[] };
  payload: string;
}

const engines = inject('engines');
let system: TestSystem;
let sender: MqttClient;
const letters: { to: string; letter: DeadLetter }[] = [];
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  system = await startTestSystem(engines, { worker: false });
  sender = await connectAsync(engines.mqttUrl, { protocolVersion: 5, clientId: `sender-${randomUUID()}` });
  sender.on('message', (to, payload) => letters.push({ to, letter: JSON.parse(payload.toString()) as DeadLetter }));
  await sender.subscribeAsync('floorwalker/+/+/dead-letter', { qos: 1 });
}, 120_000);
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  letters.length = 0;
});
afterAll(async () => {
  await sender?.endAsync();
  await system?.close();
});

/** The API's own intake, on a broker of choice; its session is its own, so that nothing of another test is delivered here. */
async function intake(
  options: { url?: string; dispatcher?: Dispatcher; errors?: unknown[] } = {},
): Promise<MqttIntake> {
  const stopping = new AbortController();
  let client: MqttIntake | undefined;
  const onMessage = createMqttHandler(
    createMessageHandler({
      db: system.database.db,
      dispatcher: options.dispatcher ?? system.dispatcher,
      now: nowIso,
      deadLetter: mqttDeadLetter(async (topic, letter) => client?.publish(topic, letter)),
      log: (error) => options.errors?.push(error),
      retryMs: 50,
      signal: stopping.signal,
    }),
  );
  client = openMqttIntake({
    url: options.url ?? engines.mqttUrl,
    clientId: `intake-${randomUUID()}`,
    topics: intakeTopics,
    onMessage,
    onError: (error) => options.errors?.push(error),
  });
  const opened = client;
  await eventually(async () => opened.connected());
  // The subscription follows the connection; a till's heartbeat that arrives proves it.
  const seen = () => system.database.admin.query("select feed_seen_at from terminals where id = 'sco-3'");
  const before = (await seen()).rows[0].feed_seen_at;
  if (options.url === undefined)
    await eventually(async () => {
      await send('demo', 'high-street', 'pos', line({ type: 'heartbeat', occurredAt: nowIso() }));
      return String((await seen()).rows[0].feed_seen_at) !== String(before);
    });
  closers.push(async () => {
    stopping.abort();
    await opened.close();
  });
  return opened;
}

const line = (change: Record<string, unknown> = {}) => ({
  ...{
    storeId: 'high-street',
    terminalId: 'sco-3',
    transactionId: randomUUID(),
    line: 1,
    type: 'scan',
    occurredAt: agoIso(100),
  },
  ...change,
});
let moments = 0;
const fresh = (change: Partial<Detection> = {}): Detection => {
  moments += 1;
  return detection({ detectedAt: agoIso(moments * 60_000), ...change });
};
const send = (tenantId: string, storeId: string, kind: string, message: unknown, client = sender) =>
  client.publishAsync(
    `floorwalker/${tenantId}/${storeId}/${kind}`,
    typeof message === 'string' ? message : JSON.stringify(message),
    { qos: 1 },
  );
const incidentOf = (eventId: string) =>
  eventually(async () => {
    const { rows } = await system.database.admin.query<{ incident_id: string }>(
      'select incident_id from detections where event_id = $1',
      [eventId],
    );
    return rows[0]?.incident_id;
  });
const running = (incidentId: string) =>
  eventually(async () => {
    const handle = system.client.workflow.getHandle(`incident:demo:high-street:${incidentId}`);
    return (await handle.describe().catch(() => undefined))?.status.name === 'RUNNING';
  });

describe('messages', () => {
  let kept: typeof closers = [];
  beforeAll(async () => {
    await intake();
    kept = closers.splice(0);
  });
  afterAll(async () => {
    for (const close of kept) await close();
  });

  it('become incidents, each once', async () => {
    const data = fresh();
    for (let times = 0; times < 3; times += 1) await send('demo', 'high-street', 'detections', data);
    const late = fresh({ detectedAt: agoIso(7_200_000) });
    await send('demo', 'high-street', 'detections', late);
    await running(await incidentOf(data.eventId));
    await incidentOf(late.eventId);
    const { rows } = await system.database.admin.query(
      'select late, detected_at from detections where event_id = any ($1) order by detected_at',
      [[data.eventId, late.eventId]],
    );
    expect(rows).toEqual([
      { late: true, detected_at: new Date(late.detectedAt) },
      { late: true, detected_at: new Date(data.detectedAt) },
    ]);
    const scan = line();
    await send('demo', 'high-street', 'pos', [scan]);
    await eventually(async () => {
      const { rowCount } = await system.database.admin.query('select 1 from pos_events where transaction_id = $1', [
        scan.transactionId,
      ]);
      return rowCount === 1;
    });
    expect(letters).toEqual([]);
  });

  it.each<[name: string, kind: string, message: () => unknown, code: string, field: string, place?: string]>([
    ['not JSON', 'detections', () => '{"eventId"', 'VALIDATION', 'body'],
    ['nothing', 'detections', () => '', 'VALIDATION', 'body'],
    ['a list of detections', 'detections', () => [fresh()], 'VALIDATION', 'body'],
    ['a missing field', 'detections', () => ({ ...fresh(), eventId: undefined }), 'VALIDATION', 'eventId'],
    ['a malformed time', 'detections', () => fresh({ detectedAt: 'now' }), 'VALIDATION', 'detectedAt'],
    ['the future', 'detections', () => fresh({ detectedAt: agoIso(-600_000) }), 'VALIDATION', 'detectedAt'],
    ['a NUL', 'detections', () => fresh({ model: { id: '\0', version: '1' } }), 'VALIDATION', 'model.id'],
    ['an unknown camera', 'detections', () => fresh({ cameraId: 'no-cam' }), 'PRECONDITION_FAILED', 'cameraId'],
    ['an unknown zone', 'detections', () => fresh({ zoneId: 'no-zone' }), 'PRECONDITION_FAILED', 'zoneId'],
    ['another store than the topic', 'detections', () => fresh({ storeId: 'south' }), 'VALIDATION', 'storeId'],
    ['more than a megabyte', 'detections', () => 'x'.repeat(1_000_001), 'VALIDATION', 'body'],
    ['an unknown till', 'pos', () => line({ terminalId: 'sco-9' }), 'PRECONDITION_FAILED', 'terminalId'],
    ['a line for another store', 'pos', () => [line(), line({ storeId: 'south' })], 'VALIDATION', 'storeId'],
    ['a till an hour ahead', 'pos', () => line({ occurredAt: agoIso(-3_600_000) }), 'VALIDATION', 'occurredAt'],
    ['a company that is not here', 'detections', () => fresh(), 'PRECONDITION_FAILED', 'storeId', 'nobody/high-street'],
    ['every store at once', 'detections', () => fresh({ storeId: '*' }), 'VALIDATION', 'storeId', 'demo/*'],
  ])(
    '%s ends as a dead letter with the reason, and leaves nothing',
    async (_name, kind, make, code, field, place = 'demo/high-street') => {
      const before = await countRows(system.database);
      const message = make();
      const [tenantId = '', storeId = ''] = place.split('/');
      await send(tenantId, storeId, kind, message);
      const { to, letter } = await eventually(async () => letters[0]);
      expect(to).toBe(`floorwalker/${place}/dead-letter`);
      expect(letter).toMatchObject({ topic: `floorwalker/${place}/${kind}`, reason: { code } });
      expect(letter.reason.errors.map((error) => error.field)).toContain(field);
      const text = typeof message === 'string' ? message : JSON.stringify(message);
      expect(letter.payload).toBe(text.slice(0, 2_000));
      expect(await countRows(system.database)).toEqual(before);
      const next = fresh();
      await send('demo', 'high-street', 'detections', next);
      await incidentOf(next.eventId);
      expect(letters).toHaveLength(1);
    },
  );
});

describe('a dependency that is away', () => {
  it('is waited for: messages do not become dead letters', async () => {
    let failures = 3;
    const errors: unknown[] = [];
    const start: Dispatcher['start'] = async (input) => {
      failures -= 1;
      if (failures >= 0) throw new DomainError('DEPENDENCY_TEMPORARY', 'away');
      await system.dispatcher.start(input);
    };
    // After the first try the detection is known, so the next ones dispatch what is still to be told.
    const dispatch: Dispatcher['dispatch'] = async (...place) => {
      failures -= 1;
      if (failures >= 0) throw new DomainError('DEPENDENCY_TEMPORARY', 'away');
      await system.dispatcher.dispatch(...place);
    };
    await intake({ dispatcher: { ...system.dispatcher, start, dispatch }, errors });
    const data = fresh();
    await send('demo', 'high-street', 'detections', data);
    await running(await incidentOf(data.eventId));
    await eventually(async () => failures < 0);
    expect(errors).toHaveLength(3);
    expect(letters).toEqual([]);
  });
});

describe('a broker', () => {
  interface Broker {
    url: string;
    stop(): Promise<void>;
  }

  async function startBroker(port = 0): Promise<Broker> {
    const aedes = await Aedes.createBroker();
    const sockets = new Set<Socket>();
    const server: Server = createServer((socket) => {
      sockets.add(socket);
      aedes.handle(socket);
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return {
      url: `mqtt://127.0.0.1:${address.port}`,
      async stop() {
        for (const socket of sockets) socket.destroy();
        await new Promise((resolve) => server.close(resolve));
        await new Promise<void>((resolve) => aedes.close(resolve));
      },
    };
  }

  it('that goes and comes back is subscribed to again', async () => {
    const errors: unknown[] = [];
    let broker = await startBroker();
    const { port } = new URL(broker.url);
    const opened = await intake({ url: broker.url, errors });
    await broker.stop();
    await eventually(async () => !opened.connected());
    broker = await startBroker(Number(port));
    closers.unshift(() => broker.stop());
    await eventually(async () => opened.connected());
    const client = await connectAsync(broker.url, { protocolVersion: 5 });
    closers.push(() => client.endAsync());
    const data = fresh();
    await eventually(async () => {
      await send('demo', 'high-street', 'detections', data, client);
      const { rowCount } = await system.database.admin.query('select 1 from detections where event_id = $1', [
        data.eventId,
      ]);
      return rowCount === 1;
    });
    expect(
      (await system.database.admin.query('select 1 from detections where event_id = $1', [data.eventId])).rowCount,
    ).toBe(1);
  });

  it('delivers again what was not acknowledged, to the same client when it comes back', async () => {
    const broker = await startBroker();
    closers.unshift(() => broker.stop());
    const client = await connectAsync(broker.url, { protocolVersion: 5 });
    closers.push(() => client.endAsync());
    const seen: string[] = [];
    const open = (onMessage: (text: string) => Promise<void>) =>
      openMqttIntake({
        url: broker.url,
        clientId: 'same',
        topics: ['work'],
        onMessage: async ({ payload }) => {
          seen.push(payload.toString());
          await onMessage(payload.toString());
        },
        onError: () => undefined,
      });
    const dying = open(() => new Promise(() => undefined));
    await eventually(async () => dying.connected());
    await eventually(async () => {
      await client.publishAsync('work', 'one', { qos: 1 });
      return seen.length > 0;
    });
    // As a process that is killed: no goodbye, no acknowledgement.
    await dying.close();
    const heir = open(async () => undefined);
    closers.push(() => heir.close());
    await eventually(async () => seen.length >= 2);
    expect(new Set(seen)).toEqual(new Set(['one']));
  });
});
