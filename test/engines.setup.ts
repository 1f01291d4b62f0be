import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Engines, engineTools, externalEngines, removeDataDir, startEngines } from '../stack/engines/index.ts';
import { provisionTools } from '../stack/tools/find.ts';
import { identifyProcess, isRunning, type ProcessIdentity } from '../stack/tools/lock.ts';
import { createProgressReporter } from '../stack/tools/progress.ts';

/** What an engine test gets with `inject('engines')`: real services, started once for the whole run. */
export interface TestEngines {
  dataDir: string;
  databaseAdminUrl: string;
  temporalAddress: string;
  temporalMetricsUrl?: string;
  temporalUiUrl?: string;
  s3: { endpoint: string; accessKey: string; secretKey: string };
  mqttUrl: string;
  /** At the start of the run; an engine that is killed comes back under another pid. */
  pids: Record<string, number>;
  ffmpegPath: string;
  ffprobePath: string;
  chromiumPath: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    engines: TestEngines;
  }
}

interface Running {
  engines: TestEngines;
  stop(): Promise<void>;
}

/** Several projects of one run use the same engines: the first to come starts them, the last to go stops them. */
const shared = globalThis as { floorwalkerTestEngines?: { users: number; running: Promise<Running> } };

/** Finds or fetches every engine, starts them on a throw-away data directory, and hands their addresses to the tests. */
export async function setup(project: TestProject): Promise<void> {
  shared.floorwalkerTestEngines ??= { users: 0, running: start() };
  shared.floorwalkerTestEngines.users += 1;
  project.provide('engines', (await shared.floorwalkerTestEngines.running).engines);
}

export async function teardown(): Promise<void> {
  const users = shared.floorwalkerTestEngines;
  if (!users) return;
  users.users -= 1;
  if (users.users > 0) return;
  delete shared.floorwalkerTestEngines;
  await (await users.running).stop();
}

async function start(): Promise<Running> {
  const reporter = createProgressReporter(process.stderr);
  const fetching = new AbortController();
  const dataDir = await mkdtemp(join(tmpdir(), 'floorwalker-test-'));
  let engines: Engines | undefined;
  try {
    const options = { env: process.env, onProgress: reporter.report };
    const external = externalEngines(process.env);
    const tools = provisionTools([...engineTools(external), 'ffmpeg', 'chromium'], {
      ...options,
      signal: fetching.signal,
    });
    engines = await startEngines({ dataDir, tools, external, ...options });
    const [ffmpeg, chromium] = await Promise.all([tools.ffmpeg, tools.chromium]);
    const { databaseAdminUrl, temporalAddress, temporalMetricsUrl, temporalUiUrl, s3, mqttUrl, pids } = engines;
    const running = engines;
    return {
      engines: {
        ...{ dataDir, databaseAdminUrl, temporalAddress, s3, mqttUrl, pids: { ...pids } },
        ...(temporalMetricsUrl && temporalUiUrl ? { temporalMetricsUrl, temporalUiUrl } : {}),
        ffmpegPath: ffmpeg.path,
        ffprobePath: ffmpeg.companions['ffprobe']!,
        chromiumPath: chromium.path,
      },
      stop: () => stop(running, dataDir),
    };
  } catch (error) {
    fetching.abort(error);
    await engines?.stop();
    await removeDataDir(dataDir);
    throw error;
  } finally {
    reporter.stop();
  }
}

/** Stops the engines, removes their data, and fails when a process of theirs is left. */
async function stop(engines: Engines, dataDir: string): Promise<void> {
  const started = Object.entries(engines.pids).map(([name, pid]) => ({ name, identity: identifyProcess(pid) }));
  await engines.stop();
  await removeDataDir(dataDir);
  const left = started.filter((entry): entry is { name: string; identity: ProcessIdentity } =>
    entry.identity ? isRunning(entry.identity) : false,
  );
  if (left.length > 0) {
    throw new Error(`left running: ${left.map(({ name, identity }) => `${name} (${identity.pid})`).join(', ')}`);
  }
}
