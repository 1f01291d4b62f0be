import { describe, expect, it } from 'vitest';
import { DomainError } from '../domain/errors.ts';
import {
  detectionEventType,
  maxCrossingBatch,
  maxPosBatch,
  maxSensorBatch,
  parseCrossings,
  parseDetection,
  parseDetectionRequest,
  parsePosEvents,
  parseSensorEvents,
  parseSensorStatus,
} from './intake.ts';

const detection = {
  eventId: 'e-1',
  storeId: 'high-street',
  cameraId: 'sco-3-cam',
  zoneId: 'scanner',
  eventType: 'missed_scan',
  detectedAt: '2026-03-01T12:00:00.000Z',
  confidence: 0.9,
  model: { id: 'counter', version: '1', thresholds: { motion: 0.4 } },
  item: { label: 'apple', confidence: 0.5 },
  sightings: [{ at: '2026-03-01T11:59:59.000Z' }],
  boxes: [{ at: '2026-03-01T12:00:00.000Z', x: 0, y: 0, width: 1, height: 0.5 }],
};
const line = {
  storeId: 'high-street',
  terminalId: 'sco-3',
  transactionId: 'T-1',
  line: 1,
  type: 'scan',
  occurredAt: '2026-03-01T12:00:00.000Z',
};

/** The fields that a refusal names, or what went wrong instead. */
function refused(parse: () => unknown): string[] | unknown {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'VALIDATION') throw error;
    for (const { field } of error.fields) expect(error.message).toContain(field);
    return error.fields.map(({ field }) => field);
  }
}
const without = (value: object, key: string) =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));

