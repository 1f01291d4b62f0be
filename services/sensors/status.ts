import { DomainError } from '../../domain/errors.ts';
import { reaches } from '../../domain/fusion-join.ts';
import { requirePermission } from '../../domain/permissions.ts';
import type { SensorStatus } from '../../domain/sensors.ts';
import { addMs, toMs } from '../../domain/time.ts';
import { type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { loadIncident } from '../incident/facts.ts';
import { weighAgain } from '../incident/weigh.ts';

/** A shelf that lives and says nothing may still speak of what was seen this long ago. */
const silenceSpeaksMs = 10 * 60_000;

export interface StatusReceipt {
  /** The sensor, or those that the gateway speaks for. */
  sensors: number;
  /** Incidents that a shelf's silence weighs on; their workflows may have something to look at. */
  incidentIds: string[];
}

/**
 * Birth, heartbeat and death of a sensor's connection, or of a gateway's for all of its sensors. The death of an earlier
 * session than the last one born is old news; it is what a broker sends after a quick reconnection.
 */
export async function reportSensorStatus(ctx: ServiceContext, status: SensorStatus): Promise<StatusReceipt> {
  requirePermission(ctx.actor, 'sensor.report', status.storeId);
  const { tenantId } = ctx.actor;
  const { sensors, shelves } = await write(ctx, async (tx) => {
    tx.noAudit('telemetry');
    const at = status.at === undefined || toMs(status.at) > toMs(tx.at) ? tx.at : status.at;
    const rows = await tx.query<{ id: string; kind: string; zone_id: string }>(
      `select id, kind, zone_id from sensors where tenant_id = $1 and store_id = $2 and (id = $3 or gateway_id = $3) and retired_at is null order by id for no key update`,
      [tenantId, status.storeId, status.sensorId],
    );
    if (rows.length === 0) throw unknownSensor(status);
    await moveStatus(tx, tenantId, status, at);
    const heard = status.state === 'heartbeat' ? rows.filter(({ kind }) => kind === 'shelf_weight') : [];
    return { sensors: rows.length, shelves: await waitingForShelves(tx, tenantId, status.storeId, heard, at) };
  });
  const incidentIds: string[] = [];
  for (const incidentId of shelves) {
    const again = await write(ctx, async (tx) => {
      const incident = await loadIncident(tx, tenantId, incidentId, true);
      tx.noAudit('nothing changed');
      return incident.state === 'closed' ? null : weighAgain(tx, incident, ctx.actor.id);
    });
    if (again?.lookAgain) incidentIds.push(incidentId);
  }
  return { sensors, incidentIds };
}

function unknownSensor({ sensorId, storeId }: SensorStatus): DomainError {
  const message = `neither a sensor nor a gateway ${sensorId} of store ${storeId} is known here; register it first`;
  return new DomainError('PRECONDITION_FAILED', `sensorId: ${message}`, { fields: [{ field: 'sensorId', message }] });
}

async function moveStatus(
  tx: WriteTransaction,
  tenantId: string,
  { storeId, sensorId, state, session }: SensorStatus,
  at: string,
): Promise<void> {
  const which = 'tenant_id = $1 and store_id = $2 and (id = $3 or gateway_id = $3) and retired_at is null';
  const place = [tenantId, storeId, sensorId, session];
  if (state === 'death') await tx.query(`update sensors set connected = false where ${which} and session = $4`, place);
  else
    await tx.query(
      // A heartbeat that nobody saw the birth of is life all the same; only a birth begins a session anew.
      `update sensors set connected = true, session = case when $6 then $4 else coalesce(session, $4) end, last_seen_at = greatest(last_seen_at, $5::timestamptz)
       where ${which}`,
      [...place, at, state === 'birth'],
    );
}

/** Open incidents at these shelves whose time is over, and which do not know yet what the shelf has (not) said. */
async function waitingForShelves(
  tx: WriteTransaction,
  tenantId: string,
  storeId: string,
  shelves: readonly { id: string; zone_id: string }[],
  at: string,
): Promise<string[]> {
  if (shelves.length === 0) return [];
  const rows = await tx.query<{ id: string }>(
    `select distinct i.id from incidents i
     join jsonb_to_recordset($3::jsonb) as s (id text, zone_id text) on s.zone_id = i.zone_id
     where i.tenant_id = $1 and i.store_id = $2 and i.state <> 'closed' and not i.drill and i.category = 'shoplifting'
       and i.detected_at between $4 and $5
       and not exists (select from jsonb_array_elements(i.fusion -> 'contributions') c
         where c ->> 'source' = 'shelf_weight' and c ->> 'sourceId' = s.id and c -> 'reason' ->> 'code' <> 'SENSOR_SILENT')`,
    [
      ...[tenantId, storeId, JSON.stringify(shelves.map(({ id, zone_id }) => ({ id, zone_id })))],
      ...[addMs(at, -silenceSpeaksMs), addMs(at, -reaches.shelf_weight.afterMs)],
    ],
  );
  return rows.map(({ id }) => id);
}
