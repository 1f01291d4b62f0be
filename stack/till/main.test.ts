import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Aedes } from 'aedes';
import mqtt from 'mqtt';
import { expect, test } from 'vitest';
import type { PosEvent } from '../../domain/types.ts';

test('the process plays its tape for every announced playback and beats', { timeout: 30_000 }, async () => {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tape = join(await mkdtemp(join(tmpdir(), 'floorwalker-till-')), 'truth.json');
  await writeFile(tape, JSON.stringify({ tillTape: [{ t_s: 0.05, type: 'scan', plu: '4017', priceMinor: 45 }] }));

  const flags = [
    '--mqtt-url',
    url,
    '--tenant',
    'demo',
    '--store',
    'store-1',
    '--terminal',
    'lane-3',
    '--camera',
    'cam-3',
    '--tape',
    tape,
  ];
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const client = await mqtt.connectAsync(url, { protocolVersion: 5 });
  const events: PosEvent[] = [];
  client.on('message', (_topic, payload) => events.push(JSON.parse(payload.toString('utf8')) as PosEvent));
  await client.subscribeAsync('floorwalker/demo/store-1/pos', { qos: 1 });
  const playback = (payload: string) =>
    client.publishAsync('floorwalker/demo/store-1/cameras/cam-3/playback', payload, { qos: 1, retain: true });
  const till = spawn(process.execPath, ['--import', 'tsx', main, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    const complaints: string[] = [];
    createInterface({ input: till.stderr }).on('line', (line) => complaints.push(line));
    await once(createInterface({ input: till.stdout }), 'line');
    const [first, second] = [new Date(), new Date(Date.now() + 300)].map((at) => at.toISOString());

    await playback('{"mediaStartAt":"soon"}');
    await playback(JSON.stringify({ mediaStartAt: first }));
    await playback(JSON.stringify({ mediaStartAt: first }));
    await playback(JSON.stringify({ mediaStartAt: second }));
    await expect.poll(() => events.filter(({ type }) => type === 'tender').length, { timeout: 5_000 }).toBe(2);

    const scans = events.filter(({ type }) => type === 'scan');
    expect(scans.map(({ occurredAt }) => Date.parse(occurredAt) - 50)).toEqual(
      [first, second].map((at) => Date.parse(at ?? '')),
    );
    expect(events.some(({ type }) => type === 'heartbeat')).toBe(true);
    expect(complaints).toEqual([expect.stringContaining('must hold { "mediaStartAt"')]);

    till.kill('SIGTERM');
    expect(await once(till, 'exit')).toEqual([0, null]);
  } finally {
    till.kill('SIGKILL');
    await client.endAsync();
    server.close();
    broker.close();
  }
});
