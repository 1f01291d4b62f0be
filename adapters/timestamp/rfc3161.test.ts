import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTimestamping, type TestAuthority } from '../../test/harness/timestamping.ts';
import { createTimestamper, readTimestamp } from './rfc3161.ts';

const bytes = Buffer.from('what is stamped');
let folder: string;
let authority: TestAuthority;
let stranger: TestAuthority;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'floorwalker-tsa-'));
  for (const name of ['ours', 'theirs']) mkdirSync(join(folder, name));
  authority = await startTimestamping(join(folder, 'ours'));
  stranger = await startTimestamping(join(folder, 'theirs'));
});
afterAll(async () => {
  await authority?.close();
  await stranger?.close();
  rmSync(folder, { recursive: true, force: true });
});

const stamp = () => createTimestamper({ url: authority.url, timeoutMs: 5_000 })(bytes);

describe('a time stamp', () => {
  it('is about these bytes, by this authority, and OpenSSL says so too', async () => {
    const token = await stamp();
    const { at } = await readTimestamp(token, bytes, authority.caPem);
    expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(5_000);
    const file = (name: string, content: Uint8Array | string) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const args = ['-data', file('data', bytes), '-in', file('token', token), '-CAfile', file('ca', authority.caPem)];
    expect(execFileSync('openssl', ['ts', '-verify', ...args], { stdio: 'pipe' }).toString()).toMatch(
      /Verification: OK/,
    );
  });

  it('is not about other bytes, by another authority, or with a byte changed', async () => {
    const token = Buffer.from(await stamp());
    await expect(readTimestamp(token, Buffer.from('other'), null)).rejects.toThrow(/other bytes/);
    await expect(readTimestamp(token, bytes, stranger.caPem)).rejects.toThrow(/not signed by the authority/);
    // The signature is at the end.
    token[token.length - 4]! ^= 1;
    await expect(readTimestamp(token, bytes, authority.caPem)).rejects.toThrow(/not signed by the authority/);
    await expect(readTimestamp(Buffer.from('nonsense'), bytes, null)).rejects.toThrow(/no time stamp/);
  });

  it.each(['replays', 'fails'] as const)('from a server that %s is asked for again', async (how) => {
    await stamp();
    authority.misbehave(how);
    await expect(stamp()).rejects.toMatchObject({ code: 'DEPENDENCY_TEMPORARY' });
    authority.misbehave(null);
  });

  it('from what is no such server is not taken', async () => {
    authority.misbehave('babbles');
    await expect(stamp()).rejects.toMatchObject({ code: 'DEPENDENCY_PERMANENT' });
    authority.misbehave(null);
  });
});
