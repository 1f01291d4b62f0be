import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Aedes } from 'aedes';
import mqtt from 'mqtt';
import { expect, test } from 'vitest';

test('the process obeys, remembers what it did, and turns its knobs', { timeout: 30_000 }, async () => {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const door = 'floorwalker/demo/store-1/devices/door-1';
  const client = await mqtt.connectAsync(url, { protocolVersion: 5 });
  const heard: [topic: string, value: Record<string, unknown>][] = [];
  client.on('message', (topic, payload) => {
    heard.push([topic.split('/').at(-1)!, JSON.parse(payload.toString('utf8')) as Record<string, unknown>]);
  });
  await client.subscribeAsync(['floorwalker/demo/store-1/devices/+/ack', `${door}/state`], { qos: 1 });
  const tell = (what: string, value: unknown, retain = false) =>
    client.publishAsync(`${door}/${what}`, value === '' ? '' : JSON.stringify(value), { qos: 1, retain });
  const lock = (commandId: string) => ({
    ...{ commandId, action: 'door_lock', message: '', drill: false },
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
  });
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const flags = ['--tenant', 'demo', '--store', 'store-1', '--devices', 'door-1,sco-3'];
  const devices = spawn(process.execPath, ['--import', 'tsx', main, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, MQTT_URL: url },
  });
  try {
    const [ready] = (await once(createInterface({ input: devices.stdout }), 'line')) as [string];
    expect(JSON.parse(ready)).toEqual({ ready: true, devices: ['door-1', 'sco-3'] });

    await tell('command', lock('one'));
    await expect.poll(() => heard).toHaveLength(2);
    await tell('command', lock('one'));
    await expect.poll(() => heard).toHaveLength(3);
    await tell('knob', { mood: 'refuse' }, true);
    await tell('command', lock('two'));
    await expect.poll(() => heard).toHaveLength(4);
    await tell('knob', '', true);
    await tell('command', lock('three'));
    await expect.poll(() => heard).toHaveLength(6);
    expect(heard).toMatchObject([
      ['state', { commandId: 'one', target: 'door-1' }],
      ['ack', { commandId: 'one', ok: true }],
      ['ack', { commandId: 'one', ok: true }],
      ['ack', { commandId: 'two', ok: false, detail: 'told to refuse' }],
      ['state', { commandId: 'three' }],
      ['ack', { commandId: 'three', ok: true }],
    ]);

    devices.kill('SIGTERM');
    expect(await once(devices, 'exit')).toEqual([0, null]);
  } finally {
    devices.kill('SIGKILL');
    await client.endAsync();
    server.close();
    broker.close();
  }
});
