import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'minio';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type ObjectStore, openEvidenceStore } from '../../adapters/objects/evidence-store.ts';

const engines = inject('engines');
const bucket = `test-${randomUUID()}`;
const options = { ...engines.s3, bucket, region: 'us-east-1' };
const sha256 = (body: Uint8Array) => createHash('sha256').update(body).digest('hex');
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
let store: ObjectStore;

/** Past the longest lock of this file; MinIO counts in whole seconds. */
const lockMs = 2_000;
const unlocked = () => delay(lockMs + 1_100);

beforeAll(async () => {
  store = openEvidenceStore(options);
  await store.ensureBucket();
});

const put = async (key: string, text: string, lockedMs = lockMs) => {
  const body = Buffer.from(text);
  const object = { key, body, mediaType: 'text/plain', sha256: sha256(body), lockedUntil: inMs(lockedMs) };
  return { ...object, ...(await store.putLocked(object)) };
};

describe('the evidence store', () => {
  it('gives back exactly what it was given', async () => {
    const object = await put('a/plain', 'one');
    expect(Buffer.from(await store.readVerified(object)).toString()).toBe('one');
  });

  it('stores the same bytes once, and other bytes beside them', async () => {
    const first = await put('a/twice', 'one');
    expect((await put('a/twice', 'one')).version).toBe(first.version);
    const second = await put('a/twice', 'two');
    expect(second.version).not.toBe(first.version);
    expect(Buffer.from(await store.readVerified(first)).toString()).toBe('one');
    expect((await store.newest('a/tw'))?.version).toBe(first.version);
  });

  it('refuses bytes that do not have the hash they are said to have, and keeps none of them', async () => {
    const object = { key: 'a/wrong', body: Buffer.from('one'), mediaType: 'text/plain', lockedUntil: inMs(lockMs) };
    const attempt = store.putLocked({ ...object, sha256: sha256(Buffer.from('two')) });
    await expect(attempt).rejects.toMatchObject({ code: 'DEPENDENCY_PERMANENT' });
    expect(await store.newest('a/wrong')).toBeNull();
  });

  it('refuses to read what does not have the recorded hash, and what is not there', async () => {
    const object = await put('a/read', 'one');
    const wrong = { ...object, sha256: sha256(Buffer.from('two')) };
    await expect(store.readVerified(wrong)).rejects.toMatchObject({
      name: 'IntegrityError',
      expectedSha256: wrong.sha256,
      actualSha256: object.sha256,
    });
    const gone = { ...object, version: randomUUID() };
    await expect(store.readVerified(gone)).rejects.toMatchObject({ name: 'IntegrityError', actualSha256: null });
    await expect(store.read({ ...gone, key: 'a/never' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('keeps a version past a delete that names none', async () => {
    const object = await put('a/marker', 'one');
    const { hostname, port } = new URL(options.endpoint);
    const client = new Client({ ...options, endPoint: hostname, port: Number(port), useSSL: false });
    await client.removeObject(bucket, 'a/marker');
    expect(Buffer.from(await store.readVerified(object)).toString()).toBe('one');
    expect((await store.newest('a/marker'))?.version).toBe(object.version);
  });

  it('finds the newest of a prefix, or nothing', async () => {
    await put('n/head-2', 'b');
    const last = await put('n/head-9', 'c');
    await put('n/head-1', 'a');
    expect(await store.newest('n/head-')).toEqual({ key: 'n/head-9', version: last.version });
    expect(await store.newest('nothing/')).toBeNull();
  });

  it('passes its own test', async () => {
    await expect(store.selfTest()).resolves.toBeUndefined();
  });
});

/** Where the engine of these tests keeps its objects; a store elsewhere cannot be tampered with. */
const diskPath = join(engines.dataDir, 'minio', bucket);

describe('a byte that is another on the disk', () => {
  it.runIf(existsSync(join(engines.dataDir, 'minio'))).each([
    ['a small object', 1_000],
    ['a large one', 2_000_000],
  ])('of %s is found, named, and never taken for a store that is away', async (_name, size) => {
    const body = randomBytes(size);
    const object = {
      key: `flip/${size}`,
      body,
      mediaType: 'video/mp4',
      sha256: sha256(body),
      lockedUntil: inMs(lockMs),
    };
    const { version } = await store.putLocked(object);
    const files = readdirSync(join(diskPath, object.key), { recursive: true, encoding: 'utf8' });
    const path = join(diskPath, object.key, files.find((name) => name.endsWith('part.1')) ?? 'xl.meta');
    const bytes = readFileSync(path);
    const place = path.endsWith('part.1') ? bytes.length >> 1 : bytes.length - 50;
    bytes[place] = bytes[place]! ^ 1;
    writeFileSync(path, bytes);
    const { key, sha256: hash } = object;
    const gone = { name: 'IntegrityError', key, expectedSha256: hash, actualSha256: null };
    await expect(store.readVerified({ key, version, sha256: hash })).rejects.toMatchObject(gone);
    const part = await store.readRange({ key, version, sha256: hash, start: 0, end: size - 1 }).catch((error) => error);
    await expect(part instanceof Error ? Promise.reject(part) : drain(part!)).rejects.toMatchObject(gone);
    expect(await store.restore({ ...object })).toBeNull();
  });

  const drain = async (part: AsyncIterable<Uint8Array>) => {
    for await (const _chunk of part);
  };
});

describe('a lock', () => {
  it('stands until its time, and then no longer', async () => {
    const object = await put('lock/plain/1', 'one');
    await put('lock/plain/2', 'two');
    await expect(store.deletePrefix('lock/plain/')).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
      message: expect.stringMatching(/lock\/plain\/1 is still locked/),
    });
    expect(Buffer.from(await store.readVerified(object)).toString()).toBe('one');
    await unlocked();
    expect(await store.deletePrefix('lock/plain/')).toBe(2);
    expect(await store.newest('lock/plain/')).toBeNull();
    expect(await store.deletePrefix('lock/plain/')).toBe(0);
  });

  it('that has ended lets more go than the store lists on one page', async () => {
    const count = 1_020;
    for (let from = 0; from < count; from += 60)
      await Promise.all(Array.from({ length: 60 }, (_, index) => put(`lock/many/an item ~${from + index}`, 'x')));
    await unlocked();
    expect(await store.deletePrefix('lock/many/')).toBe(count);
    expect(await store.newest('lock/many/')).toBeNull();
  }, 60_000);

  it('can be lengthened, never shortened; a legal hold outlasts it', async () => {
    const [longer, shorter, held] = [
      await put('l/longer', 'x'),
      await put('l/shorter', 'x', 60_000),
      await put('l/held', 'x'),
    ];
    await store.extendLock({ ...longer, until: inMs(60_000) });
    await expect(store.extendLock({ ...shorter, until: inMs(1_000) })).rejects.toMatchObject({
      code: 'DEPENDENCY_PERMANENT',
    });
    await store.setLegalHold({ ...held, on: true });
    await unlocked();
    for (const { key } of [longer, shorter, held])
      await expect(store.deletePrefix(key)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    await store.setLegalHold({ ...held, on: false });
    expect(await store.deletePrefix('l/held')).toBe(1);
  });

  it('is asked for: a bucket without object lock does not pass', async () => {
    const { hostname, port } = new URL(options.endpoint);
    const client = new Client({ ...options, endPoint: hostname, port: Number(port), useSSL: false });
    const plain = `plain-${randomUUID()}`;
    await client.makeBucket(plain, options.region);
    await expect(openEvidenceStore({ ...options, bucket: plain }).selfTest()).rejects.toMatchObject({
      code: 'DEPENDENCY_PERMANENT',
    });
  });
});

describe('a store that is not there', () => {
  it('is worth trying again; wrong credentials are not', async () => {
    const away = openEvidenceStore({ ...options, endpoint: 'http://127.0.0.1:1' });
    await expect(away.readVerified({ key: 'a', version: 'b', sha256: 'c' })).rejects.toMatchObject({
      code: 'DEPENDENCY_TEMPORARY',
    });
    const stranger = openEvidenceStore({ ...options, secretKey: 'not-the-secret-key' });
    await expect(stranger.readVerified({ key: 'a', version: 'b', sha256: 'c' })).rejects.toMatchObject({
      code: 'DEPENDENCY_PERMANENT',
    });
  });
});
