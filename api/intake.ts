import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type Headers, HTTP } from 'cloudevents';
import { DomainError, type FieldError, invalidField } from '../domain/errors.ts';
import type { SensorEvent, SensorStatus } from '../domain/sensors.ts';
import { instantFrom } from '../domain/time.ts';
import type { Crossing, Detection, PosEvent } from '../domain/types.ts';

const schemaOf = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../schemas/events/${name}.schema.json`, import.meta.url), 'utf8')) as Record<
    string,
    unknown
  >;

const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false });
addFormats.default(ajv);
/** Compiled when the first one comes: a start that compiles all of them is a start that cameras wait for. */
function validatorOf<T>(name: string): () => ValidateFunction<T> {
  let compiled: ValidateFunction<T> | undefined;
  return () => {
    compiled ??= ajv.compile<T>(schemaOf(name));
    return compiled;
  };
}
const detectionValidator = validatorOf<Detection>('detection');
const posEventValidator = validatorOf<PosEvent>('pos-event');
const sensorEventValidator = validatorOf<SensorEvent>('sensor-event');
const sensorStatusValidator = validatorOf<SensorStatus>('sensor-status');
const crossingValidator = validatorOf<Crossing>('crossing');

export const maxPosBatch = 1_000;
export const maxCrossingBatch = 1_000;
export const maxSensorBatch = 200;
export const detectionEventType = 'io.floorwalker.detection.v1';

/** One schema for every way in; throws VALIDATION that names each field. */
export function parseDetection(value: unknown): Detection {
  const isDetection = detectionValidator();
  if (!isDetection(value)) throw refusal(isDetection.errors ?? [], '');
  const instants = <Part extends { at: string }>(name: string, parts: readonly Part[]): Part[] =>
    parts.map((part, index) => ({ ...part, at: instantFrom(`${name}.${index}.at`, part.at) }));
  return {
    ...value,
    detectedAt: instantFrom('detectedAt', value.detectedAt),
    ...(value.sightings && { sightings: instants('sightings', value.sightings) }),
    ...(value.boxes && { boxes: instants('boxes', value.boxes) }),
  };
}

/** Plain JSON, or a CloudEvent 1.0 in structured or binary mode; the event's own id must agree with its data. */
export function parseDetectionRequest(headers: Headers, body: unknown): Detection {
  const contentType = String(headers['content-type'] ?? '');
  const cloudEvent = contentType.startsWith('application/cloudevents') || headers['ce-specversion'] !== undefined;
  if (!cloudEvent) return parseDetection(body);
  const event = readCloudEvent(headers, body);
  if (event.type !== detectionEventType) throw invalidField('type', `must be ${detectionEventType}`);
  const detection = parseDetection(event.data);
  if (event.id !== detection.eventId)
    throw invalidField('id', 'must equal data.eventId, since it is what makes the event idempotent');
  return detection;
}

function readCloudEvent(headers: Headers, body: unknown): { type: string; id: string; data: unknown } {
  try {
    const event = HTTP.toEvent({ headers, body });
    if (Array.isArray(event)) throw invalidField('body', 'must be a single event, not a batch');
    if (event.specversion !== '1.0') throw invalidField('specversion', 'must be 1.0');
    // The library fills in what is missing instead of refusing it.
    if (!event.source) throw invalidField('source', 'is missing');
    return { type: event.type, id: event.id, data: event.data };
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError('VALIDATION', 'body: is not a readable CloudEvent', {
      fields: [{ field: 'body', message: 'is not a readable CloudEvent' }],
      cause: error,
    });
  }
}

export function parsePosEvents(value: unknown): PosEvent[] {
  const isPosEvent = posEventValidator();
  const events = Array.isArray(value) ? value : [value];
  if (events.length === 0) throw invalidField('body', 'must hold at least one line');
  if (events.length > maxPosBatch) throw invalidField('body', `must hold at most ${maxPosBatch} lines`);
  return events.map((event: unknown, index) => {
    const prefix = Array.isArray(value) ? `${index}.` : '';
    if (!isPosEvent(event)) throw refusal(isPosEvent.errors ?? [], prefix);
    return { ...event, occurredAt: instantFrom(`${prefix}occurredAt`, event.occurredAt) };
  });
}

/** One crossing or a batch; throws VALIDATION that names each field. */
export function parseCrossings(value: unknown): Crossing[] {
  const isCrossing = crossingValidator();
  const crossings = Array.isArray(value) ? value : [value];
  if (crossings.length === 0) throw invalidField('body', 'must hold at least one crossing');
  if (crossings.length > maxCrossingBatch)
    throw invalidField('body', `must hold at most ${maxCrossingBatch} crossings`);
  return crossings.map((crossing: unknown, index) => {
    const prefix = Array.isArray(value) ? `${index}.` : '';
    if (!isCrossing(crossing)) throw refusal(isCrossing.errors ?? [], prefix);
    return { ...crossing, at: instantFrom(`${prefix}at`, crossing.at) };
  });
}

/** One event of a sensor or a batch; throws VALIDATION that names each field. */
export function parseSensorEvents(value: unknown): SensorEvent[] {
  const isSensorEvent = sensorEventValidator();
  const events = Array.isArray(value) ? value : [value];
  if (events.length === 0) throw invalidField('body', 'must hold at least one event');
  if (events.length > maxSensorBatch) throw invalidField('body', `must hold at most ${maxSensorBatch} events`);
  return events.map((event: unknown, index) => {
    const prefix = Array.isArray(value) ? `${index}.` : '';
    if (!isSensorEvent(event)) throw refusal(isSensorEvent.errors ?? [], prefix);
    return { ...event, occurredAt: instantFrom(`${prefix}occurredAt`, event.occurredAt) };
  });
}

export function parseSensorStatus(value: unknown): SensorStatus {
  const isSensorStatus = sensorStatusValidator();
  if (!isSensorStatus(value)) throw refusal(isSensorStatus.errors ?? [], '');
  return { ...value, ...(value.at === undefined ? {} : { at: instantFrom('at', value.at) }) };
}

function refusal(allErrors: readonly ErrorObject[], prefix: string): DomainError {
  // That a branch was not met says nothing beside what was wrong in it.
  const errors = allErrors.filter(({ keyword }) => keyword !== 'if');
  const fields = errors.map((entry) => fieldError(entry, prefix));
  return new DomainError('VALIDATION', fields.map(({ field, message }) => `${field}: ${message}`).join('; '), {
    fields,
  });
}

function fieldError(entry: ErrorObject, prefix: string): FieldError {
  const params = entry.params as { missingProperty?: string; additionalProperty?: string; allowedValues?: unknown[] };
  const path = [...entry.instancePath.split('/').slice(1), params.missingProperty ?? params.additionalProperty]
    .filter((part) => part !== undefined)
    .join('.');
  const message = params.allowedValues
    ? `must be one of ${params.allowedValues.join(', ')}`
    : params.missingProperty
      ? 'is missing'
      : params.additionalProperty
        ? 'is not known'
        : entry.keyword === 'false schema'
          ? 'does not belong to this kind'
          : (entry.message ?? 'is not valid');
  return { field: `${prefix}${path === '' ? 'body' : path}`, message };
}
