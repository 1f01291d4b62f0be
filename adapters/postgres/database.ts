import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { DomainError } from '../../domain/errors.ts';

export type Row = Record<string, unknown>;

export interface Queryable {
  query<T extends Row = Row>(sql: string, values?: readonly unknown[]): Promise<T[]>;
}

/** What a transaction may see: its tenant, and '*' or the stores. */
export interface Scope {
  tenantId: string;
  storeIds: readonly string[] | null;
}

export interface Database extends Queryable {
  /**
   * Runs `work` in one transaction under row level security; serialisation failures and deadlocks are tried again, and so
   * is what a restart of the server broke before the commit.
   */
  transaction<T>(scope: Scope, mode: 'read' | 'write', work: (tx: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const maxAttempts = 4;
/**
 * A server that was killed is back within a second. Waiting for it here costs that second; failing would cost each
 * caller its own pause, and the machine the work of starting again, just when everybody is waiting.
 */
const defaultServerBackWithinMs = 2_500;
const askAgainMs = 100;
/** A schema change under a plan that this connection keeps; a fresh connection plans anew. */
const stalePlan = '0A000';
const retryableStates = new Set(['40001', '40P01', '55P03', stalePlan]);

// int8 arrives as text; all of ours (sequence numbers, sizes, minor units) are far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => Number(text));

/** `onError` hears of idle connections that broke; the pool replaces them by itself. */
export function openDatabase(options: {
  url: string;
  maxConnections: number;
  applicationName: string;
  onError: (error: Error) => void;
  serverBackWithinMs?: number;
}): Database {
  const { serverBackWithinMs = defaultServerBackWithinMs } = options;
  const config: pg.PoolConfig & { pipeline: boolean } = {
    connectionString: options.url,
    max: options.maxConnections,
    application_name: options.applicationName,
    connectionTimeoutMillis: 5_000,
    // A new one signs in and plans everything anew, and is made just when there is more to do than a moment ago.
    idleTimeoutMillis: 600_000,
    statement_timeout: 15_000,
    idle_in_transaction_session_timeout: 20_000,
    // What is asked together travels together; the server answers in order, and each answer has its own error.
    pipeline: true,
  };
  const pool = new pg.Pool(config);
  pool.on('error', options.onError);
  // Between the pool's hand-over and our own listener nobody listens, and a server that dies just then would end us too.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const run = async <T extends Row>(
    client: pg.Pool | pg.PoolClient,
    sql: string,
    values?: readonly unknown[],
  ): Promise<T[]> => {
    const result = await client.query<T>(
      values === undefined ? { text: sql } : { name: nameOf(sql), text: sql, values: values as unknown[] },
    );
    return result.rows;
  };
  const attempt = async <T>(
    scope: Scope,
    mode: 'read' | 'write',
    work: (tx: Queryable) => Promise<T>,
    onCommit: () => void,
  ): Promise<T> => {
    const client = await pool.connect();
    let broken: Error | undefined;
    // The pool listens to idle connections only; one that breaks in our hands would end the process.
    const onBroken = (error: Error) => {
      broken = error;
    };
    client.on('error', onBroken);
    try {
      // Sent with the first question of the work. Outside its transaction that one would see no tenant, so nothing at all.
      const begin = client.query(mode === 'read' ? 'begin isolation level repeatable read read only' : 'begin');
      const scoped = client.query({
        // Planned once for each connection, as it is the one statement of every transaction.
        name: 'scope',
        text: "select set_config('floorwalker.tenant_id', $1, true), set_config('floorwalker.store_scope', $2, true)",
        values: [scope.tenantId, scope.storeIds === null ? '*' : scope.storeIds.join(',')],
      });
      const begun = Promise.all([begin, scoped]);
      // Its failure is asked for below; until then nobody may be there to hear it.
      begun.catch(() => undefined);
      const result = await work({ query: (sql, values) => run(client, sql, values) }).catch(async (error) => {
        await begun;
        throw error;
      });
      await begun;
      onCommit();
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((rollbackError: Error) => {
        broken = rollbackError;
      });
      if (stateOf(error) === stalePlan) broken = error as Error;
      throw error;
    } finally {
      if (broken === undefined) client.off('error', onBroken);
      client.release(broken);
    }
  };
  return {
    async query(sql, values) {
      const untilMs = Date.now() + serverBackWithinMs;
      for (;;) {
        try {
          return await run(pool, sql, values);
        } catch (error) {
          if (!neverReached(error) || Date.now() > untilMs) throw classify(error);
          await delay(askAgainMs);
        }
      }
    },
    async transaction(scope, mode, work) {
      const untilMs = Date.now() + serverBackWithinMs;
      for (let count = 1; ; ) {
        let committing = false;
        try {
          return await attempt(scope, mode, work, () => {
            committing = true;
          });
        } catch (error) {
          if (isLost(error) && !committing && Date.now() < untilMs) {
            await delay(askAgainMs);
            continue;
          }
          if (count >= maxAttempts || !retryableStates.has(stateOf(error))) throw classify(error);
          count += 1;
        }
      }
    },
    close: () => pool.end(),
  };
}

/** Planned once for each connection: planning these statements under row security costs more than running them. */
const statementNames = new Map<string, string>();
function nameOf(sql: string): string {
  const known = statementNames.get(sql);
  if (known !== undefined) return known;
  const name = createHash('sha1').update(sql).digest('base64url');
  statementNames.set(sql, name);
  return name;
}

function stateOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** No server took the connection, so nothing was asked of one. */
const neverReached = (error: unknown): boolean => ['ECONNREFUSED', 'ENOENT', '57P03'].includes(stateOf(error));

/** The server went away, or was not there. */
function isLost(error: unknown): boolean {
  const state = stateOf(error);
  return (
    state.startsWith('08') ||
    state.startsWith('57P') ||
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT'].includes(state) ||
    (error instanceof Error && /Connection (terminated|ended)|not queryable/i.test(error.message))
  );
}

/** Named constraints become conflicts, lost connections become temporary; everything else stays what it is. */
function classify(error: unknown): unknown {
  if (error instanceof DomainError || !(error instanceof Error)) return error;
  const state = stateOf(error);
  if (error instanceof pg.DatabaseError && state === '23505') {
    return new DomainError('CONFLICT', `${error.constraint ?? 'a unique key'} is already taken`, { cause: error });
  }
  if (
    isLost(error) ||
    retryableStates.has(state) ||
    /terminated|timeout exceeded when trying to connect/i.test(error.message)
  ) {
    return new DomainError('DEPENDENCY_TEMPORARY', 'The database is not answering. Try again shortly.', {
      cause: error,
      retryAfterMs: 1_000,
    });
  }
  return error;
}
