import { type ProcessState, type SupervisedProcess, type SuperviseOptions, superviseProcess } from '../supervise.ts';
import type { Environment } from '../tools/command.ts';
import type { OnProgress } from '../tools/progress.ts';
import type { ProcessLedger } from './ledger.ts';
import type { EngineSecrets } from './secrets.ts';

/** What every engine is started with. */
export interface EngineContext {
  /** The data directory shared by all engines; each keeps to a folder of its name. */
  dataDir: string;
  env: Environment;
  secrets: EngineSecrets;
  ledger: ProcessLedger;
  onProgress: OnProgress;
  /** Aborted when all engines are to stop, the ones still starting included. */
  stopping: AbortSignal;
}

/** A started engine, supervised: it comes back on the same address after a crash. */
export interface RunningEngine {
  readonly pid: number | undefined;
  /** Resolves when it answers again after a crash. */
  whenReady(): Promise<void>;
  stop(): Promise<void>;
}

type EngineProcess = Omit<SuperviseOptions, 'logFile' | 'restart' | 'ledger' | 'onState'>;

/** Starts one engine under supervision and tells the person waiting how it goes. */
export async function runEngine(
  title: string,
  process: EngineProcess,
  context: Omit<EngineContext, 'secrets'>,
): Promise<RunningEngine> {
  const supervised: SupervisedProcess = superviseProcess({
    ...process,
    logFile: `${context.dataDir}/logs/${process.name}.log`,
    restart: true,
    ledger: context.ledger,
    onState: (state, detail) => context.onProgress(describeState(title, state, detail)),
  });
  context.stopping.throwIfAborted();
  context.stopping.addEventListener('abort', () => void supervised.stop(), { once: true });
  await supervised.start();
  return {
    get pid() {
      return supervised.pid;
    },
    whenReady: () => supervised.whenReady(),
    stop: () => supervised.stop(),
  };
}

function describeState(title: string, state: ProcessState, detail: string) {
  const subject = `${title} engine`;
  switch (state) {
    case 'ready':
      return { subject, state: 'done', message: `ready after ${detail}` } as const;
    case 'failed':
      return { subject, state: 'failed', message: detail.split('\n')[0] ?? '' } as const;
    case 'stopped':
      return { subject, state: 'done', message: 'stopped' } as const;
    case 'starting':
    case 'restarting':
    case 'stopping':
      return { subject, state: 'working', message: detail ? `${state}: ${detail.split('\n')[0]}` : state } as const;
  }
}

/** Only what a server process may need of our environment; none of our secrets, none of a user's PG* settings. */
export function plainEnvironment(env: Environment): Environment {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'];
  return Object.fromEntries(kept.filter((name) => env[name] !== undefined).map((name) => [name, env[name]]));
}
