import type { MqttMessage } from '../adapters/mqtt/intake-client.ts';
import type { DeadLetter, IntakeMessage } from './message-intake.ts';

export const intakeTopics = [
  'floorwalker/+/+/detections',
  'floorwalker/+/+/pos',
  'floorwalker/+/+/sensors/+',
  'floorwalker/+/+/sensors/+/status',
] as const;

const kinds: Readonly<Record<string, IntakeMessage['kind']>> = { detections: 'detections', pos: 'pos' };

/** Messages of MQTT: the topic says whose they are, `floorwalker/TENANT/STORE/KIND`, and of which sensor. */
export const createMqttHandler =
  (handle: (message: IntakeMessage) => Promise<void>) =>
  async ({ topic, payload }: MqttMessage): Promise<void> => {
    const [, tenantId, storeId, what = '', sensorId, status] = topic.split('/');
    if (!tenantId || !storeId) return;
    const place = { via: 'mqtt', topic, tenantId, storeId, payload } as const;
    const kind = kinds[what];
    if (kind) await handle({ ...place, kind });
    else if (what === 'sensors' && sensorId)
      await handle({ ...place, kind: status === undefined ? 'sensor_events' : 'sensor_status', sensorId });
  };

/** Where a message goes that cannot be taken: one topic for each store. */
export const mqttDeadLetter =
  (publish: (topic: string, letter: unknown) => Promise<void>) =>
  ({ tenantId, storeId }: IntakeMessage, letter: DeadLetter): Promise<void> =>
    publish(`floorwalker/${tenantId}/${storeId}/dead-letter`, letter);
