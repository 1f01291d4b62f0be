import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'floorwalker-clip-';
/** Longer than any clip takes to cut or to mask, so whoever still works in one is left in peace. */
const forgottenAfterMs = 2 * 3_600_000;

/**
 * Runs `use` with a folder for pictures under way, which goes afterwards. A worker that was killed cannot remove its own,
 * and pictures of people must not stay behind where no retention looks: the next one on this machine removes it.
 */
export async function withWorkFolder<Result>(
  use: (folder: string) => Promise<Result>,
  { parent = tmpdir(), nowMs = Date.now() }: { parent?: string; nowMs?: number } = {},
): Promise<Result> {
  await removeForgotten(parent, nowMs);
  const folder = await mkdtemp(join(parent, prefix));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function removeForgotten(parent: string, nowMs: number): Promise<void> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(prefix));
  await Promise.all(
    names.map(async (name) => {
      const path = join(parent, name);
      // Somebody else may be removing it just now.
      const touchedMs = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => nowMs,
      );
      if (nowMs - touchedMs > forgottenAfterMs) await rm(path, { recursive: true, force: true });
    }),
  );
}