describe('a detection', () => {
  it('is taken as it is', () => {
    expect(parseDetection(detection)).toEqual(detection);
    const { zoneId: _zone, item: _item, sightings: _sightings, boxes: _boxes, ...least } = detection;
    expect(parseDetection(least)).toEqual(least);
  });

  it.each(['eventId', 'storeId', 'cameraId', 'eventType', 'detectedAt', 'confidence', 'model'])('needs %s', (field) => {
    expect(refused(() => parseDetection(without(detection, field)))).toEqual([field]);
  });

  it.each<[string, object, string]>([
    ['an empty id', { eventId: '' }, 'eventId'],
    ['an id with a space', { eventId: 'a b' }, 'eventId'],
    ['an id that is too long', { eventId: 'x'.repeat(129) }, 'eventId'],
    ['an id that is a number', { eventId: 7 }, 'eventId'],
    ['a store with capitals', { storeId: 'High' }, 'storeId'],
    ['a store with SQL in it', { storeId: "x'; drop table incidents; --" }, 'storeId'],
    ['a camera that is null', { cameraId: null }, 'cameraId'],
    ['an empty zone', { zoneId: '' }, 'zoneId'],
    ['an unknown behaviour', { eventType: 'theft' }, 'eventType'],
    ['a behaviour that every object has', { eventType: 'constructor' }, 'eventType'],
    ['a time that is a number', { detectedAt: 1_772_366_400 }, 'detectedAt'],
    ['a time without an offset', { detectedAt: '2026-03-01T12:00:00' }, 'detectedAt'],
    ['a date only', { detectedAt: '2026-03-01' }, 'detectedAt'],
    ['a day that is not there', { detectedAt: '2026-02-30T12:00:00Z' }, 'detectedAt'],
    ['an hour that is not there', { detectedAt: '2026-03-01T24:30:00Z' }, 'detectedAt'],
    ['a leap second', { detectedAt: '2016-12-31T23:59:60Z' }, 'detectedAt'],
    ['an offset without minutes', { detectedAt: '2026-03-01T12:00:00+01' }, 'detectedAt'],
    ['a clock at its epoch', { detectedAt: '1970-01-01T00:00:03Z' }, 'detectedAt'],
    ['the year 0', { detectedAt: '0000-01-01T00:00:00Z' }, 'detectedAt'],
    ['the year 9999', { detectedAt: '9999-12-31T23:59:59-23:00' }, 'detectedAt'],
    ['more than certain', { confidence: 1.01 }, 'confidence'],
    ['a negative confidence', { confidence: -0.1 }, 'confidence'],
    ['a confidence in words', { confidence: 'high' }, 'confidence'],
    ['a model without a version', { model: { id: 'x' } }, 'model.version'],
    ['a model with more in it', { model: { id: 'x', version: '1', weights: '/etc' } }, 'model.weights'],
    ['a threshold in words', { model: { id: 'x', version: '1', thresholds: { a: 'b' } } }, 'model.thresholds.a'],
    ['an item without a label', { item: { confidence: 1 } }, 'item.label'],
    ['an item without a confidence', { item: { label: 'x' } }, 'item.confidence'],
    ['a sighting without a time', { sightings: [{ at: detection.detectedAt }, {}] }, 'sightings.1.at'],
    ['a sighting that is a string', { sightings: ['now'] }, 'sightings.0'],
    ['a sighting at a leap second', { sightings: [{ at: '2016-12-31T23:59:60Z' }] }, 'sightings.0.at'],
    ['too many sightings', { sightings: Array(65).fill({ at: detection.detectedAt }) }, 'sightings'],
    ['a box outside of the picture', { boxes: [{ ...detection.boxes[0], x: 2 }] }, 'boxes.0.x'],
    ['a box without a height', { boxes: [without(detection.boxes[0]!, 'height')] }, 'boxes.0.height'],
    ['a box at a time that is none', { boxes: [{ ...detection.boxes[0], at: 'soon' }] }, 'boxes.0.at'],
    ['a field nobody knows', { severity: 'critical' }, 'severity'],
    ['an empty thumbnail', { thumbnailRef: '' }, 'thumbnailRef'],
  ])('refuses %s and names the field', (_name, change, field) => {
    expect(refused(() => parseDetection({ ...detection, ...change }))).toContain(field);
  });

  it.each([[null], [undefined], ['text'], [7], [[]], [[detection]]])('refuses %j as a whole', (body) => {
    expect(refused(() => parseDetection(body))).toEqual(['body']);
  });

  it('names every field that is wrong, not only the first', () => {
    const { eventId: _id, ...bad } = { ...detection, confidence: 2, model: {}, extra: 1 };
    expect(refused(() => parseDetection(bad))).toEqual(
      expect.arrayContaining(['eventId', 'confidence', 'model.id', 'model.version', 'extra']),
    );
  });

  it.each([
    ['2026-03-01T13:30:00+01:30', '2026-03-01T12:00:00.000Z'],
    ['2026-03-01t12:00:00z', '2026-03-01T12:00:00.000Z'],
    ['2026-03-01T12:00:00.123456Z', '2026-03-01T12:00:00.123Z'],
    ['2026-03-01T12:00:00-23:59', '2026-03-02T11:59:00.000Z'],
  ])('reads %s as the instant it is', (given, instant) => {
    const read = parseDetection({ ...detection, detectedAt: given, sightings: [{ at: given }] });
    expect([read.detectedAt, read.sightings?.[0]?.at]).toEqual([instant, instant]);
  });
});

