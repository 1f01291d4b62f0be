import { type FieldError, invalidField } from '../domain/errors.ts';
import type { SensorEvent, SensorStatus } from '../domain/sensors.ts';
import type { ServiceContext } from '../services/context.ts';
import { ingestSensorEvents, refusalOf, type SensorReceipt } from '../services/sensors/ingest.ts';
import { reportSensorStatus, type StatusReceipt } from '../services/sensors/status.ts';
import type { Dispatcher } from './dispatcher.ts';
import { parseSensorEvents, parseSensorStatus } from './intake.ts';

interface Dependencies {
  dispatcher: Pick<Dispatcher, 'start' | 'dispatch'>;
}

/** Stores events and has the workflow engine hear of what they opened or joined, before anybody is answered. */
export async function deliverSensorEvents(
  { dispatcher }: Dependencies,
  ctx: ServiceContext,
  events: readonly SensorEvent[],
  options: { whole: boolean },
): Promise<SensorReceipt> {
  const receipt = await ingestSensorEvents(ctx, events, options);
  for (const { start, incidentId, tell } of receipt.events) {
    if (start) await dispatcher.start(start);
    else if (tell && incidentId !== undefined) await dispatcher.dispatch(ctx.actor.tenantId, incidentId);
  }
  return receipt;
}

/** A status, and the incidents that a shelf's silence has changed. */
export async function deliverSensorStatus(
  { dispatcher }: Dependencies,
  ctx: ServiceContext,
  status: SensorStatus,
): Promise<StatusReceipt> {
  const receipt = await reportSensorStatus(ctx, status);
  for (const incidentId of receipt.incidentIds) await dispatcher.dispatch(ctx.actor.tenantId, incidentId);
  return receipt;
}

interface TopicOwner {
  storeId: string;
  sensorId: string;
}

/** Events of the sensor whose topic it is; a list comes back with what could not be taken, a single one throws. */
export async function takeSensorEvents(
  deps: Dependencies,
  ctx: ServiceContext,
  owner: TopicOwner,
  value: unknown,
): Promise<FieldError[]> {
  const events = parseSensorEvents(Array.isArray(value) ? value.map((one) => owned(one, owner)) : owned(value, owner));
  for (const event of events) requireOwner(event, owner);
  const { refused } = await deliverSensorEvents(deps, ctx, events, { whole: false });
  if (!Array.isArray(value) && refused[0]) throw refusalOf(refused[0], false);
  return refused.map(({ index, field, message }) => ({ field: `${index}.${field}`, message }));
}

/** What its connection says of the sensor, or the gateway, whose topic it is. */
export async function takeSensorStatus(
  deps: Dependencies,
  ctx: ServiceContext,
  owner: TopicOwner,
  value: unknown,
): Promise<void> {
  const status = parseSensorStatus(owned(value, owner));
  requireOwner(status, owner);
  await deliverSensorStatus(deps, ctx, status);
}

/** Small devices need not repeat what their topic says. */
const owned = (value: unknown, owner: TopicOwner): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...owner, ...value } : value;

function requireOwner(said: TopicOwner, { storeId, sensorId }: TopicOwner): void {
  if (said.storeId !== storeId) throw invalidField('storeId', `must be ${storeId}, the store of the topic`);
  if (said.sensorId !== sensorId) throw invalidField('sensorId', `must be ${sensorId}, the sensor of the topic`);
}
