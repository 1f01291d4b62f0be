import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, it } from 'vitest';
import crossingSchema from '../schemas/events/crossing.schema.json' with { type: 'json' };
import schema from '../schemas/events/detection.schema.json' with { type: 'json' };
import { LANE_ZONE } from '../stack/footage/self-checkout-lane.ts';
import { MISSED_SCAN_DEFAULTS } from './behaviours/missed-scan.ts';
import { crossingReport, type LaneDetectionFacts, laneDetection } from './detection.ts';

const ajv = new Ajv2020({ allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(schema);
const validateCrossing = ajv.compile(crossingSchema);

/** A long track whose first and last boxes stick out of the picture. */
const track = Array.from({ length: 200 }, (_, index) => ({
  atMs: 1_790_000_000_000 + index * 66.7,
  box: { x: -0.1 + index * 0.006, y: 0.4, width: 0.12, height: 0.7 },
}));
const crossing = {
  atMs: 1_790_000_006_666.6,
  box: track[100]?.box ?? { x: 0, y: 0, width: 0, height: 0 },
  confidence: 0.95,
  track,
};
const place = { storeId: 's-001', cameraId: 'sco-4', zone: LANE_ZONE };
const facts: LaneDetectionFacts = {
  ...place,
  ...{ eventType: 'missed_scan', atMs: crossing.atMs, confidence: crossing.confidence, track },
  sightingsMs: [crossing.atMs],
  windows: MISSED_SCAN_DEFAULTS,
};

it('satisfies the published schema, with and without an item label', () => {
  for (const item of [undefined, { label: 'apple', score: 0.83 }]) {
    const detection = laneDetection({ ...facts, ...(item ? { item } : {}) });
    validate(detection);
    expect(validate.errors).toBeNull();
    expect(detection.item).toEqual(item ? { label: 'apple', confidence: 0.83 } : undefined);
    expect(detection.boxes?.length).toBeLessThanOrEqual(32);
  }
});

it.each<[string, Partial<LaneDetectionFacts>]>([
  ['a wrong scan, with what it can be', { eventType: 'wrong_scan', expectedPlus: ['4012', '3107'], rungPlu: '4011' }],
  ['a fake scan, which shows no item', { eventType: 'fake_scan', rungPlu: '4011', track: [] }],
  ['several items in one pass', { eventType: 'multi_item_pass', thresholds: { passMs: 1_000 } }],
  ['a covered view', { eventType: 'occlusion', track: [] }],
])('satisfies the published schema: %s', (_name, more) => {
  const detection = laneDetection({ ...facts, ...more });
  validate(detection);
  expect(validate.errors).toBeNull();
  expect(detection.eventId).toMatch(new RegExp(`^${more.eventType?.replaceAll('_', '-')}:[0-9a-f]{32}$`));
});

it('gives one moment of one rule one event id, and another moment, rule or camera another', () => {
  const idOf = (more: Partial<LaneDetectionFacts>) => laneDetection({ ...facts, ...more }).eventId;
  const own = idOf({});
  expect(idOf({ item: { label: 'apple', score: 0.5 } })).toBe(own);
  expect(idOf({ cameraId: 'sco-5' })).not.toBe(own);
  expect(idOf({ atMs: crossing.atMs + 66.7 })).not.toBe(own);
  expect(idOf({ eventType: 'wrong_scan' })).not.toBe(own);
  const fake = { eventType: 'fake_scan', track: [] } as const;
  expect(idOf({ ...fake, rungPlu: '4011' })).not.toBe(idOf({ ...fake, rungPlu: '4012' }));
});

it('reports a crossing at the instant of its detection, with a name where there is one', () => {
  const plain = crossingReport({ ...place, crossing });
  const named = crossingReport({ ...place, crossing, item: { label: 'apple', score: 1.000_001 } });
  for (const report of [plain, named]) {
    validateCrossing(report);
    expect(validateCrossing.errors).toBeNull();
    expect(report.at).toBe(laneDetection(facts).detectedAt);
  }
  expect(named).toEqual({ ...plain, label: 'apple', labelScore: 1 });
  expect(crossingReport({ ...place, cameraId: 'sco-5', crossing }).id).not.toBe(plain.id);
});
