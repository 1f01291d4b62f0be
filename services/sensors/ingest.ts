import { DomainError, type FieldError } from '../../domain/errors.ts';
import { detectionKey } from '../../domain/ids.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { articleKey, epcKey, gtinOf, piecesTaken, type SensorEvent, whatOf } from '../../domain/sensors.ts';
import { addMs, toMs } from '../../domain/time.ts';
import { type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { eventName, type SensorRow, sensorColumns, sensorJoins } from './rows.ts';
import { type SettledEvent, settleEvent } from './settle.ts';

/** How long what sensors say is kept; what came of it stays with its incident. */
export const sensorDaysKept = 90;
/** A sensor's clock may run ahead by this much; more is a mistake that would put events where they do not belong. */
const futureToleranceMs = 5 * 60_000;
const dayMs = 24 * 3_600_000;

export interface RefusedEvent {
  /** Its place in the batch. */
  index: number;
  code: 'SENSOR_UNKNOWN' | 'WRONG_KIND' | 'IN_THE_FUTURE' | 'TOO_OLD' | 'CONFLICTING_EVENT';
  field: string;
  message: string;
}

export interface SensorReceipt {
  accepted: number;
  duplicates: number;
  refused: RefusedEvent[];
  /** What came of each event that was taken, oldest first. */
  events: SettledEvent[];
}

/**
 * Stores what sensors say, then finds the incident of each: an alarm opens or joins one like a detection, everything
 * else only joins. A duplicate is settled again, since whoever sent it first may have died in between. With `whole` the
 * first event that is refused has nothing stored.
 */
export async function ingestSensorEvents(
  ctx: ServiceContext,
  events: readonly SensorEvent[],
  { whole }: { whole: boolean },
): Promise<SensorReceipt> {
  for (const storeId of new Set(events.map((event) => event.storeId)))
    requirePermission(ctx.actor, 'sensor.report', storeId);
  const { taken, ...counts } = await write(ctx, async (tx) => {
    tx.noAudit('append-only intake');
    const stored = await store(tx, ctx.actor.tenantId, events);
    if (whole && stored.refused[0]) throw refusalOf(stored.refused[0], events.length > 1);
    return stored;
  });
  const settled: SettledEvent[] = [];
  for (const event of taken.toSorted((a, b) => toMs(a.occurredAt) - toMs(b.occurredAt)))
    settled.push(await settleEvent(ctx, event));
  return { ...counts, events: settled };
}

/** What is wrong with an event, as an error; `several` when it stood in a list. */
export function refusalOf({ index, code, field: name, message }: RefusedEvent, several: boolean): DomainError {
  const field = several ? `${index}.${name}` : name;
  const fields: FieldError[] = [{ field, message }];
  const kinds = {
    SENSOR_UNKNOWN: 'PRECONDITION_FAILED',
    CONFLICTING_EVENT: 'CONFLICT',
    WRONG_KIND: 'VALIDATION',
    IN_THE_FUTURE: 'VALIDATION',
    TOO_OLD: 'VALIDATION',
  } as const;
  return new DomainError(kinds[code], `${field}: ${message}`, { fields });
}

async function store(
  tx: WriteTransaction,
  tenantId: string,
  events: readonly SensorEvent[],
): Promise<Omit<SensorReceipt, 'events'> & { taken: SensorEvent[] }> {
  const sensors = await lockSensors(tx, tenantId, events);
  const refused: RefusedEvent[] = [];
  const taken: SensorEvent[] = [];
  let accepted = 0;
  for (const [index, event] of events.entries()) {
    const sensor = sensors.get(`${event.storeId}/${event.sensorId}`);
    const problem = placeProblem(index, event, sensor) ?? timeProblem(index, event, tx.at);
    if (problem || !sensor) {
      if (problem) refused.push(problem);
      continue;
    }
    const outcome = await insertEvent(tx, tenantId, event, sensor);
    if (outcome === 'conflict') {
      const message = 'was used by this sensor for another event already; every event needs an id of its own';
      refused.push({ index, code: 'CONFLICTING_EVENT', field: 'eventId', message });
      continue;
    }
    if (outcome === 'fresh') accepted += 1;
    taken.push(event);
  }
  await moveLife(tx, tenantId, taken);
  return { accepted, duplicates: taken.length - accepted, refused, taken };
}

/** Always in one order, so that two batches about the same sensors come one after the other. */
async function lockSensors(
  tx: WriteTransaction,
  tenantId: string,
  events: readonly SensorEvent[],
): Promise<ReadonlyMap<string, SensorRow>> {
  const places = [...new Map(events.map((event) => [`${event.storeId}/${event.sensorId}`, event])).values()];
  const rows = await tx.query<SensorRow>(
    `select ${sensorColumns} from ${sensorJoins}
     join jsonb_to_recordset($2::jsonb) as w ("storeId" text, "sensorId" text) on w."storeId" = s.store_id and w."sensorId" = s.id
     where s.tenant_id = $1 and s.retired_at is null order by s.store_id, s.id for no key update of s`,
    [tenantId, JSON.stringify(places.map(({ storeId, sensorId }) => ({ storeId, sensorId })))],
  );
  return new Map(rows.map((row) => [`${row.store_id}/${row.id}`, row]));
}

function placeProblem(index: number, event: SensorEvent, sensor: SensorRow | undefined): RefusedEvent | null {
  if (!sensor) {
    const message = `the sensor ${event.sensorId} of store ${event.storeId} is not known here; register it first`;
    return { index, code: 'SENSOR_UNKNOWN', field: 'sensorId', message };
  }
  if (sensor.kind === event.kind) return null;
  return { index, code: 'WRONG_KIND', field: 'kind', message: `must be ${sensor.kind}, as the sensor is registered` };
}

function timeProblem(index: number, { occurredAt }: SensorEvent, nowAt: string): RefusedEvent | null {
  if (toMs(occurredAt) > toMs(nowAt) + futureToleranceMs) {
    const message = `lies in the future of the server (${nowAt}); check the sensor's clock`;
    return { index, code: 'IN_THE_FUTURE', field: 'occurredAt', message };
  }
  if (toMs(occurredAt) >= toMs(addMs(nowAt, -sensorDaysKept * dayMs))) return null;
  const message = `is more than ${sensorDaysKept} days ago, which is longer than events are kept`;
  return { index, code: 'TOO_OLD', field: 'occurredAt', message };
}

async function insertEvent(
  tx: WriteTransaction,
  tenantId: string,
  event: SensorEvent,
  sensor: SensorRow,
): Promise<'fresh' | 'same' | 'conflict'> {
  const deltaGrams = event.kind === 'shelf_weight' ? event.deltaGrams : null;
  const taken = deltaGrams === null ? null : piecesTaken(deltaGrams, sensor.settings);
  const epc = event.kind === 'rfid' ? epcKey(event.epc) : null;
  const gtin = epc === null ? null : gtinOf(epc);
  const article = deltaGrams === null ? gtin : (sensor.settings.plu ?? null);
  const key = [tenantId, event.storeId, event.sensorId, event.eventId];
  const own = eventName(event.sensorId, event.eventId);
  const said = [event.occurredAt, whatOf(event), deltaGrams, epc];
  const [fresh] = await tx.query(
    `insert into sensor_events (tenant_id, store_id, sensor_id, event_id, occurred_at, what, delta_grams, epc, kind, zone_id, received_at, pieces, whole, article, detection_key)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict do nothing returning event_id`,
    [
      ...[...key, ...said, event.kind, sensor.zone_id, tx.at, taken?.pieces ?? null, taken?.whole ?? null],
      ...[article === null ? null : articleKey(article), detectionKey(tenantId, event.storeId, sensor.camera_id, own)],
    ],
  );
  if (fresh) return 'fresh';
  const [same] = await tx.query(
    `select event_id from sensor_events where tenant_id = $1 and store_id = $2 and sensor_id = $3 and event_id = $4
       and (occurred_at, what, delta_grams, epc) is not distinct from ($5::timestamptz, $6::text, $7::numeric, $8::text)`,
    [...key, ...said],
  );
  return same ? 'same' : 'conflict';
}

/** Whoever speaks lives; an old event that comes late is no sign of life. */
async function moveLife(tx: WriteTransaction, tenantId: string, events: readonly SensorEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(({ storeId, sensorId, occurredAt }) => ({ storeId, sensorId, occurredAt }));
  await tx.query(
    `update sensors s set connected = true, last_seen_at = n.at
     from (select w."storeId", w."sensorId", least(max(w."occurredAt"), $3::timestamptz) as at
       from jsonb_to_recordset($2::jsonb) as w ("storeId" text, "sensorId" text, "occurredAt" timestamptz) group by 1, 2) n
     where s.tenant_id = $1 and s.store_id = n."storeId" and s.id = n."sensorId" and (s.last_seen_at is null or s.last_seen_at < n.at)`,
    [tenantId, JSON.stringify(rows), tx.at],
  );
}
