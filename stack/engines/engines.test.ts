import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { externalEngines } from './external.ts';
import { choosePorts, isPortFree } from './ports.ts';
import { blockedAt } from './postgres-user.ts';
import { loadSecrets } from './secrets.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'floorwalker-engines-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function occupy(): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

describe('ports', () => {
  it('are all different and free', async () => {
    const ports = Object.values(await choosePorts({}, {}));
    expect(new Set(ports).size).toBe(ports.length);
    expect(await Promise.all(ports.map(isPortFree))).not.toContain(false);
  });

  it('stay the same from one start to the next', async () => {
    const first = await choosePorts({}, {});
    expect(await choosePorts({}, first)).toEqual(first);
  });

  it('give way when a remembered one is taken, and are an error when one was asked for', async () => {
    const taken = await occupy();
    const chosen = await choosePorts({}, { minio: taken.port });
    expect(chosen.minio).not.toBe(taken.port);
    await expect(choosePorts({ minio: taken.port }, {})).rejects.toThrow(
      `port ${taken.port}, asked for minio, is in use`,
    );
    await taken.close();
  });
});

describe('secrets', () => {
  it('are made once, differ between data directories, and only their owner can read them', async () => {
    const path = join(dir, 'secrets.json');
    const made = await loadSecrets(path);
    expect(await loadSecrets(path)).toEqual(made);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await loadSecrets(join(dir, 'other.json'))).postgresPassword).not.toBe(made.postgresPassword);
    expect(Buffer.from(made.minioKmsKey.split(':')[1]!, 'base64')).toHaveLength(32);
  });

  it('are never silently replaced when their file is damaged', async () => {
    const path = join(dir, 'secrets.json');
    await loadSecrets(path);
    await writeFile(path, '{');
    await expect(loadSecrets(path)).rejects.toThrow(/unreadable; restore it/);
    expect(await readFile(path, 'utf8')).toBe('{');
  });
});

it('finds the folder another user cannot pass', async () => {
  const closed = join(dir, 'closed');
  await mkdir(join(closed, 'data'), { recursive: true });
  const stranger = { name: 'stranger', uid: 54_321, gid: 54_321 };
  await chmod(dir, 0o711);
  await chmod(closed, 0o700);
  expect(blockedAt(join(closed, 'data'), stranger)).toBe(closed);
  await chmod(closed, 0o711);
  expect(blockedAt(join(closed, 'data'), stranger)).toBeUndefined();
});

describe('external engines', () => {
  it('are those the environment names; empty counts as unset', () => {
    expect(externalEngines({ DATABASE_URL: 'postgres://db', MQTT_URL: '' })).toEqual({ databaseUrl: 'postgres://db' });
  });

  it('need the keys of the store', () => {
    expect(() => externalEngines({ S3_ENDPOINT: 'http://s3' })).toThrow(/S3_ACCESS_KEY/);
  });
});
