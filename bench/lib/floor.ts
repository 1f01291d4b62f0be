import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import pg from 'pg';
import { closedLoop } from './load.ts';
import { percentile, round } from './results.ts';

const sequentialRuns = 60;
const inserts = 400;
const throughputMs = 8_000;

/** A no-op workflow and a bare insert, on the engines that the bench itself runs on. */
export async function measureFloor(
  temporalAddress: string,
  databaseUrl: string,
): Promise<{ noopWorkflowP50Ms: number; noopWorkflowsPerSecond: number; insertP50Ms: number }> {
  return { ...(await measureWorkflows(temporalAddress)), insertP50Ms: await measureInserts(databaseUrl) };
}

async function measureWorkflows(address: string) {
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const worker = await Worker.create({
    connection: native,
    taskQueue: 'bench-floor',
    workflowsPath: fileURLToPath(new URL('./noop.workflow.ts', import.meta.url)),
  });
  const execute = () =>
    client.workflow.execute('noopWorkflow', { taskQueue: 'bench-floor', workflowId: `floor-${randomUUID()}` });
  try {
    return await worker.runUntil(async () => {
      const timesMs: number[] = [];
      for (let run = 0; run < sequentialRuns; run += 1) {
        const startedMs = performance.now();
        await execute();
        timesMs.push(performance.now() - startedMs);
      }
      const { finished, seconds } = await closedLoop(40, throughputMs, async () => {
        await execute();
      });
      return { noopWorkflowP50Ms: round(percentile(timesMs, 0.5)), noopWorkflowsPerSecond: round(finished / seconds) };
    });
  } finally {
    await connection.close();
    await native.close();
  }
}

async function measureInserts(databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      'create table bench_floor (id bigint generated always as identity primary key, at timestamptz, note text)',
    );
    const timesMs: number[] = [];
    for (let index = 0; index < inserts; index += 1) {
      const startedMs = performance.now();
      await client.query('insert into bench_floor (at, note) values (now(), $1)', [`row ${index}`]);
      timesMs.push(performance.now() - startedMs);
    }
    await client.query('drop table bench_floor');
    return round(percentile(timesMs, 0.5), 2);
  } finally {
    await client.end();
  }
}
