import { randomInt } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Policy } from '../../domain/policy.ts';
import type { Role } from '../../domain/types.ts';
import type { ProcessName } from '../../stack/application.ts';
import { type EngineName, removeDataDir } from '../../stack/engines/index.ts';
import { isPortFree } from '../../stack/engines/ports.ts';
import { type Running, startAll } from '../../stack/start.ts';
import { identifyProcess, isRunning, type ProcessIdentity } from '../../stack/tools/lock.ts';
import { openPhone, type Phone } from './phone.ts';

export type Killable = ProcessName | EngineName;

/** Floorwalker as `npm start` runs it: real processes under supervision, without a camera and a till. */
export interface Installation {
  baseUrl: string;
  pool: pg.Pool;
  api<Body = Record<string, unknown>>(
    role: Role,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Body }>;
  carrierControl(path: string, init?: RequestInit): Promise<unknown>;
  phone(number: string): Phone;
  /** Sends SIGKILL and resolves with how long it took until the supervisor had it ready again. */
  kill(name: Killable): { backAfterMs: Promise<number> };
  /** Every process of ours that should run now. */
  identities(): Promise<{ name: string; identity: ProcessIdentity }[]>;
  stop(): Promise<void>;
  /** The same data, all processes anew. */
  startAgain(): Promise<void>;
  remove(): Promise<void>;
}

export async function startInstallation(policy: Policy): Promise<Installation> {
  const dataDir = await mkdtemp(join(tmpdir(), 'floorwalker-crash-'));
  const port = await freePortPair();
  const start = () =>
    startAll({
      ...{ dataDir, port, policy, env: process.env, loop: false },
      only: ['carrier', 'worker', 'media', 'api'],
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
  let running: Running = await start();
  let pool = openPool(running);

  const carrierControl: Installation['carrierControl'] = async (path, init = {}) => {
    const response = await fetch(new URL(path, running.application.carrierUrl), {
      ...init,
      headers: { 'content-type': 'application/json', 'x-floorwalker-simulator': '1' },
    });
    if (!response.ok) throw new Error(`the carrier answered ${response.status} to ${path}: ${await response.text()}`);
    return response.json();
  };
  const supervisedOf = async (name: Killable) => {
    const ours = running.application.processes.find((process) => process.name === name);
    if (ours) return { pid: () => ours.pid, whenReady: () => ours.whenReady() };
    const engines = await running.engines.all;
    return { pid: () => engines.pids[name], whenReady: () => engines.whenReady(name as EngineName) };
  };

  return {
    baseUrl: running.application.baseUrl,
    get pool() {
      return pool;
    },
    carrierControl,
    phone: (number) => openPhone(number, carrierControl),
    async api<Body>(role: Role, method: string, path: string, body?: unknown) {
      const response = await fetch(new URL(path, running.application.baseUrl), {
        method,
        headers: {
          authorization: `Bearer ${running.installation.keys[role]}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Body };
    },
    kill(name) {
      const backAfterMs = (async () => {
        const supervised = await supervisedOf(name);
        const pid = supervised.pid();
        if (pid === undefined) throw new Error(`${name} does not run`);
        const startedMs = performance.now();
        process.kill(pid, 'SIGKILL');
        while (supervised.pid() === pid || supervised.pid() === undefined) await pause(10);
        await supervised.whenReady();
        return Math.round(performance.now() - startedMs);
      })();
      // Whoever does not wait for it finds out by the state of the process.
      backAfterMs.catch(() => undefined);
      return { backAfterMs };
    },
    async identities() {
      const engines = await running.engines.all;
      const pids = [
        ...running.application.processes.map(({ name, pid }) => ({ name, pid })),
        ...Object.entries(engines.pids).map(([name, pid]) => ({ name, pid })),
      ];
      return pids.flatMap(({ name, pid }) => {
        const identity = pid === undefined ? undefined : identifyProcess(pid);
        return identity ? [{ name, identity }] : [];
      });
    },
    async stop() {
      await pool.end();
      await running.stop();
    },
    async startAgain() {
      running = await start();
      pool = openPool(running);
    },
    remove: () => removeDataDir(dataDir),
  };
}

function openPool(running: Running): pg.Pool {
  const pool = new pg.Pool({ connectionString: running.application.databaseAdminUrl, max: 2 });
  // Connections break when Postgres is killed; the pool opens new ones.
  pool.on('error', () => undefined);
  return pool;
}

async function freePortPair(): Promise<number> {
  for (;;) {
    const port = randomInt(33_000, 60_000);
    if ((await isPortFree(port)) && (await isPortFree(port + 1))) return port;
  }
}

export const stillRunning = (left: { name: string; identity: ProcessIdentity }[]): string[] =>
  left.filter(({ identity }) => isRunning(identity)).map(({ name, identity }) => `${name} (${identity.pid})`);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
