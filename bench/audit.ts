import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { openDatabase } from '../adapters/postgres/database.ts';
import { type ServiceContext, write } from '../services/context.ts';
import type { Running } from '../stack/start.ts';
import { atRate, closedLoop } from './lib/load.ts';
import { withInstallation } from './lib/machine.ts';
import { say } from './lib/measure.ts';
import { machine, percentile, publish, round } from './lib/results.ts';

const writers = 32;
const connections = 12;
const sustainedMs = 60_000;
const floorMs = 10_000;
const asked = { perSecond: 20, count: 400 };

/**
 * Appends a second, each a transaction of its own through the path that every verb takes, while the API puts them onto
 * the chain and answers others; against bare inserts of one row each over as many connections.
 */
export async function runAuditBench(): Promise<void> {
  await withInstallation({ only: ['carrier', 'worker', 'api'] }, async (running) => {
    const { databaseAdminUrl } = running.application;
    const pool = new pg.Pool({ connectionString: databaseAdminUrl, max: connections });
    // As the application, which row security binds.
    const url = new URL(databaseAdminUrl);
    url.username = 'floorwalker_app';
    url.password = running.installation.applicationPassword;
    const db = openDatabase({
      ...{ url: url.toString(), maxConnections: connections, applicationName: 'bench' },
      onError: (error) => say(`the database: ${error.message}`),
    });
    const ctx: ServiceContext = {
      ...{ db, now: () => new Date().toISOString() },
      actor: { id: 'user:bench', displayName: 'Bench', role: 'soc_lead', tenantId: 'demo', storeIds: null },
    };
    try {
      say(`floor: bare inserts over ${connections} connections`);
      const insertsPerSecond = await measureInserts(pool);
      say('the API alone');
      const alone = await askApi(running);
      say(`appends for ${sustainedMs / 1_000} s, the API beside`);
      const rowsBefore = await rowsOf(pool);
      const [appended, beside] = await Promise.all([
        closedLoop(writers, sustainedMs, (index) =>
          write(ctx, async (tx) => {
            tx.audit({ action: 'evidence.viewed', subject: `incident:bench-${index % 1_000}`, details: { index } });
          }),
        ),
        delay(sustainedMs / 4).then(() => askApi(running)),
      ]);
      const perSecond = appended.finished / appended.seconds;
      const waitingMs = await untilChained(pool, rowsBefore + appended.finished);
      say('the whole log verified');
      const verified = await verify(running);
      await publish({
        name: 'audit',
        at: new Date().toISOString(),
        machine: machine(),
        command: 'npm run bench -- audit',
        figures: {
          auditAppendsPerSecond: round(perSecond, 0),
          auditAppendsToInserts: round(perSecond / insertsPerSecond, 2),
          auditChainedAfterMs: round(waitingMs, 0),
          auditApiP95MsAlone: round(percentile(alone, 0.95)),
          auditApiP95MsBeside: round(percentile(beside, 0.95)),
          auditRowsVerifiedPerSecond: round(verified.rows / verified.seconds, 0),
        },
        floor: { insertsPerSecond: round(insertsPerSecond, 0) },
      });
    } finally {
      await db.close();
      await pool.end();
    }
  });
}

async function measureInserts(pool: pg.Pool): Promise<number> {
  await pool.query(
    'create table bench_floor (id bigint generated always as identity primary key, at timestamptz, note text)',
  );
  const { finished, seconds } = await closedLoop(writers, floorMs, async (index) => {
    await pool.query({
      ...{ name: 'floor', text: 'insert into bench_floor (at, note) values (now(), $1)' },
      values: [`row ${index}`],
    });
  });
  await pool.query('drop table bench_floor');
  return finished / seconds;
}

/** How long each answer took to a read and to a write of somebody else's. */
async function askApi({ application, installation }: Running): Promise<number[]> {
  const timesMs: number[] = [];
  // Told at the end: until then nobody waits for the single answers.
  const refused: number[] = [];
  await atRate(asked.perSecond, asked.count, async () => {
    const startedMs = performance.now();
    const response = await fetch(new URL('/v1/incidents?limit=50', application.baseUrl), {
      headers: { authorization: `Bearer ${installation.keys.soc_operator}` },
    });
    await response.text();
    timesMs.push(performance.now() - startedMs);
    if (!response.ok) refused.push(response.status);
  });
  if (refused.length > 0) throw new Error(`the list of incidents was answered ${refused.join(', ')}`);
  return timesMs;
}

async function rowsOf(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ count: string }>('select count(*) as count from audit');
  return Number(rows[0]!.count);
}

/** Until the API has put everything onto the chain that was appended. */
async function untilChained(pool: pg.Pool, rows: number): Promise<number> {
  const startedMs = performance.now();
  while ((await rowsOf(pool)) < rows) await delay(20);
  return performance.now() - startedMs;
}

async function verify({ application, installation }: Running): Promise<{ rows: number; seconds: number }> {
  const startedMs = performance.now();
  const response = await fetch(new URL('/v1/audit/verify', application.baseUrl), {
    headers: { authorization: `Bearer ${installation.keys.compliance}` },
  });
  const finding = (await response.json()) as { ok: boolean; rows: number };
  if (!response.ok || !finding.ok) throw new Error(`the log does not verify: ${JSON.stringify(finding)}`);
  return { rows: finding.rows, seconds: (performance.now() - startedMs) / 1_000 };
}
