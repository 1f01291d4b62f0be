import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { isErrno } from '../tools/lock.ts';

/** What the engines of one data directory authenticate with; made once, never shown. */
export interface EngineSecrets {
  postgresPassword: string;
  minioRootUser: string;
  minioRootPassword: string;
  /** `name:base64(32 bytes)`, the master key of MinIO's server-side encryption. */
  minioKmsKey: string;
  mqttUser: string;
  mqttPassword: string;
}

const generators: { [Name in keyof EngineSecrets]: () => string } = {
  postgresPassword: () => randomBytes(24).toString('base64url'),
  minioRootUser: () => `floorwalker-${randomBytes(6).toString('hex')}`,
  minioRootPassword: () => randomBytes(30).toString('base64url'),
  minioKmsKey: () => `floorwalker:${randomBytes(32).toString('base64')}`,
  mqttUser: () => 'floorwalker',
  mqttPassword: () => randomBytes(24).toString('base64url'),
};

/** Reads the secrets of a data directory and makes the missing ones (file mode 0600). */
export async function loadSecrets(path: string): Promise<EngineSecrets> {
  const known = await readSecrets(path);
  const secrets = { ...known };
  for (const [name, generate] of Object.entries(generators) as [keyof EngineSecrets, () => string][]) {
    secrets[name] ??= generate();
  }
  const complete = secrets as EngineSecrets;
  if (Object.keys(known).length < Object.keys(complete).length) {
    await writeFile(`${path}.new`, `${JSON.stringify(complete, null, 2)}\n`, { mode: 0o600, flush: true });
    await rename(`${path}.new`, path);
  }
  return complete;
}

async function readSecrets(path: string): Promise<Partial<EngineSecrets>> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Partial<EngineSecrets>;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return {};
    throw new Error(`${path} is unreadable; restore it from a backup, the stored data cannot be opened without it`, {
      cause: error,
    });
  }
}
