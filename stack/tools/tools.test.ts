import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachedToolDir, lookInCache, makeStagingDir, storeInCache } from './cache.ts';
import { findTool, ToolMissingError } from './find.ts';
import { atLeast } from './go-build.ts';
import { acquireLock, identifyProcess, isRunning, LockHeldError } from './lock.ts';
import { manifest } from './manifest.ts';
import { createProgressReporter } from './progress.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'floorwalker-tools-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function writeScript(path: string, body: string): Promise<string> {
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

const minioScript = 'echo "minio version RELEASE.2026-02-12T20-18-48Z"';
const env = (extra: Record<string, string>) => ({ PATH: '', HOME: dir, XDG_CACHE_HOME: join(dir, 'cache'), ...extra });

describe('findTool', () => {
  it('takes the path from the environment before anything else', async () => {
    const path = await writeScript(join(dir, 'my-minio'), minioScript);
    const found = await findTool('minio', { env: env({ MINIO_PATH: path }), fetch: false });
    expect(found).toMatchObject({ path, version: 'RELEASE.2026-02-12T20-18-48Z', passedOver: [] });
  });

  it('refuses a path in the environment that does not work instead of looking elsewhere', async () => {
    await expect(findTool('minio', { env: env({ MINIO_PATH: join(dir, 'none') }), fetch: false })).rejects.toThrow(
      /MINIO_PATH is set to .* correct it or unset it/,
    );
  });

  it('passes an ffmpeg over that has no ffprobe or no libx264, and says so', async () => {
    const alone = join(dir, 'alone');
    await mkdir(alone);
    await writeScript(join(alone, 'ffmpeg'), 'echo "ffmpeg version 5.1"');
    const look = () => findTool('ffmpeg', { env: env({ PATH: alone }), fetch: false });
    await expect(look()).rejects.toThrow(/no ffprobe beside it/);
    await writeScript(join(alone, 'ffprobe'), 'echo "ffprobe version 5.1"');
    await expect(look()).rejects.toThrow(/no libx264 encoder/);
    await writeScript(join(alone, 'ffmpeg'), 'echo "ffmpeg version 5.1 libx264"');
    expect((await look()).companions).toEqual({ ffprobe: join(alone, 'ffprobe') });
  });

  it('names every place and the remedy when nothing is found', async () => {
    const error = await findTool('temporal', { env: env({}), fetch: false }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ToolMissingError);
    expect((error as ToolMissingError).passedOver.map(({ place }) => place)).toEqual([
      'TEMPORAL_CLI_PATH',
      'PATH',
      'cache',
    ]);
    expect((error as ToolMissingError).message).toContain(manifest.temporal.remedy);
  });
});

describe('the cache', () => {
  const root = () => join(dir, 'cache', 'floorwalker');
  const store = async () => {
    const staging = await makeStagingDir(root(), manifest.minio);
    const outDir = join(staging, 'out');
    await mkdir(outDir);
    await writeScript(join(outDir, 'minio'), minioScript);
    return storeInCache(root(), manifest.minio, outDir, 'a test');
  };

  it('gives back what was stored, with where it came from', async () => {
    await store();
    const found = await findTool('minio', { env: env({}), fetch: false });
    expect(found.source).toBe('cache (a test)');
    expect(found.passedOver.map(({ place }) => place)).toEqual(['MINIO_PATH', 'PATH']);
  });

  it('notices a file that changed since', async () => {
    const stored = await store();
    await writeScript(join(stored, 'minio'), `${minioScript} # tampered`);
    expect(await lookInCache(root(), manifest.minio)).toMatchObject({ state: 'damaged' });
  });

  it('replaces a damaged tool as a whole', async () => {
    await rm(join(await store(), 'minio'));
    await store();
    expect(await lookInCache(root(), manifest.minio)).toMatchObject({
      state: 'found',
      dir: cachedToolDir(root(), manifest.minio),
    });
  });

  it('removes the staging folder a killed fetch left', async () => {
    const first = await makeStagingDir(root(), manifest.minio);
    await makeStagingDir(root(), manifest.minio);
    await expect(readFile(first)).rejects.toThrow(/ENOENT/);
  });
});

describe('the lock', () => {
  it('admits one holder at a time', async () => {
    const path = join(dir, 'one.lock');
    const first = await acquireLock(path, { waitMs: 0 });
    await expect(acquireLock(path, { waitMs: 0 })).rejects.toThrow(LockHeldError);
    await first.release();
    const second = await acquireLock(path, { waitMs: 0 });
    await second.release();
  });

  it('is taken over from a process that has ended, even when its pid lives on', async () => {
    const path = join(dir, 'stale.lock');
    const self = identifyProcess(process.pid)!;
    await writeFile(path, JSON.stringify({ ...self, startMark: 'another start', takenAt: new Date().toISOString() }));
    const lock = await acquireLock(path, { waitMs: 0 });
    await lock.release();
  });

  it('tells a process from another one with the same pid', () => {
    const self = identifyProcess(process.pid)!;
    expect(isRunning(self)).toBe(true);
    expect(isRunning({ ...self, startMark: 'another start' })).toBe(false);
  });
});

describe('progress without a terminal', () => {
  it('prints a line per change of phase, not per number, and the note once', () => {
    const written: string[] = [];
    const reporter = createProgressReporter({ write: (text) => written.push(text) }, () => 0);
    const report = (message: string) =>
      reporter.report({ subject: 'MinIO', state: 'working', message, fraction: 0.5, note: 'takes minutes' });
    report('downloading 1 of 9 modules');
    report('downloading 2 of 9 modules');
    report('compiling 1 of 9 packages');
    reporter.report({ subject: 'MinIO', state: 'done', message: 'built' });
    reporter.stop();
    expect(written.map((line) => line.trim())).toEqual([
      expect.stringContaining('50 % downloading 1 of 9'),
      'takes minutes',
      expect.stringContaining('compiling 1 of 9'),
      expect.stringContaining('✓ MinIO'),
    ]);
  });
});

it.each([
  ['1.26.8', '1.24', true],
  ['1.24', '1.24.0', true],
  ['1.9.9', '1.24', false],
  ['1.32.0', '1.31', true],
])('%s at least %s: %s', (version, minimum, expected) => {
  expect(atLeast(version, minimum)).toBe(expected);
});
