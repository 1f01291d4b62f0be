import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { simulateDay } from './day.ts';
import { dayFileOf } from './day-file.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const play = (...flags: string[]) =>
  promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', main, '--date', '2026-05-04', '--baskets', '40', ...flags],
    {
      env: { ...process.env, FLOORWALKER_KEY: 'of-a-device' },
    },
  );
const day = simulateDay({
  seed: 1,
  date: '2026-05-04',
  timeZone: 'Europe/Berlin',
  storeId: 'market',
  baskets: 40,
  heartbeatEveryMs: 0,
});

test('writes a file for each day, its mapping and its truth', { timeout: 30_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'floorwalker-day-'));
  await play('--write', folder, '--format', 'csv', '--days', '2', '--local');
  expect((await readdir(folder)).sort()).toEqual([
    'mapping.json',
    'market-2026-05-04.csv',
    'market-2026-05-04.truth.json',
    'market-2026-05-05.csv',
    'market-2026-05-05.truth.json',
  ]);
  const csv = await readFile(join(folder, 'market-2026-05-04.csv'), 'utf8');
  expect(csv.trimEnd().split('\r\n')).toHaveLength(dayFileOf(day.lines).length + 1);
  expect(JSON.parse(await readFile(join(folder, 'market-2026-05-04.truth.json'), 'utf8'))).toEqual(day.truth);
});

test('plays over HTTP with its key, and again when the other side is busy', { timeout: 30_000 }, async () => {
  const counts = new Map<string, number>();
  const keys = new Set<string | undefined>();
  let busy = true;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (busy) {
        busy = false;
        response.writeHead(503, { 'retry-after': '0' }).end();
        return;
      }
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const path = request.url ?? '';
      counts.set(path, (counts.get(path) ?? 0) + (Array.isArray(body) ? body.length : 1));
      keys.add(request.headers.authorization);
      response.writeHead(202).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { stdout } = await play(
      '--api',
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      '--speed',
      'max',
      '--heartbeat',
      '0',
    );
    expect(counts.get('/v1/pos/events')).toBe(day.lines.length);
    expect(counts.get('/v1/crossings')).toBe(day.crossings.length);
    expect(counts.get('/v1/detections')).toBe(day.detections.length);
    expect([...keys]).toEqual(['Bearer of-a-device']);
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1)!)).toMatchObject({ date: '2026-05-04', fraction: 1 });
  } finally {
    server.close();
  }
});

test.each([
  [['--speed', 'max'], 'give either --api URL or --write DIR'],
  [['--api', 'http://127.0.0.1:1', '--lanes', '0', '--self-checkouts', '0'], 'give lanes or selfCheckouts'],
])('refuses %j', { timeout: 30_000 }, async (flags, message) => {
  await expect(play(...flags)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
});