describe('a CloudEvent', () => {
  const event = { specversion: '1.0', id: 'e-1', source: '/cam', type: detectionEventType, data: detection };
  const structured = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
  const binary = {
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': 'e-1',
    'ce-source': '/cam',
    'ce-type': detectionEventType,
  };

  it('is read in structured and in binary mode', () => {
    expect(parseDetectionRequest(structured, event)).toEqual(detection);
    expect(parseDetectionRequest(binary, detection)).toEqual(detection);
    expect(parseDetectionRequest({ 'content-type': 'application/json' }, detection)).toEqual(detection);
  });

  it.each<[string, object, string]>([
    ['another type', { type: 'com.example.other' }, 'type'],
    ['an id that is not the eventId', { id: 'e-2' }, 'id'],
    ['no id', { id: undefined }, 'id'],
    ['no source', { source: undefined }, 'source'],
    ['an older version', { specversion: '0.3' }, 'specversion'],
    ['a version that never was', { specversion: '9' }, 'specversion'],
    ['data that is not a detection', { data: { ...detection, confidence: 2 } }, 'confidence'],
    ['no data', { data: undefined }, 'body'],
    ['data as text', { data: 'hello' }, 'body'],
  ])('structured: refuses %s', (_name, change, field) => {
    expect(refused(() => parseDetectionRequest(structured, { ...event, ...change }))).toContain(field);
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    ['another type', { 'ce-type': 'com.example.other' }, 'type'],
    ['an id that is not the eventId', { 'ce-id': 'e-2' }, 'id'],
    ['an older version', { 'ce-specversion': '0.3' }, 'specversion'],
    ['no source', { 'ce-source': undefined }, 'source'],
  ])('binary: refuses %s', (_name, change, field) => {
    const headers = Object.fromEntries(
      Object.entries({ ...binary, ...change }).filter(([, value]) => value !== undefined),
    );
    expect(refused(() => parseDetectionRequest(headers as Record<string, string>, detection))).toContain(field);
  });

  it('refuses a batch', () => {
    expect(
      refused(() => parseDetectionRequest({ 'content-type': 'application/cloudevents-batch+json' }, [event])),
    ).toEqual(['body']);
  });
});

describe('till lines', () => {
  const full = { ...line, plu: '4017', description: 'Apple', quantity: 0.5, amountMinor: -120, currency: 'GBP' };

  it('come alone or in a batch', () => {
    expect(parsePosEvents(line)).toEqual([line]);
    expect(parsePosEvents([line, full])).toEqual([line, full]);
  });

  it.each(Object.keys(line))('need %s', (field) => {
    expect(refused(() => parsePosEvents(without(line, field)))).toEqual([field]);
    expect(refused(() => parsePosEvents([line, without(line, field)]))).toEqual([`1.${field}`]);
  });

  it.each<[string, object, string]>([
    ['a till with SQL in it', { terminalId: "1' or '1'='1" }, 'terminalId'],
    ['a line that is not whole', { line: 1.5 }, 'line'],
    ['a line below zero', { line: -1 }, 'line'],
    ['an unknown kind', { type: 'theft' }, 'type'],
    ['a time at the epoch', { occurredAt: '1970-01-01T00:00:00Z' }, 'occurredAt'],
    ['a time that is none', { occurredAt: 'now' }, 'occurredAt'],
    ['nothing of something', { quantity: 0 }, 'quantity'],
    ['pounds instead of pence', { amountMinor: 1.2 }, 'amountMinor'],
    ['a currency in words', { currency: 'pounds' }, 'currency'],
    ['a PLU with a space', { plu: '40 17' }, 'plu'],
    ['a description that is too long', { description: 'x'.repeat(129) }, 'description'],
    ['a field nobody knows', { cardNumber: '4111111111111111' }, 'cardNumber'],
  ])('refuse %s', (_name, change, field) => {
    expect(refused(() => parsePosEvents({ ...line, ...change }))).toContain(field);
  });

  it('come in batches that are neither empty nor endless', () => {
    expect(refused(() => parsePosEvents([]))).toEqual(['body']);
    expect(refused(() => parsePosEvents(Array(maxPosBatch + 1).fill(line)))).toEqual(['body']);
    expect(parsePosEvents(Array(maxPosBatch).fill(line))).toHaveLength(maxPosBatch);
  });
});

