import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeOldBundles } from './programs.ts';

test('bundles that nothing was started from for a day go, but for the newest; the one in use stays however old', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'floorwalker-bundles-'));
  const nowMs = Date.now();
  const hoursOld = { current: 90, recent: 1, today: 20, yesterday: 30, older: 50, oldest: 80 };
  for (const [name, hours] of Object.entries(hoursOld)) {
    await mkdir(join(folder, name));
    const used = new Date(nowMs - hours * 3_600_000);
    await utimes(join(folder, name), used, used);
  }
  await removeOldBundles(folder, join(folder, 'current'), nowMs);
  expect((await readdir(folder)).sort()).toEqual(['current', 'recent', 'today']);
  await rm(folder, { recursive: true });
});
