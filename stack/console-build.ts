import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { root } from './root.ts';
import type { OnProgress } from './tools/progress.ts';

/** Builds the console when its sources changed since the last build; a few seconds, once. */
export async function buildConsole(onProgress: OnProgress): Promise<void> {
  const folder = join(root, 'console');
  const stampPath = join(folder, 'dist', '.sources');
  const stamp = await hashSources(
    [join(folder, 'src'), join(folder, 'public')],
    [
      join(folder, 'index.html'),
      join(folder, 'vite.config.ts'),
      join(root, 'package-lock.json'),
      join(root, 'schemas', 'generated', 'openapi.ts'),
    ],
  );
  if ((await readFile(stampPath, 'utf8').catch(() => '')) === stamp) return;
  onProgress({ subject: 'console', state: 'working', message: 'building' });
  await runVite(join(folder, 'vite.config.ts'));
  await writeFile(stampPath, stamp);
  onProgress({ subject: 'console', state: 'done', message: 'built' });
}

/** In a process of its own: a bundler's memory should not stay with the one that runs for weeks. */
async function runVite(configFile: string): Promise<void> {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  const args = [vite, 'build', '--config', configFile, '--logLevel', 'error'];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  const complaints: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the console could not be built:\n${Buffer.concat(complaints).toString('utf8')}`);
}

async function hashSources(folders: readonly string[], files: readonly string[]): Promise<string> {
  const listed = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    }),
  );
  const hash = createHash('sha256');
  for (const file of [...listed.flat(), ...files].sort())
    hash.update(relative(root, file)).update(await readFile(file));
  return hash.digest('hex');
}
