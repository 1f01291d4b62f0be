import { randomUUID } from 'node:crypto';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type MqttIntake, openMqttIntake } from '../../adapters/mqtt/intake-client.ts';
import { createMessageHandler } from '../../api/message-intake.ts';
import { createMqttHandler, intakeTopics, mqttDeadLetter } from '../../api/mqtt-intake.ts';
import type { components } from '../../schemas/generated/openapi.ts';
import { forgetSensorEvents } from '../../services/retention/till-days.ts';
import { type SensorSimulator, startSensor } from '../../stack/sensors/simulator.ts';
import { agoIso, openStage, type Stage, unhurried } from '../harness/story.ts';
import { eventually } from '../harness/system.ts';

type Schemas = components['schemas'];

const engines = inject('engines');
const stopping = new AbortController();
let stage: Stage;
let intake: MqttIntake;
let ear: MqttClient;
let shelf: SensorSimulator;
let gate: SensorSimulator;
const letters: { reason: { code: string; errors: { field: string }[] } }[] = [];

const crisps = { plu: '4001234567891', articleGrams: 150 };
const tea = { plu: '614141123452', articleGrams: 250 };
const places = [
  ['aisle-cam', 'Aisle 7', 'aisle-7'],
  ['tea-cam', 'Aisle 8', 'aisle-8'],
  ['exit-cam', 'Exit', 'exit'],
] as const;

beforeAll(async () => {
  stage = await openStage(engines, {
    ...unhurried,
    fusion: { severityFrom: 'fused', holdBelow: { concealment: 0.95, exit_alarm: 0.95 } },
  });
  const { admin } = stage.system.database;
  for (const [cameraId, label, zoneId] of places) {
    await admin.query("insert into cameras (tenant_id, store_id, id, name) values ('demo', 'high-street', $1, $2)", [
      ...[cameraId, label],
    ]);
    await admin.query(
      "insert into zones (tenant_id, store_id, id, camera_id, label) values ('demo', 'high-street', $1, $2, $3)",
      [zoneId, cameraId, label],
    );
  }
  await register('shelf-7', { kind: 'shelf_weight', zoneId: 'aisle-7', label: 'Crisps', settings: crisps });
  await register('shelf-8', { kind: 'shelf_weight', zoneId: 'aisle-8', label: 'Tea', settings: tea });
  await register('gate-1', { kind: 'eas_gate', zoneId: 'exit', label: 'Gate at the exit' });
  await register('reader-1', { kind: 'rfid', zoneId: 'exit', label: 'Reader at the exit' });
  await register('till-box-3', { kind: 'pos_tamper', zoneId: 'scanner', label: 'Housing of SCO 3' });

  ear = await connectAsync(engines.mqttUrl, { protocolVersion: 5, clientId: `ear-${randomUUID()}` });
  ear.on('message', (_topic, payload) => letters.push(JSON.parse(payload.toString()) as (typeof letters)[number]));
  await ear.subscribeAsync('floorwalker/+/+/dead-letter', { qos: 1 });
  const { database, dispatcher, errors } = stage.system;
  let opened: MqttIntake | undefined;
  const handle = createMessageHandler({
    ...{ db: database.db, dispatcher, now: () => agoIso(0), retryMs: 50, signal: stopping.signal },
    deadLetter: mqttDeadLetter(async (topic, letter) => opened?.publish(topic, letter)),
    log: (error, about) => errors.push({ error, about }),
  });
  opened = openMqttIntake({
    ...{ url: engines.mqttUrl, clientId: `intake-${randomUUID()}`, topics: intakeTopics },
    onMessage: createMqttHandler(handle),
    onError: (error) => errors.push({ error, about: 'MQTT' }),
  });
  intake = opened;
  await eventually(async () => intake.connected());
  shelf = await sensor('shelf-7', 'shelf_weight');
  gate = await sensor('gate-1', 'eas_gate');
  // The subscription follows the connection; a heartbeat that was heard proves it.
  for (const one of [shelf, gate])
    await eventually(async () => {
      await one.beat();
      return (await states())[one === shelf ? 'shelf-7' : 'gate-1'] === 'online';
    });
});
afterAll(async () => {
  await shelf?.close();
  await gate?.close();
  stopping.abort();
  await intake?.close();
  await ear?.endAsync();
  await stage?.close();
});
afterEach(() => stage.endsWell());

