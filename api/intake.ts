import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type Headers, HTTP } from 'cloudevents';
import { DomainError, type FieldError, invalidField } from '../domain/errors.ts';
import type { Detection, PosEvent } from '../domain/types.ts';

const schemaOf = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../schemas/events/${name}.schema.json`, import.meta.url), 'utf8')) as Record<
    string,
    unknown
  >;

const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false });
addFormats.default(ajv);
const isDetection: ValidateFunction<Detection> = ajv.compile<Detection>(schemaOf('detection'));
const isPosEvent: ValidateFunction<PosEvent> = ajv.compile<PosEvent>(schemaOf('pos-event'));

export const maxPosBatch = 1_000;
export const detectionEventType = 'io.floorwalker.detection.v1';

/** One schema for every way in; throws VALIDATION that names each field. */
export function parseDetection(value: unknown): Detection {
  if (isDetection(value)) return value;
  throw refusal(isDetection.errors ?? [], '');
}

/** Plain JSON, or a CloudEvent 1.0 in structured or binary mode; the event's own time and id must agree with its data. */
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
    return { type: event.type, id: event.id, data: event.data };
  } catch (error) {
    if (error instanceof DomainError) throw error;
    const detail = error instanceof Error ? error.message : 'it could not be read';
    throw new DomainError('VALIDATION', `The CloudEvent is not valid: ${detail}.`, {
      fields: cloudEventFields(error, detail),
    });
  }
}

function cloudEventFields(error: unknown, detail: string): FieldError[] {
  const errors =
    typeof error === 'object' && error !== null && 'errors' in error && Array.isArray(error.errors)
      ? (error.errors as ErrorObject[])
      : [];
  return errors.length === 0 ? [{ field: 'body', message: detail }] : errors.map((entry) => fieldError(entry, ''));
}

export function parsePosEvents(value: unknown): PosEvent[] {
  const events = Array.isArray(value) ? value : [value];
  if (events.length === 0) throw invalidField('body', 'must hold at least one line');
  if (events.length > maxPosBatch) throw invalidField('body', `must hold at most ${maxPosBatch} lines`);
  return events.map((event: unknown, index) => {
    if (isPosEvent(event)) return event;
    throw refusal(isPosEvent.errors ?? [], Array.isArray(value) ? `${index}.` : '');
  });
}

function refusal(errors: readonly ErrorObject[], prefix: string): DomainError {
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
        : (entry.message ?? 'is not valid');
  return { field: `${prefix}${path === '' ? 'body' : path}`, message };
}
