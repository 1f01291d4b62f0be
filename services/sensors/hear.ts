import type { Queryable } from '../../adapters/postgres/database.ts';
import type { HeardEvent, QuietSensor } from '../../domain/fusion.ts';
import { joining, reaches } from '../../domain/fusion-join.ts';
import { neverOnlySupports } from '../../domain/sensors.ts';
import { type GoodsAnswer, goodsAnswer, goodsReachMs } from '../../domain/sensors-goods.ts';
import { addMs, toMs } from '../../domain/time.ts';
import { behaviours, type Reason } from '../../domain/types.ts';
import { iso, isoOrNull, type WriteTransaction } from '../context.ts';
import type { IncidentFacts } from '../incident/facts.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';
import { stateOf } from './register.ts';
import { eventColumns, eventName, type SensorEventRow, type SensorRow, sensorColumns, sensorJoins } from './rows.ts';
import { readArticleLines, readSilentTill, readTagSale } from './till-questions.ts';

/** What sensors say of an incident. */
export interface SensorFacts {
  heard: HeardEvent[];
  quiet: QuietSensor[];
  goods: GoodsAnswer | null;
}

/** The widest window of what happens at a place. */
const placeReachMs = Math.max(
  ...Object.values(reaches).flatMap(({ place, beforeMs, afterMs }) => (place === 'zone' ? [beforeMs, afterMs] : [])),
);

/** Everything that sensors say of an incident; what they said before it opened joins it now. */
export async function hearSensors(
  tx: WriteTransaction,
  incident: IncidentFacts,
  actorId: string,
): Promise<SensorFacts> {
  // Nothing real belongs to a drill.
  if (incident.drill) return { heard: [], quiet: [], goods: null };
  const sensors = await readSensorsAt(tx, incident);
  if (sensors.length > 0 && incident.state !== 'closed') await claimEarlier(tx, incident, actorId);
  const events = await readJoined(tx, incident);
  const heard: HeardEvent[] = [];
  for (const event of events) heard.push(await heardOf(tx, incident, event));
  return { heard, quiet: quietOf(sensors, heard, incident, tx.at), goods: await askGoods(tx, incident, events) };
}

async function readSensorsAt(tx: Queryable, incident: IncidentFacts): Promise<SensorRow[]> {
  if (incident.zoneId === null) return [];
  const rows = await tx.query<SensorRow>(
    `select ${sensorColumns} from ${sensorJoins} where s.tenant_id = $1 and s.store_id = $2 and s.zone_id = $3 and s.retired_at is null order by s.id`,
    [incident.tenantId, incident.storeId, incident.zoneId],
  );
  return rows.filter(({ kind }) => reaches[kind].categories.includes(behaviours[incident.behaviour]));
}

async function claimEarlier(tx: WriteTransaction, incident: IncidentFacts, actorId: string): Promise<void> {
  const rows = await tx.query<SensorEventRow>(
    `select ${eventColumns} from sensor_events e
     where e.tenant_id = $1 and e.store_id = $2 and e.zone_id = $3 and e.occurred_at between $4 and $5
       and e.incident_id is null and e.released_at is null
       and not exists (select from detections d where d.tenant_id = e.tenant_id and d.dedup_key = e.detection_key)
     order by e.occurred_at for update of e`,
    [
      ...[incident.tenantId, incident.storeId, incident.zoneId],
      ...[addMs(incident.detectedAt, -placeReachMs), addMs(incident.detectedAt, placeReachMs)],
    ],
  );
  for (const row of rows) {
    // An alarm that is being taken in right now becomes a detection by itself.
    if (!supports(row) || neverOnlySupports(row) || reaches[row.kind].place !== 'zone') continue;
    const occurredAt = iso(row.occurred_at);
    const found = joining({ kind: row.kind, zoneId: row.zone_id, occurredAt, article: row.article }, [
      { ...incident, articles: [] },
    ]);
    if (found.outcome === 'joins') await claimEvent(tx, incident, row, found.reason, actorId);
  }
}

/** A door that closed, or a shelf that only trembled, speaks of nothing. */
export const supports = ({ kind, what, pieces, whole }: SensorEventRow): boolean => {
  if (kind === 'door') return what !== 'closed';
  return kind !== 'shelf_weight' || pieces !== 0 || whole === false;
};

