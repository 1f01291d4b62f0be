import type { MqttMessage } from '../adapters/mqtt/intake-client.ts';
import type { Database } from '../adapters/postgres/database.ts';
import { DomainError, invalidField } from '../domain/errors.ts';
import type { Actor } from '../domain/types.ts';
import { ingestDetection } from '../services/detection/ingest.ts';
import { ingestPosEvents } from '../services/pos/ingest.ts';
import type { Dispatcher } from './dispatcher.ts';
import { parseDetection, parsePosEvents } from './intake.ts';
import { problemOf } from './problem.ts';
import { requireStorable } from './storable.ts';

export const intakeTopics = ['floorwalker/+/+/detections', 'floorwalker/+/+/pos'] as const;

interface MqttIntakeDependencies {
  db: Database;
  dispatcher: Dispatcher;
  now: () => string;
  deadLetter: (topic: string, letter: unknown) => Promise<void>;
  log: (error: unknown, about: Record<string, unknown>) => void;
  /** Between two tries while a dependency is away. */
  retryMs: number;
  signal: AbortSignal;
}

const maxPayloadBytes = 1_000_000;
const quotedPayloadSigns = 2_000;

/**
 * One message to its end: stored and durably started, or put on the dead-letter topic with the reason. A dependency
 * that is away is waited for, since the broker redelivers what we do not acknowledge. The broker's own rules say who may
 * publish for which store; the topic is the authority, and the message must agree with it.
 */
export function createMqttHandler(deps: MqttIntakeDependencies): (message: MqttMessage) => Promise<void> {
  const handle = async (message: MqttMessage, tenantId: string, storeId: string, kind: string): Promise<void> => {
    const actor: Actor = { id: 'system:mqtt', displayName: 'MQTT', role: 'system', tenantId, storeIds: [storeId] };
    const ctx = { db: deps.db, now: deps.now, actor };
    const value = parseJson(message.payload);
    if (kind === 'detections') {
      const detection = parseDetection(value);
      if (detection.storeId !== storeId) throw invalidField('storeId', `must be ${storeId}, the store of the topic`);
      const receipt = await ingestDetection(ctx, detection);
      if (receipt.start) await deps.dispatcher.start(receipt.start);
      else await deps.dispatcher.dispatch(tenantId, receipt.incidentId);
      return;
    }
    const events = parsePosEvents(value);
    if (events.some((event) => event.storeId !== storeId))
      throw invalidField('storeId', `must be ${storeId}, the store of the topic`);
    const { incidentIds } = await ingestPosEvents(ctx, events);
    for (const incidentId of incidentIds) await deps.dispatcher.dispatch(tenantId, incidentId);
  };

  return async (message) => {
    const [, tenantId, storeId, kind] = message.topic.split('/');
    if (!tenantId || !storeId || !kind) return;
    for (;;) {
      try {
        return await handle(message, tenantId, storeId, kind);
      } catch (error) {
        const temporary = error instanceof DomainError && error.code === 'DEPENDENCY_TEMPORARY';
        if (temporary && !deps.signal.aborted) {
          deps.log(error, { topic: message.topic });
          await new Promise((resolve) => setTimeout(resolve, deps.retryMs));
          continue;
        }
        // Shutting down: not acknowledged, so it comes again.
        if (temporary) throw error;
        const { problem, unknown } = problemOf(error, 'mqtt');
        if (unknown) deps.log(error, { topic: message.topic });
        await deps.deadLetter(`floorwalker/${tenantId}/${storeId}/dead-letter`, {
          at: deps.now(),
          topic: message.topic,
          reason: { code: problem.code, detail: problem.detail, errors: problem.errors ?? [] },
          payload: message.payload.subarray(0, quotedPayloadSigns).toString('utf8'),
        });
        return;
      }
    }
  };
}

function parseJson(payload: Buffer): unknown {
  if (payload.byteLength > maxPayloadBytes) throw invalidField('body', `is larger than ${maxPayloadBytes} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(payload.toString('utf8'));
  } catch {
    throw invalidField('body', 'is not JSON');
  }
  requireStorable(value);
  return value;
}
