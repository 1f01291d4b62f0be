import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { migrate } from '../../adapters/postgres/migrate.ts';
import { withDatabase } from '../harness/database.ts';

const engines = inject('engines');
const made: string[] = [];

async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function emptyDatabase(): Promise<string> {
  const name = `migrate_${randomBytes(6).toString('hex')}`;
  await onServer(engines.databaseAdminUrl, (client) => client.query(`create database ${name}`));
  made.push(name);
  return withDatabase(engines.databaseAdminUrl, name);
}

/** What the schema consists of, in words that do not depend on when it was made. */
const shapeOf = (url: string) =>
  onServer(url, async (client) => {
    const { rows } = await client.query<{ line: string }>(
      `select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable as line from information_schema.columns where table_schema = 'public'
       union all select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace
       union all select indexdef from pg_indexes where schemaname = 'public'
       union all select tablename || ' ' || policyname || ' ' || coalesce(qual, '') from pg_policies where schemaname = 'public'
       order by 1`,
    );
    return rows.map(({ line }) => line);
  });

afterAll(() =>
  onServer(engines.databaseAdminUrl, async (client) => {
    for (const name of made) await client.query(`drop database if exists ${name} with (force)`);
  }),
);

describe('migrations', () => {
  it('make the schema from nothing, and then have nothing left to do', async () => {
    const url = await emptyDatabase();
    const ran = await migrate(url);
    expect(ran.length).toBeGreaterThan(3);
    const shape = await shapeOf(url);
    expect(shape.length).toBeGreaterThan(200);
    expect(await migrate(url)).toEqual([]);
    expect(await shapeOf(url)).toEqual(shape);
  });

  it('run once when ten start at the same time', async () => {
    const [raced, alone] = [await emptyDatabase(), await emptyDatabase()];
    const names = await migrate(alone);
    const ran = await Promise.all(Array.from({ length: 10 }, () => migrate(raced)));
    expect(ran.filter((each) => each.length > 0)).toEqual([names]);
    expect(await shapeOf(raced)).toEqual(await shapeOf(alone));
  });

  it('leave no half of one behind when it fails', async () => {
    const url = await emptyDatabase();
    // In the way of a table of the second migration.
    await onServer(url, (client) => client.query('create table outbox (mine int)'));
    await expect(migrate(url)).rejects.toThrow(/outbox.*already exists/);
    const tables = await onServer(url, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        "select tablename as name from pg_tables where schemaname = 'public'",
      );
      return rows.map(({ name }) => name);
    });
    expect(tables).not.toContain('incidents');
    await onServer(url, (client) => client.query('drop table outbox'));
    await migrate(url);
    expect(await migrate(url)).toEqual([]);
  });
});
