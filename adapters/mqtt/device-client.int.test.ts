import { randomUUID } from 'node:crypto';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { DeviceCommand } from '../../domain/device-command.ts';
import { type DeviceSimulator, startDevices } from '../../stack/devices/simulator.ts';
import { ackTopic, commandTopic, type DeviceClient, openDeviceClient } from './device-client.ts';

const engines = inject('engines');
const door = { tenantId: 'demo', storeId: `shop-${randomUUID().slice(0, 8)}`, target: 'door-1' };
const problems: string[] = [];
let client: DeviceClient;
let devices: DeviceSimulator;
let stranger: MqttClient;

beforeAll(async () => {
  const onError = (error: Error) => problems.push(error.message);
  client = openDeviceClient({ url: engines.mqttUrl, clientId: `test-${randomUUID()}`, onError });
  devices = await startDevices({
    ...{ mqttUrl: engines.mqttUrl, tenantId: door.tenantId, storeId: door.storeId, targets: ['door-1', 'sco-3'] },
    onProblem: (problem) => problems.push(problem),
  });
  stranger = await connectAsync(engines.mqttUrl, { protocolVersion: 5, clientId: `stranger-${randomUUID()}` });
});
afterAll(async () => {
  await stranger?.endAsync();
  await devices?.close();
  await client?.close();
});

const command = (change: Partial<DeviceCommand> = {}): DeviceCommand => ({
  ...{ commandId: randomUUID(), action: 'door_lock', message: '', drill: false },
  expiresAt: new Date(Date.now() + 60_000).toISOString(),
  ...change,
});
const done = (commandId: string) => devices.carriedOut.filter((one) => one.commandId === commandId).length;

describe('a device', () => {
  it('does what it is told and says so', async () => {
    const lock = command();
    expect(await client.tell(door, lock, 3_000)).toEqual({ answer: 'ok' });
    expect(done(lock.commandId)).toBe(1);
  });

  it('answers the same command again and does it once', async () => {
    const lock = command();
    for (let twice = 0; twice < 2; twice += 1) expect(await client.tell(door, lock, 3_000)).toEqual({ answer: 'ok' });
    expect(done(lock.commandId)).toBe(1);
  });

  it('does nothing that has expired', async () => {
    const late = command({ expiresAt: new Date(Date.now() - 1_000).toISOString() });
    expect(await client.tell(door, late, 3_000)).toEqual({ answer: 'refused', detail: 'expired' });
    expect(done(late.commandId)).toBe(0);
  });

  it.each([
    ['dead', { answer: 'no_answer' }, 0],
    ['slow', { answer: 'no_answer' }, 1],
    ['refuse', { answer: 'refused', detail: 'told to refuse' }, 0],
  ] as const)('that is %s', async (mood, answer, times) => {
    await devices.turn('door-1', { mood, ...(mood === 'slow' ? { delayMs: 30_000 } : {}) });
    const lock = command();
    // Who answers has all the time that a busy machine may need.
    expect(await client.tell(door, lock, mood === 'refuse' ? 5_000 : 500)).toEqual(answer);
    expect(done(lock.commandId)).toBe(times);
    await devices.turn('door-1', { mood: 'well' });
  });

  it('answers for itself alone, and in words that can be shown', async () => {
    await devices.turn('door-1', { mood: 'dead' });
    const lock = command();
    const answer = client.tell(door, lock, 2_000);
    const ack = (ok: boolean, detail?: unknown) => JSON.stringify({ commandId: lock.commandId, ok, detail });
    const own = ackTopic(door);
    for (const [topic, payload] of [
      [ackTopic({ ...door, target: 'sco-3' }), ack(true)],
      [ackTopic({ ...door, storeId: 'elsewhere' }), ack(true)],
      ...[own, own, own].map((topic, index) => [topic, ['', '{"ok":true}', '[1]'][index]!] as const),
      [own, ack(false, `jam\u0000med${'!'.repeat(500)}`)],
      [own, ack(true)],
    ] as const)
      await stranger.publishAsync(topic, payload, { qos: 1 });
    const refused = await answer;
    expect(refused).toMatchObject({ answer: 'refused', detail: expect.stringMatching(/^jammed!{114}$/) });
    await devices.turn('door-1', { mood: 'well' });
  });
});

it('a broker that is away is said to be', async () => {
  const lost = openDeviceClient({ url: 'mqtt://127.0.0.1:1', clientId: 'lost', onError: () => undefined });
  expect(await lost.tell(door, command(), 300)).toEqual({ answer: 'unreachable' });
  expect(lost.connected()).toBe(false);
  await lost.close();
});

it('the simulator says what it does not understand', async () => {
  await stranger.publishAsync(commandTopic(door), '{"commandId":"x"}', { qos: 1 });
  await expect.poll(() => problems).toEqual([expect.stringContaining(commandTopic(door))]);
});
