import type { KafkaMessageIn, KafkaMessageOut } from '../adapters/kafka/intake.ts';
import type { DeadLetter, IntakeMessage } from './message-intake.ts';

export const kafkaTopics = ['floorwalker.detections', 'floorwalker.pos'] as const;
export const kafkaDeadLetterTopic = 'floorwalker.dead-letter';

const kinds: Readonly<Record<string, IntakeMessage['kind']>> = {
  'floorwalker.detections': 'detections',
  'floorwalker.pos': 'pos',
};
const quotedPayloadSigns = 2_000;

/** Messages of Kafka by the same rules as those of MQTT; the key `tenant/store` is what the topic is there. */
export function createKafkaHandler(deps: {
  handle: (message: IntakeMessage) => Promise<void>;
  publish: (message: KafkaMessageOut) => Promise<void>;
  now: () => string;
}): (message: KafkaMessageIn) => Promise<void> {
  return async ({ topic, key, value, heartbeat }) => {
    const kind = kinds[topic];
    const [, tenantId, storeId] = /^([a-z0-9][a-z0-9-]{0,63})\/([a-z0-9][a-z0-9-]{0,63})$/.exec(key ?? '') ?? [];
    const payload = value ?? Buffer.alloc(0);
    if (kind !== undefined && tenantId !== undefined && storeId !== undefined)
      return deps.handle({ via: 'kafka', topic, tenantId, storeId, kind, payload, heartbeat });
    const letter: DeadLetter = {
      at: deps.now(),
      topic,
      reason: {
        code: 'VALIDATION',
        detail: 'key: must be TENANT/STORE, such as demo/high-street',
        errors: [{ field: 'key', message: 'must be TENANT/STORE, such as demo/high-street' }],
      },
      payload: payload.subarray(0, quotedPayloadSigns).toString('utf8'),
    };
    await deps.publish({ topic: kafkaDeadLetterTopic, key, value: JSON.stringify(letter) });
  };
}

/** Where a message goes that cannot be taken: one topic for all, under the key that it came with. */
export const kafkaDeadLetter =
  (publish: (message: KafkaMessageOut) => Promise<void>) =>
  ({ tenantId, storeId }: IntakeMessage, letter: DeadLetter): Promise<void> =>
    publish({ topic: kafkaDeadLetterTopic, key: `${tenantId}/${storeId}`, value: JSON.stringify(letter) });
