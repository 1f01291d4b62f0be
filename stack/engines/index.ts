import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Environment } from '../tools/command.ts';
import type { FoundTool } from '../tools/find.ts';
import { acquireLock, type FileLock, isErrno, LockHeldError } from '../tools/lock.ts';
import type { OnProgress } from '../tools/progress.ts';
import { requireFreeSpace, smallFreeBytes } from '../tools/sources.ts';
import { startBroker } from './broker.ts';
import type { EngineContext, RunningEngine } from './context.ts';
import type { ExternalEngines } from './external.ts';
import { openLedger } from './ledger.ts';
import { type ObjectStoreAccess, startMinio } from './minio.ts';
import { choosePorts, type Ports } from './ports.ts';
import { startPostgres } from './postgres.ts';
import { readLink } from './postgres-user.ts';
import { loadSecrets } from './secrets.ts';
import { startTemporal } from './temporal.ts';

export { type ExternalEngines, engineTools, externalEngines } from './external.ts';
export type { ObjectStoreAccess } from './minio.ts';

export const EngineName = { postgres: 'postgres', temporal: 'temporal', minio: 'minio', broker: 'broker' } as const;
export type EngineName = (typeof EngineName)[keyof typeof EngineName];

export interface TemporalAccess {
  address: string;
  metricsUrl?: string;
  uiUrl?: string;
}

/** The running engines: where each answers, and how to end them all. */
export interface Engines {
  databaseAdminUrl: string;
  temporalAddress: string;
  temporalMetricsUrl?: string;
  temporalUiUrl?: string;
  s3: ObjectStoreAccess;
  mqttUrl: string;
  /** Process ids of the engines we started; they change when an engine comes back after a crash. */
  readonly pids: Readonly<Record<string, number>>;
  /** Resolves when this engine answers (again). */
  whenReady(name: EngineName): Promise<void>;
  stop(): Promise<void>;
}

export interface EngineOptions {
  dataDir: string;
  /** Each tool, or the promise of one that is still being fetched: the other engines do not wait for it. */
  tools: { temporal?: FoundTool | Promise<FoundTool>; minio?: FoundTool | Promise<FoundTool> };
  env: Environment;
  /** Default: all. */
  only?: readonly EngineName[];
  /** Services to use instead of starting an engine (see externalEngines). */
  external?: ExternalEngines;
  ports?: Partial<Ports>;
  onProgress?: OnProgress;
}

/** Engines on their way: each answers for itself as soon as it is ready. */
export interface EngineStart {
  database: Promise<string>;
  temporal: Promise<TemporalAccess>;
  s3: Promise<ObjectStoreAccess>;
  mqttUrl: Promise<string>;
  all: Promise<Engines>;
  /** Stops what runs and what is still starting; can be called at any time and more than once. */
  stop(): Promise<void>;
}

/** Starts the engines side by side and resolves when all answer; when one fails, the others are stopped. */
export function startEngines(options: EngineOptions): Promise<Engines> {
  return beginEngines(options).then((start) => start.all);
}

