import { DomainError } from '../../domain/errors.ts';
import { detectionKey } from '../../domain/ids.ts';
import { requirePermission } from '../../domain/permissions.ts';
import type { Actor, Behaviour } from '../../domain/types.ts';
import { type ServiceContext, write } from '../context.ts';
import { type DetectionReceipt, ingestDetection } from '../detection/ingest.ts';
import { incidentIdOf } from '../incident/identity.ts';

export interface DrillInput {
  /** Unique; the same id again is the same drill. */
  drillId: string;
  storeId: string;
  cameraId: string;
  zoneId?: string;
  eventType: Behaviour;
  note?: string;
}

/**
 * Plays a detection that nobody made, through the very road of the real ones. Who started it is on record before it is
 * played, and it is marked as a drill from its first row on.
 */
export async function startDrill(ctx: ServiceContext, input: DrillInput): Promise<DetectionReceipt> {
  requirePermission(ctx.actor, 'drill.start', input.storeId);
  const at = ctx.now();
  await recordDrill(ctx, input);
  const { tenantId } = ctx.actor;
  const stage: Actor = {
    id: 'system:drill',
    displayName: 'Drill',
    role: 'system',
    tenantId,
    storeIds: [input.storeId],
  };
  return ingestDetection(
    { ...ctx, actor: stage },
    {
      eventId: input.drillId,
      storeId: input.storeId,
      cameraId: input.cameraId,
      ...(input.zoneId === undefined ? {} : { zoneId: input.zoneId }),
      eventType: input.eventType,
      detectedAt: at,
      confidence: 1,
      model: { id: 'drill', version: '1' },
      drill: true,
    },
  );
}

async function recordDrill(ctx: ServiceContext, input: DrillInput): Promise<void> {
  const { tenantId } = ctx.actor;
  const incidentId = incidentIdOf(detectionKey(tenantId, input.storeId, input.cameraId, input.drillId));
  await write(ctx, async (tx) => {
    await requirePlace(tx, tenantId, input);
    const inserted = await tx.query(
      `insert into drills (tenant_id, store_id, id, incident_id, camera_id, zone_id, behaviour, note, started_by, started_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       on conflict (tenant_id, id) do nothing returning id`,
      [
        tenantId,
        input.storeId,
        input.drillId,
        incidentId,
        input.cameraId,
        input.zoneId ?? null,
        input.eventType,
        input.note ?? null,
        ctx.actor.id,
        tx.at,
      ],
    );
    if (inserted.length === 0) return tx.noAudit('nothing changed');
    tx.audit({
      action: 'drill.started',
      subject: `incident:${incidentId}`,
      details: { drillId: input.drillId, cameraId: input.cameraId, behaviour: input.eventType },
    });
  });
}

/** Asked before the drill is on record: one that can never be played must not be. */
async function requirePlace(
  tx: { query: <R extends Record<string, unknown>>(sql: string, values: readonly unknown[]) => Promise<R[]> },
  tenantId: string,
  { storeId, cameraId, zoneId }: DrillInput,
): Promise<void> {
  const [place] = await tx.query<{ camera: string | null; zone: string | null }>(
    `select c.id as camera, z.id as zone from stores s
     left join cameras c on c.tenant_id = s.tenant_id and c.store_id = s.id and c.id = $3
     left join zones z on z.tenant_id = s.tenant_id and z.store_id = s.id and z.camera_id = c.id and z.id = $4
     where s.tenant_id = $1 and s.id = $2`,
    [tenantId, storeId, cameraId, zoneId ?? null],
  );
  const unknown = (field: string, id: string) => {
    const message = `${id} is not known here; register it first`;
    return new DomainError('PRECONDITION_FAILED', `${field}: ${message}`, { fields: [{ field, message }] });
  };
  if (!place) throw unknown('storeId', storeId);
  if (place.camera === null) throw unknown('cameraId', cameraId);
  if (zoneId !== undefined && place.zone === null) throw unknown('zoneId', zoneId);
}
