import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Aedes } from 'aedes';
import mqtt from 'mqtt';
import { expect, test } from 'vitest';

test('the process is born, beats, says what it is told, and its end is known however it ends', {
  timeout: 30_000,
}, async () => {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ear = await mqtt.connectAsync(url, { protocolVersion: 5 });
  const heard: { topic: string; said: Record<string, unknown> }[] = [];
  ear.on('message', (topic, payload) =>
    heard.push({ topic, said: JSON.parse(payload.toString('utf8')) as Record<string, unknown> }),
  );
  await ear.subscribeAsync('floorwalker/demo/store-1/sensors/#', { qos: 1 });
  const states = () => heard.filter(({ topic }) => topic.endsWith('/status')).map(({ said }) => said['state']);
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const flags = ['--tenant', 'demo', '--store', 'store-1', '--sensor', 'gate-1', '--kind', 'eas_gate'];
  const start = () =>
    spawn(process.execPath, ['--import', 'tsx', main, ...flags, '--mqtt-url', url, '--beat-ms', '100'], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  const sensor = start();
  try {
    const complaints: string[] = [];
    createInterface({ input: sensor.stderr }).on('line', (line) => complaints.push(line));
    await once(createInterface({ input: sensor.stdout }), 'line');
    sensor.stdin.write('nothing\n{"direction":"out","eventId":"e-1"}\n');
    await expect
      .poll(() => heard.find(({ said }) => said['eventId'] === 'e-1'))
      .toMatchObject({
        topic: 'floorwalker/demo/store-1/sensors/gate-1',
        said: { kind: 'eas_gate', direction: 'out', occurredAt: expect.any(String) },
      });
    await expect.poll(states).toContain('heartbeat');
    expect(states()[0]).toBe('birth');
    expect(complaints).toEqual([expect.stringContaining('nothing was not sent')]);
    sensor.kill('SIGTERM');
    expect(await once(sensor, 'exit')).toEqual([0, null]);
    await expect.poll(states).toContain('death');

    heard.length = 0;
    const second = start();
    await expect.poll(states, { timeout: 10_000 }).toContain('birth');
    second.kill('SIGKILL');
    await expect.poll(states).toContain('death');
    const [birth, death] = ['birth', 'death'].map((state) => heard.find(({ said }) => said['state'] === state)?.said);
    expect(death).toEqual({ state: 'death', session: birth?.['session'] });
  } finally {
    sensor.kill('SIGKILL');
    await ear.endAsync();
    server.close();
    broker.close();
  }
});
