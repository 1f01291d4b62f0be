import { DomainError, type FieldError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { type SensorKind, type SensorSettings, type SensorState, sensorStateAt } from '../../domain/sensors.ts';
import { toMs } from '../../domain/time.ts';
import { isoOrNull, readOnly, type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { type SensorRow, sensorColumns, sensorJoins } from './rows.ts';

export interface SensorRegistration {
  storeId: string;
  sensorId: string;
  kind: SensorKind;
  zoneId: string;
  label: string;
  gatewayId?: string | null;
  settings?: SensorSettings;
  silentAfterMs?: number;
  /** Taken down: it says nothing any more, and its silence is no gap. */
  retired?: boolean;
}

export interface SensorView {
  storeId: string;
  sensorId: string;
  kind: SensorKind;
  zoneId: string;
  cameraId: string;
  label: string;
  gatewayId: string | null;
  settings: SensorSettings;
  silentAfterMs: number;
  retired: boolean;
  state: SensorState;
  lastSeenAt: string | null;
}

const usualSilenceMs = 90_000;

/** Says what a sensor is and where; the same again changes nothing. */
export function registerSensor(ctx: ServiceContext, sensor: SensorRegistration): Promise<SensorView> {
  requirePermission(ctx.actor, 'sensor.manage', sensor.storeId);
  const settings = sensor.settings ?? {};
  refuseWrongSettings(sensor.kind, settings);
  return write(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    const [zone] = await tx.query('select id from zones where tenant_id = $1 and store_id = $2 and id = $3', [
      ...[tenantId, sensor.storeId, sensor.zoneId],
    ]);
    if (!zone) throw refusal('PRECONDITION_FAILED', 'zoneId', `${sensor.zoneId} is not known here; register it first`);
    const earlier = await readSensor(tx, tenantId, sensor);
    if (earlier && earlier.kind !== sensor.kind)
      throw refusal('CONFLICT', 'kind', `is ${earlier.kind} already; retire this sensor and register another`);
    const [changed] = await tx.query(
      `insert into sensors as s (tenant_id, store_id, id, kind, zone_id, label, gateway_id, settings, silent_after_ms, retired_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, case when $10 then $11::timestamptz end)
       on conflict (tenant_id, store_id, id) do update set zone_id = excluded.zone_id, label = excluded.label, gateway_id = excluded.gateway_id,
         settings = excluded.settings, silent_after_ms = excluded.silent_after_ms, retired_at = case when $10 then coalesce(s.retired_at, $11::timestamptz) end
       where (s.zone_id, s.label, s.gateway_id, s.settings, s.silent_after_ms, s.retired_at is not null)
         is distinct from (excluded.zone_id, excluded.label, excluded.gateway_id, excluded.settings, excluded.silent_after_ms, $10::boolean)
       returning id`,
      [
        ...[tenantId, sensor.storeId, sensor.sensorId, sensor.kind, sensor.zoneId, sensor.label],
        ...[sensor.gatewayId ?? null, JSON.stringify(settings), sensor.silentAfterMs ?? usualSilenceMs],
        ...[sensor.retired ?? false, tx.at],
      ],
    );
    if (changed) {
      const { storeId, sensorId, ...details } = sensor;
      tx.audit({ action: 'sensor.registered', subject: `sensor:${storeId}/${sensorId}`, details });
    } else tx.noAudit('nothing changed');
    return viewOf((await readSensor(tx, tenantId, sensor))!, tx.at);
  });
}

/** The sensors in scope and how they stand: one that is not online is a gap in what the store can notice. */
export function listSensors(ctx: ServiceContext, filter: { storeId?: string } = {}): Promise<SensorView[]> {
  requirePermission(ctx.actor, 'estate.read', filter.storeId);
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<SensorRow>(
      `select ${sensorColumns} from ${sensorJoins} where s.tenant_id = $1 and ($2::text is null or s.store_id = $2)
       order by s.store_id, s.retired_at is not null, s.label, s.id`,
      [ctx.actor.tenantId, filter.storeId ?? null],
    );
    return rows.map((row) => viewOf(row, ctx.now()));
  });
}

async function readSensor(
  tx: WriteTransaction,
  tenantId: string,
  { storeId, sensorId }: Pick<SensorRegistration, 'storeId' | 'sensorId'>,
): Promise<SensorRow | undefined> {
  const [row] = await tx.query<SensorRow>(
    `select ${sensorColumns} from ${sensorJoins} where s.tenant_id = $1 and s.store_id = $2 and s.id = $3`,
    [tenantId, storeId, sensorId],
  );
  return row;
}

/** A shelf that does not know what lies on it can only say that its weight has changed. */
function refuseWrongSettings(kind: SensorKind, settings: SensorSettings): void {
  const shelf = kind === 'shelf_weight';
  for (const field of ['plu', 'articleGrams'] as const)
    if (shelf && settings[field] === undefined)
      throw refusal('VALIDATION', `settings.${field}`, 'is missing; a shelf must know the article that lies on it');
  const [stray] = Object.keys(settings);
  if (!shelf && stray !== undefined) throw refusal('VALIDATION', `settings.${stray}`, 'is for shelf_weight only');
}

function refusal(code: 'VALIDATION' | 'CONFLICT' | 'PRECONDITION_FAILED', field: string, message: string): DomainError {
  const fields: FieldError[] = [{ field, message }];
  return new DomainError(code, `${field}: ${message}`, { fields });
}

const viewOf = (row: SensorRow, nowAt: string): SensorView => ({
  ...{ storeId: row.store_id, sensorId: row.id, kind: row.kind, zoneId: row.zone_id, cameraId: row.camera_id },
  ...{ label: row.label, gatewayId: row.gateway_id, settings: row.settings, silentAfterMs: row.silent_after_ms },
  retired: row.retired_at !== null,
  state: stateOf(row, nowAt),
  lastSeenAt: isoOrNull(row.last_seen_at),
});

export const stateOf = (row: SensorRow, nowAt: string): SensorState =>
  sensorStateAt(
    {
      connected: row.connected,
      lastSeenAtMs: row.last_seen_at?.getTime() ?? null,
      silentAfterMs: row.silent_after_ms,
    },
    toMs(nowAt),
  );
