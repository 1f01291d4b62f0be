import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, readdirSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessLedger } from './engines/ledger.ts';
import type { Environment } from './tools/command.ts';
import { LogFile } from './tools/log-file.ts';

export const ProcessState = {
  stopped: 'stopped',
  starting: 'starting',
  ready: 'ready',
  /** It crashed and will be started again after a pause. */
  restarting: 'restarting',
  stopping: 'stopping',
  /** It crashed too often in a row; only `start()` brings it back. */
  failed: 'failed',
} as const;
export type ProcessState = (typeof ProcessState)[keyof typeof ProcessState];

export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** False when it was asked to stop. */
  unexpected: boolean;
}

export interface SuperviseOptions {
  name: string;
  command: string;
  args: readonly string[];
  env: Environment;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Standard output and error are appended here, so that they outlive the supervisor. */
  logFile: string;
  /** Ready as soon as this address answers with a 2xx status. */
  readyUrl?: string;
  /** Ready as soon as a line with this text is written. */
  readyLine?: string;
  /** Ready as soon as this resolves with true. */
  isReady?: () => Promise<boolean>;
  /** Default 30 s. */
  readyTimeoutMs?: number;
  /** Start it again when it ends unasked. Default false. */
  restart?: boolean;
  /** How far it stands behind others when the processors are busy, 0 to 19. Default 0. */
  niceness?: number;
  /**
   * Until it is ready again after a crash, how far it stands behind the others (10 where another like it is at work
   * meanwhile) or before them (-10 where everybody waits for it). Only where we may change priorities as we like.
   */
  restartNiceness?: number;
  /** Default SIGTERM. */
  stopSignal?: NodeJS.Signals;
  /** How long it may take to stop before it is killed. Default 10 s. */
  stopTimeoutMs?: number;
  /** Runs before every start, the first and the later ones. */
  beforeStart?: () => Promise<void>;
  /** Remembers the process, so that the next start can stop it if this process is killed. */
  ledger?: ProcessLedger;
  onState?: (state: ProcessState, detail: string) => void;
  onExit?: (exit: ProcessExit) => void;
}

export interface SupervisedProcess {
  readonly name: string;
  readonly pid: number | undefined;
  readonly state: ProcessState;
  /** Resolves when it is ready; rejects with the end of its log when it is not in time. */
  start(): Promise<void>;
  /** Asks it to stop, kills it after the bound, and leaves no process of its group. */
  stop(): Promise<void>;
  /** Sends a signal to the process alone; a supervised restart follows as after any crash. */
  kill(signal?: NodeJS.Signals): void;
  /** Resolves when it is ready (again); rejects when it failed or was stopped. */
  whenReady(): Promise<void>;
}

const pollMs = 40;
const firstPauseMs = 200;
const longestPauseMs = 10_000;
const crashesInARow = 10;
/** A process that ran this long is healthy: its next crash counts as the first. */
const healthyAfterMs = 30_000;

/** Runs one process in its own group: waits until it is ready, restarts it after a crash, stops it in order. */
export function superviseProcess(options: SuperviseOptions): SupervisedProcess {
  return new Supervisor(options);
}

const living = new Set<Supervisor>();
// A process that ends without stopping its children in order (an uncaught error, process.exit) still tells them to.
process.once('exit', () => {
  for (const supervisor of living) supervisor.kill(supervisor.stopSignal);
});

class Supervisor implements SupervisedProcess {
  state: ProcessState = ProcessState.stopped;
  private readonly options: SuperviseOptions;
  private child: ChildProcess | undefined;
  private exited: Promise<ProcessExit> | undefined;
  private readonly log: LogFile;
  private crashes = 0;
  private wanted = false;
  private pause = new AbortController();
  private detail = '';
  private watchers: (() => void)[] = [];

  constructor(options: SuperviseOptions) {
    this.options = options;
    this.log = new LogFile(options.logFile);
  }

  get name(): string {
    return this.options.name;
  }

