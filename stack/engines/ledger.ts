import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, isErrno, isRunning, type ProcessIdentity } from '../tools/lock.ts';

/** The processes a supervisor started, kept in a file so that a later one can stop what a killed one left. */
export interface ProcessLedger {
  record(name: string, pid: number): void;
  forget(name: string): void;
  /** Stops every recorded process that still runs and names them. */
  stopLeftovers(): Promise<readonly string[]>;
}

const leftoverStopMs = 8_000;

/** Opens the ledger at `path`, which need not exist yet. */
export function openLedger(path: string): ProcessLedger {
  const entries = readEntries(path);
  const save = () => {
    // Written at once and whole: a kill -9 the next moment must find the truth here.
    writeFileSync(`${path}.new`, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  };
  return {
    record(name, pid) {
      const identity = identifyProcess(pid);
      if (!identity) return;
      entries.set(name, identity);
      save();
    },
    forget(name) {
      if (entries.delete(name)) save();
    },
    async stopLeftovers() {
      const alive = [...entries].filter(([, identity]) => isRunning(identity));
      await Promise.all(alive.map(([, identity]) => stopLeftover(identity)));
      entries.clear();
      save();
      return alive.map(([name, { pid }]) => `${name} (${pid})`);
    },
  };
}

async function stopLeftover(identity: ProcessIdentity): Promise<void> {
  // SIGINT first: to Postgres SIGTERM means "when the last client has gone".
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    sendToGroup(identity.pid, signal);
    const deadline = performance.now() + leftoverStopMs;
    while (performance.now() < deadline) {
      if (!isRunning(identity)) {
        sendToGroup(identity.pid, 'SIGKILL');
        return;
      }
      await sleep(50);
    }
  }
  throw new Error(`process ${identity.pid}, left by an earlier run, cannot be stopped; stop it by hand`);
}

function sendToGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}

function readEntries(path: string): Map<string, ProcessIdentity> {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Record<string, ProcessIdentity>));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return new Map();
    throw new Error(`${path} is unreadable; remove it once no engine of this data directory runs`, { cause: error });
  }
}
