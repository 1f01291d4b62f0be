import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in the system's own words; two processes with one pid differ here. */
  startMark: string;
  host: string;
}

/** What identifies a running process, or undefined when there is none (a zombie counts as none). */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const startMark = process.platform === 'linux' ? linuxStartMark(pid) : portableStartMark(pid);
  return startMark === undefined ? undefined : { pid, startMark, host: hostname() };
}

/** Whether exactly this process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.startMark === identity.startMark;
}

function linuxStartMark(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name is in parentheses and may itself contain spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${bootId}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

function portableStartMark(pid: number): string | undefined {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

export interface FileLock {
  release(): Promise<void>;
}

export interface LockOptions {
  /** How long to wait for the holder; 0 gives up at once. */
  waitMs: number;
  onWait?: (holder: ProcessIdentity) => void;
  signal?: AbortSignal | undefined;
}

/** Raised when another live process holds a lock for longer than one was willing to wait. */
export class LockHeldError extends Error {
  override readonly name = 'LockHeldError';
  readonly holder: ProcessIdentity;
  constructor(path: string, holder: ProcessIdentity) {
    super(`${path} is held by process ${holder.pid} on ${holder.host}`);
    this.holder = holder;
  }
}

// A holder on another machine (a shared home folder) cannot be checked; it is believed for this long.
const foreignHolderMs = 30 * 60_000;

/** Takes a lock file that survives nothing but its holder: one left by a dead process is taken over. */
export async function acquireLock(path: string, options: LockOptions): Promise<FileLock> {
  await mkdir(dirname(path), { recursive: true });
  const self = identifyProcess(process.pid);
  if (!self) throw new Error('this process cannot see itself in the process table; is /proc mounted?');
  const token = randomBytes(8).toString('hex');
  const content = JSON.stringify({ ...self, token, takenAt: new Date().toISOString() });
  const draft = `${path}.${token}`;
  // Linked from a complete file, so that no reader ever sees a lock without its holder.
  await writeFile(draft, content, { mode: 0o600 });
  const giveUpAt = performance.now() + options.waitMs;
  let told = false;
  try {
    for (;;) {
      options.signal?.throwIfAborted();
      if (await linked(draft, path)) return { release: () => releaseLock(path, content) };
      const holder = await readHolder(path);
      if (holder === undefined) continue;
      if (isStale(holder)) {
        await removeStale(path, holder.content, `${draft}.stale`);
        continue;
      }
      if (performance.now() >= giveUpAt) throw new LockHeldError(path, holder);
      if (!told) options.onWait?.(holder);
      told = true;
      await sleep(250);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

type Holder = ProcessIdentity & { takenAt: string; content: string };

async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const content = await readFile(path, 'utf8');
    return { ...(JSON.parse(content) as ProcessIdentity & { takenAt: string }), content };
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw new Error(`the lock file ${path} is unreadable; remove it if no Floorwalker is running`, { cause: error });
  }
}

function isStale(holder: Holder): boolean {
  if (holder.host === hostname()) return !isRunning(holder);
  return Date.now() - Date.parse(holder.takenAt) > foreignHolderMs;
}

async function removeStale(path: string, judged: string, aside: string): Promise<void> {
  try {
    await rename(path, aside);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return;
    throw error;
  }
  // Somebody may have replaced the stale lock between our reading and our renaming it: give theirs back.
  if ((await readFile(aside, 'utf8')) !== judged) await linked(aside, path);
  await rm(aside, { force: true });
}

async function releaseLock(path: string, content: string): Promise<void> {
  const holder = await readHolder(path);
  if (holder?.content === content) await rm(path, { force: true });
}

export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