/** Takes the data directory, stops what a killed run left in it, and sets the engines going. */
export async function beginEngines(options: EngineOptions): Promise<EngineStart> {
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await mkdir(join(dataDir, 'logs'), { recursive: true, mode: 0o700 });
  await requireFreeSpace(dataDir, smallFreeBytes, 'give another --data directory');
  const lock = await takeDataDir(dataDir);
  try {
    const stopping = new AbortController();
    const context = await openContext(dataDir, options, stopping.signal);
    const ports = await settlePorts(dataDir, options.ports ?? {});
    return launch(options, context, ports, { lock, stopping });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function takeDataDir(dataDir: string): Promise<FileLock> {
  try {
    return await acquireLock(join(dataDir, 'engines.lock'), { waitMs: 0 });
  } catch (error) {
    if (!(error instanceof LockHeldError)) throw error;
    throw new Error(
      `${dataDir} is in use by process ${error.holder.pid}; stop that one first, or give this one another --data directory`,
      { cause: error },
    );
  }
}

async function openContext(dataDir: string, options: EngineOptions, stopping: AbortSignal): Promise<EngineContext> {
  const onProgress = options.onProgress ?? (() => undefined);
  const ledger = openLedger(join(dataDir, 'engine-processes.json'));
  const leftovers = await ledger.stopLeftovers();
  if (leftovers.length > 0) {
    const message = `stopped what an earlier run had left: ${leftovers.join(', ')}`;
    onProgress({ subject: 'Data directory', state: 'done', message });
  }
  const secrets = await loadSecrets(join(dataDir, 'secrets.json'));
  return { dataDir, env: options.env, secrets, ledger, onProgress, stopping };
}

async function settlePorts(dataDir: string, asked: Partial<Ports>): Promise<Ports> {
  const path = join(dataDir, 'engines.json');
  const ports = await choosePorts(asked, await readRememberedPorts(path));
  await writeFile(`${path}.new`, `${JSON.stringify({ ports }, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return ports;
}

async function readRememberedPorts(path: string): Promise<Partial<Ports>> {
  try {
    return (JSON.parse(await readFile(path, 'utf8')) as { ports?: Partial<Ports> }).ports ?? {};
  } catch (error) {
    // Ports are a convenience: without a readable memory new ones are chosen.
    if (isErrno(error, 'ENOENT') || error instanceof SyntaxError) return {};
    throw error;
  }
}

interface Holding {
  lock: FileLock;
  stopping: AbortController;
}

function launch(options: EngineOptions, context: EngineContext, ports: Ports, holding: Holding): EngineStart {
  const running = new Map<EngineName, RunningEngine>();
  const { external = {}, tools } = options;
  let stopped: Promise<void> | undefined;
  const pending: Promise<unknown>[] = [];

  const begin = <Engine extends RunningEngine>(name: EngineName, start: () => Promise<Engine>): Promise<Engine> => {
    const started = (async () => {
      if (options.only && !options.only.includes(name)) throw new NotStartedError(name);
      const engine = await start();
      running.set(name, engine);
      return engine;
    })();
    started.catch(() => undefined);
    pending.push(started);
    return started;
  };
  const stop = () => {
    stopped ??= (async () => {
      // Those still starting give up at this signal, those that run are stopped by it.
      holding.stopping.abort(new Error('the engines were told to stop'));
      await Promise.allSettled(pending);
      await Promise.all([...running.values()].map((engine) => engine.stop()));
      await holding.lock.release();
    })();
    return stopped;
  };

  const database = external.databaseUrl
    ? Promise.resolve(external.databaseUrl)
    : begin('postgres', () => startPostgres(ports.postgres, context)).then((engine) => engine.adminUrl);
  const temporal: Promise<TemporalAccess> = external.temporalAddress
    ? Promise.resolve({ address: external.temporalAddress })
    : begin('temporal', async () => startTemporal(await required(tools.temporal, 'temporal', context), ports, context));
  const s3 = external.s3
    ? Promise.resolve(external.s3)
    : begin('minio', async () => startMinio(await required(tools.minio, 'minio', context), ports.minio, context)).then(
        (engine) => engine.s3,
      );
  const secretsFile = join(context.dataDir, 'secrets.json');
  const mqttUrl = external.mqttUrl
    ? Promise.resolve(external.mqttUrl)
    : begin('broker', () => startBroker(ports.broker, secretsFile, context)).then((engine) => engine.mqttUrl);

  const all = gather({ database, temporal, s3, mqttUrl }, running, stop);
  for (const promise of [database, temporal, s3, mqttUrl, all]) promise.catch(() => undefined);
  return { database, temporal, s3, mqttUrl, all, stop };
}

async function required(tool: FoundTool | Promise<FoundTool> | undefined, name: string, { stopping }: EngineContext) {
  if (!tool) throw new Error(`startEngines was given no ${name}; find it with findTools(['${name}'])`);
  const told = new Promise<never>((_resolve, reject) => {
    stopping.addEventListener('abort', () => reject(stopping.reason as Error), { once: true });
  });
  return Promise.race([tool, told]);
}

class NotStartedError extends Error {
  override readonly name = 'NotStartedError';
  constructor(engine: EngineName) {
    super(`${engine} was not started, because "only" leaves it out`);
  }
}

type Parts = Pick<EngineStart, 'database' | 'temporal' | 's3' | 'mqttUrl'>;

async function gather(parts: Parts, running: Map<EngineName, RunningEngine>, stop: () => Promise<void>) {
  const promises = [parts.database, parts.temporal, parts.s3, parts.mqttUrl] as const;
  const unlessLeftOut = (error: unknown) => {
    if (!(error instanceof NotStartedError)) throw error;
  };
  try {
    await Promise.all(promises.map((promise) => (promise as Promise<unknown>).catch(unlessLeftOut)));
  } catch (error) {
    // The first failure decides: nobody wants to wait for a slow engine that will not be used.
    await stop();
    throw error;
  }
  const settled = await Promise.allSettled(promises);
  const [database, temporal, s3, mqttUrl] = settled;
  // What "only" left out is an error when it is asked for, not an empty address.
  const take = <Value>(result: PromiseSettledResult<Value>): Value => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  };
  return new StartedEngines(
    {
      database: () => take(database),
      temporal: () => take(temporal),
      s3: () => take(s3),
      mqttUrl: () => take(mqttUrl),
    },
    running,
    stop,
  );
}

interface Addresses {
  database: () => string;
  temporal: () => TemporalAccess;
  s3: () => ObjectStoreAccess;
  mqttUrl: () => string;
}

class StartedEngines implements Engines {
  private readonly addresses: Addresses;
  private readonly running: Map<EngineName, RunningEngine>;
  readonly stop: () => Promise<void>;

  constructor(addresses: Addresses, running: Map<EngineName, RunningEngine>, stop: () => Promise<void>) {
    this.addresses = addresses;
    this.running = running;
    this.stop = stop;
  }

  get databaseAdminUrl() {
    return this.addresses.database();
  }

  get temporalAddress() {
    return this.addresses.temporal().address;
  }

  get temporalMetricsUrl() {
    return this.addresses.temporal().metricsUrl!;
  }

  get temporalUiUrl() {
    return this.addresses.temporal().uiUrl!;
  }

  get s3() {
    return this.addresses.s3();
  }

  get mqttUrl() {
    return this.addresses.mqttUrl();
  }

  get pids() {
    const entries = [...this.running].map(([name, engine]) => [name, engine.pid] as const);
    return Object.fromEntries(entries.filter((entry): entry is [EngineName, number] => entry[1] !== undefined));
  }

  async whenReady(name: EngineName): Promise<void> {
    await this.running.get(name)?.whenReady();
  }
}

/** Deletes a data directory and a database that had to be placed elsewhere; its engines must be stopped. */
export async function removeDataDir(dataDir: string): Promise<void> {
  const cluster = await readLink(join(dataDir, 'postgres'));
  if (cluster) await rm(cluster, { recursive: true, force: true });
  await rm(dataDir, { recursive: true, force: true });
}
