import type { Queryable } from '../../adapters/postgres/database.ts';
import type { Contribution } from '../../domain/fusion.ts';
import type { SensorKind } from '../../domain/sensors.ts';
import type { Reason } from '../../domain/types.ts';
import { iso } from '../context.ts';
import type { IncidentFacts } from '../incident/facts.ts';
import { eventName } from './rows.ts';

/** An event that supports an incident; it can be taken out again under its name. */
export interface JoinedEvent {
  eventId: string;
  sensorId: string;
  kind: SensorKind;
  what: string | null;
  pieces: number | null;
  occurredAt: string;
  reason: Reason;
}

type Place = Pick<IncidentFacts, 'tenantId' | 'storeId' | 'incidentId'>;

/** What joined an incident without being a detection of its own, oldest first. */
export async function readJoinedEvents(tx: Queryable, { tenantId, incidentId }: Place): Promise<JoinedEvent[]> {
  const rows = await tx.query<{
    sensor_id: string;
    event_id: string;
    kind: SensorKind;
    what: string | null;
    pieces: number | null;
    occurred_at: Date;
    join_reason: Reason;
  }>(
    `select sensor_id, event_id, kind, what, pieces, occurred_at, join_reason from sensor_events
     where tenant_id = $1 and incident_id = $2 order by occurred_at, sensor_id, event_id`,
    [tenantId, incidentId],
  );
  return rows.map((row) => ({
    ...{ eventId: eventName(row.sensor_id, row.event_id), sensorId: row.sensor_id, kind: row.kind },
    ...{ what: row.what, pieces: row.pieces, occurredAt: iso(row.occurred_at), reason: row.join_reason },
  }));
}

/** The names that people know cameras and sensors by. */
export async function sourceLabels(
  tx: Queryable,
  { tenantId, storeId }: Place,
): Promise<(contribution: Contribution) => string | null> {
  const rows = await tx.query<{ source: 'camera' | 'sensor'; id: string; label: string }>(
    `select 'camera' as source, id, name as label from cameras where tenant_id = $1 and store_id = $2
     union all select 'sensor', id, label from sensors where tenant_id = $1 and store_id = $2`,
    [tenantId, storeId],
  );
  const labels = new Map(rows.map(({ source, id, label }) => [`${source}/${id}`, label]));
  return ({ source, sourceId }) => labels.get(`${source === 'camera' ? 'camera' : 'sensor'}/${sourceId}`) ?? null;
}
