import type { Queryable } from '../../adapters/postgres/database.ts';
import { alone } from '../../domain/fusion.ts';
import { type Joining, joining, reaches } from '../../domain/fusion-join.ts';
import type { IncidentInput } from '../../domain/incident-input.ts';
import { alarmOf, type SensorEvent } from '../../domain/sensors.ts';
import { addMs } from '../../domain/time.ts';
import type { Behaviour, Reason } from '../../domain/types.ts';
import { found, iso, readOnly, type ServiceContext, write } from '../context.ts';
import { type DetectionReceipt, ingestDetection } from '../detection/ingest.ts';
import { loadIncident } from '../incident/facts.ts';
import { weighAgain } from '../incident/weigh.ts';
import { claimEvent, supports } from './hear.ts';
import { eventColumns, eventName, type SensorEventRow } from './rows.ts';
import { readTagSale } from './till-questions.ts';

export interface SettledEvent {
  storeId: string;
  sensorId: string;
  eventId: string;
  /** `ambiguous`: several incidents could be meant, so it joined none. */
  disposition: 'stored' | 'ambiguous' | 'joined' | 'started' | 'merged' | 'duplicate';
  incidentId?: string;
  reason?: Reason;
  /** What the workflow starts from; only for a new incident. */
  start?: IncidentInput;
  /** The workflow engine has something to hear of. */
  tell: boolean;
}

/** With the camera that looked at its place when it was said. */
interface StoredEventRow extends SensorEventRow {
  camera_id: string;
  incident_id: string | null;
  released: boolean;
}

/** Finds the incident of a stored event. The same again does nothing that was done already. */
export async function settleEvent(ctx: ServiceContext, event: SensorEvent): Promise<SettledEvent> {
  const { tenantId } = ctx.actor;
  const about = { storeId: event.storeId, sensorId: event.sensorId, eventId: event.eventId };
  const { row, joined, unsold } = await readOnly(ctx, async (tx) => {
    const [stored] = await tx.query<StoredEventRow>(
      `select ${eventColumns}, e.incident_id, e.released_at is not null as released, z.camera_id from sensor_events e
       join zones z on z.tenant_id = e.tenant_id and z.store_id = e.store_id and z.id = e.zone_id
       where e.tenant_id = $1 and e.store_id = $2 and e.sensor_id = $3 and e.event_id = $4`,
      [tenantId, about.storeId, about.sensorId, about.eventId],
    );
    const known = found(stored, `event ${event.eventId} of sensor ${event.sensorId}`);
    const { epc, article } = known;
    const place = { tenantId, storeId: event.storeId };
    const sold = epc === null ? null : await readTagSale(tx, place, { epc, article, at: event.occurredAt });
    return { row: known, joined: known.incident_id, unsold: sold === false };
  });
  if (joined !== null) return { ...about, disposition: 'duplicate', incidentId: joined, tell: false };
  const behaviour = alarmOf(event, unsold);
  if (behaviour !== null) return { ...about, ...(await raiseAlarm(ctx, event, row, behaviour)) };
  if (!supports(row) || row.released) return { ...about, disposition: 'stored', tell: false };
  return { ...about, ...(await joinIncident(ctx, row)) };
}

/** An alarm is a detection of the camera that looks at the sensor's place; it joins what it belongs to, or opens an incident. */
async function raiseAlarm(
  ctx: ServiceContext,
  event: SensorEvent,
  row: StoredEventRow,
  behaviour: Behaviour,
): Promise<Omit<SettledEvent, 'storeId' | 'sensorId' | 'eventId'>> {
  const receipt = await ingestDetection(
    ctx,
    {
      ...{ eventId: eventName(event.sensorId, event.eventId), storeId: event.storeId, cameraId: row.camera_id },
      ...{ zoneId: row.zone_id, eventType: behaviour, detectedAt: event.occurredAt, sensorId: event.sensorId },
      confidence: confidences[event.kind],
      model: { id: `sensor-${event.kind.replace('_', '-')}`, version: '1' },
    },
    async (tx) => {
      const target = await findIncident(tx, ctx.actor.tenantId, row);
      return target.outcome === 'joins' ? target : null;
    },
  );
  return dispositionOf(receipt);
}

const confidences: Record<SensorEvent['kind'], number> = {
  door: alone.DOOR_FORCED,
  shelf_weight: alone.SHELF_LIGHTER,
  eas_gate: alone.GATE_ALARM,
  rfid: alone.TAG_NOT_SOLD,
  pos_tamper: alone.TILL_TAMPERED,
};

const dispositionOf = (receipt: DetectionReceipt): Omit<SettledEvent, 'storeId' | 'sensorId' | 'eventId'> => ({
  disposition: receipt.disposition,
  incidentId: receipt.incidentId,
  ...(receipt.mergeReason === undefined ? {} : { reason: receipt.mergeReason }),
  ...(receipt.start === undefined ? {} : { start: receipt.start }),
  tell: receipt.nothingToTell !== true,
});

/** Joins the incident that it supports, weighs that one again, and has its workflow look when that may change something. */
function joinIncident(
  ctx: ServiceContext,
  row: SensorEventRow,
): Promise<Omit<SettledEvent, 'storeId' | 'sensorId' | 'eventId'>> {
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    const target = await findIncident(tx, tenantId, row);
    if (target.outcome !== 'joins') {
      tx.noAudit('nothing changed');
      return { disposition: target.outcome === 'ambiguous' ? 'ambiguous' : 'stored', tell: false };
    }
    const incident = await loadIncident(tx, tenantId, target.incidentId, true);
    if (incident.state === 'closed') {
      tx.noAudit('nothing changed');
      return { disposition: 'stored', tell: false };
    }
    await claimEvent(tx, incident, row, target.reason, ctx.actor.id);
    const { lookAgain } = await weighAgain(tx, incident, ctx.actor.id);
    return { disposition: 'joined', incidentId: target.incidentId, reason: target.reason, tell: lookAgain };
  });
}

const maxCandidates = 50;

async function findIncident(tx: Queryable, tenantId: string, row: SensorEventRow): Promise<Joining> {
  const reach = reaches[row.kind];
  const occurredAt = iso(row.occurred_at);
  const rows = await tx.query<{
    id: string;
    zone_id: string | null;
    behaviour: Behaviour;
    detected_at: Date;
    articles: string[] | null;
  }>(
    `select i.id, i.zone_id, i.behaviour, i.detected_at,
       (select array_agg(distinct e.article) from sensor_events e where e.tenant_id = i.tenant_id and e.incident_id = i.id and e.kind = 'shelf_weight' and e.article is not null) as articles
     from incidents i
     where i.tenant_id = $1 and i.store_id = $2 and i.state <> 'closed' and not i.drill and i.detected_at between $3 and $4
       and ($5::text is null or i.zone_id = $5)
     order by i.detected_at desc limit ${maxCandidates}`,
    [
      ...[tenantId, row.store_id, addMs(occurredAt, -reach.afterMs), addMs(occurredAt, reach.beforeMs)],
      reach.place === 'zone' ? row.zone_id : null,
    ],
  );
  return joining(
    { kind: row.kind, zoneId: row.zone_id, occurredAt, article: row.article },
    rows.map((incident) => ({
      ...{ incidentId: incident.id, zoneId: incident.zone_id, behaviour: incident.behaviour },
      ...{ detectedAt: iso(incident.detected_at), articles: incident.articles ?? [] },
    })),
  );
}
