import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPolicy, type Policy, quietNothing } from '../../domain/policy.ts';
import type { ProcessName } from '../../stack/application.ts';
import { removeDataDir } from '../../stack/engines/index.ts';
import { isPortFree } from '../../stack/engines/ports.ts';
import { demoEstate, type Estate, type EstateStore, oneClock } from '../../stack/estate.ts';
import type { Installation } from '../../stack/installation.ts';
import { type Running, startAll } from '../../stack/start.ts';
import type { Environment } from '../../stack/tools/command.ts';
import { createProgressReporter } from '../../stack/tools/progress.ts';

/** Many lanes, so that incidents of a bench are not merged with each other. */
export const benchLanes = 120;

/** The windows of a bench are already over when a detection is posted: what is measured is us, not a wait. */
export const benchPolicy: Policy = {
  ...defaultPolicy,
  posWindow: { beforeMs: 1_000, afterMs: 1_000, feedStaleAfterMs: 3_600_000 },
  mergeWindowMs: 100,
  noise: quietNothing,
};

/** The demo estate with its one store widened to many lanes, each with a camera and a till of its own. */
export function benchEstate(keys: Installation['keys']): Estate {
  const estate = demoEstate(keys, benchPolicy);
  widen(estate.stores[0]!, benchLanes);
  return oneClock(estate);
}

export function widen(store: EstateStore, lanes: number): EstateStore {
  for (let lane = 1; lane <= lanes; lane += 1) {
    store.cameras.push({ id: `lane-${lane}-cam`, name: `Lane ${lane}` });
    store.terminals.push(`lane-${lane}`);
    store.zones.push({
      id: `lane-${lane}`,
      cameraId: `lane-${lane}-cam`,
      label: `Lane ${lane}`,
      terminalId: `lane-${lane}`,
    });
  }
  return store;
}

/** A short code or a pool: a bench that is paced like one ordinary number would measure the pace. */
export const sendingNumber: Environment = { TWILIO_MESSAGES_PER_SECOND: '100' };

export interface ThrowAway {
  only: readonly ProcessName[];
  estate?: (keys: Installation['keys']) => Estate;
  env?: Environment;
  /** Asked at the end: true leaves the data where it is, to be looked at. */
  keeps?: () => boolean;
}

/** The whole installation on throw-away data, as `npm start` runs it, with only these of our processes. */
export async function withInstallation<T>(
  { only, estate = benchEstate, env = sendingNumber, keeps = () => false }: ThrowAway,
  work: (running: Running, dataDir: string) => Promise<T>,
): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'floorwalker-bench-'));
  const reporter = createProgressReporter(process.stderr);
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => stopping.abort(new Error('told to stop')));
  const running = await startAll({
    dataDir,
    port: await freePort(),
    env: { ...process.env, ...env },
    loop: true,
    withConsole: false,
    only,
    estate,
    onProgress: reporter.report,
    signal: stopping.signal,
  });
  reporter.stop();
  const told = new Promise<never>((_resolve, reject) => {
    stopping.signal.addEventListener('abort', () => reject(stopping.signal.reason as Error), { once: true });
  });
  told.catch(() => undefined);
  try {
    return await Promise.race([work(running, dataDir), told]);
  } finally {
    await running.stop();
    if (keeps()) process.stderr.write(`The data stays in ${dataDir} to be looked at.\n`);
    else await removeDataDir(dataDir);
  }
}

async function freePort(): Promise<number> {
  for (let port = 18_420; port < 19_000; port += 10) {
    if ((await isPortFree(port)) && (await isPortFree(port + 1))) return port;
  }
  throw new Error('no two free ports in a row between 18420 and 19000');
}
