import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, it } from 'vitest';
import schema from '../schemas/events/detection.schema.json' with { type: 'json' };
import { LANE_ZONE } from '../stack/footage/self-checkout-lane.ts';
import { MISSED_SCAN_DEFAULTS } from './behaviours/missed-scan.ts';
import { missedScanDetection } from './detection.ts';

const ajv = new Ajv2020({ allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(schema);

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
const facts = {
  storeId: 's-001',
  cameraId: 'sco-4',
  zone: LANE_ZONE,
  crossing,
  sightingsMs: [crossing.atMs],
  windows: MISSED_SCAN_DEFAULTS,
};

it('satisfies the published schema, with and without an item label', () => {
  for (const item of [undefined, { label: 'apple', score: 0.83 }]) {
    const detection = missedScanDetection({ ...facts, ...(item ? { item } : {}) });
    validate(detection);
    expect(validate.errors).toBeNull();
    expect(detection.item).toEqual(item ? { label: 'apple', confidence: 0.83 } : undefined);
    expect(detection.boxes?.length).toBeLessThanOrEqual(32);
  }
});

it('gives one crossing one event id, and another crossing another', () => {
  const { eventId } = missedScanDetection(facts);
  expect(missedScanDetection({ ...facts, item: { label: 'apple', score: 0.5 } }).eventId).toBe(eventId);
  expect(missedScanDetection({ ...facts, cameraId: 'sco-5' }).eventId).not.toBe(eventId);
  expect(missedScanDetection({ ...facts, crossing: { ...crossing, atMs: crossing.atMs + 66.7 } }).eventId).not.toBe(
    eventId,
  );
});
