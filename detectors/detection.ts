import { createHash } from 'node:crypto';
import type { Detection, DetectionBox } from '../domain/types.ts';
import type { MissedScanOptions } from './behaviours/missed-scan.ts';
import { ZONE_DEFAULTS } from './scan-zone/counter.ts';
import { COUNTER_MODEL } from './scan-zone/graph.ts';
import type { LineCrossing, TrackPoint } from './scan-zone/tracks.ts';
import type { ScanZone } from './scan-zone/zone.ts';

export interface MissedScanFacts {
  storeId: string;
  cameraId: string;
  zone: ScanZone;
  crossing: LineCrossing;
  /** Items that crossed around it, this one included: each claims its own receipt line. */
  sightingsMs: readonly number[];
  windows: MissedScanOptions;
  /** What the item looks like, where a model was there to say so. */
  item?: { label: string; score: number };
}

/** The schema allows 64; a third of a second apart is enough to follow an item on a still. */
const MAX_BOXES = 32;

/** Writes the detection of an item that crossed the line without a scan. The same crossing gives the same event id. */
export function missedScanDetection(facts: MissedScanFacts): Detection {
  const { storeId, cameraId, zone, crossing, sightingsMs, windows, item } = facts;
  const detectedAt = iso(crossing.atMs);
  const identity = createHash('sha256').update(`${storeId}|${cameraId}|${zone.id}|${detectedAt}`).digest('hex');
  return {
    eventId: `missed-scan:${identity.slice(0, 32)}`,
    storeId,
    cameraId,
    zoneId: zone.id,
    eventType: 'missed_scan',
    detectedAt,
    confidence: crossing.confidence,
    model: {
      ...COUNTER_MODEL,
      thresholds: {
        threshold: zone.threshold ?? ZONE_DEFAULTS.threshold,
        minItemWidth: zone.minItemWidth ?? ZONE_DEFAULTS.minItemWidth,
        minItemHeight: zone.minItemHeight ?? ZONE_DEFAULTS.minItemHeight,
        minConfidence: zone.minConfidence ?? ZONE_DEFAULTS.minConfidence,
        beforeMs: windows.beforeMs,
        afterMs: windows.afterMs,
        tillStaleMs: windows.tillStaleMs,
      },
    },
    ...(item ? { item: { label: item.label, confidence: round(Math.min(1, item.score)) } } : {}),
    sightings: sightingsMs.map((atMs) => ({ at: iso(atMs) })),
    boxes: sample(crossing.track, MAX_BOXES).map((point) => toBox(point, item?.label)),
  };
}

function toBox({ atMs, box }: TrackPoint, label: string | undefined): DetectionBox {
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  const [left, top] = [clamp(box.x), clamp(box.y)];
  return {
    at: iso(atMs),
    x: round(left),
    y: round(top),
    width: round(clamp(box.x + box.width) - left),
    height: round(clamp(box.y + box.height) - top),
    ...(label ? { label } : {}),
  };
}

/** Evenly spread, first and last included. */
function sample<T>(values: readonly T[], count: number): T[] {
  if (values.length <= count) return [...values];
  const step = (values.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, index) => values[Math.round(index * step)] as T);
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000;
const iso = (ms: number): string => new Date(Math.round(ms)).toISOString();