  get stopSignal(): NodeJS.Signals {
    return this.options.stopSignal ?? 'SIGTERM';
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  async start(): Promise<void> {
    if (this.wanted) return this.whenReady();
    this.wanted = true;
    this.crashes = 0;
    this.pause = new AbortController();
    try {
      await this.launch();
    } catch (error) {
      if (!this.wanted) throw new Error(`${this.name} was stopped while it started`, { cause: error });
      this.wanted = false;
      await this.endGroup();
      this.become(ProcessState.failed, error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.wanted = false;
    this.pause.abort();
    if (this.child) this.become(ProcessState.stopping);
    await this.endGroup();
    this.become(ProcessState.stopped);
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.child?.kill(signal);
  }

  async whenReady(): Promise<void> {
    for (;;) {
      if (this.state === ProcessState.ready) return;
      if (this.state === ProcessState.failed || this.state === ProcessState.stopped) {
        throw new Error(`${this.name} is ${this.state}${this.detail ? `: ${this.detail}` : ''}`);
      }
      await new Promise<void>((resolve) => this.watchers.push(resolve));
    }
  }

  private async launch(again = false): Promise<void> {
    this.become(ProcessState.starting);
    await this.options.beforeStart?.();
    if (!this.wanted) throw new Error(`${this.name} was stopped while it started`);
    const startedAtMs = performance.now();
    const mayRaise = process.platform === 'linux' && process.getuid?.() === 0;
    const niceness = Math.max(this.options.niceness ?? 0, mayRaise ? -20 : 0);
    const meanwhile = (again && mayRaise && this.options.restartNiceness) || niceness;
    const child = this.spawnChild(meanwhile);
    this.child = child;
    const exited = this.watchExit(child);
    this.exited = exited;
    await this.waitUntilReady(child, exited);
    if (meanwhile !== niceness) setNiceness(child, niceness);
    this.become(ProcessState.ready, `${Math.round(performance.now() - startedAtMs)} ms`);
    void exited.then((exit) => this.afterExit(exit, performance.now() - startedAtMs));
  }

  private spawnChild(niceness: number): ChildProcess {
    const { env, cwd, uid, gid } = this.options;
    const plain = [this.options.command, ...this.options.args];
    // It becomes the command itself, so signals and the process id are the command's own.
    const [command, ...args] = niceness !== 0 ? ['nice', '-n', String(niceness), ...plain] : plain;
    const log = this.log.open();
    try {
      return spawn(command!, args, {
        env: env as NodeJS.ProcessEnv,
        ...(cwd === undefined ? {} : { cwd }),
        ...(uid === undefined ? {} : { uid }),
        ...(gid === undefined ? {} : { gid }),
        // A group of its own: Ctrl-C in the terminal reaches the supervisor, which then stops things in order.
        detached: true,
        stdio: ['ignore', log, log],
      });
    } finally {
      closeSync(log);
    }
  }

  private watchExit(child: ChildProcess): Promise<ProcessExit> {
    living.add(this);
    if (child.pid !== undefined) this.options.ledger?.record(this.name, child.pid);
    return new Promise((resolve) => {
      const settle = (code: number | null, signal: NodeJS.Signals | null) => {
        // Whatever it started itself must not outlive it.
        signalGroup(child, 'SIGKILL');
        if (this.child === child) this.child = undefined;
        living.delete(this);
        this.options.ledger?.forget(this.name);
        const exit = { code, signal, unexpected: this.wanted };
        this.options.onExit?.(exit);
        resolve(exit);
      };
      child.once('exit', settle);
      child.once('error', (error) => {
        this.detail = error.message;
        settle(null, null);
      });
    });
  }

  private async waitUntilReady(child: ChildProcess, exited: Promise<ProcessExit>): Promise<void> {
    const timeoutMs = this.options.readyTimeoutMs ?? 30_000;
    const deadline = performance.now() + timeoutMs;
    let exit: ProcessExit | undefined;
    void exited.then((ended) => {
      exit = ended;
    });
    while (!(await this.looksReady())) {
      if (exit) throw new Error(`${this.name} ${describeExit(exit)} before it was ready${this.log.tail(this.detail)}`);
      if (performance.now() > deadline) {
        signalGroup(child, 'SIGKILL');
        throw new Error(`${this.name} was not ready within ${timeoutMs / 1000} s${this.log.tail(this.detail)}`);
      }
      await sleep(pollMs);
    }
    // Something else may have answered in its place.
    if (exit) throw new Error(`${this.name} ${describeExit(exit)} while it started${this.log.tail(this.detail)}`);
  }

  private async looksReady(): Promise<boolean> {
    const { readyUrl, readyLine, isReady } = this.options;
    if (readyLine !== undefined && !this.log.read().includes(readyLine)) return false;
    if (readyUrl !== undefined && !(await answers(readyUrl))) return false;
    if (isReady && !(await isReady())) return false;
    return this.child !== undefined;
  }

  private async afterExit(exit: ProcessExit, ranMs: number): Promise<void> {
    if (!this.wanted) return;
    if (!this.options.restart) {
      this.wanted = false;
      this.become(ProcessState.failed, describeExit(exit) + this.log.tail(this.detail));
      return;
    }
    this.crashes = ranMs > healthyAfterMs ? 1 : this.crashes + 1;
    for (let lastProblem = describeExit(exit); this.wanted; this.crashes += 1) {
      if (this.crashes > crashesInARow) {
        this.wanted = false;
        this.become(ProcessState.failed, `gave up after ${crashesInARow} crashes in a row; the last: ${lastProblem}`);
        return;
      }
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (this.crashes - 1));
      this.become(ProcessState.restarting, `${lastProblem}; starting again in ${pauseMs} ms`);
      if (await interrupted(pauseMs, this.pause.signal)) return;
      try {
        await this.launch(true);
        return;
      } catch (error) {
        await this.endGroup();
        lastProblem = error instanceof Error ? error.message : String(error);
      }
    }
  }

  private async endGroup(): Promise<void> {
    const { child, exited } = this;
    if (!child || !exited) return;
    const stopTimeoutMs = this.options.stopTimeoutMs ?? 10_000;
    child.kill(this.stopSignal);
    const killTimer = setTimeout(() => signalGroup(child, 'SIGKILL'), stopTimeoutMs);
    await exited;
    clearTimeout(killTimer);
  }

  private become(state: ProcessState, detail = ''): void {
    this.state = state;
    this.detail = detail;
    this.options.onState?.(state, detail);
    const watchers = this.watchers;
    this.watchers = [];
    for (const wake of watchers) wake();
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: the whole group has ended, which is what was wanted.
  }
}

/** Each thread has a priority of its own. */
function setNiceness(child: ChildProcess, niceness: number): void {
  for (const thread of readdirSync(`/proc/${child.pid}/task`)) {
    try {
      setPriority(Number(thread), Math.min(19, getPriority() + niceness));
    } catch {
      // It has ended meanwhile.
    }
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Not listening yet: asked again until the time is up.
    return false;
  }
}

async function interrupted(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal });
    return false;
  } catch {
    return true;
  }
}

function describeExit({ code, signal }: ProcessExit): string {
  if (signal) return `was ended by ${signal}`;
  return code === null ? 'could not be started' : `ended with status ${code}`;
}
