import { randomBytes } from 'node:crypto';
import { readlinkSync, realpathSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { runCommand } from '../tools/command.ts';
import { identifyProcess, isErrno } from '../tools/lock.ts';
import { type EngineContext, plainEnvironment, type RunningEngine, runEngine } from './context.ts';
import { choosePostgresUser, placeCluster, reachableBinaries, type SystemUser } from './postgres-user.ts';

export interface PostgresEngine extends RunningEngine {
  adminUrl: string;
}

const majorVersion = '17';
const leftoverStopMs = 20_000;

const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '128MB',
  max_connections: '200',
  max_wal_size: '1GB',
  // After a crash Postgres does not know what has changed; until it has looked again it plans by what tables held before.
  autovacuum_naptime: '10s',
  fsync: 'on',
  synchronous_commit: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** Starts Postgres on `<dataDir>/postgres`, making the cluster on the first start, and resolves when it answers. */
export async function startPostgres(port: number, context: EngineContext): Promise<PostgresEngine> {
  const tell = (message: string) => context.onProgress({ subject: 'Postgres engine', state: 'working', message });
  const user = await choosePostgresUser(context.env);
  const nativeDir = await reachableBinaries(user, context.env, tell);
  const clusterDir = await placeCluster(context.dataDir, user, tell);
  const password = context.secrets.postgresPassword;
  const env = { ...plainEnvironment(context.env), LC_ALL: 'C', TZ: 'UTC' };
  const version = await readMajorVersion(clusterDir);
  if (version === undefined) {
    tell('making the database cluster');
    await initialise({ nativeDir, clusterDir, password, user, env });
  } else if (version !== majorVersion) {
    throw new Error(
      `${clusterDir} was made by Postgres ${version}, this is ${majorVersion}; ` +
        'dump it with the old version and restore it, or use another --data directory',
    );
  }
  const adminUrl = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const engine = await runEngine(
    'Postgres',
    {
      name: 'postgres',
      command: join(nativeDir, 'bin', 'postgres'),
      args: ['-D', clusterDir, '-p', String(port), ...settingArguments()],
      env,
      cwd: '/',
      ...(user ? { uid: user.uid, gid: user.gid } : {}),
      // Fast shutdown: SIGTERM would wait for the last client to leave.
      stopSignal: 'SIGINT',
      stopTimeoutMs: 20_000,
      // After a crash it may have a lot of WAL to replay.
      readyTimeoutMs: 120_000,
      beforeStart: () => clearLockFile(clusterDir),
      isReady: () => answersSelect(adminUrl),
    },
    context,
  );
  return Object.assign(engine, { adminUrl });
}

function settingArguments(): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function readMajorVersion(clusterDir: string): Promise<string | undefined> {
  try {
    return (await readFile(join(clusterDir, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

interface Initialisation {
  nativeDir: string;
  clusterDir: string;
  password: string;
  user: SystemUser | undefined;
  env: Readonly<Record<string, string | undefined>>;
}

async function initialise({ nativeDir, clusterDir, password, user, env }: Initialisation): Promise<void> {
  // Made beside its place and then renamed, so that an interrupted initdb is never taken for a cluster.
  const draft = `${clusterDir}.new`;
  const passwordFile = join(tmpdir(), `floorwalker-${randomBytes(8).toString('hex')}`);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
  try {
    if (user) for (const path of [draft, passwordFile]) await chown(path, user.uid, user.gid);
    const options = ['--auth=scram-sha-256', '--username=postgres', `--pwfile=${passwordFile}`, '--encoding=UTF8'];
    // The built-in locale sorts and folds alike on every machine, whatever locales it has.
    const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    await runCommand(join(nativeDir, 'bin', 'initdb'), ['-D', draft, ...options, ...locale], {
      env,
      cwd: '/',
      timeoutMs: 120_000,
      ...(user ? { uid: user.uid, gid: user.gid } : {}),
    });
    await rename(draft, clusterDir);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * Postgres refuses to start while the pid in its lock file belongs to a live process. After a kill -9 or a reboot
 * that number may by now be a stranger's, and a server that nobody recorded may still be holding the cluster.
 */
async function clearLockFile(clusterDir: string): Promise<void> {
  const file = join(clusterDir, 'postmaster.pid');
  const pid = await readPid(file);
  if (pid === undefined) return;
  const deadline = performance.now() + leftoverStopMs;
  while (servesCluster(pid, clusterDir)) {
    if (performance.now() > deadline) {
      throw new Error(`process ${pid} still runs on ${clusterDir} and does not stop; stop it by hand`);
    }
    process.kill(pid, 'SIGINT');
    await sleep(100);
  }
  await rm(file, { force: true });
}

async function readPid(file: string): Promise<number | undefined> {
  try {
    return Number.parseInt(await readFile(file, 'utf8'), 10);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function servesCluster(pid: number, clusterDir: string): boolean {
  if (!identifyProcess(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    // The server makes its data directory the working directory.
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(clusterDir);
  } catch {
    return false;
  }
}

async function answersSelect(adminUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    // Not listening yet or still recovering: asked again until the time is up.
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
