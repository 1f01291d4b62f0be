import pg from 'pg';
import { setApplicationPassword } from '../adapters/postgres/migrate.ts';
import { demoEstate } from '../stack/estate.ts';
import { storeDayEstate } from '../stack/store-day/estate.ts';
import { fillLines, type Judged, measureCorrelation } from './lib/correlation.ts';
import { measureFloor } from './lib/floor.ts';
import { benchPolicy, withInstallation } from './lib/machine.ts';
import { say } from './lib/measure.ts';
import { machine, percentile, publish, round } from './lib/results.ts';

const storeId = 'supermarket';
const linesPerDay = 250_000;
const few = { days: 5, lines: 5 * linesPerDay };
const many = { days: 40, lines: 40 * linesPerDay };
const sightings = 480;

/** Whether one sighting is judged as fast against forty days of till lines as against five. */
export async function runCorrelationBench(): Promise<void> {
  const estate = (keys: Parameters<typeof demoEstate>[0]) => {
    const one = demoEstate(keys, benchPolicy);
    one.stores.push(storeDayEstate({ id: storeId, name: 'Supermarket', timeZone: 'Europe/London' }));
    return one;
  };
  await withInstallation({ only: ['carrier'], estate }, async (running) => {
    const adminUrl = running.application.databaseAdminUrl;
    const pool = new pg.Pool({ connectionString: adminUrl, max: 2 });
    const databaseUrl = await setApplicationPassword(adminUrl, running.installation.applicationPassword);
    const { address } = await running.engines.temporal;
    const terminalIds = ['lane-1', 'lane-2', 'lane-3', 'lane-4', 'sco-1', 'sco-2', 'sco-3', 'sco-4'];
    const place = { tenantId: running.application.estate.tenantId, storeId, terminalIds };
    try {
      say('floor: no-op workflows and bare inserts');
      const floor = await measureFloor(address, adminUrl);
      const measure = async ({ days, lines }: typeof few) => {
        await pool.query('truncate pos_events, crossings');
        say(`${lines} lines over ${days} days`);
        await fillLines(pool, place, lines, days);
        return measureCorrelation(databaseUrl, pool, place, { count: sightings, days });
      };
      const amongFew = await measure(few);
      const amongMany = await measure(many);
      // As sightings come: of the newest day, while all the others are stored.
      const live = await measureCorrelation(databaseUrl, pool, place, { count: sightings, days: 1 });
      const ms = (judged: Judged[], verdict?: Judged['verdict']) =>
        judged.flatMap((each) => (verdict === undefined || each.verdict === verdict ? [each.tookMs] : []));
      const p50Ms = percentile(ms(amongMany), 0.5);
      const p95Ms = percentile(ms(amongMany), 0.95);
      const p95FewMs = percentile(ms(amongFew), 0.95);
      await publish({
        name: 'correlation',
        at: new Date().toISOString(),
        machine: machine(),
        command: 'npm run bench -- correlation',
        figures: {
          correlationP50Ms: round(p50Ms, 2),
          correlationP95Ms: round(p95Ms, 2),
          correlationLiveP50Ms: round(percentile(ms(live), 0.5), 2),
          correlationLiveP95Ms: round(percentile(ms(live), 0.95), 2),
          correlationLiveMismatchP50Ms: round(percentile(ms(live, 'MISMATCH'), 0.5), 2),
          correlationMatchP95Ms: round(percentile(ms(amongMany, 'MATCH'), 0.95), 2),
          correlationMismatchP50Ms: round(percentile(ms(amongMany, 'MISMATCH'), 0.5), 2),
          correlationMismatchP95Ms: round(percentile(ms(amongMany, 'MISMATCH'), 0.95), 2),
          correlationP95MsFewDays: round(p95FewMs, 2),
          correlationManyToFewDays: round(p95Ms / p95FewMs, 2),
          correlationToInserts: round(p50Ms / floor.insertP50Ms, 1),
        },
        floor,
      });
    } finally {
      await pool.end();
    }
  });
}
