import { mkdir, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { installDebianPackages } from './apt.ts';
import { findOnPath, isExecutable, isRoot, runCommand } from './command.ts';
import type { FetchContext } from './sources.ts';

const playwrightTimeoutMs = 5 * 60_000;
const shellNames = new Set(['chrome-headless-shell', 'headless_shell']);

/** Downloads Playwright's own headless Chromium into `browsersDir` and returns its binary. */
export async function fetchWithPlaywright(browsersDir: string, context: FetchContext): Promise<string> {
  const present = await findShell(browsersDir);
  if (present) return present;
  await mkdir(browsersDir, { recursive: true });
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'cli.js');
  context.tell('asking Playwright for its headless Chromium');
  await runCommand(process.execPath, [cli, 'install', 'chromium-headless-shell'], {
    env: {
      ...context.env,
      PLAYWRIGHT_BROWSERS_PATH: browsersDir,
      PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '3000',
    },
    timeoutMs: playwrightTimeoutMs,
    signal: context.signal,
  });
  const shell = await findShell(browsersDir);
  if (!shell) throw new Error('Playwright reported success but left no browser');
  return shell;
}

async function findShell(browsersDir: string): Promise<string | undefined> {
  const entries = await readdir(browsersDir, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && shellNames.has(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .find(isExecutable);
}

/** Installs Debian's Chromium (root only) and returns its binary. */
export async function installDebianChromium(context: FetchContext): Promise<string> {
  if (!isRoot()) throw new Error('Debian packages need root');
  if (!findOnPath('apt-get', context.env)) throw new Error('this is not a Debian machine (no apt-get)');
  context.tell('installing the Debian package chromium');
  await installDebianPackages(['chromium', 'fonts-liberation'], context);
  const installed = findOnPath('chromium', context.env) ?? '/usr/bin/chromium';
  if (!isExecutable(installed)) throw new Error('apt-get reported success but left no chromium');
  return installed;
}
