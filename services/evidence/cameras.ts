import type { Queryable } from '../../adapters/postgres/database.ts';
import {
  type Alignment,
  alignCameras,
  alignedStretch,
  type CameraClock,
  type ClockOffset,
} from '../../domain/evidence/alignment.ts';
import { toIso } from '../../domain/time.ts';
import type { Reason } from '../../domain/types.ts';
import { iso, isoOrNull, readOnly, type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { placeOf } from '../incident/assess.ts';
import { type IncidentFacts, loadIncident } from '../incident/facts.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';
import { orderRedaction } from './order-redaction.ts';
import { type EvidenceResult, insertArtifact } from './record.ts';

/** A camera beside the incident's own whose recording is secured as well. */
export interface OtherCamera {
  cameraId: string;
  name: string;
  position: number;
  state: 'requested' | 'ready' | 'partial' | 'failed';
  /** By this camera's own clock. */
  fromAt: string;
  toAt: string;
  gaps: { fromAt: string; toAt: string }[];
  failure: Reason | null;
  readyAt: string | null;
  alignment: Alignment;
}

/** Somebody has to look at them all, and each is cut and stored. */
const mostOthers = 4;

/**
 * The other cameras of an incident, chosen and aligned the first time that this is asked: what is declared later counts
 * for later incidents.
 */
export async function planOtherCameras(ctx: ServiceContext, incidentId: string): Promise<OtherCamera[]> {
  const { tenantId } = ctx.actor;
  const found = await readOnly(ctx, async (tx) => {
    const incident = await loadIncident(tx, tenantId, incidentId);
    return {
      planned: await loadOtherCameras(tx, tenantId, incidentId),
      neighbourIds: incident.policy.evidence.cameras === 'own' ? [] : await loadNeighbours(tx, incident),
    };
  });
  if (found.planned.length > 0 || found.neighbourIds.length === 0) return found.planned;
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    const incident = await loadIncident(tx, tenantId, incidentId, true);
    await insertOthers(tx, incident, found.neighbourIds);
    return loadOtherCameras(tx, tenantId, incidentId);
  });
}

