import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cacheRoot } from '../stack/tools/cache.ts';
import { type Environment, runCommand } from '../stack/tools/command.ts';

/** The Compose Specification's own schema as the wheel of check-jsonschema carries it; both are pinned by SHA-256. */
const WHEEL = {
  requirement: 'check-jsonschema==0.39.0',
  sha256: '14ce5c94871c551268ea948ffe21e9f1464dc48fb20bf9a4c13deeaaf756cf9b',
  member: 'check_jsonschema/builtin_schemas/vendor/compose-spec.json',
};
const SCHEMA_SHA256 = 'd549057ebc2925f39f62799eab0db7b9e2c18b35b6c00595199116da3ed10e64';

/** Reads the schema from the cache, fetching it once with pip; throws when it is not exactly the pinned one. */
export async function loadComposeSchema(env: Environment): Promise<object> {
  const cached = join(cacheRoot(env), 'schemas', `compose-spec-${SCHEMA_SHA256.slice(0, 12)}.json`);
  const known = await readPinned(cached);
  if (known) return known;
  await fetchSchema(env, cached);
  const fetched = await readPinned(cached);
  if (!fetched) throw new Error(`${cached} is not the pinned schema: its SHA-256 is not ${SCHEMA_SHA256}.`);
  return fetched;
}

async function readPinned(path: string): Promise<object | null> {
  const bytes = await readFile(path).catch(() => null);
  if (!bytes || createHash('sha256').update(bytes).digest('hex') !== SCHEMA_SHA256) return null;
  return JSON.parse(bytes.toString('utf8')) as object;
}

async function fetchSchema(env: Environment, target: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'floorwalker-compose-schema-'));
  try {
    const requirements = join(folder, 'requirements.txt');
    await writeFile(requirements, `${WHEEL.requirement} --hash=sha256:${WHEEL.sha256}\n`);
    const download = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--require-hashes'];
    await runCommand('python3', [...download, '-r', requirements, '-d', folder], { env, timeoutMs: 120_000 });
    const wheel = join(folder, 'check_jsonschema-0.39.0-py3-none-any.whl');
    await runCommand('python3', ['-m', 'zipfile', '-e', wheel, folder], { env, timeoutMs: 30_000 });
    await mkdir(dirname(target), { recursive: true });
    // By way of a neighbour, so that two runs at once never see half a file.
    const neighbour = `${target}.${process.pid}`;
    await copyFile(join(folder, WHEEL.member), neighbour);
    await rename(neighbour, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
