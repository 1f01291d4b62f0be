import type { Queryable } from '../../adapters/postgres/database.ts';
import { auditContentText, chainText, genesisHash } from '../../domain/audit-chain.ts';
import { DomainError, invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { actorNames } from '../access/names.ts';
import { found, readOnly, type ServiceContext, sha256Hex, write } from '../context.ts';
import { custodyActions } from './actions.ts';
import { chainAudit } from './chain.ts';

export interface AuditRow {
  seq: number;
  at: string;
  actor: string;
  actorRole: string;
  action: string;
  subject: string;
  details: Record<string, unknown>;
  prevHash: string;
  hash: string;
}

/** A row as people read it; the name is not part of what is hashed. */
export interface NamedAuditRow extends AuditRow {
  actorName: string;
}

const named =
  (nameOf: (actorId: string) => string) =>
  (row: AuditRow): NamedAuditRow => ({ ...row, actorName: nameOf(row.actor) });

interface DbRow {
  [column: string]: unknown;
  seq: number;
  at: Date;
  actor: string;
  actor_role: string;
  action: string;
  subject: string;
  details: Record<string, unknown>;
  prev_hash: string;
  hash: string;
}

const rowOf = (row: DbRow): AuditRow => ({
  seq: row.seq,
  at: row.at.toISOString(),
  actor: row.actor,
  actorRole: row.actor_role,
  action: row.action,
  subject: row.subject,
  details: row.details,
  prevHash: row.prev_hash,
  hash: row.hash,
});

export async function listAudit(
  ctx: ServiceContext,
  input: { cursor?: string; limit: number },
): Promise<{ items: NamedAuditRow[]; nextCursor: string | null }> {
  requirePermission(ctx.actor, 'audit.read');
  if (ctx.actor.storeIds !== null)
    throw new DomainError('FORBIDDEN', 'The audit log is of the whole tenant; your key is limited to some stores.');
  const before = input.cursor === undefined ? null : Number(input.cursor);
  if (before !== null && !Number.isSafeInteger(before))
    throw invalidField('cursor', 'is not one that this list gave out; start again without it');
  await chainAudit(ctx);
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<DbRow>(
      'select * from audit where tenant_id = $1 and ($2::bigint is null or seq < $2) order by seq desc limit $3',
      [ctx.actor.tenantId, before, input.limit + 1],
    );
    const page = rows.slice(0, input.limit);
    return {
      items: page.map(rowOf).map(named(await actorNames(tx, ctx.actor.tenantId))),
      nextCursor: rows.length > input.limit ? String(page.at(-1)!.seq) : null,
    };
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
  const rows = await tx.query<DbRow>(
    'select * from audit where tenant_id = $1 and subject = $2 and action = any ($3) order by seq',
    [tenantId, `incident:${incidentId}`, custodyActions],
  );
  return rows.map(rowOf);
}

/** The end of the chain; that of an empty log is the genesis hash. */
export async function chainHead(tx: Queryable, tenantId: string): Promise<{ seq: number; hash: string }> {
  const [head] = await tx.query<{ seq: number; hash: string }>(
    'select seq, hash from audit_heads where tenant_id = $1',
    [tenantId],
  );
  return head ?? { seq: 0, hash: genesisHash };
}

export interface AuditVerification {
  ok: boolean;
  rows: number;
  headSeq: number;
  headHash: string;
  witness: { seq: number; at: string; ok: boolean } | null;
  problem: {
    seq: number;
    code: 'row_altered' | 'row_missing' | 'link_broken' | 'head_mismatch' | 'witness_mismatch';
    detail: string;
  } | null;
}

/** A signed head that lies outside the database, as the store returned it. */
export interface WitnessedHead {
  seq: number;
  hash: string;
  at: string;
}

const batchRows = 2_000;

/** Recomputes the whole chain in batches and names the first row that does not hold; the check itself is audited. */
export async function verifyAudit(ctx: ServiceContext, witnessed: WitnessedHead | null): Promise<AuditVerification> {
  requirePermission(ctx.actor, 'audit.read');
  await chainAudit(ctx);
  const finding = await readOnly(ctx, (tx) => walkChain(tx, ctx.actor.tenantId, witnessed));
  await write(ctx, async (tx) => {
    tx.audit({
      action: 'audit.verified',
      subject: `tenant:${ctx.actor.tenantId}`,
      details: {
        ok: finding.ok,
        rows: finding.rows,
        headHash: finding.headHash,
        problemSeq: finding.problem?.seq ?? null,
      },
    });
  });
  return finding;
}

async function walkChain(tx: Queryable, tenantId: string, witnessed: WitnessedHead | null): Promise<AuditVerification> {
  const head = await chainHead(tx, tenantId);
  let seq = 0;
  let hash = genesisHash;
  let witness: AuditVerification['witness'] = null;
  const result = (problem: AuditVerification['problem']): AuditVerification => ({
    ok: problem === null,
    rows: seq,
    headSeq: head.seq,
    headHash: head.hash,
    witness,
    problem,
  });
  for (;;) {
    const rows = await tx.query<DbRow>('select * from audit where tenant_id = $1 and seq > $2 order by seq limit $3', [
      tenantId,
      seq,
      batchRows,
    ]);
    for (const row of rows.map(rowOf)) {
      if (row.seq !== seq + 1)
        return result({
          seq: seq + 1,
          code: 'row_missing',
          detail: `row ${seq + 1} is gone; the next one is ${row.seq}`,
        });
      if (row.prevHash !== hash)
        return result({ seq: row.seq, code: 'link_broken', detail: `row ${row.seq} does not follow from row ${seq}` });
      const expected = sha256Hex(chainText(hash, row.seq, sha256Hex(auditContentText({ ...row, tenantId }))));
      if (expected !== row.hash)
        return result({
          seq: row.seq,
          code: 'row_altered',
          detail: `row ${row.seq} (${row.action}) no longer has the content it was hashed with`,
        });
      seq = row.seq;
      hash = row.hash;
      if (witnessed && witnessed.seq === seq) {
        witness = { seq, at: witnessed.at, ok: witnessed.hash === hash };
        if (!witness.ok)
          return result({
            seq,
            code: 'witness_mismatch',
            detail: `row ${seq} differs from the head that was witnessed outside on ${witnessed.at}`,
          });
      }
    }
    if (rows.length < batchRows) break;
  }
  if (head.seq !== seq || head.hash !== hash)
    return result({
      seq: seq + 1,
      code: 'head_mismatch',
      detail: `the head says ${head.seq} rows, the log has ${seq}`,
    });
  if (witnessed && witnessed.seq > seq)
    return result({
      seq: seq + 1,
      code: 'witness_mismatch',
      detail: `the log was witnessed with ${witnessed.seq} rows, it now has ${seq}`,
    });
  return result(null);
}

export async function readAuditHead(ctx: ServiceContext): Promise<{ seq: number; hash: string }> {
  await chainAudit(ctx);
  return readOnly(ctx, (tx) => chainHead(tx, ctx.actor.tenantId));
}

export interface WitnessRecord extends WitnessedHead {
  objectKey: string;
  objectVersion: string;
  signature: string;
}

export function recordWitness(ctx: ServiceContext, record: WitnessRecord): Promise<void> {
  return write(ctx, async (tx) => {
    await tx.query(
      'insert into audit_witnesses (tenant_id, seq, hash, at, object_key, object_version, signature) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing',
      [
        ctx.actor.tenantId,
        record.seq,
        record.hash,
        record.at,
        record.objectKey,
        record.objectVersion,
        record.signature,
      ],
    );
    tx.audit({
      action: 'audit.witnessed',
      subject: `tenant:${ctx.actor.tenantId}`,
      details: { seq: record.seq, hash: record.hash, objectKey: record.objectKey, objectVersion: record.objectVersion },
    });
  });
}

export function readLastWitness(ctx: ServiceContext): Promise<WitnessRecord | null> {
  return readOnly(ctx, async (tx) => {
    const [row] = await tx.query<{
      seq: number;
      hash: string;
      at: Date;
      object_key: string;
      object_version: string;
      signature: string;
    }>('select * from audit_witnesses where tenant_id = $1 order by seq desc limit 1', [ctx.actor.tenantId]);
    return row
      ? {
          seq: row.seq,
          hash: row.hash,
          at: row.at.toISOString(),
          objectKey: row.object_key,
          objectVersion: row.object_version,
          signature: row.signature,
        }
      : null;
  });
}
