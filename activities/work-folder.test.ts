import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withWorkFolder } from './work-folder.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'work-folder-'));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

it('goes with what is in it, whether the work succeeds or not', async () => {
  const failing = withWorkFolder(
    async (folder) => {
      await writeFile(join(folder, 'clip.mp4'), 'pictures');
      throw new Error('ffmpeg ended');
    },
    { parent },
  );
  await expect(failing).rejects.toThrow('ffmpeg ended');
  expect(await withWorkFolder(async (folder) => existsSync(folder), { parent })).toBe(true);
  expect(await readdir(parent)).toEqual([]);
});

it('removes what a killed worker left behind, and nothing that somebody may still work in', async () => {
  await mkdir(join(parent, 'floorwalker-clip-left'));
  await mkdir(join(parent, 'somebody-else'));
  const hour = 3_600_000;
  await withWorkFolder(async () => undefined, { parent, nowMs: Date.now() + hour });
  expect(await readdir(parent)).toEqual(['floorwalker-clip-left', 'somebody-else']);
  await withWorkFolder(async () => undefined, { parent, nowMs: Date.now() + 3 * hour });
  expect(await readdir(parent)).toEqual(['somebody-else']);
});
