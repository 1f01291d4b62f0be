import { toMs } from './time.ts';
import type { Behaviour, Reason } from './types.ts';

export interface OpenIncident {
  incidentId: string;
  cameraId: string;
  zoneId: string | null;
  behaviour: Behaviour;
  lastDetectedAt: string;
}

/**
 * Same camera, same zone, same behaviour, close in time: one incident, with the reason said. The caller passes only
 * open incidents of the same tenant and store; a merge never spans them.
 */
export function mergeTarget(
  detection: { cameraId: string; zoneId: string | null; behaviour: Behaviour; detectedAt: string },
  open: readonly OpenIncident[],
  mergeWindowMs: number,
): { incidentId: string; reason: Reason } | null {
  let best: { incidentId: string; distanceMs: number } | null = null;
  for (const incident of open) {
    if (
      incident.cameraId !== detection.cameraId ||
      incident.zoneId !== detection.zoneId ||
      incident.behaviour !== detection.behaviour
    )
      continue;
    const distanceMs = Math.abs(toMs(detection.detectedAt) - toMs(incident.lastDetectedAt));
    if (distanceMs <= mergeWindowMs && (best === null || distanceMs < best.distanceMs))
      best = { incidentId: incident.incidentId, distanceMs };
  }
  return (
    best && {
      incidentId: best.incidentId,
      reason: { code: 'SAME_PLACE_AND_BEHAVIOUR', params: { distanceMs: best.distanceMs, windowMs: mergeWindowMs } },
    }
  );
}
