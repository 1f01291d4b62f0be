import { DomainError } from '../../domain/errors.ts';
import { shortCode } from '../../domain/ids.ts';
import type { Policy } from '../../domain/policy.ts';
import { addMs } from '../../domain/time.ts';
import { behaviours, type Detection } from '../../domain/types.ts';
import type { WriteTransaction } from '../context.ts';
import { addTimelineEntry } from './timeline-entry.ts';

interface NewIncident {
  actorId: string;
  tenantId: string;
  incidentId: string;
  detection: Detection;
  policy: Policy;
  late: boolean;
}

const codeAttempts = 40;
const codeRestHours = 24;

/** Inserts the incident with its policy snapshot, and the outbox row that will start its workflow. */
export async function openIncident(tx: WriteTransaction, incident: NewIncident): Promise<void> {
  const { tenantId, incidentId, detection, policy, late } = incident;
  const code = await freeCode(tx, tenantId, incidentId);
  await tx.query(
    `insert into incidents (tenant_id, store_id, id, code, camera_id, zone_id, behaviour, category, item, detected_at, received_at, late, policy, drill)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      tenantId,
      detection.storeId,
      incidentId,
      code,
      detection.cameraId,
      detection.zoneId ?? null,
      detection.eventType,
      behaviours[detection.eventType],
      detection.item === undefined ? null : JSON.stringify(detection.item),
      detection.detectedAt,
      tx.at,
      late,
      JSON.stringify(policy),
      detection.drill ?? false,
    ],
  );
  const { preRollMs, postRollMs } = policy.evidence;
  await tx.query(
    "insert into evidence (tenant_id, store_id, incident_id, state, requested_at, from_at, to_at) values ($1, $2, $3, 'requested', $4, $5, $6)",
    [
      tenantId,
      detection.storeId,
      incidentId,
      tx.at,
      addMs(detection.detectedAt, -preRollMs),
      addMs(detection.detectedAt, postRollMs),
    ],
  );
  await tx.query("insert into outbox (tenant_id, store_id, incident_id, kind) values ($1, $2, $3, 'start')", [
    tenantId,
    detection.storeId,
    incidentId,
  ]);
  await addTimelineEntry(tx, {
    tenantId,
    storeId: detection.storeId,
    incidentId,
    kind: 'detection_received',
    actor: incident.actorId,
    params: {
      eventId: detection.eventId,
      behaviour: detection.eventType,
      confidence: detection.confidence,
      late,
      modelId: detection.model.id,
      modelVersion: detection.model.version,
    },
  });
  tx.audit({
    action: 'incident.opened',
    subject: `incident:${incidentId}`,
    details: {
      eventId: detection.eventId,
      storeId: detection.storeId,
      cameraId: detection.cameraId,
      behaviour: detection.eventType,
      policyId: policy.id,
      policyVersion: policy.version,
    },
  });
}

/**
 * Codes are unique among open incidents, where the partial index has the last word if two transactions race. One that
 * was closed a short while ago is left alone while others are free: people still have it on their phones.
 */
export async function freeCode(
  tx: WriteTransaction,
  tenantId: string,
  incidentId: string,
  own?: string,
): Promise<string> {
  const hash32 = Number.parseInt(incidentId.slice(-8), 16);
  const codes = Array.from({ length: codeAttempts }, (_, attempt) => shortCode(hash32, attempt));
  const candidates = own === undefined ? codes : [own, ...codes];
  const known = await tx.query<{ code: string; open: boolean }>(
    `select code, bool_or(state <> 'closed') as open from incidents
     where tenant_id = $1 and code = any ($2) and id <> $5 and (state <> 'closed' or closed_at > $3::timestamptz - make_interval(hours => $4))
     group by code`,
    [tenantId, candidates, tx.at, codeRestHours, incidentId],
  );
  const resting = new Set(known.map((row) => row.code));
  const taken = new Set(known.filter((row) => row.open).map((row) => row.code));
  const free = candidates.find((code) => !resting.has(code)) ?? candidates.find((code) => !taken.has(code));
  if (!free)
    throw new DomainError(
      'LIMIT_EXCEEDED',
      'Too many incidents are open to give each a short code. Close some first.',
      { retryAfterMs: 5_000 },
    );
  return free;
}
