import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Running } from '../../stack/start.ts';

const waitForOneMs = 10_000;

/** Kills one ffmpeg of this run, whatever it does: records, cuts, paints. One runs at least while a camera records. */
export async function killFfmpeg(running: Running): Promise<void> {
  const untilMs = Date.now() + waitForOneMs;
  while (Date.now() < untilMs) {
    const found = await findFfmpegs(new Set(running.application.processes.flatMap(({ pid }) => pid ?? [])));
    // The youngest: one that cuts or paints is shorter-lived than one that records, and dies more rarely by chance.
    const youngest = found.sort((a, b) => b - a)[0];
    if (youngest !== undefined && kill(youngest)) return;
    await delay(100);
  }
  throw new Error('no ffmpeg ran that could be killed');
}

function kill(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    // It ended between being found and being killed.
    return false;
  }
}

async function findFfmpegs(ours: ReadonlySet<number>): Promise<number[]> {
  const all = (await readdir('/proc')).map(Number).filter((pid) => Number.isInteger(pid));
  const found = await Promise.all(
    all.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const [, name, parent] = /^\d+ \((.*)\) \S+ (\d+)/.exec(stat) ?? [];
      return name === 'ffmpeg' && ours.has(Number(parent)) ? [pid] : [];
    }),
  );
  return found.flat();
}
