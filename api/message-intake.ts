import type { Database } from '../adapters/postgres/database.ts';
import { DomainError, type FieldError, invalidField } from '../domain/errors.ts';
import type { Actor } from '../domain/types.ts';
import type { ServiceContext } from '../services/context.ts';
import { ingestDetection } from '../services/detection/ingest.ts';
import { type PosSource, refusalOf, storePosLines } from '../services/pos/ingest.ts';
import type { Dispatcher } from './dispatcher.ts';
import { parseDetection, parsePosEvents } from './intake.ts';
import { problemOf } from './problem.ts';
import { takeSensorEvents, takeSensorStatus } from './sensor-intake.ts';
import { requireStorable } from './storable.ts';

export interface IntakeMessage {
  via: 'mqtt' | 'kafka';
  /** The topic as the sender knows it. */
  topic: string;
  tenantId: string;
  storeId: string;
  kind: 'detections' | 'pos' | 'sensor_events' | 'sensor_status';
  /** Whose topic it is, of the kinds that have one for each sensor. */
  sensorId?: string;
  payload: Buffer;
  /** Says that we are still at it, for brokers that give a silent consumer's work to another. */
  heartbeat?: () => Promise<void>;
}

export interface DeadLetter {
  at: string;
  topic: string;
  reason: { code: string; detail: string; errors: readonly FieldError[] };
  payload: string;
}

export interface MessageIntakeDependencies {
  db: Database;
  dispatcher: Pick<Dispatcher, 'start' | 'dispatch'>;
  now: () => string;
  deadLetter: (message: IntakeMessage, letter: DeadLetter) => Promise<void>;
  log: (error: unknown, about: Record<string, unknown>) => void;
  /** Between two tries while a dependency is away. */
  retryMs: number;
  signal: AbortSignal;
}

const maxPayloadBytes = 1_000_000;
const quotedPayloadSigns = 2_000;

/**
 * One message to its end: stored and durably started, or put aside with the reason. A dependency that is away is waited
 * for, since a broker redelivers what we do not acknowledge. The broker's own rules say who may publish for which store;
 * the address of the message is the authority, and what is in it must agree.
 */
export function createMessageHandler(deps: MessageIntakeDependencies): (message: IntakeMessage) => Promise<void> {
  const setAside = (message: IntakeMessage, reason: DeadLetter['reason']): Promise<void> =>
    deps.deadLetter(message, {
      at: deps.now(),
      topic: message.topic,
      reason,
      payload: message.payload.subarray(0, quotedPayloadSigns).toString('utf8'),
    });

  const handle = async (message: IntakeMessage): Promise<void> => {
    const { tenantId, storeId, via } = message;
    const displayName = via === 'mqtt' ? 'MQTT' : 'Kafka';
    const actor: Actor = { id: `system:${via}`, displayName, role: 'system', tenantId, storeIds: [storeId] };
    const ctx: ServiceContext = { db: deps.db, now: deps.now, actor };
    const value = parseJson(message.payload);
    if (message.kind === 'detections') return takeDetection(ctx, storeId, value);
    const of = { storeId, sensorId: message.sensorId ?? '' };
    if (message.kind === 'sensor_status') return takeSensorStatus(deps, ctx, of, value);
    const refused =
      message.kind === 'sensor_events'
        ? await takeSensorEvents(deps, ctx, of, value)
        : await takeLines(ctx, storeId, value, { source: via, importId: null });
    if (refused.length > 0)
      await setAside(message, {
        code: 'VALIDATION',
        detail: `${refused.length} of the ${message.kind === 'pos' ? 'lines' : 'events'} could not be taken; the others are stored`,
        errors: refused,
      });
  };
  const takeDetection = async (ctx: ServiceContext, storeId: string, value: unknown): Promise<void> => {
    const detection = parseDetection(value);
    if (detection.storeId !== storeId) throw invalidField('storeId', `must be ${storeId}, the store of the topic`);
    const receipt = await ingestDetection(ctx, detection);
    if (receipt.start) await deps.dispatcher.start(receipt.start);
    else await deps.dispatcher.dispatch(ctx.actor.tenantId, receipt.incidentId);
  };
  const takeLines = async (
    ctx: ServiceContext,
    storeId: string,
    value: unknown,
    source: PosSource,
  ): Promise<FieldError[]> => {
    const events = parsePosEvents(value);
    if (events.some((event) => event.storeId !== storeId))
      throw invalidField('storeId', `must be ${storeId}, the store of the topic`);
    const lines = events.map((event, lineNumber) => ({ lineNumber, event }));
    const { incidentIds, refused } = await storePosLines(ctx, lines, source);
    for (const incidentId of incidentIds) await deps.dispatcher.dispatch(ctx.actor.tenantId, incidentId);
    if (!Array.isArray(value) && refused[0]) throw refusalOf(refused[0], false);
    return refused.map(({ lineNumber, field, message }) => ({ field: `${lineNumber}.${field}`, message }));
  };

  return async (message) => {
    for (;;) {
      try {
        return await handle(message);
      } catch (error) {
        const temporary = error instanceof DomainError && error.code === 'DEPENDENCY_TEMPORARY';
        if (temporary && !deps.signal.aborted) {
          deps.log(error, { topic: message.topic });
          await new Promise((resolve) => setTimeout(resolve, deps.retryMs));
          await message.heartbeat?.();
          continue;
        }
        // Shutting down: not acknowledged, so it comes again.
        if (temporary) throw error;
        const { problem, unknown } = problemOf(error, message.via);
        if (unknown) deps.log(error, { topic: message.topic });
        await setAside(message, { code: problem.code, detail: problem.detail, errors: problem.errors ?? [] });
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
