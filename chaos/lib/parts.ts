import { setTimeout as delay } from 'node:timers/promises';
import { EngineName } from '../../stack/engines/index.ts';
import type { Running } from '../../stack/start.ts';
import type { SupervisedProcess } from '../../stack/supervise.ts';
import { killFfmpeg } from './ffmpeg.ts';
import type { Outage } from './outages.ts';
import type { Part, PlannedKill } from './plan.ts';

const workers = new Set(['second-worker', 'watchdog', 'records']);
const kindOf = (name: string): string => (workers.has(name) ? 'worker' : name);

interface Killable {
  pid(): number | undefined;
  whenReady(): Promise<void>;
}

export interface Killing {
  outages: readonly Outage[];
  kills(): number;
  /** Resolves when every planned kill has been done and everything is up again. */
  done: Promise<void>;
}

/** Kills parts by plan; what is just coming back is killed as soon as it is up. The supervisor restarts them. */
export async function killByPlan(
  running: Running,
  plan: readonly PlannedKill[],
  onKill: (outage: Outage) => void,
): Promise<Killing> {
  const engines = await running.engines.all;
  const killable = (part: Part): Killable => {
    if (part === EngineName.temporal || part === EngineName.postgres || part === EngineName.minio)
      return { pid: () => engines.pids[part], whenReady: () => engines.whenReady(part) };
    const ours = next(
      part,
      running.application.processes.filter(({ name }) => kindOf(name) === part),
    );
    return { pid: () => ours.pid, whenReady: () => ours.whenReady() };
  };
  const killedBefore = new Map<Part, number>();
  /** Of two alike one after the other. */
  const next = (part: Part, alike: readonly SupervisedProcess[]): SupervisedProcess => {
    const turn = killedBefore.get(part) ?? 0;
    killedBefore.set(part, turn + 1);
    const one = alike[turn % Math.max(1, alike.length)];
    if (!one) throw new Error(`${part} is not part of this run`);
    return one;
  };
  const outages: Outage[] = [];
  let count = 0;
  const queues = new Map<Part, Promise<void>>();
  const killOnce = async (part: Part): Promise<void> => {
    if (part === 'ffmpeg') {
      await killFfmpeg(running);
      count += 1;
      return;
    }
    const { pid, whenReady } = killable(part);
    await whenReady();
    const before = pid();
    if (before === undefined) throw new Error(`${part} is said to be ready and does not run`);
    const outage: Outage = { part, fromMs: Date.now(), toMs: Number.POSITIVE_INFINITY };
    outages.push(outage);
    count += 1;
    process.kill(before, 'SIGKILL');
    while (pid() === before || pid() === undefined) await delay(10);
    await whenReady();
    outage.toMs = Date.now();
    onKill(outage);
  };
  const done = (async () => {
    for (const { part, afterMs } of plan) {
      await delay(afterMs);
      const queued = (queues.get(part) ?? Promise.resolve()).then(() => killOnce(part));
      queued.catch(() => undefined);
      queues.set(part, queued);
    }
    await Promise.all(queues.values());
  })();
  return { outages, kills: () => count, done };
}
