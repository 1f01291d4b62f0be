import type { Queryable } from '../../adapters/postgres/database.ts';
import { isAboutItem } from '../../domain/till/question.ts';
import { toIso, toMs } from '../../domain/time.ts';
import type { Detection } from '../../domain/types.ts';

/** Where items cross: a zone of a camera, or the whole picture. */
export interface SightingPlace {
  tenantId: string;
  storeId: string;
  cameraId: string;
  zoneId: string | null;
}

export interface Sightings {
  /** Every item that crossed, by the camera's clock, each once. */
  sightingsAt: string[];
  /** Those that were reported as crossings, with when the report came in. */
  crossings: { at: string; receivedAt: string }[];
}

/** A detection and a crossing this close together are one item. */
const sameItemMs = 250;

/** Items that any detection or crossing of this place knows of between two instants: each claims its own receipt line. */
export async function readSightings(
  tx: Queryable,
  place: SightingPlace,
  range: { fromAt: string; toAt: string; drill: boolean },
): Promise<Sightings> {
  const rows = await tx.query<{ body: Detection | null; at: Date | null; received_at: Date | null }>(
    `select body, null::timestamptz as at, null::timestamptz as received_at from detections
     where tenant_id = $1 and store_id = $2 and camera_id = $3 and zone_id is not distinct from $4 and detected_at between $5 and $6
       and coalesce((body ->> 'drill')::boolean, false) = $7
     union all
     select null, at, received_at from crossings
     where tenant_id = $1 and store_id = $2 and camera_id = $3 and zone_id = $4 and at between $5 and $6 and not $7`,
    // What a drill pretends to have seen claims no receipt line from a customer, and the other way round.
    [place.tenantId, place.storeId, place.cameraId, place.zoneId, range.fromAt, range.toAt, range.drill],
  );
  const detected = rows.flatMap(({ body }) =>
    body === null
      ? []
      : [...(isAboutItem(body) ? [body.detectedAt] : []), ...(body.sightings ?? []).map(({ at }) => at)],
  );
  const crossings = rows.flatMap(({ at, received_at }) =>
    at === null || received_at === null ? [] : [{ at: at.toISOString(), receivedAt: received_at.toISOString() }],
  );
  const sightingsAt = oncePerItem(
    detected,
    crossings.map(({ at }) => at),
  ).filter((at) => at >= range.fromAt && at <= range.toAt);
  return { sightingsAt, crossings };
}

/** The crossing that a sighting itself was reported as. */
export function crossingOf(
  crossings: Sightings['crossings'],
  sightingAt: string,
): { at: string; receivedAt: string } | null {
  const distance = ({ at }: { at: string }) => Math.abs(toMs(at) - toMs(sightingAt));
  const [nearest] = [...crossings].sort((a, b) => distance(a) - distance(b));
  return nearest && distance(nearest) <= sameItemMs ? nearest : null;
}

/** One crossing for each detection is the detection itself, stamped by another part of the same camera. */
export function oncePerItem(detectedAt: readonly string[], crossingsAt: readonly string[]): string[] {
  const detectedMs = [...new Set(detectedAt.map(toMs))].sort((a, b) => a - b);
  let left = crossingsAt.map(toMs).sort((a, b) => a - b);
  for (const sightingMs of detectedMs) {
    const nearest = left.reduce<number | null>(
      (best, each) => (best === null || Math.abs(each - sightingMs) < Math.abs(best - sightingMs) ? each : best),
      null,
    );
    if (nearest !== null && Math.abs(nearest - sightingMs) <= sameItemMs)
      left = left.filter((each) => each !== nearest);
  }
  return [...new Set([...detectedMs, ...left])].sort((a, b) => a - b).map(toIso);
}
