import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateSigningKeyPem, type RetiredKey } from '../adapters/crypto/signer.ts';
import { roles } from '../domain/permissions.ts';
import type { Role } from '../domain/types.ts';
import { isErrno } from './tools/lock.ts';

/** What an installation under one data directory authenticates with; made once, kept with mode 0600. */
export interface Installation {
  applicationPassword: string;
  linkSecret: string;
  payloadKey: string;
  signingKeyPem: string;
  /** What signed before it; absent until `floorwalker rotate-key`. */
  retiredKeys?: RetiredKey[];
  twilioAccountSid: string;
  twilioAuthToken: string;
  twilioFrom: string;
  keys: Record<Role, string>;
}

const made = (): Installation => ({
  applicationPassword: randomBytes(24).toString('base64url'),
  linkSecret: randomBytes(32).toString('base64url'),
  payloadKey: randomBytes(32).toString('base64url'),
  signingKeyPem: generateSigningKeyPem(),
  twilioAccountSid: `AC${randomBytes(16).toString('hex')}`,
  twilioAuthToken: randomBytes(16).toString('hex'),
  twilioFrom: '+447700900000',
  keys: Object.fromEntries(
    roles.map((role) => [role, `fw_${role}_${randomBytes(32).toString('base64url')}`]),
  ) as Record<Role, string>,
});

/** Reads the installation's secrets, or makes them on the first start. */
export async function loadInstallation(dataDir: string): Promise<Installation> {
  const path = join(dataDir, 'installation.json');
  try {
    const read = JSON.parse(await readFile(path, 'utf8')) as Omit<Installation, 'payloadKey'> & Partial<Installation>;
    if (read.payloadKey !== undefined) return { ...read, payloadKey: read.payloadKey };
    // Made by a version that did not encrypt.
    const completed = { ...read, payloadKey: made().payloadKey };
    await writePrivate(path, completed);
    return completed;
  } catch (error) {
    if (!isErrno(error, 'ENOENT'))
      throw new Error(
        `${path} cannot be read (${error instanceof Error ? error.message : String(error)}); restore it from a backup, since the evidence was signed with the keys in it`,
        { cause: error },
      );
  }
  const installation = made();
  await writePrivate(path, installation);
  return installation;
}

/** The development keys where DESIGN.md promises them. */
export async function writeCredentials(dataDir: string, baseUrl: string, keys: Record<Role, string>): Promise<void> {
  await writePrivate(join(dataDir, 'credentials.json'), { baseUrl, keys });
}

async function writePrivate(path: string, value: unknown): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}
