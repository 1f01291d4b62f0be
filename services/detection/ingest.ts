import { DomainError } from '../../domain/errors.ts';
import { proofExpectedAt } from '../../domain/escalation.ts';
import { detectionKey } from '../../domain/ids.ts';
import type { IncidentInput } from '../../domain/incident-input.ts';
import { mergeTarget } from '../../domain/merge.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { completePolicy, type Policy } from '../../domain/policy.ts';
import { toMs } from '../../domain/time.ts';
import type { Behaviour, Detection, Reason } from '../../domain/types.ts';
import { type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { incidentIdOf } from '../incident/identity.ts';
import { openIncident } from '../incident/open.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';
import { joinActivePolicy } from '../policy/resolve.ts';

export interface DetectionReceipt {
  eventId: string;
  incidentId: string;
  disposition: 'started' | 'merged' | 'duplicate';
  mergeReason?: Reason;
  late: boolean;
  /** A duplicate of something that the workflow engine has heard of long ago. */
  nothingToTell?: boolean;
  /** What the workflow starts from; only for a new incident. */
  start?: IncidentInput;
}

/** Where to merge what is at no place and of no kind that another detection was; for the alarms of sensors. */
type FindElse = (tx: WriteTransaction) => Promise<{ incidentId: string; reason: Reason } | null>;

const openCodeConstraint = 'incidents_open_code_unique';
const codeAttempts = 5;
/** A detector's clock may run ahead by this much; more is a mistake that would spoil every window. */
const futureToleranceMs = 5 * 60_000;

/**
 * Stores a detection and decides its incident: new, merged with an open one, or a duplicate. An outbox row in the same
 * transaction remembers what the workflow engine must be told; the caller dispatches it before answering.
 */
export async function ingestDetection(
  ctx: ServiceContext,
  detection: Detection,
  findElse: FindElse = async () => null,
): Promise<DetectionReceipt> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ingestOnce(ctx, detection, findElse);
    } catch (error) {
      // Two cameras took the same short code at once: the next one is free.
      const codeClash =
        error instanceof DomainError && error.code === 'CONFLICT' && error.message.includes(openCodeConstraint);
      if (!codeClash || attempt === codeAttempts) throw error;
    }
  }
}

async function ingestOnce(ctx: ServiceContext, detection: Detection, findElse: FindElse): Promise<DetectionReceipt> {
  requirePermission(ctx.actor, 'detection.create', detection.storeId);
  const { tenantId } = ctx.actor;
  const dedupKey = detectionKey(tenantId, detection.storeId, detection.cameraId, detection.eventId);
  const [seen] = await ctx.db.query<{ incident_id: string; late: boolean; waiting: boolean }>(
    'select * from find_detection($1, $2)',
    [tenantId, dedupKey],
  );
  if (seen)
    return {
      eventId: detection.eventId,
      incidentId: seen.incident_id,
      disposition: 'duplicate',
      late: seen.late,
      nothingToTell: !seen.waiting,
    };
  return write(ctx, async (tx) => {
    const policy = await resolvePlace(tx, tenantId, detection);
    if (toMs(detection.detectedAt) > toMs(tx.at) + futureToleranceMs) {
      throw new DomainError('VALIDATION', `detectedAt: lies in the future of the server (${tx.at})`, {
        fields: [{ field: 'detectedAt', message: 'lies in the future' }],
      });
    }
    // What may merge is taken one after another, so that two at once cannot both open an incident.
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `detection:${tenantId}:${detection.storeId}:${isPerCamera(policy) ? detection.cameraId : ''}`,
    ]);
    const [known] = await tx.query<{ incident_id: string; late: boolean }>(
      'select incident_id, late from detections where tenant_id = $1 and dedup_key = $2',
      [tenantId, dedupKey],
    );
    if (known) {
      tx.noAudit('nothing changed');
      return { eventId: detection.eventId, incidentId: known.incident_id, disposition: 'duplicate', late: known.late };
    }
    const late = toMs(tx.at) - toMs(detection.detectedAt) > policy.lateAfterMs;
    const target = (await findMergeTarget(tx, tenantId, detection, policy)) ?? (await findElse(tx));
    if (target) {
      await insertDetection(tx, tenantId, dedupKey, detection, target.incidentId, late, target.reason);
      await tx.query('update incidents set detection_count = detection_count + 1 where tenant_id = $1 and id = $2', [
        tenantId,
        target.incidentId,
      ]);
      await tx.query(
        "insert into outbox (tenant_id, store_id, incident_id, kind, payload) values ($1, $2, $3, 'merged', $4)",
        [tenantId, detection.storeId, target.incidentId, JSON.stringify({ dedupKey })],
      );
      await addTimelineEntry(tx, {
        tenantId,
        storeId: detection.storeId,
        incidentId: target.incidentId,
        kind: 'detection_merged',
        actor: ctx.actor.id,
        params: { eventId: detection.eventId, ...target.reason },
      });
      tx.audit({
        action: 'incident.merged',
        subject: `incident:${target.incidentId}`,
        details: { eventId: detection.eventId, reason: target.reason },
      });
      return {
        eventId: detection.eventId,
        incidentId: target.incidentId,
        disposition: 'merged',
        mergeReason: target.reason,
        late,
      };
    }
    const incidentId = incidentIdOf(dedupKey);
    await openIncident(tx, { actorId: ctx.actor.id, tenantId, incidentId, detection, policy, late });
    await insertDetection(tx, tenantId, dedupKey, detection, incidentId, late, null);
    return {
      eventId: detection.eventId,
      incidentId,
      disposition: 'started',
      late,
      start: {
        tenantId,
        storeId: detection.storeId,
        incidentId,
        behaviour: detection.eventType,
        detectedAt: new Date(detection.detectedAt).toISOString(),
        policy,
        proofExpectedAt: proofExpectedAt(policy, new Date(detection.detectedAt).toISOString()),
        stepsAtOnce: true,
        ...(detection.drill ? { drill: true } : {}),
      },
    };
  });
}

