import { connect, type IClientOptions, type MqttClient } from 'mqtt';

export interface MqttMessage {
  topic: string;
  payload: Buffer;
}

export interface MqttIntake {
  connected(): boolean;
  publish(topic: string, payload: unknown, options?: { retain?: boolean }): Promise<void>;
  close(): Promise<void>;
}

/**
 * Subscribes with a session that outlives us, and acknowledges a message only when `onMessage` has resolved: what
 * arrives while we are down, or dies with us, is delivered again. One message at a time, which is the back-pressure.
 */
export function openMqttIntake(options: {
  url: string;
  clientId: string;
  topics: readonly string[];
  onMessage: (message: MqttMessage) => Promise<void>;
  onError: (error: Error) => void;
}): MqttIntake {
  const settings: IClientOptions = {
    clientId: options.clientId,
    clean: false,
    protocolVersion: 5,
    reconnectPeriod: 1_000,
    connectTimeout: 5_000,
    properties: { sessionExpiryInterval: 24 * 3600 },
    resubscribe: true,
  };
  const client: MqttClient = connect(options.url, settings);
  // A connection of its own: on the first one the acknowledgement of what a handler sends would wait behind the very
  // message that the handler is working on, for ever.
  const sender: MqttClient = connect(options.url, {
    ...settings,
    clientId: `${options.clientId}-out`,
    clean: true,
    properties: {},
  });
  client.on('error', options.onError);
  sender.on('error', options.onError);
  client.on('connect', () => {
    client.subscribeAsync([...options.topics], { qos: 1 }).catch(options.onError);
  });
  client.handleMessage = (packet, done) => {
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    options.onMessage({ topic: packet.topic, payload }).then(
      () => done(),
      (error: Error) => {
        options.onError(error);
        done(error);
      },
    );
  };
  return {
    connected: () => client.connected,
    async publish(topic, payload, { retain = false } = {}) {
      await sender.publishAsync(topic, JSON.stringify(payload), { qos: 1, retain });
    },
    async close() {
      await client.endAsync();
      // Whatever it still has to send belongs to a message that was not acknowledged, and so comes again.
      await sender.endAsync(true);
    },
  };
}
