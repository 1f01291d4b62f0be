import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundTool } from '../tools/find.ts';
import { atLeast } from '../tools/go-build.ts';
import { type EngineContext, plainEnvironment, type RunningEngine, runEngine } from './context.ts';

export interface TemporalEngine extends RunningEngine {
  address: string;
  metricsUrl: string;
  uiUrl: string;
}

export interface TemporalPorts {
  temporal: number;
  temporalUi: number;
  temporalMetrics: number;
}

/** How long the server keeps the history of a closed workflow (the `default` namespace). */
const retentionSeconds = 72 * 3600;

/** Starts the Temporal server on a SQLite file and resolves when its namespace answers. */
export async function startTemporal(
  tool: FoundTool,
  ports: TemporalPorts,
  context: EngineContext,
): Promise<TemporalEngine> {
  const dir = join(context.dataDir, 'temporal');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const address = `127.0.0.1:${ports.temporal}`;
  const engine = await runEngine(
    'Temporal',
    {
      name: 'temporal',
      command: tool.path,
      args: serverArguments(join(dir, 'temporal.db'), ports, serverVersion(tool)),
      env: { ...plainEnvironment(context.env), TEMPORAL_DISABLE_UPDATE_CHECK: '1' },
      cwd: dir,
      isReady: () => namespaceAnswers(address),
    },
    context,
  );
  await keepHistories(address);
  return Object.assign(engine, {
    address,
    metricsUrl: `http://127.0.0.1:${ports.temporalMetrics}/metrics`,
    uiUrl: `http://127.0.0.1:${ports.temporalUi}`,
  });
}

function serverVersion(tool: FoundTool): string {
  return /Server (\d+\.\d+(?:\.\d+)?)/.exec(tool.version)?.[1] ?? '0';
}

function serverArguments(databaseFile: string, ports: TemporalPorts, version: string): string[] {
  const dynamic = [
    'matching.numTaskqueueReadPartitions=1',
    'matching.numTaskqueueWritePartitions=1',
    'history.transferProcessorMaxPollRPS=200',
  ];
  // Priority and fairness keys need the new matcher, which is the only one from 1.31 on.
  if (!atLeast(version, '1.31')) dynamic.push('matching.useNewMatcher=true');
  return [
    'server',
    'start-dev',
    ...['--db-filename', databaseFile],
    ...['--ip', '127.0.0.1'],
    ...['--port', String(ports.temporal)],
    ...['--ui-port', String(ports.temporalUi)],
    ...['--metrics-port', String(ports.temporalMetrics)],
    ...['--log-level', 'warn'],
    // WAL doubles the throughput; FULL keeps acknowledged starts through a power loss.
    ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=FULL'],
    ...dynamic.flatMap((value) => ['--dynamic-config-value', value]),
  ];
}

async function withConnection<Result>(
  address: string,
  use: (service: import('@temporalio/client').WorkflowService) => Promise<Result>,
): Promise<Result> {
  const { Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    return await connection.withDeadline(Date.now() + 5_000, () => use(connection.workflowService));
  } finally {
    await connection.close();
  }
}

async function namespaceAnswers(address: string): Promise<boolean> {
  try {
    await withConnection(address, (service) => service.describeNamespace({ namespace: 'default' }));
    return true;
  } catch {
    // Not listening yet, or the namespace is still being made: asked again until the time is up.
    return false;
  }
}

async function keepHistories(address: string): Promise<void> {
  const { msToTs } = await import('@temporalio/common/lib/time.js');
  const workflowExecutionRetentionTtl = msToTs(retentionSeconds * 1000);
  await withConnection(address, (service) =>
    service.updateNamespace({ namespace: 'default', config: { workflowExecutionRetentionTtl } }),
  );
}