const register = async (sensorId: string, sensor: Record<string, unknown>) => {
  const answer = await stage.system.api('admin', 'PUT', `/v1/sensors/${sensorId}`, {
    storeId: 'high-street',
    ...sensor,
  });
  expect(answer).toMatchObject({ status: 200, body: { sensorId, state: 'never_heard' } });
};
const sensor = (sensorId: string, kind: string) =>
  startSensor({
    ...{ mqttUrl: engines.mqttUrl, tenantId: 'demo', storeId: 'high-street', sensorId, kind, beatMs: 0 },
    onProblem: (problem) => stage.system.errors.push({ error: problem, about: sensorId }),
  });
const states = async () => {
  const { body } = await stage.system.api<Schemas['SensorList']>('soc_operator', 'GET', '/v1/sensors');
  return Object.fromEntries(body.items.map(({ sensorId, state }) => [sensorId, state]));
};
const teaSeen = { cameraId: 'tea-cam', zoneId: 'aisle-8' };
const teaTaken = { sensorId: 'shelf-8', kind: 'shelf_weight' };
const crispsSeen = { cameraId: 'aisle-cam', zoneId: 'aisle-7' };
const sees = async (eventType: string, at: string, place = crispsSeen) => {
  const answer = await stage.system.api<Schemas['DetectionReceipt']>('device', 'POST', '/v1/detections', {
    ...{ eventId: randomUUID(), storeId: 'high-street', eventType, ...place },
    ...{ detectedAt: at, confidence: 0.8, model: { id: 'aisle-watch', version: '1' } },
  });
  expect(answer.status).toBe(202);
  return answer.body.incidentId;
};
const rings = async (line: Record<string, unknown>) => {
  const own = { storeId: 'high-street', terminalId: 'sco-3', transactionId: randomUUID(), line: 1, type: 'scan' };
  expect((await stage.system.api('device', 'POST', '/v1/pos/events', { ...own, ...line })).status).toBe(202);
};
const says = async (event: Record<string, unknown>) => {
  const whole = { storeId: 'high-street', eventId: randomUUID(), occurredAt: agoIso(0), ...event };
  const { status, body } = await stage.system.api<Schemas['SensorReceipt']>(
    ...(['device', 'POST', '/v1/sensors/events', whole] as const),
  );
  return { status, ...body.events?.[0] };
};
const explained = async (incidentId: string) => {
  const { status, body } = await stage.system.api<Schemas['Explanation']>(
    ...(['soc_operator', 'GET', `/v1/incidents/${incidentId}/explanation`] as const),
  );
  expect(status).toBe(200);
  return body;
};
const codes = async (incidentId: string) =>
  ((await explained(incidentId)).fusion?.contributions ?? []).map(({ reason }) => reason.code);
const held = (incidentId: string) =>
  eventually(async () => {
    const { state, suppression } = await stage.incident(incidentId);
    return state === 'in_review' && suppression?.map(({ code }) => code);
  });
const dismissed = async (incidentId: string) => {
  const { status } = await stage.system.api('soc_operator', 'POST', `/v1/incidents/${incidentId}/verdict`, {
    ...{ verdict: 'false_positive', reasonCode: 'nothing_happened' },
    expectedVersion: (await stage.incident(incidentId)).version,
  });
  expect(status).toBe(200);
  await stage.closed(incidentId);
};

