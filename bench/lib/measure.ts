import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Running } from '../../stack/start.ts';
import { atRate, closedLoop, type Load, laneOf, type Posted } from './load.ts';

/** Long after the text, so that no verdict ever overtakes one. */
const answerAfterMs = 4_000;
const clipEveryMs = 3_000;

export const say = (text: string) => process.stderr.write(`  ${text}\n`);

export interface Latency {
  /** From the moment the POST leaves us to the moment the carrier has the text. */
  contactMs: number[];
  verdictMs: number[];
}

/** Detections at a steady rate, each answered by a verdict seconds after its text. */
export async function measureLatency(
  load: Load,
  pool: pg.Pool,
  { perSecond, count }: { perSecond: number; count: number },
): Promise<Latency> {
  const posted: Posted[] = [];
  const verdictMs: number[] = [];
  await atRate(perSecond, count, async (index) => {
    const post = await load.post(laneOf(index));
    posted.push(post);
    await delay(answerAfterMs);
    verdictMs.push(await load.decide(post.incidentId));
  });
  await drain(pool);
  return { contactMs: await contactTimes(load, pool, posted), verdictMs };
}

/** For each detection how long it took until the carrier had its first text. */
export async function contactTimes(load: Load, pool: pg.Pool, posted: readonly Posted[]): Promise<number[]> {
  const { rows } = await pool.query<{ incident_id: string; carrier_sid: string | null }>(
    "select incident_id, carrier_sid from notifications where kind = 'alert' and step = 0 and incident_id = any ($1)",
    [posted.map(({ incidentId }) => incidentId)],
  );
  const taken = await load.carrierTimes();
  const sidOf = new Map(rows.map((row) => [row.incident_id, row.carrier_sid]));
  return posted.map(({ incidentId, postedAtMs }) => {
    const takenAtMs = taken.get(sidOf.get(incidentId) ?? '');
    if (takenAtMs === undefined) throw new Error(`no text was sent for ${incidentId}`);
    return takenAtMs - postedAtMs;
  });
}

/** Whole incidents: detection, till, text, verdict by Update half a second to two seconds later, outcome. Cameras here have no recording, so their evidence ends as `failed`; clips are measured apart. */
export async function measureThroughput(
  load: Load,
  pool: pg.Pool,
  { concurrency, durationMs }: { concurrency: number; durationMs: number },
): Promise<number> {
  const sinceAt = new Date();
  const { finished } = await closedLoop(concurrency, durationMs, async (index) => {
    const { incidentId } = await load.post(laneOf(index));
    await delay(500 + ((index * 137) % 1_500));
    await load.decide(incidentId);
  });
  await drain(pool);
  const { rows } = await pool.query<{ closed: number; seconds: number }>(
    "select count(*)::int as closed, extract(epoch from max(closed_at) - min(received_at)) as seconds from incidents where camera_id <> 'sco-3-cam' and state = 'closed' and received_at >= $1",
    [sinceAt],
  );
  const { closed, seconds } = rows[0]!;
  if (closed < finished) throw new Error(`${finished} incidents were decided and only ${closed} were closed`);
  return closed / Number(seconds);
}

/** Incidents at the camera that really records; from the end of the post-roll to the clip on record. */
export async function measureClips(running: Running, load: Load, pool: pg.Pool, count: number): Promise<number[]> {
  if (!running.application.processes.some(({ name }) => name === 'camera'))
    throw new Error('clips need the camera: start it with this bench');
  const posted: Posted[] = [];
  for (let index = 0; index < count; index += 1) {
    posted.push(await load.post({ storeId: 'high-street', cameraId: 'sco-3-cam', zoneId: 'scanner' }));
    await delay(clipEveryMs);
  }
  // What the lane's own detector sees meanwhile is not counted: its clips may still be in the making.
  const incidentIds = posted.map(({ incidentId }) => incidentId);
  await until(pool, 60_000, "i.id = any ($1) and i.evidence_state = 'requested'", [incidentIds]);
  const { rows } = await pool.query<{ state: string; ms: number }>(
    // Some of them the lane's till has rung: there is nothing to keep of those.
    "select state, extract(epoch from settled_at - to_at) * 1000 as ms from evidence where incident_id = any ($1) and state <> 'not_kept'",
    [incidentIds],
  );
  const unready = rows.filter(({ state }) => state !== 'ready');
  if (unready.length > 0)
    throw new Error(
      `of ${rows.length} clips these did not become ready: ${unready.map(({ state }) => state).join(', ')}`,
    );
  return rows.map(({ ms }) => Number(ms));
}

/** Waits until no bench incident is on its way any more. Only the first store has a media worker to settle evidence. */
export async function drain(pool: pg.Pool): Promise<void> {
  const unsettled = "i.evidence_state = 'requested' and i.store_id = 'high-street'";
  await until(pool, 60_000, `i.camera_id <> 'sco-3-cam' and (i.state <> 'closed' or ${unsettled})`);
}

/** Waits until the carrier has the first text of every open incident; what the lane's own camera sees is nobody's here. */
export const untilTexted = (pool: pg.Pool) =>
  until(
    pool,
    120_000,
    "i.camera_id <> 'sco-3-cam' and i.state <> 'closed' and not exists (select from notifications n where n.incident_id = i.id and n.kind = 'alert' and n.step = 0 and n.carrier_sid is not null)",
  );

/** Waits until no incident is in this condition. */
export async function until(
  pool: pg.Pool,
  withinMs: number,
  noneIs: string,
  values: readonly unknown[] = [],
): Promise<void> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const { rows } = await pool.query<{ left: number }>(
      `select count(*)::int as left from incidents i where ${noneIs}`,
      [...values],
    );
    const { left } = rows[0]!;
    if (left === 0) return;
    if (performance.now() > deadlineMs)
      throw new Error(`after ${withinMs / 1_000} s there are still ${left} incidents where ${noneIs}`);
    await delay(100);
  }
}

export async function countIncidents(pool: pg.Pool, sinceAt: Date): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    'select count(*)::int as count from incidents where accepted_at >= $1',
    [sinceAt],
  );
  return rows[0]!.count;
}

/** Temporal's own count of Actions so far. */
export async function countActions(metricsUrl: string | undefined): Promise<number> {
  if (metricsUrl === undefined)
    throw new Error('this bench counts Actions by the metrics of its own Temporal server; unset TEMPORAL_ADDRESS');
  const text = await (await fetch(metricsUrl)).text();
  const samples = text.split('\n').filter((line) => /^action(_total)?\{/.test(line));
  if (samples.length === 0) throw new Error('the Temporal server published no "action" metric');
  return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
