import { invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { found, iso, readOnly, type ServiceContext, type WriteTransaction, write } from '../context.ts';

export interface CameraSetup {
  storeId: string;
  cameraId: string;
  /** Which cameras are secured along with this one; of one zone, or (null) wherever it looks. */
  neighbours: { zoneId: string | null; cameraId: string }[];
  clock: { offsetMs: number; errorMs: number; method: string; since: string } | null;
}

type CameraName = Pick<CameraSetup, 'storeId' | 'cameraId'>;

/** What was declared about a camera: its neighbours and how its clock lies. */
export function readCameraSetup(ctx: ServiceContext, camera: CameraName): Promise<CameraSetup> {
  requirePermission(ctx.actor, 'estate.read');
  const { storeId, cameraId } = camera;
  const of = [ctx.actor.tenantId, storeId, cameraId];
  return readOnly(ctx, async (tx) => {
    const [known] = await tx.query('select id from cameras where tenant_id = $1 and store_id = $2 and id = $3', of);
    found(known, `camera ${cameraId} of store ${storeId}`);
    const neighbours = await tx.query<{ zone_id: string; neighbour_id: string }>(
      'select zone_id, neighbour_id from camera_neighbours where tenant_id = $1 and store_id = $2 and camera_id = $3 order by zone_id, neighbour_id',
      of,
    );
    const [clock] = await tx.query<{ offset_ms: number; error_ms: number; method: string; from_at: Date }>(
      'select offset_ms, error_ms, method, from_at from camera_clocks where tenant_id = $1 and store_id = $2 and camera_id = $3 and to_at is null',
      of,
    );
    return {
      ...{ storeId, cameraId },
      neighbours: neighbours.map((row) => ({ zoneId: row.zone_id || null, cameraId: row.neighbour_id })),
      clock: clock
        ? { offsetMs: clock.offset_ms, errorMs: clock.error_ms, method: clock.method, since: iso(clock.from_at) }
        : null,
    };
  });
}

/** Says which other cameras see what this one sees; replaces what was said before. */
export function setCameraNeighbours(
  ctx: ServiceContext,
  input: CameraName & { neighbours: CameraSetup['neighbours'] },
): Promise<CameraSetup> {
  const { storeId, cameraId, neighbours } = input;
  requirePermission(ctx.actor, 'sensor.manage', storeId);
  if (neighbours.some((neighbour) => neighbour.cameraId === cameraId))
    throw invalidField('neighbours', 'a camera is not its own neighbour');
  const of = [ctx.actor.tenantId, storeId, cameraId];
  return write(ctx, async (tx) => {
    await requireCameras(tx, ctx.actor.tenantId, storeId, [cameraId, ...neighbours.map((each) => each.cameraId)]);
    const zones = await tx.query<{ id: string }>('select id from zones where tenant_id = $1 and store_id = $2', [
      ctx.actor.tenantId,
      storeId,
    ]);
    const unknown = neighbours.find(({ zoneId }) => zoneId !== null && !zones.some(({ id }) => id === zoneId));
    if (unknown) throw invalidField('neighbours', `there is no zone ${unknown.zoneId} in this store`);
    await tx.query('delete from camera_neighbours where tenant_id = $1 and store_id = $2 and camera_id = $3', of);
    for (const neighbour of neighbours)
      await tx.query(
        'insert into camera_neighbours (tenant_id, store_id, camera_id, zone_id, neighbour_id) values ($1, $2, $3, $4, $5) on conflict do nothing',
        [...of, neighbour.zoneId ?? '', neighbour.cameraId],
      );
    tx.audit({ action: 'camera.neighbours_set', subject: `store:${storeId}`, details: { cameraId, neighbours } });
  }).then(() => readCameraSetup(ctx, { storeId, cameraId }));
}

/** Says how far a camera's pictures are dated ahead of true time; counts from now on, and until it is said again. */
export function setCameraClock(
  ctx: ServiceContext,
  input: CameraName & { offsetMs: number; errorMs: number; method: string },
): Promise<CameraSetup> {
  const { storeId, cameraId, offsetMs, errorMs } = input;
  requirePermission(ctx.actor, 'sensor.manage', storeId);
  const method = input.method.trim();
  if (method === '') throw invalidField('method', 'is missing: say how it was measured');
  const of = [ctx.actor.tenantId, storeId, cameraId];
  return write(ctx, async (tx) => {
    await requireCameras(tx, ctx.actor.tenantId, storeId, [cameraId]);
    await tx.query(
      'update camera_clocks set to_at = $4 where tenant_id = $1 and store_id = $2 and camera_id = $3 and to_at is null and from_at < $4',
      [...of, tx.at],
    );
    await tx.query(
      `insert into camera_clocks (tenant_id, store_id, camera_id, from_at, offset_ms, error_ms, method, set_by) values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (tenant_id, store_id, camera_id, from_at) do update set offset_ms = excluded.offset_ms, error_ms = excluded.error_ms, method = excluded.method, set_by = excluded.set_by`,
      [...of, tx.at, offsetMs, errorMs, method, ctx.actor.id],
    );
    tx.audit({
      action: 'camera.clock_set',
      subject: `store:${storeId}`,
      details: { cameraId, offsetMs, errorMs, method },
    });
  }).then(() => readCameraSetup(ctx, { storeId, cameraId }));
}

async function requireCameras(
  tx: WriteTransaction,
  tenantId: string,
  storeId: string,
  cameraIds: readonly string[],
): Promise<void> {
  const rows = await tx.query<{ id: string }>(
    'select id from cameras where tenant_id = $1 and store_id = $2 and id = any ($3)',
    [tenantId, storeId, cameraIds],
  );
  for (const cameraId of cameraIds)
    found(
      rows.find(({ id }) => id === cameraId),
      `camera ${cameraId} of store ${storeId}`,
    );
}
