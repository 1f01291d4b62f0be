import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probeFile } from '../adapters/ffmpeg/probe.ts';
import { removeDataDir } from './engines/index.ts';
import { playStory, type StoryReport } from './once.ts';
import { type Running, type StartOptions, startAll } from './start.ts';
import type { Environment } from './tools/command.ts';
import { identifyProcess, isRunning, type ProcessIdentity } from './tools/lock.ts';
import { createProgressReporter } from './tools/progress.ts';

export interface RunOptions {
  dataDir: string;
  port: number;
  env: Environment;
  footage?: string;
  tape?: string;
  watch?: boolean;
}

/** `npm start`: everything runs until Ctrl-C. Resolves with the exit code. */
export async function runStart(options: RunOptions): Promise<number> {
  const reporter = createProgressReporter(process.stderr);
  const stopping = stopSignal();
  const startedAtMs = Date.now();
  try {
    const running = await startAll({
      ...options,
      loop: options.footage === undefined,
      onProgress: reporter.report,
      signal: stopping.signal,
    });
    reporter.stop();
    process.stderr.write(`\n  Floorwalker is ready after ${((Date.now() - startedAtMs) / 1_000).toFixed(1)} s.\n\n`);
    process.stdout.write(
      `  Console   ${running.application.baseUrl}/\n  Phones    ${running.application.baseUrl}/phones\n  API       ${running.application.baseUrl}/docs\n`,
    );
    const { uiUrl } = await running.engines.temporal;
    if (uiUrl !== undefined) process.stdout.write(`  Workflows ${uiUrl}\n`);
    process.stdout.write(
      `  Data      ${options.dataDir} (keys in credentials.json)\n\n  Ctrl-C stops everything in order.\n`,
    );
    await stopping.told;
    process.stderr.write('\nStopping…\n');
    await running.stop();
    return 0;
  } catch (error) {
    reporter.stop();
    if (stopping.signal.aborted) return 130;
    process.stderr.write(`\nFloorwalker could not start: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

/** `npm start -- --once`: one whole story on fresh data; the last line is its report, the exit code its truth. */
export async function runOnce(options: Omit<RunOptions, 'dataDir'>): Promise<number> {
  const reporter = createProgressReporter(process.stderr);
  const stopping = stopSignal();
  const dataDir = await mkdtemp(join(tmpdir(), 'floorwalker-once-'));
  let running: Running | undefined;
  let started: ProcessIdentity[] = [];
  let told: { report: StoryReport; problems: string[] } | undefined;
  try {
    const startOptions: StartOptions = {
      ...options,
      dataDir,
      loop: false,
      onProgress: reporter.report,
      signal: stopping.signal,
    };
    running = await startAll(startOptions);
    started = await identifyAll(running);
    const ffmpeg = { ffmpegPath: '', ffprobePath: await ffprobeOf(running) };
    const { durationMs } = await probeFile((await running.scene).videoPath, ffmpeg);
    told = await playStory(running, { seconds: durationMs / 1_000 }, reporter.report, stopping.signal);
  } catch (error) {
    process.stderr.write(
      `\nThe story failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\nThe logs are in ${join(dataDir, 'logs')}.\n`,
    );
  }
  reporter.stop();
  await running?.stop();
  if (!told) return 1;
  const left = started.filter((identity) => isRunning(identity));
  const report = { ...told.report, leftovers: told.report.leftovers + left.length };
  const problems = [...told.problems, ...(left.length > 0 ? [`${left.length} processes are still running`] : [])];
  for (const problem of problems) process.stderr.write(`not so: ${problem}\n`);
  if (problems.length === 0) await removeDataDir(dataDir);
  else process.stderr.write(`The data stays in ${dataDir} to be looked at.\n`);
  process.stdout.write(`${JSON.stringify(report)}\n`);
  return problems.length === 0 ? 0 : 1;
}

async function identifyAll(running: Running): Promise<ProcessIdentity[]> {
  const engines = await running.engines.all;
  const pids = [...running.application.processes.map(({ pid }) => pid), ...Object.values(engines.pids)];
  const identities = await Promise.all(
    pids.filter((pid): pid is number => pid !== undefined).map((pid) => identifyProcess(pid)),
  );
  return identities.filter((identity): identity is ProcessIdentity => identity !== undefined && identity !== null);
}

const ffprobeOf = async (running: Running): Promise<string> => (await running.ffmpeg).ffprobePath;

function stopSignal(): { signal: AbortSignal; told: Promise<void> } {
  const controller = new AbortController();
  const told = new Promise<void>((resolve) => {
    let count = 0;
    const onSignal = () => {
      count += 1;
      if (count > 1) process.stderr.write('Already stopping; please wait a few seconds.\n');
      controller.abort(new Error('told to stop'));
      resolve();
    };
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, onSignal);
  });
  return { signal: controller.signal, told };
}