describe('goods that leave the shelf while a camera looks', () => {
  it('and the gate gives a signal and no till has rung them: one incident, three sources and the tills, one text', async () => {
    const { sam, system, till } = stage;
    await till.beats();
    const seenMs = Date.now() - 90_000;
    // The shelf was quicker than the camera.
    await shelf.say({ deltaGrams: -302, occurredAt: new Date(seenMs - 500).toISOString() });
    await eventually(async () => (await system.database.admin.query('select 1 from sensor_events')).rowCount === 1);
    const incidentId = await sees('concealment', new Date(seenMs).toISOString());
    expect(await held(incidentId)).toEqual(['CONFIDENCE_TOO_LOW']);
    expect(await codes(incidentId)).toEqual(['CAMERA_SAW', 'SHELF_LIGHTER', 'GOODS_STILL_INSIDE']);

    await gate.say({ direction: 'out', occurredAt: new Date(seenMs + 70_000).toISOString() });
    await sam.expectText(/please check/);
    const { fusion, merges, severity } = await explained(incidentId);
    expect(fusion!.contributions.map(({ source, label, reason }) => [source, label, reason.code])).toEqual([
      ['camera', 'Aisle 7', 'CAMERA_SAW'],
      ['eas_gate', 'Gate at the exit', 'GATE_ALARM'],
      ['shelf_weight', 'Crisps', 'SHELF_LIGHTER'],
      ['till', null, 'GOODS_NOT_PAID'],
    ]);
    expect(fusion!.contributions[2]!.reason.params).toMatchObject({ pieces: 2, distanceMs: -500 });
    expect(fusion!.confidence).toBeGreaterThan(0.95);
    expect(merges).toEqual([expect.objectContaining({ code: 'ONLY_INCIDENT_BEFORE_EXIT' })]);
    expect(severity.reasons).toContainEqual(expect.objectContaining({ code: 'HIGH_CONFIDENCE' }));
    await sam.reply('4');
    await sam.expectText(/noted/);
    expect(await stage.closed(incidentId)).toMatchObject({ verdict: 'confirmed', textsSent: 1, detectionCount: 2 });
    const { rows } = await system.database.admin.query('select id from incidents');
    expect(rows).toEqual([{ id: incidentId }]);
    const audit = await system.database.admin.query<{ action: string; details: { confidence: number } }>(
      "select action, details from audit where subject = $1 and action like 'incident.%fused' order by seq",
      [`incident:${incidentId}`],
    );
    expect(audit.rows.at(-1)?.details.confidence).toBe(fusion!.confidence);
  });

  it('and are paid for: it closes by itself, and the signal of a tag that was forgotten troubles nobody', async () => {
    const { till } = stage;
    await till.beats();
    const seenMs = Date.now() - 60_000;
    const incidentId = await sees('concealment', new Date(seenMs).toISOString(), teaSeen);
    await held(incidentId);
    await says({ ...teaTaken, deltaGrams: -500, occurredAt: new Date(seenMs + 800).toISOString() });
    await eventually(async () => (await codes(incidentId)).includes('GOODS_STILL_INSIDE'));
    expect((await explained(incidentId)).pos.reasons.map(({ code }) => code)).toEqual(['GOODS_STILL_INSIDE']);
    await rings({ plu: '00614141123452', quantity: 2, occurredAt: new Date(seenMs + 30_000).toISOString() });
    expect(await stage.closed(incidentId)).toMatchObject({ verdict: 'paid', posVerdict: 'MATCH', textsSent: 0 });
    const { fusion, pos } = await explained(incidentId);
    expect(pos.reasons).toEqual([expect.objectContaining({ code: 'GOODS_PAID' })]);
    expect(fusion!.confidence).toBeLessThan(0.5);

    const eventId = 'forgotten-tag';
    const alarm = await says({ sensorId: 'gate-1', kind: 'eas_gate', direction: 'out', eventId });
    expect(alarm).toMatchObject({ status: 202, disposition: 'started' });
    expect(await held(alarm.incidentId!)).toEqual(['CONFIDENCE_TOO_LOW']);
    await dismissed(alarm.incidentId!);
  });
});

describe('goods that were paid for after all', () => {
  it('at a till that told late: whoever was asked to look is told so, and the record is corrected', async () => {
    const { sam, system, till } = stage;
    await till.beats();
    // After what the story before has paid for, so that its receipt is not taken for this one's.
    const seenMs = Date.now() - 20_000;
    const incidentId = await sees('concealment', new Date(seenMs).toISOString(), teaSeen);
    await held(incidentId);
    await says({ ...teaTaken, deltaGrams: -250, occurredAt: new Date(seenMs).toISOString() });
    await gate.say({ direction: 'unknown', occurredAt: new Date(seenMs + 12_000).toISOString() });
    await sam.expectText(/please check/);
    await sam.reply('4');
    await sam.expectText(/noted/);
    await stage.closed(incidentId);
    const { code } = await stage.incident(incidentId);
    await rings({ plu: '614141123452', occurredAt: new Date(seenMs + 10_000).toISOString() });
    await sam.expectText(new RegExp(`^Floorwalker ${code}: correction`));
    expect(await stage.incident(incidentId)).toMatchObject({ verdict: 'paid', posVerdict: 'MATCH', corrected: true });
    const { rows } = await system.database.admin.query("select 1 from incidents where state <> 'closed'");
    expect(rows).toEqual([]);
  });
});

