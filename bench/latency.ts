import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { ProcessName } from '../stack/application.ts';
import type { Running } from '../stack/start.ts';
import { measureFloor } from './lib/floor.ts';
import { atRate, closedLoop, type Load, openLoad, type Posted } from './lib/load.ts';
import { withInstallation } from './lib/machine.ts';
import { machine, percentile, publish, round } from './lib/results.ts';

const everything: ProcessName[] = ['carrier', 'worker', 'media', 'api', 'till', 'camera'];
const latencyPerSecond = 5;
const latencyCount = 150;
/** Long after the text, so that no verdict ever overtakes one. */
const answerAfterMs = 4_000;
const throughputMs = 25_000;
const throughputConcurrency = 50;
const clipCount = 12;
const clipEveryMs = 3_000;

/** Detection to phone, full incidents per second, Actions per incident and clips, with every part on this machine. */
export async function runLatencyBench(): Promise<void> {
  await withInstallation(everything, async (running) => {
    const pool = new pg.Pool({ connectionString: running.application.databaseAdminUrl, max: 2 });
    const temporal = await running.engines.temporal;
    try {
      say('floor: no-op workflows and bare inserts');
      const floor = await measureFloor(temporal.address, running.application.databaseAdminUrl);
      const load = openLoad(running);
      await load.heartbeats();
      for (let warm = 0; warm < 20; warm += 1) await load.decide((await load.post(warm)).incidentId);
      say(`latency: ${latencyCount} detections at ${latencyPerSecond}/s`);
      const actionsBefore = await countActions(temporal.metricsUrl);
      const sinceAt = new Date();
      const latenciesMs = await measureLatency(load, pool);
      // The lane's own camera opens an incident or two meanwhile; they are in both counts.
      const opened = await countIncidents(pool, sinceAt);
      const actionsPerIncident = ((await countActions(temporal.metricsUrl)) - actionsBefore) / opened;
      say(`throughput: ${throughputConcurrency} incidents under way for ${throughputMs / 1_000} s`);
      const incidentsPerSecond = await measureThroughput(load, pool);
      say(`clips: ${clipCount} incidents at the recorded camera`);
      const clipsMs = await measureClips(running, pool);
      await publish({
        name: 'latency',
        at: new Date().toISOString(),
        machine: machine(),
        command: 'npm run bench -- latency',
        figures: {
          p50Ms: round(percentile(latenciesMs, 0.5)),
          p95Ms: round(percentile(latenciesMs, 0.95)),
          p99Ms: round(percentile(latenciesMs, 0.99)),
          incidentsPerSecond: round(incidentsPerSecond),
          actionsPerIncident: round(actionsPerIncident, 2),
          clipReadyP50Ms: round(percentile(clipsMs, 0.5), 0),
          clipReadyP95Ms: round(percentile(clipsMs, 0.95), 0),
          p50ToNoopWorkflow: round(percentile(latenciesMs, 0.5) / floor.noopWorkflowP50Ms, 2),
          incidentsToNoopWorkflows: round(incidentsPerSecond / floor.noopWorkflowsPerSecond, 2),
        },
        floor,
      });
    } finally {
      await pool.end();
    }
  });
}

const say = (text: string) => process.stderr.write(`  ${text}\n`);

/** From the moment the POST leaves us to the moment the carrier has the text; the verdict follows seconds later. */
async function measureLatency(load: Load, pool: pg.Pool): Promise<number[]> {
  const posted: Posted[] = [];
  await atRate(latencyPerSecond, latencyCount, async (index) => {
    const post = await load.post(index);
    posted.push(post);
    await delay(answerAfterMs);
    await load.decide(post.incidentId);
  });
  await drain(pool);
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
async function measureThroughput(load: Load, pool: pg.Pool): Promise<number> {
  const { finished } = await closedLoop(throughputConcurrency, throughputMs, async (index) => {
    const { incidentId } = await load.post(index);
    await delay(500 + ((index * 137) % 1_500));
    await load.decide(incidentId);
  });
  const { rows } = await pool.query<{ closed: number; seconds: number }>(
    "select count(*)::int as closed, extract(epoch from max(closed_at) - min(received_at)) as seconds from (select closed_at, received_at from incidents where camera_id <> 'sco-3-cam' and state = 'closed' order by received_at desc limit $1) i",
    [finished],
  );
  await drain(pool);
  const closed = rows[0]!;
  return closed.closed / Number(closed.seconds);
}

/** Incidents at the camera that really records; from the end of the post-roll to the clip on record. */
async function measureClips(running: Running, pool: pg.Pool): Promise<number[]> {
  const { baseUrl } = running.application;
  const { device } = running.installation.keys;
  for (let index = 0; index < clipCount; index += 1) {
    const body = {
      eventId: `clip-${Date.now()}-${index}`,
      storeId: 'high-street',
      cameraId: 'sco-3-cam',
      zoneId: 'scanner',
      eventType: 'missed_scan',
      detectedAt: new Date(Date.now() - 1_500).toISOString(),
      confidence: 0.9,
      model: { id: 'bench', version: '1' },
    };
    const response = await fetch(new URL('/v1/detections', baseUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${device}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.status !== 202) throw new Error(`the detection was refused: ${await response.text()}`);
    await delay(clipEveryMs);
  }
  await delay(15_000);
  const { rows } = await pool.query<{ state: string; ms: number }>(
    "select e.state, extract(epoch from e.settled_at - e.to_at) * 1000 as ms from evidence e join incidents i on i.tenant_id = e.tenant_id and i.id = e.incident_id where i.camera_id = 'sco-3-cam' and e.state <> 'not_kept'",
  );
  const unready = rows.filter(({ state }) => state !== 'ready').length;
  if (unready > 0) throw new Error(`${unready} of ${rows.length} clips did not become ready`);
  return rows.map(({ ms }) => Number(ms));
}

/** Waits until no bench incident is on its way any more. */
async function drain(pool: pg.Pool): Promise<void> {
  for (let round = 0; round < 300; round += 1) {
    const { rows } = await pool.query<{ open: number }>(
      "select count(*)::int as open from incidents i where i.camera_id <> 'sco-3-cam' and (i.state <> 'closed' or i.evidence_state = 'requested')",
    );
    if (rows[0]!.open === 0) return;
    await delay(100);
  }
  throw new Error('incidents of the bench did not finish within 30 s');
}

async function countIncidents(pool: pg.Pool, sinceAt: Date): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    'select count(*)::int as count from incidents where accepted_at >= $1',
    [sinceAt],
  );
  return rows[0]!.count;
}

/** Temporal's own count of Actions so far. */
async function countActions(metricsUrl: string | undefined): Promise<number> {
  if (metricsUrl === undefined)
    throw new Error('this bench counts Actions by the metrics of its own Temporal server; unset TEMPORAL_ADDRESS');
  const text = await (await fetch(metricsUrl)).text();
  const samples = text.split('\n').filter((line) => /^action(_total)?\{/.test(line));
  if (samples.length === 0) throw new Error('the Temporal server published no "action" metric');
  return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
