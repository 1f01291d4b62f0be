import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { type Database, openDatabase } from '../../adapters/postgres/database.ts';
import { migrate, setApplicationPassword } from '../../adapters/postgres/migrate.ts';
import { roles } from '../../domain/permissions.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Role } from '../../domain/types.ts';
import { demoEstate, type Estate, plantEstate } from '../../stack/estate.ts';

export interface TestDatabase {
  /** As the owner, for looking and for tampering. */
  admin: pg.Pool;
  adminUrl: string;
  /** As the application, under row level security. */
  appUrl: string;
  db: Database;
  estate: Estate;
  keys: Record<Role, string>;
  drop(): Promise<void>;
}

const applicationPassword = 'only-for-tests-0123456789';

/** A database of its own for one test file, cloned from a migrated template, with the demo estate planted. */
export async function createTestDatabase(
  serverUrl: string,
  options: { policy?: Policy; change?: (estate: Estate) => Estate } = {},
): Promise<TestDatabase> {
  const template = await ensureTemplate(serverUrl);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, (client) => client.query(`create database ${name} template ${template}`));
  const adminUrl = withDatabase(serverUrl, name);
  // Two files at once would trip over the role's one row.
  const appUrl = await onServer(serverUrl, async (client) => {
    await client.query("select pg_advisory_lock(hashtext('floorwalker-test-template'))");
    return setApplicationPassword(adminUrl, applicationPassword);
  });
  const keys = Object.fromEntries(
    roles.map((role) => [role, `key-${role}-${randomBytes(8).toString('hex')}`]),
  ) as Record<Role, string>;
  const planned = demoEstate(keys, options.policy);
  const estate = options.change?.(planned) ?? planned;
  await plantEstate(adminUrl, estate);
  const errors: Error[] = [];
  const admin = new ReadingPool({ connectionString: adminUrl, max: 4 });
  admin.on('error', (error) => errors.push(error));
  const db = openDatabase({
    url: appUrl,
    maxConnections: 12,
    applicationName: 'test',
    onError: (error) => errors.push(error),
  });
  return {
    admin,
    adminUrl,
    appUrl,
    db,
    estate,
    keys,
    async drop() {
      await db.close();
      await admin.end();
      await onServer(serverUrl, (client) => client.query(`drop database ${name} with (force)`));
    },
  };
}

/** Audit rows are put onto the chain a moment after the write; whoever looks at the log here sees all that is committed. */
class ReadingPool extends pg.Pool {
  override query = (async (...args: Parameters<pg.Pool['query']>) => {
    if (/\bfrom audit\b/.test(String(args[0]))) await super.query('select chain_audit(id, true) from tenants');
    return super.query(...args);
  }) as unknown as pg.Pool['query'];
}

/** One migrated template per version of the schema, made by whoever comes first. */
async function ensureTemplate(serverUrl: string): Promise<string> {
  const { readdir, readFile } = await import('node:fs/promises');
  const folder = new URL('../../schemas/sql/', import.meta.url);
  const hash = createHash('sha256');
  for (const file of (await readdir(folder)).sort()) hash.update(await readFile(new URL(file, folder)));
  const name = `template_${hash.digest('hex').slice(0, 12)}`;
  return onServer(serverUrl, async (client) => {
    await client.query("select pg_advisory_lock(hashtext('floorwalker-test-template'))");
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) {
      await client.query(`drop database if exists ${name}_new`);
      await client.query(`create database ${name}_new`);
      await migrate(withDatabase(serverUrl, `${name}_new`));
      await client.query(`alter database ${name}_new rename to ${name}`);
    }
    return name;
  });
}

async function onServer<T>(serverUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.toString();
}