describe('what a sensor says', () => {
  it('is taken once, however often it comes, and is taken out again for good', async () => {
    const incidentId = await sees('shelf_sweep', agoIso(5_000));
    const event = {
      sensorId: 'shelf-7',
      kind: 'shelf_weight',
      deltaGrams: -450,
      eventId: 'e-1',
      occurredAt: agoIso(4_000),
    };
    // Before the first look or after it: either way it belongs here.
    expect(await says(event)).toMatchObject({ disposition: 'joined', incidentId });
    expect(await says(event)).toMatchObject({ disposition: 'duplicate', incidentId });
    expect(await says({ ...event, deltaGrams: -150 })).toMatchObject({ status: 409 });
    await stage.sam.expectText(/please check/);
    await eventually(async () => (await codes(incidentId)).includes('SHELF_LIGHTER'));
    const before = (await explained(incidentId)).fusion!.confidence;
    const out = { eventId: 'shelf-7:e-1' };
    const unmerge = () => stage.system.api('soc_operator', 'POST', `/v1/incidents/${incidentId}/unmerge`, out);
    expect(await unmerge()).toMatchObject({ status: 200, body: { incidentId, newIncidentId: null } });
    expect(await unmerge()).toMatchObject({ status: 404 });
    expect((await explained(incidentId)).fusion!.confidence).toBeLessThan(before);
    expect(await says(event)).toMatchObject({ disposition: 'stored' });
    expect(await stage.timeline(incidentId)).toEqual(expect.arrayContaining(['sensor_joined', 'sensor_released']));
    await dismissed(incidentId);
  });

  it('about the housing of a till opens an incident of the camera that looks at it', async () => {
    const { sam } = stage;
    const opened = await says({ sensorId: 'till-box-3', kind: 'pos_tamper', what: 'cabinet_opened' });
    expect(opened).toMatchObject({ status: 202, disposition: 'started' });
    await sam.expectText(/please check SCO 3/);
    expect(await stage.incident(opened.incidentId!)).toMatchObject({ type: 'equipment_tamper', cameraId: 'sco-3-cam' });
    await dismissed(opened.incidentId!);
  });

  it('at the exit about a tag: only one that no till has sold, where tills read tags, is an alarm', async () => {
    const epc = '3074257BF7194E4000001A85';
    const read = { sensorId: 'reader-1', kind: 'rfid', epc, direction: 'out' };
    expect(await says(read)).toMatchObject({ status: 202, disposition: 'stored' });
    await rings({ plu: '123', epc: epc.replace(/5$/, '6'), occurredAt: agoIso(2_000) });
    const alarm = await says(read);
    expect(alarm).toMatchObject({ disposition: 'started' });
    expect(await held(alarm.incidentId!)).toEqual(['CONFIDENCE_TOO_LOW']);
    expect(await codes(alarm.incidentId!)).toEqual(['TAG_NOT_SOLD']);
    await rings({ plu: '123', epc: epc.toLowerCase(), occurredAt: agoIso(1_000) });
    await eventually(async () => (await codes(alarm.incidentId!)).join() === 'TAG_SOLD');
    await dismissed(alarm.incidentId!);
    expect(await says(read)).toMatchObject({ disposition: 'stored' });
  });

  it('goes to the dead letters with the reason when it cannot be taken', async () => {
    letters.length = 0;
    await shelf.say({ deltaGrams: -150, epc: 'x' });
    await shelf.say({ kind: 'door', what: 'opened' });
    await shelf.say({ deltaGrams: -150, occurredAt: agoIso(-3_600_000) });
    await shelf.say({ deltaGrams: -150, sensorId: 'shelf-9' });
    await eventually(async () => letters.length === 4);
    expect(letters.map(({ reason }) => [reason.code, reason.errors[0]?.field])).toEqual([
      ['VALIDATION', 'epc'],
      ['VALIDATION', 'kind'],
      ['VALIDATION', 'occurredAt'],
      ['VALIDATION', 'sensorId'],
    ]);
  });
});

describe('a sensor', () => {
  it('whose connection breaks is a gap that everybody sees, and a shelf that lives and says nothing counts against', async () => {
    const second = await sensor('gate-1', 'eas_gate');
    // An earlier connection's end changes nothing.
    await gate.close();
    await eventually(async () => (await states())['gate-1'] === 'online');
    second.lose();
    await eventually(async () => (await states())['gate-1'] === 'offline');
    gate = await sensor('gate-1', 'eas_gate');

    await stage.system.database.admin.query(
      "update sensors set last_seen_at = now() - interval '1 hour' where id = 'shelf-7'",
    );
    const incidentId = await sees('concealment', agoIso(30_000));
    await held(incidentId);
    expect((await states())['shelf-7']).toBe('silent');
    expect(await codes(incidentId)).toEqual(['CAMERA_SAW', 'SENSOR_SILENT']);
    await eventually(async () => {
      await shelf.beat();
      return (await codes(incidentId)).includes('SHELF_UNCHANGED');
    });
    expect((await explained(incidentId)).fusion!.confidence).toBeLessThan(0.7);
    await dismissed(incidentId);
  });

  it('has what it said forgotten after its time', async () => {
    const { admin, db } = stage.system.database;
    await admin.query("update sensor_events set occurred_at = now() - interval '91 days' where event_id = 'e-1'");
    expect(await forgetSensorEvents(db, 90)).toBe(1);
    await expect(forgetSensorEvents(db, 1)).rejects.toThrow(/35 days at least/);
  });
});
