import { createHash } from 'node:crypto';
import type { Crossing, Detection, DetectionBox } from '../domain/types.ts';
import type { MissedScanOptions } from './behaviours/missed-scan.ts';
import { ZONE_DEFAULTS } from './scan-zone/counter.ts';
import { COUNTER_MODEL } from './scan-zone/graph.ts';
import type { LineCrossing, TrackPoint } from './scan-zone/tracks.ts';
import type { ScanZone } from './scan-zone/zone.ts';

/** Where and what an item was, as far as it is known. */
interface ItemFacts {
  storeId: string;
  cameraId: string;
  zone: ScanZone;
  /** What the item looks like, where a model was there to say so. */
  item?: { label: string; score: number } | undefined;
}

export interface CrossingFacts extends ItemFacts {
  crossing: LineCrossing;
}

export interface LaneDetectionFacts extends ItemFacts {
  eventType: Extract<
    Detection['eventType'],
    'missed_scan' | 'wrong_scan' | 'fake_scan' | 'multi_item_pass' | 'occlusion'
  >;
  atMs: number;
  confidence: number;
  track: readonly TrackPoint[];
  /** Items that crossed around it, this one included: each claims its own receipt line. */
  sightingsMs: readonly number[];
  windows: MissedScanOptions;
  /** Thresholds of the rule beyond those of the counter and the windows. */
  thresholds?: Record<string, number>;
  expectedPlus?: string[];
  rungPlu?: string | undefined;
}

/** The schema allows 64; a third of a second apart is enough to follow an item on a still. */
const MAX_BOXES = 32;

/** The same place, instant and article give the same id, whenever it is written again. */
function identityOf({ storeId, cameraId, zone }: ItemFacts, at: string, plu = ''): string {
  const identity = [storeId, cameraId, zone.id, at, ...(plu === '' ? [] : [plu])].join('|');
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

/** Writes what crossed, rung or not. The same crossing gives the same id, and the instant of its detection. */
export function crossingReport(facts: CrossingFacts): Crossing {
  const { storeId, cameraId, zone, crossing, item } = facts;
  const at = iso(crossing.atMs);
  return {
    ...{ storeId, cameraId, zoneId: zone.id, id: `crossing:${identityOf(facts, at)}`, at },
    ...(item ? { label: item.label, labelScore: round(Math.min(1, item.score)) } : {}),
  };
}

/** Writes what a rule of the lane has found. The same instant of the same rule gives the same event id. */
export function laneDetection(facts: LaneDetectionFacts): Detection {
  const { storeId, cameraId, zone, eventType, sightingsMs, windows, item, expectedPlus, rungPlu } = facts;
  const detectedAt = iso(facts.atMs);
  // Two lines of one second, as some tills stamp them, are two.
  const identity = identityOf(facts, detectedAt, eventType === 'fake_scan' ? rungPlu : '');
  return {
    eventId: `${eventType.replaceAll('_', '-')}:${identity}`,
    storeId,
    cameraId,
    zoneId: zone.id,
    eventType,
    detectedAt,
    confidence: facts.confidence,
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
        ...facts.thresholds,
      },
    },
    ...(expectedPlus ? { expectedPlus } : {}),
    ...(rungPlu === undefined ? {} : { rungPlu }),
    ...(item ? { item: { label: item.label, confidence: round(Math.min(1, item.score)) } } : {}),
    sightings: sightingsMs.map((atMs) => ({ at: iso(atMs) })),
    boxes: sample(facts.track, MAX_BOXES).map((point) => toBox(point, item?.label)),
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
