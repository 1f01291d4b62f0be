import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { executable, root } from './root.ts';

/** How Node is called for each, before the program's own arguments. */
export interface Programs {
  floorwalker: readonly string[];
  carrier: readonly string[];
}

/** Straight from the sources. */
export const sources: Programs = {
  floorwalker: [executable],
  carrier: ['--import', 'tsx', join(root, 'stack', 'carrier', 'main.ts')],
};

/** Inside the packages' folder, so that the bundle finds them as its sources do. */
const folder = join(root, 'node_modules', '.cache', 'floorwalker');

/**
 * Bundles our own sources, without the packages: a process that was killed is back a second sooner than when each of its
 * few hundred modules is transpiled on the way. The same sources give the same files.
 */
export async function bundlePrograms(): Promise<Programs> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [
      { in: join(root, 'stack', 'program.ts'), out: 'floorwalker' },
      { in: join(root, 'stack', 'carrier', 'main.ts'), out: 'carrier' },
    ],
    bundle: true,
    splitting: true,
    write: false,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    keepNames: true,
    logLevel: 'silent',
    plugins: [sourceUrls],
  });
  const hash = createHash('sha256');
  for (const { path, contents } of outputFiles) hash.update(path).update(contents);
  const place = join(folder, hash.digest('hex').slice(0, 16));
  if (!existsSync(place)) {
    const draft = `${place}.${process.pid}`;
    await mkdir(draft, { recursive: true });
    await Promise.all(
      outputFiles.map(({ path, contents }) => writeFile(join(draft, relative(folder, path)), contents)),
    );
    // Another start may have been quicker; its files are the same.
    await rename(draft, place).catch(() => rm(draft, { recursive: true, force: true }));
    await removeOldBundles(folder, place);
  }
  // Says that it is in use, for whoever clears up later.
  const now = new Date();
  await utimes(place, now, now);
  return { floorwalker: [join(place, 'floorwalker.mjs')], carrier: [join(place, 'carrier.mjs')] };
}

const bundlesKept = 3;
const unusedForMs = 24 * 3_600_000;

/** An installation that was started from older sources restarts its processes from its own bundle, so recent ones stay. */
export async function removeOldBundles(within: string, current: string, nowMs = Date.now()): Promise<void> {
  const names = await readdir(within);
  const bundles = await Promise.all(
    names.map(async (name) => ({ path: join(within, name), usedMs: (await stat(join(within, name))).mtimeMs })),
  );
  const old = bundles
    .filter(({ path }) => path !== current)
    .sort((a, b) => b.usedMs - a.usedMs)
    .slice(bundlesKept - 1)
    .filter(({ usedMs }) => nowMs - usedMs > unusedForMs);
  await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })));
}

/** Modules look for schemas and the console from where their source lies, wherever the bundle is. */
const sourceUrls: Plugin = {
  name: 'source-urls',
  setup(setup) {
    setup.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (!source.includes('import.meta.url')) return undefined;
      return {
        contents: source.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
        loader: 'ts',
        resolveDir: join(path, '..'),
      };
    });
  },
};
