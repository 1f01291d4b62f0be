import { connect, type MqttClient } from 'mqtt';
import type { DeviceCommand } from '../../domain/device-command.ts';

/** One device of one store; each part is a level of its topics. */
export interface DeviceAddress {
  tenantId: string;
  storeId: string;
  target: string;
}

/** `unreachable`: the broker did not take it. `no_answer`: the device was told, and may have done it all the same. */
export type DeviceAnswer =
  | { answer: 'ok' }
  | { answer: 'refused'; detail: string }
  | { answer: 'no_answer' }
  | { answer: 'unreachable' };

export interface DeviceClient {
  /** Tells a device and waits for its acknowledgement; never throws for what a device or a broker does. */
  tell(address: DeviceAddress, command: DeviceCommand, ackTimeoutMs: number): Promise<DeviceAnswer>;
  connected(): boolean;
  close(): Promise<void>;
}

export const commandTopic = ({ tenantId, storeId, target }: DeviceAddress): string =>
  `floorwalker/${tenantId}/${storeId}/devices/${target}/command`;
export const ackTopic = ({ tenantId, storeId, target }: DeviceAddress): string =>
  `floorwalker/${tenantId}/${storeId}/devices/${target}/ack`;

const allAcks = 'floorwalker/+/+/devices/+/ack';
const maxDetailSigns = 120;

interface Waiting {
  topic: string;
  settle: (answer: DeviceAnswer) => void;
}

/** Keeps nothing across a broken connection: a command that could not be sent now must not be sent later. */
export function openDeviceClient(options: {
  url: string;
  clientId: string;
  onError: (error: Error) => void;
}): DeviceClient {
  const waiting = new Map<string, Waiting>();
  const client: MqttClient = connect(options.url, {
    clientId: options.clientId,
    clean: true,
    protocolVersion: 5,
    reconnectPeriod: 1_000,
    connectTimeout: 5_000,
    resubscribe: false,
  });
  let listening = false;
  client.on('error', options.onError);
  client.on('close', () => {
    listening = false;
  });
  client.on('connect', () => {
    client.subscribeAsync(allAcks, { qos: 1 }).then(
      () => {
        listening = true;
      },
      (error: Error) => options.onError(error),
    );
  });
  client.on('message', (topic, payload) => {
    const ack = ackOf(payload);
    if (ack === null) return;
    const one = waiting.get(ack.commandId);
    // Only the device itself answers for itself.
    if (one?.topic !== topic) return;
    one.settle(ack.ok ? { answer: 'ok' } : { answer: 'refused', detail: ack.detail });
  });

  return {
    connected: () => client.connected && listening,
    async tell(address, command, ackTimeoutMs) {
      const untilMs = Date.now() + ackTimeoutMs;
      while (!(client.connected && listening)) {
        if (Date.now() >= untilMs) return { answer: 'unreachable' };
        await sleep(Math.min(50, untilMs - Date.now()));
      }
      return new Promise<DeviceAnswer>((resolve) => {
        let published = false;
        const settle = (answer: DeviceAnswer) => {
          clearTimeout(timer);
          waiting.delete(command.commandId);
          resolve(answer);
        };
        const timer = setTimeout(
          () => settle(published ? { answer: 'no_answer' } : { answer: 'unreachable' }),
          Math.max(1, untilMs - Date.now()),
        );
        waiting.set(command.commandId, { topic: ackTopic(address), settle });
        const messageExpiryInterval = Math.max(1, Math.ceil(ackTimeoutMs / 1000));
        client
          .publishAsync(commandTopic(address), JSON.stringify(command), {
            qos: 1,
            properties: { messageExpiryInterval },
          })
          .then(
            () => {
              published = true;
            },
            (error: Error) => {
              options.onError(error);
              settle({ answer: 'unreachable' });
            },
          );
      });
    },
    async close() {
      for (const { settle } of waiting.values()) settle({ answer: 'no_answer' });
      await client.endAsync(true);
    },
  };
}

/** What is no acknowledgement of ours is passed over: anything may be written to a topic. */
function ackOf(payload: Buffer): { commandId: string; ok: boolean; detail: string } | null {
  let value: unknown;
  try {
    value = JSON.parse(payload.toString('utf8'));
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { commandId, ok, detail } = value as Record<string, unknown>;
  if (typeof commandId !== 'string' || typeof ok !== 'boolean') return null;
  return { commandId, ok, detail: printable(typeof detail === 'string' ? detail : '') };
}

const printable = (text: string): string =>
  [...text]
    .filter((sign) => sign >= ' ' && sign !== '\u007f')
    .join('')
    .slice(0, maxDetailSigns);

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
