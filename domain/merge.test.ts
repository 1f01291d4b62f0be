import { describe, expect, it } from 'vitest';
import { mergeTarget, type OpenIncident } from './merge.ts';
import { addMs } from './time.ts';

const startAt = '2026-03-01T12:00:00.000Z';
const open = (incidentId: string, offsetMs: number, change: Partial<OpenIncident> = {}): OpenIncident => ({
  incidentId,
  cameraId: 'cam-1',
  zoneId: 'scanner',
  behaviour: 'missed_scan',
  lastDetectedAt: addMs(startAt, offsetMs),
  ...change,
});
const detection = { cameraId: 'cam-1', zoneId: 'scanner', behaviour: 'missed_scan' as const, detectedAt: startAt };

describe('merging', () => {
  it.each<[string, OpenIncident[], string | null]>([
    ['nothing is open', [], null],
    ['the same place a moment before', [open('a', -1_500)], 'a'],
    ['a detection that arrived out of order', [open('a', 1_500)], 'a'],
    ['on the edge of the window', [open('a', -2_000)], 'a'],
    ['just outside the window', [open('a', -2_001)], null],
    ['the nearer of two', [open('a', -1_900), open('b', 400)], 'b'],
    ['another camera', [open('a', 0, { cameraId: 'cam-2' })], null],
    ['another zone', [open('a', 0, { zoneId: 'bagging' })], null],
    ['no zone', [open('a', 0, { zoneId: null })], null],
    ['another behaviour', [open('a', 0, { behaviour: 'concealment' })], null],
  ])('%s', (_name, incidents, incidentId) => {
    expect(mergeTarget(detection, incidents, 2_000)?.incidentId ?? null).toBe(incidentId);
  });

  it('says why', () => {
    expect(mergeTarget(detection, [open('a', -700)], 2_000)?.reason).toEqual({
      code: 'SAME_PLACE_AND_BEHAVIOUR',
      params: { distanceMs: 700, windowMs: 2_000, keys: 'camera, zone, behaviour' },
    });
  });
});
