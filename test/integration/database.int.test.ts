import { createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openDatabase, type Queryable } from '../../adapters/postgres/database.ts';
import { listen } from '../../adapters/postgres/listen.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { eventually } from '../harness/system.ts';

const engines = inject('engines');
const scope = { tenantId: 'demo', storeIds: null };
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(engines.databaseAdminUrl);
});
afterAll(() => database?.drop());

describe('a transaction', () => {
  it('is tried again when two stood in each other’s way, and then both are done', async () => {
    let attempts = 0;
    const move = (first: string, second: string) =>
      database.db.transaction(scope, 'write', async (tx) => {
        attempts += 1;
        for (const id of [first, second]) {
          await tx.query('update terminals set feed_seen_at = now() where tenant_id = $1 and id = $2', ['demo', id]);
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      });
    await database.admin.query(
      "insert into terminals (tenant_id, store_id, id) values ('demo', 'high-street', 'sco-4')",
    );
    await Promise.all([move('sco-3', 'sco-4'), move('sco-4', 'sco-3')]);
    expect(attempts).toBeGreaterThan(2);
  });

  it('leaves nothing when it fails, and its connection is usable again', async () => {
    for (let round = 0; round < 15; round += 1) {
      const failing = database.db.transaction(scope, 'write', async (tx) => {
        await tx.query("update cameras set name = 'half done' where tenant_id = 'demo'");
        throw new Error('stop');
      });
      await expect(failing).rejects.toThrow('stop');
    }
    expect((await database.admin.query("select 1 from cameras where name = 'half done'")).rowCount).toBe(0);
  });

  it('for reading writes nothing', async () => {
    const writing = database.db.transaction(scope, 'read', (tx) => tx.query("update cameras set name = 'x'"));
    await expect(writing).rejects.toMatchObject({ code: '25006' });
  });

  it('names the constraint that it hurt', async () => {
    const twice = database.db.transaction(scope, 'write', (tx) =>
      tx.query("insert into regions (tenant_id, id, name) values ('demo', 'north', 'N'), ('demo', 'north', 'N')"),
    );
    await expect(twice).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('regions_pk') });
  });

  it('keeps numbers beyond 32 bits as they are', async () => {
    const [row] = await database.db.query<{ n: number }>('select 9007199254740991::bigint as n');
    expect(row?.n).toBe(9_007_199_254_740_991);
  });
});

describe('a database that goes away', () => {
  const open = (url: string, serverBackWithinMs = 200) =>
    openDatabase({
      url,
      maxConnections: 2,
      applicationName: 'test-away',
      onError: () => undefined,
      serverBackWithinMs,
    });

  it('is worth trying again', async () => {
    const away = open('postgres://floorwalker_app:x@127.0.0.1:1/floorwalker');
    await expect(away.query('select 1')).rejects.toMatchObject({ code: 'DEPENDENCY_TEMPORARY', retryAfterMs: 1_000 });
    await expect(away.transaction(scope, 'read', (tx) => tx.query('select 1'))).rejects.toMatchObject({
      code: 'DEPENDENCY_TEMPORARY',
    });
    await away.close();
  });

  const cutOff = async (tx: Queryable) => {
    const [{ pid } = { pid: 0 }] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
    await database.admin.query('select pg_terminate_backend($1)', [pid]);
  };

  it('in the middle of a transaction: it is done once more, and nothing twice', async () => {
    // A machine at its limit may need longer than the others wait.
    const db = open(database.appUrl, 30_000);
    let runs = 0;
    const done = db.transaction(scope, 'write', async (tx) => {
      runs += 1;
      await tx.query('insert into webhook_receipts (source, id) values ($1, $2)', ['test', `run-${runs}`]);
      if (runs === 1) await cutOff(tx);
      return tx.query('select id from webhook_receipts where source = $1', ['test']);
    });
    expect(await done).toEqual([{ id: 'run-2' }]);
    await db.close();
  });

  it('and stays away: worth trying again, and the pool recovers', async () => {
    const db = open(database.appUrl);
    const cut = db.transaction(scope, 'write', async (tx) => {
      await cutOff(tx);
      await tx.query('select 1');
    });
    await expect(cut).rejects.toMatchObject({ code: 'DEPENDENCY_TEMPORARY' });
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }]);
    await db.close();
  });

  it('while it commits: nobody knows whether it did, so it is not done once more here', async () => {
    const db = open(database.appUrl);
    let runs = 0;
    const cut = db.transaction(scope, 'write', async (tx) => {
      runs += 1;
      await cutOff(tx);
    });
    await expect(cut).rejects.toMatchObject({ code: 'DEPENDENCY_TEMPORARY' });
    expect(runs).toBe(1);
    await db.close();
  });

  it('accepts and never answers: the wait ends', async () => {
    const sockets = new Set<Socket>();
    const deaf = createServer((socket) => sockets.add(socket));
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    const address = deaf.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const db = open(`postgres://floorwalker_app:x@127.0.0.1:${port}/floorwalker`);
    await expect(db.query('select 1')).rejects.toMatchObject({ code: 'DEPENDENCY_TEMPORARY' });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => deaf.close(resolve));
    await db.close();
  });

  it('does not end the live channel: it listens again', async () => {
    const heard: string[] = [];
    const errors: Error[] = [];
    const listener = listen({
      url: database.appUrl,
      channel: 'floorwalker_incident',
      onMessage: (payload) => heard.push(payload),
      onError: (error) => errors.push(error),
    });
    const tell = (text: string) =>
      eventually(async () => {
        await database.admin.query("select pg_notify('floorwalker_incident', $1)", [text]);
        return heard.includes(text);
      });
    await tell('before');
    await database.admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'api-listen' and datname = current_database()",
    );
    await tell('after');
    expect(errors.length).toBeGreaterThan(0);
    await listener.close();
  });
});

it('goes on when the schema changes under a plan that a connection keeps', async () => {
  const scope = { tenantId: 'demo', storeIds: null };
  const read = () =>
    database.db.transaction(scope, 'read', (tx) => tx.query('select * from regions where tenant_id = $1', ['demo']));
  for (let round = 0; round < 8; round += 1) await read();
  await database.admin.query('alter table regions add column remark text');
  expect(await Promise.all(Array.from({ length: 12 }, read))).toHaveLength(12);
});