async function insertOthers(tx: WriteTransaction, incident: IncidentFacts, cameraIds: readonly string[]) {
  const { tenantId, storeId, incidentId } = incident;
  const [evidence] = await tx.query<{ from_at: Date; to_at: Date }>(
    'select from_at, to_at from evidence where tenant_id = $1 and incident_id = $2',
    [tenantId, incidentId],
  );
  const clocks = await loadClocks(tx, incident, [incident.cameraId, ...cameraIds]);
  const stretch = { fromMs: evidence!.from_at.getTime(), toMs: evidence!.to_at.getTime() };
  for (const [index, cameraId] of cameraIds.entries()) {
    const alignment = alignCameras(clocks(incident.cameraId), clocks(cameraId));
    const { fromMs, toMs: untilMs } = alignedStretch(stretch, alignment);
    await tx.query(
      `insert into evidence_cameras (tenant_id, store_id, incident_id, camera_id, position, from_at, to_at, offset_ms, error_ms, offset_source)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
      [
        ...[tenantId, storeId, incidentId, cameraId, index + 2, toIso(fromMs), toIso(untilMs)],
        ...[alignment.offsetMs, alignment.errorMs, alignment.source],
      ],
    );
  }
}

async function loadNeighbours(tx: Queryable, incident: IncidentFacts): Promise<string[]> {
  const rows = await tx.query<{ neighbour_id: string }>(
    "select distinct neighbour_id from camera_neighbours where tenant_id = $1 and store_id = $2 and camera_id = $3 and zone_id in ('', $4) order by neighbour_id limit $5",
    [incident.tenantId, incident.storeId, incident.cameraId, incident.zoneId ?? '', mostOthers],
  );
  return rows.map((row) => row.neighbour_id);
}

/** What was known of the clocks of these cameras when the incident was seen. */
async function loadClocks(
  tx: Queryable,
  incident: IncidentFacts,
  cameraIds: readonly string[],
): Promise<(cameraId: string) => CameraClock> {
  const of = [incident.tenantId, incident.storeId, cameraIds, incident.detectedAt];
  const declared = await tx.query<{ camera_id: string; offset_ms: number; error_ms: number }>(
    'select camera_id, offset_ms, error_ms from camera_clocks where tenant_id = $1 and store_id = $2 and camera_id = any ($3) and from_at <= $4 and (to_at is null or to_at > $4)',
    of,
  );
  const tills = await tx.query<{ camera_id: string; terminal_id: string; offset_ms: number; error_ms: number }>(
    'select camera_id, terminal_id, offset_ms, error_ms from clock_offsets where tenant_id = $1 and store_id = $2 and camera_id = any ($3) and from_at <= $4 and (to_at is null or to_at > $4)',
    of,
  );
  const offsetOf = (row: { offset_ms: number; error_ms: number }): ClockOffset => ({
    offsetMs: row.offset_ms,
    errorMs: row.error_ms,
  });
  return (cameraId) => {
    const said = declared.find((row) => row.camera_id === cameraId);
    return {
      declared: said ? offsetOf(said) : null,
      tills: new Map(
        tills.filter((row) => row.camera_id === cameraId).map((row) => [row.terminal_id, offsetOf(row)] as const),
      ),
    };
  };
}

interface OtherCameraRow {
  [column: string]: unknown;
  camera_id: string;
  name: string;
  position: number;
  state: OtherCamera['state'];
  from_at: Date;
  to_at: Date;
  gaps: OtherCamera['gaps'];
  failure: Reason | null;
  settled_at: Date | null;
  offset_ms: number;
  error_ms: number;
  offset_source: Alignment['source'];
}

export async function loadOtherCameras(tx: Queryable, tenantId: string, incidentId: string): Promise<OtherCamera[]> {
  const rows = await tx.query<OtherCameraRow>(
    `select e.*, c.name from evidence_cameras e join cameras c on c.tenant_id = e.tenant_id and c.store_id = e.store_id and c.id = e.camera_id
     where e.tenant_id = $1 and e.incident_id = $2 order by e.position`,
    [tenantId, incidentId],
  );
  return rows.map((row) => ({
    cameraId: row.camera_id,
    name: row.name,
    position: row.position,
    state: row.state,
    fromAt: iso(row.from_at),
    toAt: iso(row.to_at),
    gaps: row.gaps,
    failure: row.failure,
    readyAt: isoOrNull(row.settled_at),
    alignment: { offsetMs: row.offset_ms, errorMs: row.error_ms, source: row.offset_source },
  }));
}

/** What was acquired of another camera, once. */
export function recordOtherCamera(
  ctx: ServiceContext,
  input: { incidentId: string; cameraId: string; result: EvidenceResult },
): Promise<{ purgeAfter: string | null }> {
  const { incidentId, cameraId, result } = input;
  const { tenantId } = ctx.actor;
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, tenantId, incidentId, true);
    const [row] = await tx.query<{ purge_after: Date | null; purged_at: Date | null }>(
      'select purge_after, purged_at from incidents where tenant_id = $1 and id = $2',
      [tenantId, incidentId],
    );
    const purgeAfter = row?.purge_after?.toISOString() ?? null;
    const settled =
      row?.purged_at != null
        ? []
        : await tx.query(
            "update evidence_cameras set state = $4, settled_at = $5, gaps = $6, failure = $7 where tenant_id = $1 and incident_id = $2 and camera_id = $3 and state in ('requested', 'failed') returning camera_id",
            [
              ...[tenantId, incidentId, cameraId, result.state, tx.at, JSON.stringify(result.gaps)],
              result.failure === null ? null : JSON.stringify(result.failure),
            ],
          );
    if (settled.length === 0) {
      tx.noAudit('nothing changed');
      return { purgeAfter };
    }
    for (const artifact of result.artifacts) await insertArtifact(tx, placeOf(incident), artifact);
    await addTimelineEntry(tx, {
      ...placeOf(incident),
      kind: 'evidence_other_camera',
      actor: ctx.actor.id,
      params: { cameraId, state: result.state, gaps: result.gaps.length, ...(result.failure ?? {}) },
    });
    const clip = result.artifacts.find(({ kind }) => kind === 'other_clip');
    if (clip && incident.policy.redaction.rule === 'required') {
      const made = { artifactId: clip.id, otherCameraId: cameraId, sha256: clip.sha256 };
      await orderRedaction(tx, { actorId: ctx.actor.id, incident, clip: made, manual: [] });
    }
    tx.audit({
      action: result.state === 'failed' ? 'evidence.failed' : 'evidence.acquired',
      subject: `incident:${incidentId}`,
      details: {
        ...{ cameraId, state: result.state, gaps: result.gaps, failure: result.failure },
        artifacts: result.artifacts.map(({ id, sha256, objectVersion }) => ({ id, sha256, objectVersion })),
      },
    });
    return { purgeAfter };
  });
}
