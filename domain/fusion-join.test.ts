import { describe, expect, it } from 'vitest';
import { type JoinableIncident, type JoiningEvent, joining } from './fusion-join.ts';
import { addMs } from './time.ts';

const startAt = '2026-03-01T12:00:00.000Z';
const incident = (incidentId: string, afterMs = 0, change: Partial<JoinableIncident> = {}): JoinableIncident => ({
  ...{ incidentId, zoneId: 'aisle-7', behaviour: 'concealment', detectedAt: addMs(startAt, afterMs), articles: [] },
  ...change,
});
const event = (kind: JoiningEvent['kind'], change: Partial<JoiningEvent> = {}): JoiningEvent => ({
  ...{ kind, zoneId: 'aisle-7', occurredAt: startAt, article: null },
  ...change,
});
const exit = (kind: 'eas_gate' | 'rfid', article: string | null = null) => event(kind, { zoneId: 'exit', article });

describe('an event joins', () => {
  it.each<[string, JoiningEvent, JoinableIncident[], string | null]>([
    ['nothing', event('shelf_weight'), [], null],
    ['what was seen at the shelf a moment before', event('shelf_weight'), [incident('a', -20_000)], 'a'],
    ['what is seen a moment after', event('shelf_weight'), [incident('a', 10_000)], 'a'],
    ['nothing outside of its window', event('shelf_weight'), [incident('a', -20_001), incident('b', 10_001)], null],
    ['the nearer of two', event('door'), [incident('a', -9_000), incident('b', 8_000)], 'b'],
    ['nothing at another place', event('door'), [incident('a', 0, { zoneId: 'aisle-8' })], null],
    ['nothing without a place', event('door'), [incident('a', 0, { zoneId: null })], null],
    ['nothing that it cannot speak of', event('shelf_weight'), [incident('a', 0, { behaviour: 'violence' })], null],
    ['at the exit, the only one there is', exit('eas_gate'), [incident('a', -900_000)], 'a'],
    ['at the exit, none that was seen later', exit('eas_gate'), [incident('a', 1)], null],
    ['at the exit, none long before', exit('eas_gate'), [incident('a', -900_001)], null],
    ['at the exit, no other alarm', exit('eas_gate'), [incident('a', -1_000, { behaviour: 'exit_alarm' })], null],
    ['the one whose article it is', exit('rfid', '17'), [incident('a', -9, { articles: ['17'] }), incident('b')], 'a'],
    ['not one of another article', exit('rfid', '17'), [incident('a', -9, { articles: ['18'] })], null],
  ])('%s', (_name, one, incidents, expected) => {
    const found = joining(one, incidents);
    expect(found.outcome === 'joins' ? found.incidentId : null).toBe(expected);
  });

  it('none of several at the exit, since nobody can say whose it is', () => {
    const two = [incident('a', -60_000), incident('b', -30_000)];
    expect(joining(exit('eas_gate'), two)).toEqual({ outcome: 'ambiguous', candidates: 2 });
    const both = two.map((one) => ({ ...one, articles: ['17'] }));
    expect(joining(exit('rfid', '17'), both)).toEqual({ outcome: 'ambiguous', candidates: 2 });
  });

  it('and says why', () => {
    expect(joining(event('shelf_weight'), [incident('a', 500)])).toMatchObject({
      reason: { code: 'SENSOR_AT_SAME_PLACE', params: { kind: 'shelf_weight', distanceMs: -500, windowMs: 10_000 } },
    });
    expect(joining(exit('eas_gate'), [incident('a', -70_000)])).toMatchObject({
      reason: { code: 'ONLY_INCIDENT_BEFORE_EXIT', params: { distanceMs: 70_000, windowMs: 900_000 } },
    });
  });
});
