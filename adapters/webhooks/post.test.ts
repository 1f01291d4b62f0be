import type { LookupAddress, lookup } from 'node:dns';
import { createServer, type RequestListener } from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { isOwnAddress, isPublicAddress } from './address.ts';
import { createWebhookPoster, type WebhookPosterOptions } from './post.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function receiver(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as { port: number };
  return { port, url: `http://127.0.0.1:${port}/hook`, connections: () => connections };
}

const poster = (change: Partial<WebhookPosterOptions> = {}) =>
  createWebhookPoster({
    timeoutMs: 500,
    maxAnswerBytes: 1_000,
    anyAddress: true,
    ownHosts: ['shops.example.com'],
    ...change,
  });
const production = (change: Partial<WebhookPosterOptions> = {}) => poster({ anyAddress: false, ...change });
const hook = (url: string) => ({ url, headers: { 'webhook-id': 'evt_1' }, body: '{"größe":1}' });
/** Answers look-ups as a name server of the receiver's would. */
const answering = (addresses: LookupAddress[]): typeof lookup =>
  ((_name: string, _options: object, callback: (error: null, found: LookupAddress[]) => void) =>
    callback(null, addresses)) as unknown as typeof lookup;

describe('a post', () => {
  it('carries headers and bytes as they are, and brings the status back', async () => {
    let seen: unknown;
    const { url } = await receiver((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString('utf8');
      });
      request.on('end', () => {
        seen = { method: request.method, url: request.url, id: request.headers['webhook-id'], body };
        response.writeHead(204).end();
      });
    });
    expect(await poster()(hook(url))).toMatchObject({ status: 204, failure: null });
    expect(seen).toEqual({ method: 'POST', url: '/hook', id: 'evt_1', body: '{"größe":1}' });
  });

  it('follows no redirect', async () => {
    let visits = 0;
    const { url } = await receiver((_request, response) => {
      visits += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(await poster()(hook(url))).toMatchObject({ status: 302 });
    expect(visits).toBe(1);
  });

  it('reads no more of an answer than it must', async () => {
    let written = 0;
    const { url } = await receiver((_request, response) => {
      const more = () => {
        if (response.destroyed) return;
        written += 64_000;
        response.write(Buffer.alloc(64_000), () => setImmediate(more));
      };
      more();
    });
    expect(await poster()(hook(url))).toMatchObject({ status: 200, failure: null });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const after = written;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(written).toBe(after);
  });

  it('hears how long to wait', async () => {
    const { url } = await receiver((_request, response) => response.writeHead(429, { 'retry-after': '7' }).end());
    expect(await poster()(hook(url))).toMatchObject({ status: 429, retryAfterMs: 7_000 });
  });

  it('gives up on one who does not answer', async () => {
    const { url } = await receiver(() => undefined);
    const answer = await poster()(hook(url));
    expect(answer).toMatchObject({ status: null, failure: 'TIMEOUT' });
    expect(answer.responseMs).toBeGreaterThanOrEqual(490);
  });

  it('keeps the status of one who never ends', async () => {
    const { url } = await receiver((_request, response) => {
      response.writeHead(200);
      response.write('…');
    });
    expect(await poster()(hook(url))).toMatchObject({ status: 200, failure: null });
  });

  it('says how it failed', async () => {
    const cut = await receiver((request) => request.socket.destroy());
    expect(await poster()(hook(cut.url))).toMatchObject({ status: null, failure: 'CONNECTION_LOST' });
    const { url } = await receiver(() => undefined);
    for (const close of closers.splice(0)) await close();
    expect(await poster()(hook(url))).toMatchObject({ failure: 'CONNECTION_REFUSED' });
    expect(await poster()(hook('http://nowhere.invalid/'))).toMatchObject({ failure: 'NAME_NOT_FOUND' });
    const plain = await receiver(() => undefined);
    expect(await poster()(hook(plain.url.replace('http:', 'https:')))).toMatchObject({ failure: 'TLS_FAILED' });
  });
});

describe('in production', () => {
  it('http is refused', async () => {
    expect(await production()(hook('http://example.com/'))).toMatchObject({ failure: 'URL_REFUSED' });
  });

  it.each([
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.20.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[64:ff9b::7f00:1]',
    '[fe80::1]',
    '[fd00:ec2::254]',
    '[2002:7f00:1::]',
    'shops.example.com',
    'SHOPS.example.com',
    'localhost',
  ])('https://%s is refused', async (host) => {
    expect(await production()(hook(`https://${host}/`))).toMatchObject({ status: null, failure: 'ADDRESS_REFUSED' });
  });

  it('a name that leads inside is refused before a connection, whatever it looked like earlier', async () => {
    const target = await receiver((_request, response) => response.end());
    const inside = answering([{ address: '127.0.0.1', family: 4 }]);
    const answer = await production({ resolve: inside })(hook(`https://innocent.example:${target.port}/`));
    expect(answer).toMatchObject({ failure: 'ADDRESS_REFUSED' });
    expect(target.connections()).toBe(0);
    // The same name with the guard off reaches it, so that the test above can fail.
    const open = await poster({ resolve: inside })(hook(`http://innocent.example:${target.port}/`));
    expect(open).toMatchObject({ status: 200 });
  });
});

describe('an address', () => {
  it.each(['1.1.1.1', '93.184.215.14', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001::1'])(
    '%s is public',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each(['not an address', '', '224.0.0.1', '255.255.255.255', '198.18.0.1', '2001:db8::1', '2001::1', 'ff02::1'])(
    '%j is not',
    (address) => expect(isPublicAddress(address)).toBe(false),
  );

  it('of this machine is known as its own', () => {
    const own = Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).map(({ address }) => address));
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((address) => !isOwnAddress(address))).toEqual([]);
    expect(isOwnAddress('1.1.1.1')).toBe(false);
  });
});
