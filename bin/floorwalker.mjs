#!/usr/bin/env node
// The one entry point of every command. It needs no package: it installs them when they are missing, then hands over.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

requireNode(20, 19);
if (existsSync(join(root, 'package-lock.json'))) installPackagesWhenNeeded();
await run();

function requireNode(major, minor) {
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  fail(`Floorwalker needs Node ${major}.${minor} or later; this is ${process.versions.node} (${process.execPath}).`);
}

function installPackagesWhenNeeded() {
  const stamp = join(root, 'node_modules', '.floorwalker-lock');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (readIfThere(stamp) === lock) return;
  if (matchesInstalled(lock)) {
    writeFileSync(stamp, lock);
    return;
  }
  const why = existsSync(join(root, 'node_modules')) ? 'package-lock.json has changed' : 'this is a fresh clone';
  console.error(`Installing the npm packages (${why}); about a minute the first time …`);
  const startedAt = Date.now();
  rmSync(stamp, { force: true });
  // A registry without the packages of other platforms leaves a lock that `npm ci` refuses; `npm install` keeps to the
  // same versions and forgives that.
  if (!npm('ci', '--include=dev') && !npm('install', '--include=dev', '--no-save')) {
    fail(
      'The npm packages could not be installed (see above); check the network or the registry, then run this again.',
    );
  }
  writeFileSync(stamp, lock);
  console.error(`Installed the npm packages in ${Math.round((Date.now() - startedAt) / 1000)} s.`);
}

// Somebody may have run npm ci by hand: npm leaves a copy of the lock it installed, newer than the lock itself.
function matchesInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  if (statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs) return true;
  const packagesOf = (path) => Object.entries(JSON.parse(readFileSync(path, 'utf8')).packages);
  const present = new Map(packagesOf(installed).map(([name, entry]) => [name, entry.version]));
  const wanted = packagesOf(join(root, 'package-lock.json')).filter(([name, entry]) => name !== '' && !entry.optional);
  return wanted.every(([name, entry]) => present.get(name) === entry.version);
}

function npm(...args) {
  // Under `npm start` npm says where it lies; otherwise the one on PATH.
  const cli = process.env.npm_execpath?.endsWith('.js') ? process.env.npm_execpath : undefined;
  const command = cli ? process.execPath : 'npm';
  const { status, error } = spawnSync(command, [...(cli ? [cli] : []), ...args, '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    // npm hands its own settings down as npm_config_*; a nested run must not inherit --prefix or --omit of the outer.
    env: { ...process.env, npm_config_prefix: undefined, npm_config_omit: undefined, NODE_ENV: undefined },
  });
  if (error) fail(`npm could not be started (${error.message}); install npm, or run "npm ci" in ${root} yourself.`);
  if (status !== 0) console.error(`npm ${args[0]} ended with status ${status}.`);
  return status === 0;
}

async function run() {
  const loader = join(root, 'node_modules', 'tsx', 'dist', 'esm', 'api', 'index.mjs');
  const { register } = existsSync(loader) ? await import(pathToFileURL(loader).href) : await import('tsx/esm/api');
  register();
  const { main } = await import(pathToFileURL(join(root, 'stack', 'cli.ts')).href);
  process.exitCode = await main(process.argv.slice(2));
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
