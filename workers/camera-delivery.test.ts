import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepingLogger } from '../detectors/testing.ts';
import type { Crossing } from '../domain/types.ts';
import { batchCrossings, deliverSpool, openSpool } from './camera-delivery.ts';

const crossing = (index: number): Crossing => ({
  ...{ storeId: 'high-street', cameraId: 'sco-3-cam', zoneId: 'scanner', id: `crossing:${index}` },
  at: new Date(1_790_000_000_000 + index * 100).toISOString(),
});
const idsOf = (batch: string): string[] => (JSON.parse(batch) as Crossing[]).map(({ id }) => id);

let folder: string;
let stopping: AbortController;
let logger: ReturnType<typeof keepingLogger>;
const said = () => logger.lines.map(({ message }) => message);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camera-delivery-'));
  stopping = new AbortController();
  logger = keepingLogger();
});
afterEach(async () => {
  stopping.abort();
  await rm(folder, { recursive: true });
});

describe('crossings on their way', () => {
  it('collects them into one batch after a while, and at once when there are enough', async () => {
    const spool = await openSpool(folder);
    const batches = batchCrossings(spool, { signal: stopping.signal, logger, everyMs: 60_000 });
    for (let index = 0; index < 3; index++) batches.add(crossing(index));
    expect(await spool.list()).toEqual([]);
    await batches.flush();
    for (let index = 3; index < 453; index++) batches.add(crossing(index));
    await expect.poll(() => spool.list().then(({ length }) => length)).toBe(3);
    stopping.abort();
    await batches.running;
    const names = await spool.list();
    const kept = await Promise.all(names.map(async (name) => idsOf(await spool.read(name))));
    expect(kept.map(({ length }) => length)).toEqual([3, 200, 200, 50]);
    expect(kept.flat()).toEqual(Array.from({ length: 453 }, (_, index) => `crossing:${index}`));
    expect(said()).toEqual([]);
  });

  it('drops the oldest that is not under way, and says so', async () => {
    const spool = await openSpool(folder);
    const batches = batchCrossings(spool, { signal: stopping.signal, logger, everyMs: 60_000, maxWaiting: 3 });
    for (let index = 0; index < 5; index++) {
      batches.add(crossing(index));
      await batches.flush();
    }
    const kept = await Promise.all((await spool.list()).map(async (name) => idsOf(await spool.read(name))));
    expect(kept.flat()).toEqual(['crossing:0', 'crossing:3', 'crossing:4']);
    expect(said()).toEqual(Array(2).fill('the API is away for too long; the oldest crossings are dropped'));
  });

  it('goes on when the disk refuses, and says what was lost', async () => {
    const spool = await openSpool(folder);
    const batches = batchCrossings(
      { ...spool, add: () => Promise.reject(new Error('full')) },
      { signal: stopping.signal, logger },
    );
    batches.add(crossing(1));
    await batches.flush();
    expect(said()).toEqual(['crossings could not be put on disk and are lost']);
  });
});

describe('delivery', () => {
  let server: Server;
  let answers: number[];
  let received: string[];
  beforeEach(async () => {
    answers = [];
    received = [];
    server = createServer((request: IncomingMessage, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        const status = answers.shift() ?? 202;
        if (status === 202) received.push(`${request.url} ${request.headers.authorization} ${body}`);
        response.writeHead(status).end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => server.close());

  it('tries again until it is accepted, in order, and sets aside what is refused for good', async () => {
    const spool = await openSpool(folder);
    for (const id of ['a', 'b', 'c']) await spool.add(id, { id });
    answers = [503, 202, 422, 202];
    const { port } = server.address() as AddressInfo;
    const delivering = deliverSpool({
      ...{
        spool,
        path: '/v1/crossings',
        what: 'a batch',
        signal: stopping.signal,
        logger,
      },
      api: { url: `http://127.0.0.1:${port}`, key: 'key-of-a-device-0123' },
    });
    await expect.poll(() => received).toHaveLength(2);
    await expect.poll(() => spool.list()).toEqual([]);
    stopping.abort();
    await delivering;
    expect(received).toEqual(['a', 'c'].map((id) => `/v1/crossings Bearer key-of-a-device-0123 {"id":"${id}"}`));
    expect((await readdir(folder)).filter((name) => name.endsWith('.refused'))).toEqual([
      expect.stringContaining('-b.json'),
    ]);
  });
});
