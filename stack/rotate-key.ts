import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateSigningKeyPem, keyIdOf, openSigner, type RetiredKey } from '../adapters/crypto/signer.ts';
import type { Installation } from './installation.ts';
import type { Environment } from './tools/command.ts';

/**
 * A new signing key in place of the one in use, whose public half is kept for what it has signed. An installation under
 * `dataDir` is changed where it lies; otherwise the two variables to set are printed.
 */
export async function runRotateKey(options: {
  dataDir: string;
  env: Environment;
  nowAt: string;
  write: (text: string) => void;
}): Promise<void> {
  const { dataDir, env, nowAt, write } = options;
  const path = join(dataDir, 'installation.json');
  const given = env['FLOORWALKER_SIGNING_KEY'];
  if (given !== undefined && given !== '') {
    const retired = JSON.parse(env['FLOORWALKER_RETIRED_KEYS'] || '[]') as RetiredKey[];
    const next = rotated(given.replaceAll('\\n', '\n'), retired, nowAt);
    write(`FLOORWALKER_SIGNING_KEY="${next.signingKeyPem.trimEnd().replaceAll('\n', '\\n')}"\n`);
    write(`FLOORWALKER_RETIRED_KEYS='${JSON.stringify(next.retiredKeys)}'\n`);
    return;
  }
  const there = await stat(path).catch(() => null);
  if (there === null)
    throw new Error(
      `There is no key to replace: set FLOORWALKER_SIGNING_KEY to the one in use, or give --data with a started installation (there is no ${path}).`,
    );
  const installation = JSON.parse(await readFile(path, 'utf8')) as Installation;
  const next = rotated(installation.signingKeyPem, installation.retiredKeys ?? [], nowAt);
  await writeFile(`${path}.new`, `${JSON.stringify({ ...installation, ...next }, null, 2)}\n`, {
    mode: 0o600,
    flush: true,
  });
  await rename(`${path}.new`, path);
  write(`The key ${keyIdOf(openSigner(next.signingKeyPem).publicKeyPem)} signs from the next start on.\n`);
}

function rotated(signingKeyPem: string, retired: readonly RetiredKey[], nowAt: string) {
  const { publicKeyPem } = openSigner(signingKeyPem);
  return {
    signingKeyPem: generateSigningKeyPem(),
    retiredKeys: [...retired, { publicKey: publicKeyPem, validUntil: nowAt }],
  };
}
