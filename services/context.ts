import { createHash } from 'node:crypto';
import type { Database, Queryable, Row } from '../adapters/postgres/database.ts';
import { auditContentText } from '../domain/audit-chain.ts';
import { DomainError } from '../domain/errors.ts';
import type { Actor } from '../domain/types.ts';
import type { AuditAction } from './audit/actions.ts';

/** What every verb is given: who asks, where the facts live, what time it is. */
export interface ServiceContext {
  db: Database;
  actor: Actor;
  now: () => string;
  /** The request that is answered, and why whoever asks says that they do. */
  request?: { id: string; reason: string | null };
}

export interface AuditEntry {
  action: AuditAction;
  /** `incident:<id>`, `store:<id>` … */
  subject: string;
  details?: Record<string, unknown>;
}

export interface WriteTransaction extends Queryable {
  at: string;
  audit(entry: AuditEntry): void;
  /** States why a write leaves no audit row; without one of the two the transaction is refused. */
  noAudit(because: 'nothing changed' | 'telemetry' | 'append-only intake' | 'bookkeeping'): void;
}

export const sha256Hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

export function readOnly<T>(ctx: ServiceContext, work: (tx: Queryable) => Promise<T>): Promise<T> {
  return ctx.db.transaction(ctx.actor, 'read', work);
}

/** A write and its audit rows commit together or not at all. */
export function write<T>(ctx: ServiceContext, work: (tx: WriteTransaction) => Promise<T>): Promise<T> {
  return ctx.db.transaction(ctx.actor, 'write', async (queryable) => {
    const entries: AuditEntry[] = [];
    let excused = false;
    const at = ctx.now();
    const result = await work({
      at,
      query: <R extends Row>(sql: string, values?: readonly unknown[]) => queryable.query<R>(sql, values),
      audit: (entry) => entries.push(entry),
      noAudit: () => {
        excused = true;
      },
    });
    if (entries.length === 0 && !excused) throw new DomainError('INTERNAL', 'a write finished without an audit row');
    if (entries.length > 0) await appendAudit(queryable, ctx, at, entries);
    return result;
  });
}

async function appendAudit(
  queryable: Queryable,
  { actor, request }: ServiceContext,
  at: string,
  entries: readonly AuditEntry[],
): Promise<void> {
  const asked = request?.reason ? { reason: request.reason } : {};
  const rows = entries.map((entry) => {
    const content = {
      at,
      actor: actor.id,
      actorRole: actor.role,
      action: entry.action,
      subject: entry.subject,
      details: { ...asked, ...entry.details },
      requestId: request?.id ?? null,
    };
    return { ...content, contentHash: sha256Hex(auditContentText({ tenantId: actor.tenantId, ...content })) };
  });
  await queryable.query('select append_audit($1, $2::jsonb)', [actor.tenantId, JSON.stringify(rows)]);
}

/** Keeps one place for "no such row in your scope". */
export function found<T>(row: T | undefined, what: string): T {
  if (row === undefined) throw new DomainError('NOT_FOUND', `${what} does not exist or is outside your scope.`);
  return row;
}

export const iso = (value: Date): string => value.toISOString();
export const isoOrNull = (value: Date | null): string | null => (value === null ? null : value.toISOString());
