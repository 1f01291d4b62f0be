import { describe, expect, it } from 'vitest';
import { alarmOf, articleKey, gtinOf, piecesTaken, type SensorEvent, sensorStateAt } from './sensors.ts';

const own = { storeId: 's', sensorId: 'x', eventId: 'e', occurredAt: '2026-03-01T12:00:00.000Z' };

describe('a change of weight', () => {
  it.each<[string, number, { articleGrams?: number; toleranceGrams?: number }, { pieces: number; whole: boolean }]>([
    ['two taken', -300, { articleGrams: 150 }, { pieces: 2, whole: true }],
    ['two, a little off', -318, { articleGrams: 150 }, { pieces: 2, whole: true }],
    ['one and a half', -225, { articleGrams: 150 }, { pieces: 2, whole: false }],
    ['one put back', 150, { articleGrams: 150 }, { pieces: -1, whole: true }],
    ['somebody leant on it', 40, { articleGrams: 150 }, { pieces: 0, whole: false }],
    ['a tremble', -9, { articleGrams: 150 }, { pieces: 0, whole: true }],
    ['a stricter shelf', -318, { articleGrams: 150, toleranceGrams: 5 }, { pieces: 2, whole: false }],
    ['an article that nobody named', -300, {}, { pieces: 0, whole: false }],
  ])('%s', (_name, deltaGrams, settings, expected) => {
    expect(piecesTaken(deltaGrams, settings)).toEqual(expected);
  });
});

describe('the article in a tag', () => {
  // The example of the GS1 Tag Data Standard, in both of its writings.
  it.each([
    ['urn:epc:id:sgtin:0614141.812345.6789', '80614141123458'],
    ['3074257BF7194E4000001A85', '80614141123458'],
    ['3074257bf7194e4000001a85', '80614141123458'],
    ['urn:epc:id:sgtin:4001234.056789.1', '04001234567891'],
    ['urn:epc:id:sgtin:4001234.5678.1', null],
    ['urn:epc:id:sscc:4001234.0000000001', null],
    ['31F4257BF7194E4000001A85', null],
    ['307C257BF7194E4000001A85', null],
    ['FFFFFFFFFFFFFFFFFFFFFFFF', null],
  ])('%s', (epc, gtin) => {
    expect(gtinOf(epc)).toBe(gtin);
  });

  it('is the same to a till, whichever zeros it writes before it', () => {
    expect(articleKey('04001234567891')).toBe(articleKey('4001234567891'));
    expect(articleKey('0')).toBe('0');
  });
});

describe('an event by itself', () => {
  it.each<[SensorEvent, boolean, string | null]>([
    [{ ...own, kind: 'door', what: 'forced' }, false, 'equipment_tamper'],
    [{ ...own, kind: 'door', what: 'held_open' }, false, null],
    [{ ...own, kind: 'pos_tamper', what: 'cable_pulled' }, false, 'equipment_tamper'],
    [{ ...own, kind: 'eas_gate', direction: 'out' }, false, 'exit_alarm'],
    [{ ...own, kind: 'eas_gate', direction: 'unknown' }, false, 'exit_alarm'],
    [{ ...own, kind: 'eas_gate', direction: 'in' }, false, null],
    [{ ...own, kind: 'rfid', epc: 'x' }, true, 'exit_alarm'],
    [{ ...own, kind: 'rfid', epc: 'x' }, false, null],
    [{ ...own, kind: 'rfid', epc: 'x', direction: 'in' }, true, null],
    [{ ...own, kind: 'shelf_weight', deltaGrams: -900 }, true, null],
  ])('%o stands for an incident: %s %s', (event, unsold, behaviour) => {
    expect(alarmOf(event, unsold)).toBe(behaviour);
  });
});

describe('how a sensor stands', () => {
  it.each([
    [false, null, 'never_heard'],
    [true, 40_000, 'online'],
    [true, 39_999, 'silent'],
    [false, 99_000, 'offline'],
  ] as const)('connected %s, heard at %s: %s', (connected, lastSeenAtMs, state) => {
    expect(sensorStateAt({ connected, lastSeenAtMs, silentAfterMs: 60_000 }, 100_000)).toBe(state);
  });
});
