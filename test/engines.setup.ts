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

let engines: Engines | undefined;
let dataDir: string | undefined;

/** Finds or fetches every engine, starts them on a throw-away data directory, and hands their addresses to the tests. */
export async function setup(project: TestProject): Promise<void> {
  const reporter = createProgressReporter(process.stderr);
  const fetching = new AbortController();
  try {
    dataDir = await mkdtemp(join(tmpdir(), 'floorwalker-test-'));
    const options = { env: process.env, onProgress: reporter.report };
    const external = externalEngines(process.env);
    const tools = provisionTools([...engineTools(external), 'ffmpeg', 'chromium'], {
      ...options,
      signal: fetching.signal,
    });
    engines = await startEngines({ dataDir, tools, external, ...options });
    const [ffmpeg, chromium] = await Promise.all([tools.ffmpeg, tools.chromium]);
    const { databaseAdminUrl, temporalAddress, temporalMetricsUrl, temporalUiUrl, s3, mqttUrl, pids } = engines;
    project.provide('engines', {
      ...{ dataDir, databaseAdminUrl, temporalAddress, s3, mqttUrl, pids: { ...pids } },
      ...(temporalMetricsUrl && temporalUiUrl ? { temporalMetricsUrl, temporalUiUrl } : {}),
      ffmpegPath: ffmpeg.path,
      ffprobePath: ffmpeg.companions['ffprobe']!,
      chromiumPath: chromium.path,
    });
  } catch (error) {
    fetching.abort(error);
    await removeEverything();
    throw error;
  } finally {
    reporter.stop();
  }
}

/** Stops the engines, removes their data, and fails when a process of theirs is left. */
export async function teardown(): Promise<void> {
  const started = Object.entries(engines?.pids ?? {}).map(([name, pid]) => ({ name, identity: identifyProcess(pid) }));
  await removeEverything();
  const left = started.filter((entry): entry is { name: string; identity: ProcessIdentity } =>
    entry.identity ? isRunning(entry.identity) : false,
  );
  if (left.length > 0) {
    throw new Error(`left running: ${left.map(({ name, identity }) => `${name} (${identity.pid})`).join(', ')}`);
  }
}

async function removeEverything(): Promise<void> {
  await engines?.stop();
  engines = undefined;
  if (dataDir) await removeDataDir(dataDir);
  dataDir = undefined;
}