describe('crossings', () => {
  const crossing = {
    ...{ storeId: 'high-street', cameraId: 'sco-3-cam', zoneId: 'scanner', id: 'x-1' },
    at: '2026-03-01T12:00:00.000Z',
  };

  it('come alone or in a batch, with what the item looks like or without', () => {
    const named = { ...crossing, label: 'apple', labelScore: 0.5 };
    expect(parseCrossings(crossing)).toEqual([crossing]);
    expect(parseCrossings([crossing, named])).toEqual([crossing, named]);
    expect(parseCrossings({ ...crossing, at: '2026-03-01T13:00:00+01:00' })).toEqual([crossing]);
  });

  it.each(Object.keys(crossing))('need %s', (field) => {
    expect(refused(() => parseCrossings([crossing, without(crossing, field)]))).toEqual([`1.${field}`]);
  });

  it.each<[string, object, string]>([
    ['a label that is more than certain', { labelScore: 1.1 }, 'labelScore'],
    ['a time that is none', { at: 'soon' }, 'at'],
    ['a leap second', { at: '2016-12-31T23:59:60Z' }, 'at'],
    ['a field nobody knows', { person: 'x' }, 'person'],
  ])('refuse %s', (_name, change, field) => {
    expect(refused(() => parseCrossings({ ...crossing, ...change }))).toContain(field);
  });

  it('come in batches that are neither empty nor endless', () => {
    expect(refused(() => parseCrossings([]))).toEqual(['body']);
    expect(refused(() => parseCrossings(Array(maxCrossingBatch + 1).fill(crossing)))).toEqual(['body']);
  });
});

describe('what sensors say', () => {
  const at = '2026-03-01T12:00:00.000Z';
  const event = { storeId: 'high-street', sensorId: 'x-1', eventId: 'e-1', occurredAt: at };
  const door = { ...event, kind: 'door', what: 'opened' };
  const kinds = [
    door,
    { ...event, kind: 'shelf_weight', deltaGrams: -300 },
    { ...event, kind: 'eas_gate', direction: 'unknown' },
    { ...event, kind: 'rfid', epc: '3074257BF7194E4000001A85' },
    { ...event, kind: 'rfid', epc: 'urn:epc:id:sgtin:0614141.812345.6789', direction: 'out' },
    { ...event, kind: 'pos_tamper', what: 'drawer_forced' },
  ];

  it('is taken in every kind, one by one or as a batch', () => {
    expect(parseSensorEvents(kinds)).toEqual(kinds);
    expect(parseSensorEvents(door)).toEqual([door]);
  });

  it.each<[string, object, string[]]>([
    ['no kind', { kind: undefined }, ['kind']],
    ['a kind that nobody knows', { kind: 'smoke' }, ['kind']],
    ['an unknown field', { colour: 'red' }, ['colour']],
    ['nothing said', { what: undefined }, ['what']],
    ['what another kind says', { what: 'cable_pulled' }, ['what']],
    ['a field of another kind', { deltaGrams: -1 }, ['deltaGrams']],
    ['a shelf without a weight', { kind: 'shelf_weight', what: undefined }, ['deltaGrams']],
    ['a tag that is none', { kind: 'rfid', what: undefined, epc: 'abc' }, ['epc']],
    ['an id that is too long', { eventId: 'e'.repeat(64) }, ['eventId']],
    ['no instant', { occurredAt: 'noon' }, ['occurredAt']],
  ])('is refused by name: %s', (_name, change, fields) => {
    const sent = JSON.parse(JSON.stringify({ ...door, ...change })) as object;
    expect(refused(() => parseSensorEvents(sent))).toEqual(fields);
    expect(refused(() => parseSensorEvents([door, sent]))).toEqual(fields.map((field) => `1.${field}`));
  });

  it('is refused as a whole when it is nothing or too much', () => {
    expect(refused(() => parseSensorEvents([]))).toEqual(['body']);
    expect(refused(() => parseSensorEvents(Array(maxSensorBatch + 1).fill(door)))).toEqual(['body']);
  });

  it('may leave out the instant in a last will only as a whole', () => {
    const will = { storeId: 'high-street', sensorId: 'x-1', state: 'death', session: 's' };
    expect(parseSensorStatus(will)).toEqual(will);
    expect(refused(() => parseSensorStatus({ ...will, at: null }))).toEqual(['at']);
    expect(refused(() => parseSensorStatus({ ...will, session: undefined }))).toEqual(['session']);
    expect(refused(() => parseSensorStatus({ ...will, state: 'dead' }))).toEqual(['state']);
  });
});
