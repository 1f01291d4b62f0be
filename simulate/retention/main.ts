import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openDatabase } from '../../adapters/postgres/database.ts';
import { migrate, setApplicationPassword } from '../../adapters/postgres/migrate.ts';
import { roles } from '../../domain/permissions.ts';
import type { Role } from '../../domain/types.ts';
import { removeDataDir, startEngines } from '../../stack/engines/index.ts';
import { demoEstate, plantEstate } from '../../stack/estate.ts';
import { runRetention } from './run.ts';

export interface SimulationOptions {
  seed: number;
  years: number;
  incidents: number;
  crashes: number;
}

/**
 * Ten years of retention in simulated time on a real Postgres; the store is a double that keeps to the rules of object
 * lock, since a real one goes by its own clock. Prints one line of JSON; 0 only when nothing was early, late, unequal or
 * without a record.
 */
export async function runRetentionSimulation(options: SimulationOptions): Promise<number> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const dataDir = await mkdtemp(join(tmpdir(), 'floorwalker-simulate-'));
  const engines = await startEngines({ dataDir, tools: {}, env: process.env, only: ['postgres'] });
  try {
    const adminUrl = engines.databaseAdminUrl;
    await migrate(adminUrl);
    const url = await setApplicationPassword(adminUrl, randomBytes(24).toString('base64url'));
    const keys = Object.fromEntries(roles.map((role) => [role, randomBytes(24).toString('hex')])) as Record<
      Role,
      string
    >;
    await plantEstate(adminUrl, demoEstate(keys));
    const pool = new pg.Pool({ connectionString: adminUrl, max: 2 });
    let isOver = false;
    const onError = (error: Error) => isOver || say(`the database: ${error.message}`);
    const db = openDatabase({ url, maxConnections: 20, applicationName: 'simulate', onError });
    try {
      const startedMs = Date.now();
      const outcome = await runRetention({ ...options, db, admin: (sql, values) => pool.query(sql, values), log: say });
      const { early, late, lockedTooLong, differences, badRecords, ...counts } = outcome;
      const wrong = { early, late, lockedTooLong, differences, badRecords };
      const isGood = Object.values(wrong).every((list) => list.length === 0);
      for (const [what, list] of Object.entries(wrong))
        for (const one of list.slice(0, 20)) say(`${what}: ${JSON.stringify(one)}`);
      const wrongCounts = Object.fromEntries(Object.entries(wrong).map(([what, list]) => [what, list.length]));
      const seconds = Math.round((Date.now() - startedMs) / 1_000);
      process.stdout.write(`${JSON.stringify({ ok: isGood, ...counts, ...wrongCounts, seconds })}\n`);
      return isGood ? 0 : 1;
    } finally {
      isOver = true;
      await db.close();
      await pool.end();
    }
  } finally {
    await engines.stop();
    await removeDataDir(dataDir);
  }
}
