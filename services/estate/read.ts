import { requirePermission } from '../../domain/permissions.ts';
import { instantFrom } from '../../domain/time.ts';
import { found, isoOrNull, readOnly, type ServiceContext, write } from '../context.ts';

export type CameraState = 'unknown' | 'recording' | 'lost' | 'frozen' | 'black';

export function listStores(ctx: ServiceContext) {
  requirePermission(ctx.actor, 'estate.read');
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{
      id: string;
      name: string;
      region_id: string | null;
      time_zone: string;
      open: number;
    }>(
      `select s.id, s.name, s.region_id, s.time_zone, (select count(*)::int from incidents i where i.tenant_id = s.tenant_id and i.store_id = s.id and i.state <> 'closed') as open
       from stores s where s.tenant_id = $1 order by s.name`,
      [ctx.actor.tenantId],
    );
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      regionId: row.region_id,
      timeZone: row.time_zone,
      openIncidents: row.open,
    }));
  });
}

export function listCameras(ctx: ServiceContext) {
  requirePermission(ctx.actor, 'estate.read');
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{
      id: string;
      store_id: string;
      name: string;
      state: CameraState;
      last_seen_at: Date | null;
      zones: { id: string; label: string }[];
    }>(
      `select c.id, c.store_id, c.name, c.state, c.last_seen_at,
         (select coalesce(jsonb_agg(jsonb_build_object('id', z.id, 'label', z.label) order by z.label), '[]') from zones z
          where z.tenant_id = c.tenant_id and z.store_id = c.store_id and z.camera_id = c.id) as zones
       from cameras c where c.tenant_id = $1 order by c.store_id, c.name`,
      [ctx.actor.tenantId],
    );
    return rows.map((row) => ({
      id: row.id,
      storeId: row.store_id,
      name: row.name,
      state: row.state,
      lastSeenAt: isoOrNull(row.last_seen_at),
      zones: row.zones,
    }));
  });
}

/** A camera's heartbeat; an older one than the last changes nothing. */
export function reportCameraHealth(
  ctx: ServiceContext,
  input: { storeId: string; cameraId: string; state: CameraState; at: string },
): Promise<void> {
  requirePermission(ctx.actor, 'camera.report', input.storeId);
  const at = instantFrom('at', input.at);
  return write(ctx, async (tx) => {
    tx.noAudit('telemetry');
    const [camera] = await tx.query('select id from cameras where tenant_id = $1 and store_id = $2 and id = $3', [
      ctx.actor.tenantId,
      input.storeId,
      input.cameraId,
    ]);
    found(camera, `camera ${input.cameraId} of store ${input.storeId}`);
    await tx.query(
      'update cameras set state = $4, last_seen_at = least($5::timestamptz, $6::timestamptz) where tenant_id = $1 and store_id = $2 and id = $3 and (last_seen_at is null or last_seen_at < $5)',
      [ctx.actor.tenantId, input.storeId, input.cameraId, input.state, at, tx.at],
    );
  });
}
