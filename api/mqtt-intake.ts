import type { MqttMessage } from '../adapters/mqtt/intake-client.ts';
import type { DeadLetter, IntakeMessage } from './message-intake.ts';

export const intakeTopics = ['floorwalker/+/+/detections', 'floorwalker/+/+/pos'] as const;

const kinds: Readonly<Record<string, IntakeMessage['kind']>> = { detections: 'detections', pos: 'pos' };

/** Messages of MQTT: the topic says whose they are, `floorwalker/TENANT/STORE/KIND`. */
export const createMqttHandler =
  (handle: (message: IntakeMessage) => Promise<void>) =>
  async ({ topic, payload }: MqttMessage): Promise<void> => {
    const [, tenantId, storeId, last = ''] = topic.split('/');
    const kind = kinds[last];
    if (tenantId && storeId && kind) await handle({ via: 'mqtt', topic, tenantId, storeId, kind, payload });
  };

/** Where a message goes that cannot be taken: one topic for each store. */
export const mqttDeadLetter =
  (publish: (topic: string, letter: unknown) => Promise<void>) =>
  ({ tenantId, storeId }: IntakeMessage, letter: DeadLetter): Promise<void> =>
    publish(`floorwalker/${tenantId}/${storeId}/dead-letter`, letter);
