import pg from 'pg';
import type { ProcessName } from '../stack/application.ts';
import { measureFloor } from './lib/floor.ts';
import { laneOf, openLoad } from './lib/load.ts';
import { withInstallation } from './lib/machine.ts';
import { countActions, countIncidents, measureClips, measureLatency, measureThroughput, say } from './lib/measure.ts';
import { measureBurst, measureDuplicates, measureEscalations, measureParked } from './lib/measure-people.ts';
import { peopleEstate } from './lib/people-estate.ts';
import { machine, percentile, publish, round } from './lib/results.ts';

const everything: ProcessName[] = ['carrier', 'worker', 'watchdog', 'media', 'api', 'till', 'camera'];
const calm = { perSecond: 1, count: 60 };
const steady = { perSecond: 5, count: 150 };
const pressed = { concurrency: 50, durationMs: 25_000 };
const clipCount = 12;
const duplicatesMs = 5_000;

/** How fast people are reached: calm, steady, all at once, and when nobody answers. */
export async function runPeopleBench(): Promise<void> {
  await withInstallation({ only: everything, estate: peopleEstate }, async (running) => {
    const pool = new pg.Pool({ connectionString: running.application.databaseAdminUrl, max: 2 });
    const { address, metricsUrl } = await running.engines.temporal;
    try {
      say('floor: no-op workflows and bare inserts');
      const floor = await measureFloor(address, running.application.databaseAdminUrl);
      const load = openLoad(running);
      await load.heartbeats();
      for (let warm = 0; warm < 20; warm += 1) await load.decide((await load.post(laneOf(warm))).incidentId);
      say(`latency: ${calm.count} detections at ${calm.perSecond}/s`);
      const atOne = await measureLatency(load, pool, calm);
      say(`latency: ${steady.count} detections at ${steady.perSecond}/s`);
      const actionsBefore = await countActions(metricsUrl);
      const sinceAt = new Date();
      const atFive = await measureLatency(load, pool, steady);
      // The lane's own camera opens an incident or two meanwhile; they are in both counts.
      const opened = await countIncidents(pool, sinceAt);
      const actionsPerIncident = ((await countActions(metricsUrl)) - actionsBefore) / opened;
      say('clips: incidents at the recorded camera');
      const clipsMs = await measureClips(running, load, pool, clipCount);
      // From here on nothing else is to happen on this machine.
      for (const { name, stop } of running.application.processes.map((one) => ({
        name: one.name,
        stop: () => one.stop(),
      })))
        if (name === 'camera' || name === 'till') await stop();
      say('escalations: incidents that nobody answers');
      const escalations = await measureEscalations(load, pool, metricsUrl);
      say('burst: 200 detections at once for 200 people');
      const burst = await measureBurst(load, pool);
      say(`throughput: ${pressed.concurrency} incidents under way for ${pressed.durationMs / 1_000} s`);
      const incidentsPerSecond = await measureThroughput(load, pool, pressed);
      say('duplicates: the same events again');
      const duplicatesPerSecond = await measureDuplicates(running, load, pool, duplicatesMs);
      say('parked: 1000 new detections that nobody answers');
      const parked = await measureParked(running, load, pool);
      await publish({
        name: 'people',
        at: new Date().toISOString(),
        machine: machine(),
        command: 'npm run bench -- people',
        figures: {
          p50Ms: round(percentile(atFive.contactMs, 0.5)),
          p95Ms: round(percentile(atFive.contactMs, 0.95)),
          p99Ms: round(percentile(atFive.contactMs, 0.99)),
          p50MsAt1: round(percentile(atOne.contactMs, 0.5)),
          p99MsAt1: round(percentile(atOne.contactMs, 0.99)),
          verdictP50Ms: round(percentile([...atOne.verdictMs, ...atFive.verdictMs], 0.5)),
          verdictP99Ms: round(percentile([...atOne.verdictMs, ...atFive.verdictMs], 0.99)),
          incidentsPerSecond: round(incidentsPerSecond),
          detectionsPerSecond: round(parked.detectionsPerSecond),
          duplicatesPerSecond: round(duplicatesPerSecond, 0),
          burst200FirstTextMs: round(Math.min(...burst.textsMs), 0),
          burst200LastTextMs: round(Math.max(...burst.textsMs), 0),
          burst200Refused: burst.refused,
          escalationErrorP50Ms: round(percentile(escalations.errorsMs, 0.5), 0),
          escalationErrorP99Ms: round(percentile(escalations.errorsMs, 0.99), 0),
          actionsPerIncident: round(actionsPerIncident, 2),
          actionsPerEscalation: round(escalations.actionsPerEscalation, 2),
          parkedMbPerIncident: round(parked.parkedMbPerIncident, 3),
          clipReadyP50Ms: round(percentile(clipsMs, 0.5), 0),
          clipReadyP95Ms: round(percentile(clipsMs, 0.95), 0),
          p50ToNoopWorkflow: round(percentile(atFive.contactMs, 0.5) / floor.noopWorkflowP50Ms, 2),
          incidentsToNoopWorkflows: round(incidentsPerSecond / floor.noopWorkflowsPerSecond, 2),
        },
        floor,
      });
    } finally {
      await pool.end();
    }
  });
}
