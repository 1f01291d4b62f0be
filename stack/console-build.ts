import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
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
  const { build } = await import('vite');
  await build({ configFile: join(folder, 'vite.config.ts'), logLevel: 'error' });
  await writeFile(stampPath, stamp);
  onProgress({ subject: 'console', state: 'done', message: 'built' });
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
