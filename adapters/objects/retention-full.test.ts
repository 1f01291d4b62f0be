import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { StoreFullError } from '../../domain/retention-store.ts';
import { openEvidenceStore } from './evidence-store.ts';
import { openPacketStore } from './packet-store.ts';

/** What a store with a full disk says to whoever brings something; it still deletes. */
let server: Server;
let deleted = 0;
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      if (request.method === 'DELETE') {
        deleted += 1;
        response.writeHead(204).end();
      } else if (request.method === 'HEAD') response.writeHead(404).end();
      else
        response
          .writeHead(507, { 'content-type': 'application/xml' })
          .end(
            '<Error><Code>XMinioStorageFull</Code><Message>Storage backend has reached its minimum free drive threshold.</Message></Error>',
          );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const options = () => ({
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  ...{ accessKey: 'access', secretKey: 'secret-secret', bucket: 'evidence', region: 'us-east-1' },
});
const body = Buffer.from('clip');
const object = {
  ...{ key: 'a/b', body, mediaType: 'text/plain', lockedUntil: new Date(Date.now() + 60_000).toISOString() },
  sha256: createHash('sha256').update(body).digest('hex'),
};

it('a full store is said to be full, is worth trying again, and still deletes', async () => {
  const store = openEvidenceStore(options());
  const full = { name: 'DomainError', code: 'DEPENDENCY_TEMPORARY', message: expect.stringMatching(/is full/) };
  await expect(store.putLocked(object)).rejects.toBeInstanceOf(StoreFullError);
  await expect(store.putLocked(object)).rejects.toMatchObject(full);
  const packet = { key: 'p', mediaType: 'application/zip', lockedUntil: object.lockedUntil };
  const parts = async function* () {
    yield body;
  };
  await expect(openPacketStore(options()).putLocked({ ...packet, body: parts() })).rejects.toMatchObject(full);
  await store.retention.remove({ key: 'a/b', version: 'v' });
  expect(deleted).toBe(1);
});
