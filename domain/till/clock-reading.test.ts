import { describe, expect, it } from 'vitest';
import { addMs } from '../time.ts';
import { type ClockFacts, readClocks } from './clock-reading.ts';

const seenAt = '2026-03-01T12:00:00.000Z';
const offset = {
  ...{ offsetMs: 37_000, errorMs: 200, measuredToAt: addMs(seenAt, -60_000) },
  ...{ crossingLagMs: 300, lineLagMs: -36_800, lagSpreadMs: 100 },
};
/** A line by its stamp and its arrival, both counted from the sighting. */
const line = (stampedMs: number, receivedMs: number, change: { offsetMs?: number } = {}) => ({
  ...{ lineId: `T/${stampedMs}`, occurredAt: addMs(seenAt, stampedMs), receivedAt: addMs(seenAt, receivedMs) },
  ...change,
});
const read = (change: Partial<ClockFacts>) =>
  readClocks({
    ...{ sightingAt: seenAt, offset, expected: true, crossingReceivedAt: null, lines: [] },
    window: { beforeMs: 1_000, afterMs: 2_000, feedStaleAfterMs: 5_000 },
    ...change,
  });

describe('what is known of the clocks at a sighting', () => {
  it('is nothing where nothing is expected, and not enough where crossings are reported', () => {
    expect(read({ offset: null, expected: false })).toBeNull();
    expect(read({ offset: null })).toMatchObject({ offsetMs: null });
  });

  it('is the offset, a little less sure than it was', () => {
    expect(read({})).toEqual({
      ...{ offsetMs: 37_000, errorMs: 202, serverAheadMs: 300 },
      ...{ tillChangeMs: null, cameraChangeMs: null, changeLimitMs: 2_300 },
    });
  });

  it.each([
    ['as usual', [line(37_500, 700)], 0],
    ['stamped 90 s ahead', [line(127_500, 700)], -90_000],
    ['stamped 90 s behind', [line(-52_500, 700)], 90_000],
    ['one of two stamped ahead', [line(36_900, 100), line(127_500, 700)], -90_000],
    ['came in long before', [line(100_000, -30_000)], null],
    ['came in long after', [line(100_000, 30_000)], null],
    ['of the terminal that stood here before', [line(500, 700, { offsetMs: 0 })], null],
  ])('sees by its lines what became of the till’s clock: %s', (_name, lines, tillChangeMs) => {
    expect(read({ lines })?.tillChangeMs).toBe(tillChangeMs);
  });

  it('sees by its crossing what became of the camera’s clock', () => {
    expect(read({ crossingReceivedAt: addMs(seenAt, 400) })?.cameraChangeMs).toBe(100);
    expect(read({ crossingReceivedAt: addMs(seenAt, 90_300) })?.cameraChangeMs).toBe(90_000);
  });
});
