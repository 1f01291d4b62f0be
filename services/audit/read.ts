import type { Queryable } from '../../adapters/postgres/database.ts';
import { auditContentText, type ChainedRow, chainText, genesisHash } from '../../domain/audit-chain.ts';
import { DomainError, invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { actorNames } from '../access/names.ts';
import { found, readOnly, type ServiceContext, sha256Hex } from '../context.ts';
import { custodyActions } from './actions.ts';
import { chainAudit } from './chain.ts';

export interface AuditRow extends ChainedRow {
  details: Record<string, unknown>;
  requestId: string | null;
}

/** A row as people read it; the name is not part of what is hashed. */
export interface NamedAuditRow extends AuditRow {
  actorName: string;
}

const named =
  (nameOf: (actorId: string) => string) =>
  (row: AuditRow): NamedAuditRow => ({ ...row, actorName: nameOf(row.actor) });

export interface AuditDbRow {
  [column: string]: unknown;
  seq: number;
  at: Date;
  actor: string;
  actor_role: string;
  action: string;
  subject: string;
  details: Record<string, unknown>;
  request_id: string | null;
  prev_hash: string;
  hash: string;
}

export const auditRowOf = (row: AuditDbRow): AuditRow => ({
  ...{ seq: row.seq, at: row.at.toISOString(), actor: row.actor, actorRole: row.actor_role, action: row.action },
  ...{ subject: row.subject, details: row.details, requestId: row.request_id, prevHash: row.prev_hash, hash: row.hash },
});

export interface AuditFilter {
  actor?: string;
  /** A whole action, or its first word with a dot: `evidence.`. */
  action?: string;
  subject?: string;
  fromAt?: string;
  toAt?: string;
}

/** The log is the whole company's; whoever is limited to some stores reads the custody of incidents instead. */
export function requireWholeLog(ctx: ServiceContext): void {
  requirePermission(ctx.actor, 'audit.read');
  if (ctx.actor.storeIds !== null)
    throw new DomainError('FORBIDDEN', 'The audit log is of the whole tenant; your key is limited to some stores.');
}

export async function listAudit(
  ctx: ServiceContext,
  input: AuditFilter & { cursor?: string; limit: number },
): Promise<{ items: NamedAuditRow[]; nextCursor: string | null }> {
  requireWholeLog(ctx);
  const before = input.cursor === undefined ? null : Number(input.cursor);
  if (before !== null && !Number.isSafeInteger(before))
    throw invalidField('cursor', 'is not one that this list gave out; start again without it');
  await chainAudit(ctx);
  const { where, values } = conditionsOf(ctx.actor.tenantId, before, input);
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<AuditDbRow>(
      `select * from audit where ${where.join(' and ')} order by seq desc limit $1`,
      [input.limit + 1, ...values],
    );
    const page = rows.slice(0, input.limit);
    return {
      items: page.map(auditRowOf).map(named(await actorNames(tx, ctx.actor.tenantId))),
      nextCursor: rows.length > input.limit ? String(page.at(-1)!.seq) : null,
    };
  });
}

/** Only what was asked for becomes a condition, so that each form of the question finds the index that fits it. */
function conditionsOf(tenantId: string, before: number | null, filter: AuditFilter) {
  const where: string[] = [];
  const values: unknown[] = [];
  const add = (condition: (place: string) => string, value: unknown) => {
    values.push(value);
    where.push(condition(`$${values.length + 1}`));
  };
  add((place) => `tenant_id = ${place}`, tenantId);
  if (before !== null) add((place) => `seq < ${place}`, before);
  if (filter.actor !== undefined) add((place) => `actor = ${place}`, filter.actor);
  if (filter.subject !== undefined) add((place) => `subject = ${place}`, filter.subject);
  if (filter.fromAt !== undefined) add((place) => `at >= ${place}`, filter.fromAt);
  if (filter.toAt !== undefined) add((place) => `at < ${place}`, filter.toAt);
  if (filter.action?.endsWith('.')) add((place) => `starts_with(action, ${place})`, filter.action);
  else if (filter.action !== undefined) add((place) => `action = ${place}`, filter.action);
  return { where, values };
}

/** One row with those beside it, which its hash binds together, and whether its hash is still of its content. */
export async function readAuditRow(
  ctx: ServiceContext,
  seq: number,
): Promise<{ row: NamedAuditRow; before: NamedAuditRow | null; after: NamedAuditRow | null; holds: boolean }> {
  requireWholeLog(ctx);
  await chainAudit(ctx);
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<AuditDbRow>(
      'select * from audit where tenant_id = $1 and seq between $2 - 1 and $2 + 1 order by seq',
      [ctx.actor.tenantId, seq],
    );
    const all = rows.map(auditRowOf).map(named(await actorNames(tx, ctx.actor.tenantId)));
    const at = (which: number) => all.find((row) => row.seq === which);
    const row = found(at(seq), `row ${seq} of the log`);
    const content = sha256Hex(auditContentText({ ...row, tenantId: ctx.actor.tenantId }));
    const holds = sha256Hex(chainText(row.prevHash, seq, content)) === row.hash;
    return { row, before: at(seq - 1) ?? null, after: at(seq + 1) ?? null, holds };
  });
}

export async function readCustody(ctx: ServiceContext, incidentId: string): Promise<NamedAuditRow[]> {
  requirePermission(ctx.actor, 'evidence.view');
  await chainAudit(ctx);
  return readOnly(ctx, async (tx) => {
    // The incident row is under store scope, the audit log only under the tenant's: ask for the first before the second.
    const visible = await tx.query('select id from incidents where tenant_id = $1 and id = $2', [
      ctx.actor.tenantId,
      incidentId,
    ]);
    found(visible[0], `incident ${incidentId}`);
    const rows = await custodyRows(tx, ctx.actor.tenantId, incidentId);
    return rows.map(named(await actorNames(tx, ctx.actor.tenantId)));
  });
}

/** The rows of the log that are an incident's chain of custody, as far as they are on the chain. */
export async function custodyRows(tx: Queryable, tenantId: string, incidentId: string): Promise<AuditRow[]> {
  const rows = await tx.query<AuditDbRow>(
    'select * from audit where tenant_id = $1 and subject = $2 and action = any ($3) order by seq',
    [tenantId, `incident:${incidentId}`, custodyActions],
  );
  return rows.map(auditRowOf);
}

/** The end of the chain; that of an empty log is the genesis hash. */
export async function chainHead(tx: Queryable, tenantId: string): Promise<{ seq: number; hash: string }> {
  const [head] = await tx.query<{ seq: number; hash: string }>(
    'select seq, hash from audit_heads where tenant_id = $1',
    [tenantId],
  );
  return head ?? { seq: 0, hash: genesisHash };
}

export async function readAuditHead(ctx: ServiceContext): Promise<{ seq: number; hash: string }> {
  await chainAudit(ctx);
  return readOnly(ctx, (tx) => chainHead(tx, ctx.actor.tenantId));
}