/** Writes down that an event belongs to an incident, and why. */
export async function claimEvent(
  tx: WriteTransaction,
  incident: Pick<IncidentFacts, 'tenantId' | 'storeId' | 'incidentId'>,
  event: SensorEventRow,
  reason: Reason,
  actorId: string,
): Promise<void> {
  const { tenantId, storeId, incidentId } = incident;
  const [claimed] = await tx.query(
    `update sensor_events set incident_id = $5, join_reason = $6
     where tenant_id = $1 and store_id = $2 and sensor_id = $3 and event_id = $4 and incident_id is null and released_at is null returning event_id`,
    [tenantId, storeId, event.sensor_id, event.event_id, incidentId, JSON.stringify(reason)],
  );
  if (!claimed) return;
  const name = eventName(event.sensor_id, event.event_id);
  const params = { sensorId: event.sensor_id, eventId: name, kind: event.kind, what: event.what, pieces: event.pieces };
  await addTimelineEntry(tx, {
    ...{ tenantId, storeId, incidentId, kind: 'sensor_joined', actor: actorId },
    params: { ...params, reasons: [reason] },
    factKey: `sensor:${name}`,
  });
  tx.audit({
    action: 'incident.sensor_joined',
    subject: `incident:${incidentId}`,
    details: { ...params, reason },
  });
}

/** What supports the incident, and the alarms that are among its detections. */
async function readJoined(tx: Queryable, { tenantId, incidentId }: IncidentFacts): Promise<SensorEventRow[]> {
  return tx.query<SensorEventRow>(
    `select ${eventColumns} from sensor_events e where e.tenant_id = $1 and e.incident_id = $2
     union all
     select ${eventColumns} from detections d join sensor_events e on e.tenant_id = d.tenant_id and e.detection_key = d.dedup_key and e.incident_id is null
     where d.tenant_id = $1 and d.incident_id = $2 and d.body ? 'sensorId'
     order by occurred_at, sensor_id, event_id`,
    [tenantId, incidentId],
  );
}

async function heardOf(tx: Queryable, place: IncidentFacts, row: SensorEventRow): Promise<HeardEvent> {
  const at = iso(row.occurred_at);
  const { what, pieces, whole, epc, article } = row;
  const sold = epc === null ? null : await readTagSale(tx, place, { epc, article, at });
  return { sensorId: row.sensor_id, kind: row.kind, at, what, pieces, whole, sold };
}

function quietOf(
  sensors: readonly SensorRow[],
  heard: readonly HeardEvent[],
  { detectedAt }: IncidentFacts,
  nowAt: string,
): QuietSensor[] {
  const speaking = new Set(heard.map(({ sensorId }) => sensorId));
  return sensors
    .filter(({ id }) => !speaking.has(id))
    .map((sensor) => {
      const lastSeenAt = isoOrNull(sensor.last_seen_at);
      const overMs = toMs(detectedAt) + reaches[sensor.kind].afterMs;
      const unchanged = lastSeenAt !== null && toMs(lastSeenAt) > overMs;
      const silent = stateOf(sensor, nowAt) !== 'online';
      const state = unchanged ? 'unchanged' : silent ? 'silent' : 'waiting';
      return { sensorId: sensor.id, kind: sensor.kind, state, lastSeenAt };
    });
}

/** Whether what the shelves are missing was paid for; null when no shelf says what is missing. */
async function askGoods(
  tx: Queryable,
  { tenantId, storeId, incidentId }: IncidentFacts,
  events: readonly SensorEventRow[],
): Promise<GoodsAnswer | null> {
  const shelves = events.filter(({ kind, pieces, article }) => kind === 'shelf_weight' && pieces && article !== null);
  const [first] = shelves;
  if (first === undefined) return null;
  const articles = [...new Set(shelves.map(({ article }) => article!))];
  const span = {
    fromAt: addMs(iso(first.occurred_at), -goodsReachMs),
    toAt: addMs(iso(first.occurred_at), goodsReachMs),
  };
  const takings = await tx.query<{ article: string; pieces: number; occurred_at: Date; incident_id: string | null }>(
    `select article, pieces, occurred_at, incident_id from sensor_events
     where tenant_id = $1 and store_id = $2 and article = any ($3) and kind = 'shelf_weight' and pieces <> 0 and occurred_at between $4 and $5`,
    [tenantId, storeId, articles, span.fromAt, span.toAt],
  );
  const leaving = events.find(({ kind, what }) => (kind === 'eas_gate' || kind === 'rfid') && what !== 'in');
  const leftAt = leaving ? iso(leaving.occurred_at) : null;
  const place = { tenantId, storeId };
  return goodsAnswer({
    takings: takings.map((row) => ({
      ...{ plu: row.article, pieces: row.pieces, at: iso(row.occurred_at) },
      own: row.incident_id === incidentId,
    })),
    lines: await readArticleLines(tx, place, articles, span),
    leftAt,
    silentTill: leftAt === null ? null : await readSilentTill(tx, place, leftAt),
  });
}