const isPerCamera = ({ mergeKeys }: Policy): boolean => mergeKeys.includes('camera') || mergeKeys.includes('zone');

/** The policy of a known place; an unknown store, camera or zone is named. */
async function resolvePlace(tx: WriteTransaction, tenantId: string, detection: Detection): Promise<Policy> {
  const [place] = await tx.query<{
    camera: string | null;
    zone: string | null;
    policy: Partial<Policy>;
    off_in: string | null;
  }>(
    `select c.id as camera, z.id as zone, p.body as policy, o.jurisdiction as off_in
     from stores s
     ${joinActivePolicy}
     left join cameras c on c.tenant_id = s.tenant_id and c.store_id = s.id and c.id = $3
     left join zones z on z.tenant_id = s.tenant_id and z.store_id = s.id and z.camera_id = c.id and z.id = $4
     left join store_opt_outs o on o.tenant_id = s.tenant_id and o.store_id = s.id and o.what = $5
     where s.tenant_id = $1 and s.id = $2`,
    [tenantId, detection.storeId, detection.cameraId, detection.zoneId ?? null, detection.eventType],
  );
  const unknown = (field: string, id: string) => {
    const message = `${id} is not known here; register it first`;
    return new DomainError('PRECONDITION_FAILED', `${field}: ${message}`, { fields: [{ field, message }] });
  };
  if (!place) throw unknown('storeId', detection.storeId);
  if (place.camera === null) throw unknown('cameraId', detection.cameraId);
  if (detection.zoneId !== undefined && place.zone === null) throw unknown('zoneId', detection.zoneId);
  if (place.off_in !== null) {
    const message = `${detection.eventType} is switched off in this store, as the law of ${place.off_in} asks for it`;
    throw new DomainError('PRECONDITION_FAILED', `eventType: ${message}`, {
      fields: [{ field: 'eventType', message }],
    });
  }
  return completePolicy(place.policy);
}

async function findMergeTarget(tx: WriteTransaction, tenantId: string, detection: Detection, policy: Policy) {
  const perCamera = isPerCamera(policy);
  const open = await tx.query<{
    incident_id: string;
    camera_id: string;
    zone_id: string | null;
    behaviour: Behaviour;
    last_at: Date;
  }>(
    // Only what was seen close by can be near enough; a camera may have hundreds of open incidents in a storm.
    `select i.id as incident_id, i.camera_id, i.zone_id, i.behaviour,
       (select max(l.detected_at) from detections l where l.tenant_id = i.tenant_id and l.incident_id = i.id) as last_at
     from incidents i
     where i.tenant_id = $1 and i.drill = $4 and i.state <> 'closed' and i.id in (
       select d.incident_id from detections d where d.tenant_id = $1 and d.store_id = $2 and ($3::text is null or d.camera_id = $3)
         and d.detected_at between $5::timestamptz - make_interval(secs => $6::bigint / 1000.0) and $5::timestamptz + make_interval(secs => $6::bigint / 1000.0))`,
    [
      tenantId,
      detection.storeId,
      perCamera ? detection.cameraId : null,
      detection.drill ?? false,
      detection.detectedAt,
      policy.mergeWindowMs,
    ],
  );
  return mergeTarget(
    {
      cameraId: detection.cameraId,
      zoneId: detection.zoneId ?? null,
      behaviour: detection.eventType,
      detectedAt: detection.detectedAt,
    },
    open.map((row) => ({
      incidentId: row.incident_id,
      cameraId: row.camera_id,
      zoneId: row.zone_id,
      behaviour: row.behaviour,
      lastDetectedAt: row.last_at.toISOString(),
    })),
    policy.mergeWindowMs,
    policy.mergeKeys,
  );
}

async function insertDetection(
  tx: WriteTransaction,
  tenantId: string,
  dedupKey: string,
  detection: Detection,
  incidentId: string,
  late: boolean,
  mergeReason: Reason | null,
): Promise<void> {
  await tx.query(
    `insert into detections (tenant_id, store_id, dedup_key, event_id, incident_id, camera_id, zone_id, behaviour, detected_at, received_at, late, confidence, body, merge_reason)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      tenantId,
      detection.storeId,
      dedupKey,
      detection.eventId,
      incidentId,
      detection.cameraId,
      detection.zoneId ?? null,
      detection.eventType,
      detection.detectedAt,
      tx.at,
      late,
      detection.confidence,
      JSON.stringify(detection),
      mergeReason === null ? null : JSON.stringify(mergeReason),
    ],
  );
}
