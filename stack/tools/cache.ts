import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Environment } from './command.ts';
import { isErrno } from './lock.ts';
import type { ToolPin } from './manifest.ts';

/** What was stored and what it must hash to when it is used. */
interface Receipt {
  tool: string;
  version: string;
  source: string;
  storedAt: string;
  sha256: Record<string, string>;
}

export type CacheLookup =
  | { state: 'found'; dir: string; source: string }
  | { state: 'absent' }
  | { state: 'damaged'; reason: string };

const receiptName = 'receipt.json';

/** `$XDG_CACHE_HOME/floorwalker`, else `~/.cache/floorwalker`: shared by all clones of a user. */
export function cacheRoot(env: Environment): string {
  return join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'floorwalker');
}

export function cachedToolDir(root: string, pin: ToolPin): string {
  return join(root, 'tools', `${pin.name}-${pin.version}`);
}

/** Looks a tool up in the cache and checks every file against the hash noted when it was stored. */
export async function lookInCache(root: string, pin: ToolPin): Promise<CacheLookup> {
  const dir = cachedToolDir(root, pin);
  let receipt: Receipt;
  try {
    receipt = JSON.parse(await readFile(join(dir, receiptName), 'utf8')) as Receipt;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return { state: 'absent' };
    return { state: 'damaged', reason: 'its receipt is unreadable' };
  }
  for (const file of pin.files) {
    const actual = await hashFile(join(dir, file)).catch(() => 'unreadable');
    if (actual !== receipt.sha256[file]) {
      return { state: 'damaged', reason: `${file} does not match the SHA-256 noted when it was stored` };
    }
  }
  return { state: 'found', dir, source: receipt.source };
}

/** A folder beside the cache for a fetch in the making; what an earlier, killed fetch of this tool left is removed. */
export async function makeStagingDir(root: string, pin: ToolPin): Promise<string> {
  const parent = join(root, 'staging');
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    if (name.startsWith(`${pin.name}-`)) await rm(join(parent, name), { recursive: true, force: true });
  }
  return mkdtemp(join(parent, `${pin.name}-`));
}

/** Stores the files of `outDir` under their hashes, in one step: readers see the whole tool or none of it. */
export async function storeInCache(root: string, pin: ToolPin, outDir: string, source: string): Promise<string> {
  const sha256: Record<string, string> = {};
  for (const file of pin.files) sha256[file] = await hashFile(join(outDir, file));
  const receipt: Receipt = {
    tool: pin.name,
    version: pin.version,
    source,
    storedAt: new Date().toISOString(),
    sha256,
  };
  await writeFile(join(outDir, receiptName), `${JSON.stringify(receipt, null, 2)}\n`);
  const dir = cachedToolDir(root, pin);
  await mkdir(join(root, 'tools'), { recursive: true });
  await rm(dir, { recursive: true, force: true });
  await rename(outDir, dir);
  return dir;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
