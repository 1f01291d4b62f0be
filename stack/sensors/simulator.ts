import { randomUUID } from 'node:crypto';
import { connectAsync } from 'mqtt';

export interface SensorSimulator {
  /** Sends an event of this sensor; id and instant are filled in when they are left out. */
  say(event: Record<string, unknown>): Promise<{ eventId: string; occurredAt: string }>;
  beat(): Promise<void>;
  /** Says that it ends, and ends. */
  close(): Promise<void>;
  /** Ends as if its power had failed: the broker sends its last will. */
  lose(): void;
}

/**
 * One sensor over a real broker: its birth and heartbeats, whatever it is told to say, and a last will that the broker
 * sends when the connection breaks. `beatMs` 0: it beats only when it is told to.
 */
export async function startSensor(options: {
  mqttUrl: string;
  tenantId: string;
  storeId: string;
  sensorId: string;
  kind: string;
  beatMs: number;
  onProblem: (problem: string) => void;
}): Promise<SensorSimulator> {
  const topic = `floorwalker/${options.tenantId}/${options.storeId}/sensors/${options.sensorId}`;
  const session = randomUUID();
  const status = (state: 'birth' | 'heartbeat' | 'death', at?: string) =>
    JSON.stringify({ state, session, ...(at === undefined ? {} : { at }) });
  const now = () => new Date().toISOString();
  const client = await connectAsync(options.mqttUrl, {
    protocolVersion: 5,
    clientId: `sensor-${options.sensorId}-${session}`,
    reconnectPeriod: 1_000,
    will: { topic: `${topic}/status`, payload: Buffer.from(status('death')), qos: 1, retain: false },
  });
  client.on('error', (error) => options.onProblem(error.message));
  const send = async (state: 'birth' | 'heartbeat' | 'death') => {
    await client.publishAsync(`${topic}/status`, status(state, now()), { qos: 1 });
  };
  const attempt = (state: 'birth' | 'heartbeat') =>
    void send(state).catch((error: Error) => options.onProblem(`${state}: ${error.message}`));
  await send('birth');
  // The first connection was made above; each further one is a birth as well.
  client.on('connect', () => attempt('birth'));
  const beating = options.beatMs > 0 ? setInterval(() => attempt('heartbeat'), options.beatMs) : undefined;
  return {
    async say(event) {
      const own = { eventId: randomUUID(), occurredAt: now(), kind: options.kind, ...event };
      await client.publishAsync(topic, JSON.stringify(own), { qos: 1 });
      return { eventId: String(own.eventId), occurredAt: String(own.occurredAt) };
    },
    beat: () => send('heartbeat'),
    async close() {
      clearInterval(beating);
      await send('death');
      await client.endAsync();
    },
    lose() {
      clearInterval(beating);
      client.options.reconnectPeriod = 0;
      client.stream.destroy();
    },
  };
}
