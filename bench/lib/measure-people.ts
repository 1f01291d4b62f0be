import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Running } from '../../stack/start.ts';
import { atRate, closedLoop, detectionAt, type Load, laneOf, type Posted } from './load.ts';
import { contactTimes, countActions, drain, untilTexted } from './measure.ts';
import { branchCount, branchSpot, escalationsEach, setHurried } from './people-estate.ts';

const hurriedCount = 40;
const hurriedPerSecond = 5;
const parkedCount = 1_000;
const duplicateEvents = 100;

/** A detection for everybody at the same moment, each for a person of its own. */
export async function measureBurst(load: Load, pool: pg.Pool): Promise<{ textsMs: number[]; refused: number }> {
  const answers = await Promise.allSettled(
    Array.from({ length: branchCount }, (_, index) => load.post(branchSpot(index))),
  );
  const posted = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  await untilTexted(pool);
  const textsMs = await contactTimes(load, pool, posted);
  await decideAll(load, posted);
  return { textsMs, refused: branchCount - posted.length };
}

/** Incidents answered before their first timeout, then incidents that nobody answers until all their escalations have fired. */
export async function measureEscalations(
  load: Load,
  pool: pg.Pool,
  metricsUrl: string | undefined,
): Promise<{ actionsPerEscalation: number; errorsMs: number[] }> {
  await setHurried(pool, true);
  const actionsOf = async (answerAfterMs: number): Promise<{ actions: number; posted: Posted[] }> => {
    const before = await countActions(metricsUrl);
    const posted: Posted[] = [];
    await atRate(hurriedPerSecond, hurriedCount, async (index) => {
      const post = await load.post(laneOf(index));
      posted.push(post);
      await delay(answerAfterMs);
      await load.decide(post.incidentId);
    });
    await drain(pool);
    // What ends an incident is counted a moment after its row says so.
    await delay(2_000);
    return { actions: ((await countActions(metricsUrl)) - before) / hurriedCount, posted };
  };
  const answered = await actionsOf(800);
  const escalated = await actionsOf(13_000);
  await setHurried(pool, false);
  const { rows } = await pool.query<{ ms: number }>(
    "select extract(epoch from intended_at - due_at) * 1000 as ms from notifications where kind = 'alert' and step > 0 and due_at is not null and incident_id = any ($1)",
    [escalated.posted.map(({ incidentId }) => incidentId)],
  );
  if (rows.length < hurriedCount * escalationsEach)
    throw new Error(`${hurriedCount * escalationsEach} escalations were due and ${rows.length} fired`);
  return {
    actionsPerEscalation: (escalated.actions - answered.actions) / escalationsEach,
    errorsMs: rows.map(({ ms }) => Math.abs(Number(ms))),
  };
}

/** The same events again and again: what a camera that lost its answers, or a broker that delivers twice, does. */
export async function measureDuplicates(running: Running, load: Load, pool: pg.Pool, durationMs: number) {
  const posted: Posted[] = [];
  const bodies: string[] = [];
  for (let index = 0; index < duplicateEvents; index += 1) {
    const eventId = randomUUID();
    const spot = branchSpot(index);
    posted.push(await load.post(spot, eventId));
    bodies.push(JSON.stringify(detectionAt(spot, eventId)));
  }
  await decideAll(load, posted);
  await drain(pool);
  const wire = openWire(running);
  const { finished, seconds } = await closedLoop(32, durationMs, async (index) => {
    const { status } = await wire.post(bodies[index % bodies.length]!);
    if (status !== 202) throw new Error(`a duplicate was answered ${status}`);
  });
  wire.close();
  return finished / seconds;
}

/** New detections as fast as they are taken, which then wait for answers; what the worker holds for each of them. */
export async function measureParked(
  running: Running,
  load: Load,
  pool: pg.Pool,
): Promise<{ detectionsPerSecond: number; parkedMbPerIncident: number }> {
  // A heap that has seen the load before would hide what the parked ones need.
  await restartWorker(running);
  for (let warm = 0; warm < 20; warm += 1) await load.decide((await load.post(laneOf(warm))).incidentId);
  await drain(pool);
  const beforeMb = workerRssMb(running);
  const wire = openWire(running);
  let next = 0;
  const startedMs = performance.now();
  const lane = async () => {
    while (next < parkedCount) {
      const index = next;
      next += 1;
      const spot = index % 2 === 0 ? laneOf(index / 2) : branchSpot((index - 1) / 2);
      const { status, body } = await wire.post(JSON.stringify(detectionAt(spot)));
      if (status !== 202) throw new Error(`a new detection was answered ${status}: ${body}`);
    }
  };
  await Promise.all(Array.from({ length: 50 }, lane));
  const seconds = (performance.now() - startedMs) / 1_000;
  wire.close();
  await untilTexted(pool);
  await delay(3_000);
  const { rows } = await pool.query<{ parked: number }>(
    "select count(*)::int as parked from incidents where state = 'alerting'",
  );
  if (rows[0]!.parked < parkedCount) throw new Error(`${parkedCount} incidents should wait, ${rows[0]!.parked} do`);
  return {
    detectionsPerSecond: parkedCount / seconds,
    parkedMbPerIncident: (workerRssMb(running) - beforeMb) / parkedCount,
  };
}

const workerOf = (running: Running) => {
  const worker = running.application.processes.find(({ name }) => name === 'worker');
  if (!worker) throw new Error('this bench needs the worker');
  return worker;
};

async function restartWorker(running: Running): Promise<void> {
  const worker = workerOf(running);
  const { pid } = worker;
  worker.kill('SIGKILL');
  while (worker.pid === pid || worker.pid === undefined) await delay(20);
  await worker.whenReady();
}

function workerRssMb(running: Running): number {
  const status = readFileSync(`/proc/${workerOf(running).pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024;
}

async function decideAll(load: Load, posted: readonly Posted[]): Promise<void> {
  const left = [...posted];
  const lane = async () => {
    for (let next = left.pop(); next; next = left.pop()) await load.decide(next.incidentId);
  };
  await Promise.all(Array.from({ length: 20 }, lane));
}

/** The plainest client there is: on two cores the cost of asking is part of every figure. */
function openWire(running: Running) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const url = new URL('/v1/detections', running.application.baseUrl);
  const headers = {
    authorization: `Bearer ${running.installation.keys.device}`,
    'content-type': 'application/json',
  };
  return {
    post: (body: string) =>
      new Promise<{ status: number; body: string }>((resolve, reject) => {
        const length = { 'content-length': String(Buffer.byteLength(body)) };
        const sent = request(url, { agent, method: 'POST', headers: { ...headers, ...length } }, (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => {
            text += part;
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
          response.on('error', reject);
        });
        sent.on('error', reject);
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}
