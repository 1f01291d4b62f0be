import type { MergeKey } from './policy.ts';
import { toMs } from './time.ts';
import type { Behaviour, Reason } from './types.ts';

export interface OpenIncident {
  incidentId: string;
  cameraId: string;
  zoneId: string | null;
  behaviour: Behaviour;
  lastDetectedAt: string;
}

type Place = { cameraId: string; zoneId: string | null; behaviour: Behaviour };

const partOf: Record<MergeKey, (place: Place) => string | null> = {
  // A zone is known by its camera: two cameras may both have one called `scanner`.
  zone: ({ cameraId, zoneId }) => (zoneId === null ? null : `${cameraId}/${zoneId}`),
  camera: ({ cameraId }) => cameraId,
  behaviour: ({ behaviour }) => behaviour,
};

/**
 * Alike in the policy's keys (camera, zone and behaviour by default) and close in time: one incident, with the reason
 * said. The caller passes only open incidents of the same tenant and store; a merge never spans them.
 */
export function mergeTarget(
  detection: { cameraId: string; zoneId: string | null; behaviour: Behaviour; detectedAt: string },
  open: readonly OpenIncident[],
  mergeWindowMs: number,
  keys: readonly MergeKey[] = ['camera', 'zone', 'behaviour'],
): { incidentId: string; reason: Reason } | null {
  let best: { incidentId: string; distanceMs: number } | null = null;
  for (const incident of open) {
    const differs = keys.some((key) => partOf[key](incident) !== partOf[key](detection));
    if (differs) continue;
    const distanceMs = Math.abs(toMs(detection.detectedAt) - toMs(incident.lastDetectedAt));
    if (distanceMs <= mergeWindowMs && (best === null || distanceMs < best.distanceMs))
      best = { incidentId: incident.incidentId, distanceMs };
  }
  return (
    best && {
      incidentId: best.incidentId,
      reason: {
        code: 'SAME_PLACE_AND_BEHAVIOUR',
        params: { distanceMs: best.distanceMs, windowMs: mergeWindowMs, keys: keys.join(', ') },
      },
    }
  );
}
