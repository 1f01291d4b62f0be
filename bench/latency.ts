import pg from 'pg';
import type { ProcessName } from '../stack/application.ts';
import { measureFloor } from './lib/floor.ts';
import { laneOf, openLoad } from './lib/load.ts';
import { withInstallation } from './lib/machine.ts';
import { countActions, countIncidents, measureClips, measureLatency, measureThroughput, say } from './lib/measure.ts';
import { machine, percentile, publish, round } from './lib/results.ts';

const everything: ProcessName[] = ['carrier', 'worker', 'watchdog', 'media', 'api', 'till', 'camera'];
const steady = { perSecond: 5, count: 150 };
const pressed = { concurrency: 50, durationMs: 25_000 };
const clipCount = 12;

/** Detection to phone, full incidents per second, Actions per incident and clips, with every part on this machine. */
export async function runLatencyBench(): Promise<void> {
  await withInstallation({ only: everything }, async (running) => {
    const pool = new pg.Pool({ connectionString: running.application.databaseAdminUrl, max: 2 });
    const temporal = await running.engines.temporal;
    try {
      say('floor: no-op workflows and bare inserts');
      const floor = await measureFloor(temporal.address, running.application.databaseAdminUrl);
      const load = openLoad(running);
      await load.heartbeats();
      for (let warm = 0; warm < 20; warm += 1) await load.decide((await load.post(laneOf(warm))).incidentId);
      say(`latency: ${steady.count} detections at ${steady.perSecond}/s`);
      const actionsBefore = await countActions(temporal.metricsUrl);
      const sinceAt = new Date();
      const { contactMs } = await measureLatency(load, pool, steady);
      // The lane's own camera opens an incident or two meanwhile; they are in both counts.
      const opened = await countIncidents(pool, sinceAt);
      const actionsPerIncident = ((await countActions(temporal.metricsUrl)) - actionsBefore) / opened;
      say(`throughput: ${pressed.concurrency} incidents under way for ${pressed.durationMs / 1_000} s`);
      const incidentsPerSecond = await measureThroughput(load, pool, pressed);
      say(`clips: ${clipCount} incidents at the recorded camera`);
      const clipsMs = await measureClips(running, load, pool, clipCount);
      await publish({
        name: 'latency',
        at: new Date().toISOString(),
        machine: machine(),
        command: 'npm run bench -- latency',
        figures: {
          p50Ms: round(percentile(contactMs, 0.5)),
          p95Ms: round(percentile(contactMs, 0.95)),
          p99Ms: round(percentile(contactMs, 0.99)),
          incidentsPerSecond: round(incidentsPerSecond),
          actionsPerIncident: round(actionsPerIncident, 2),
          clipReadyP50Ms: round(percentile(clipsMs, 0.5), 0),
          clipReadyP95Ms: round(percentile(clipsMs, 0.95), 0),
          p50ToNoopWorkflow: round(percentile(contactMs, 0.5) / floor.noopWorkflowP50Ms, 2),
          incidentsToNoopWorkflows: round(incidentsPerSecond / floor.noopWorkflowsPerSecond, 2),
        },
        floor,
      });
    } finally {
      await pool.end();
    }
  });
}
