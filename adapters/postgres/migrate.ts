import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';

const folder = fileURLToPath(new URL('../../schemas/sql', import.meta.url));

/** Brings the schema up to date under an advisory lock; returns the names of the migrations that ran. */
export async function migrate(adminUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    // Waits for a racing migrator instead of failing, then finds nothing left to do.
    await client.query("select pg_advisory_lock(hashtext('floorwalker-migrations'))");
    const ran = await runner({
      dbClient: client,
      dir: folder,
      direction: 'up',
      migrationsTable: 'schema_migrations',
      noLock: true,
      log: () => undefined,
    });
    return ran.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}

/** Lets the application's role log in with this password; idempotent. */
export async function setApplicationPassword(adminUrl: string, password: string): Promise<string> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(`alter role floorwalker_app login password ${client.escapeLiteral(password)}`);
  } finally {
    await client.end();
  }
  const url = new URL(adminUrl);
  url.username = 'floorwalker_app';
  url.password = password;
  return url.toString();
}
