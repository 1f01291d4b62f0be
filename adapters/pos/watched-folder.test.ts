import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SendOutcome, sendDayFile } from './send-day-file.ts';
import { type FolderEvent, watchDayFiles } from './watched-folder.ts';

let folder = '';
let stop = new AbortController();
let running: Promise<void> | undefined;
let events: FolderEvent[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'till-folder-'));
  stop = new AbortController();
  events = [];
});
afterEach(async () => {
  stop.abort();
  await running;
  await rm(folder, { recursive: true });
});

const watch = (send: (file: { path: string; name: string }) => Promise<SendOutcome>) => {
  running = watchDayFiles({
    ...{ folder, pollMs: 10, settledMs: 60, longestPauseMs: 40, send, signal: stop.signal },
    onEvent: (event) => events.push(event),
  });
};
const taken: SendOutcome = { outcome: 'taken', summary: 'import imp_1: 2 new' };
const inFolder = async (name = '') => {
  const names = await readdir(join(folder, name)).catch(() => []);
  return names.filter((each) => each.includes('.')).sort();
};

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await holds()) return;
    await delay(10);
  }
  throw new Error('it did not come about within 3 s');
}

describe('a watched folder', () => {
  it('sends a file once it is whole, and puts it away', async () => {
    const sent: string[] = [];
    watch(async ({ path }) => {
      sent.push(await readFile(path, 'utf8'));
      return taken;
    });
    // A till that writes slowly: each write comes before the file counts as settled.
    for (const text of ['a', 'ab', 'abc', 'abcd']) {
      await writeFile(join(folder, 'day.csv'), text);
      await delay(25);
    }
    await until(async () => (await inFolder('done')).length === 1);
    expect(sent).toEqual(['abcd']);
    expect(await inFolder()).toEqual([]);
  });

  it('keeps a refused file with the reason beside it', async () => {
    await writeFile(join(folder, 'bad.csv'), 'x');
    watch(async () => ({ outcome: 'refused', reason: '400: body: the file is empty' }));
    await until(async () => (await inFolder('failed')).length === 2);
    expect(await inFolder('failed')).toEqual(['bad.csv', 'bad.csv.reason.txt']);
    expect(await readFile(join(folder, 'failed', 'bad.csv.reason.txt'), 'utf8')).toBe('400: body: the file is empty\n');
  });

  it('waits with a file while the API cannot take it, and goes on then', async () => {
    await writeFile(join(folder, 'day.csv'), 'x');
    let tries = 0;
    watch(async () => {
      tries += 1;
      return tries < 3 ? { outcome: 'later', reason: '503' } : taken;
    });
    await until(async () => (await inFolder('done')).length === 1);
    expect(tries).toBe(3);
    expect(events.filter(({ level }) => level === 'warn')).toHaveLength(2);
  });

  it('never puts a file over another of the same name', async () => {
    watch(async () => taken);
    for (const [count, text] of ['monday', 'tuesday', 'wednesday'].entries()) {
      await writeFile(join(folder, 'day.csv'), text);
      await until(async () => (await inFolder('done')).length === count + 1);
    }
    const texts = await Promise.all(
      ['day.csv', 'day.2.csv', 'day.3.csv'].map((name) => readFile(join(folder, 'done', name), 'utf8')),
    );
    expect(texts).toEqual(['monday', 'tuesday', 'wednesday']);
  });

  it('sends a file again that changed under way', async () => {
    await writeFile(join(folder, 'day.csv'), 'short');
    const sent: string[] = [];
    watch(async ({ path }) => {
      sent.push(await readFile(path, 'utf8'));
      if (sent.length === 1) await writeFile(path, 'longer');
      return taken;
    });
    await until(async () => (await inFolder('done')).length === 1);
    expect(sent).toEqual(['short', 'longer']);
  });

  it('leaves alone what is not finished', async () => {
    for (const name of ['.hidden.csv', 'day.csv.part', 'day.tmp', 'other.reason.txt'])
      await writeFile(join(folder, name), 'x');
    watch(async () => taken);
    await delay(200);
    expect(await inFolder()).toHaveLength(4);
  });

  it('takes up after a death what the one before it had not put away', async () => {
    await writeFile(join(folder, 'day.csv'), 'x');
    let began = false;
    watch(async () => {
      began = true;
      stop.abort();
      return taken;
    });
    await until(async () => began);
    await running;
    expect(await inFolder()).toEqual(['day.csv']);
    stop = new AbortController();
    watch(async () => taken);
    await until(async () => (await inFolder('done')).length === 1);
  });
});

describe('sending', () => {
  let server: Server;
  let asked: { url: string; type: string | undefined; key: string | undefined; body: string }[] = [];
  let answer: { status: number; body: unknown; early?: boolean } = { status: 200, body: {} };
  let apiUrl = '';
  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      const say = () => response.writeHead(answer.status, { connection: 'close' }).end(JSON.stringify(answer.body));
      if (answer.early) return void say();
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        const { authorization: key, 'content-type': type } = request.headers;
        asked.push({ url: request.url ?? '', type, key, body });
        say();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    apiUrl = `http://127.0.0.1:${address.port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const send = (name: string, change: { apiUrl?: string } = {}) =>
    sendDayFile({
      ...{ apiUrl, key: 'a device key', storeId: 'high-street', mappingId: 'tills', path: join(folder, name), name },
      ...{ signal: stop.signal, ...change },
    });

  it('streams the file with the key of the device', async () => {
    await writeFile(join(folder, 'day 1.csv'), 'a;b\n');
    answer = {
      status: 200,
      body: { id: 'imp_1', accepted: 2, duplicates: 1, quarantined: 0, alreadyImportedAs: 'imp_0' },
    };
    expect(await send('day 1.csv')).toEqual({
      outcome: 'taken',
      summary: 'import imp_1: 2 new, 1 known, 0 set aside, the same file as imp_0',
    });
    expect(asked).toEqual([
      {
        url: '/v1/pos/day-files?storeId=high-street&fileName=day+1.csv&mappingId=tills',
        ...{ type: 'text/csv', key: 'Bearer a device key', body: 'a;b\n' },
      },
    ]);
  });

  it.each([
    [400, 'refused'],
    [404, 'refused'],
    [401, 'later'],
    [403, 'later'],
    [429, 'later'],
    [500, 'later'],
    [503, 'later'],
  ])('takes %d as %s', async (status, outcome) => {
    await writeFile(join(folder, 'day.xml'), '<POSLog/>');
    answer = { status, body: { detail: 'because' } };
    expect(await send('day.xml')).toEqual({ outcome, reason: `${status}: because` });
  });

  it('hears a refusal that comes before the file was read', async () => {
    await writeFile(join(folder, 'big.csv'), Buffer.alloc(30_000_000, 'x'));
    answer = { status: 400, body: { detail: 'storeId: is missing' }, early: true };
    expect(await send('big.csv')).toMatchObject({ outcome: expect.stringMatching(/refused|later/) });
  });

  it('waits when nobody answers', async () => {
    await writeFile(join(folder, 'day.csv'), 'x');
    expect(await send('day.csv', { apiUrl: 'http://127.0.0.1:1' })).toMatchObject({ outcome: 'later' });
  });

  it('refuses what is no day file', async () => {
    await writeFile(join(folder, 'day.pdf'), 'x');
    expect(await send('day.pdf')).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(/Only .csv/) });
  });
});
