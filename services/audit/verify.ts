import type { Queryable } from '../../adapters/postgres/database.ts';
import type { ChainedRow } from '../../domain/audit-chain.ts';
import { ChainCheck, type ChainProblem, type WitnessedHead } from '../../domain/audit-check.ts';
import { readOnly, type ServiceContext, sha256Hex, write } from '../context.ts';
import { chainAudit } from './chain.ts';
import { type AuditDbRow, auditRowOf, chainHead, requireWholeLog } from './read.ts';

/** What lies outside of the database; a head that we did not sign is a finding of its own. */
export interface FoundWitnesses {
  store: WitnessedHead | null;
  /** Null where no such file is configured. */
  file: WitnessedHead[] | null;
  forged: ChainProblem | null;
}

export interface AuditVerification {
  ok: boolean;
  rows: number;
  headSeq: number;
  headHash: string;
  witness: { seq: number; at: string; ok: boolean } | null;
  outsideFile: { heads: number; seq: number; at: string | null; ok: boolean } | null;
  problem: ChainProblem | null;
}

/** Small enough that others are answered between two of them. */
const batchRows = 500;

/** Recomputes the whole chain in batches and names the first row that does not hold; the check itself is audited. */
export async function verifyAudit(ctx: ServiceContext, witnesses: FoundWitnesses | null): Promise<AuditVerification> {
  requireWholeLog(ctx);
  await chainAudit(ctx);
  const known = witnesses ?? { store: null, file: null, forged: null };
  const finding = await readOnly(ctx, (tx) => walkChain(tx, ctx.actor.tenantId, known));
  await write(ctx, async (tx) => {
    const { ok, rows, headHash, problem } = finding;
    tx.audit({
      action: 'audit.verified',
      subject: `tenant:${ctx.actor.tenantId}`,
      details: { ok, rows, headHash, problemSeq: problem?.seq ?? null },
    });
  });
  return finding;
}

async function walkChain(tx: Queryable, tenantId: string, known: FoundWitnesses): Promise<AuditVerification> {
  const head = await chainHead(tx, tenantId);
  const heads = [...(known.store ? [known.store] : []), ...(known.file ?? [])];
  const check = new ChainCheck({ tenantId, heads, sha256: sha256Hex });
  const problem = (await walk(tx, tenantId, check)) ?? check.end(head) ?? known.forged;
  // What the check did not get to is not said to agree.
  const agrees = ({ seq }: WitnessedHead) =>
    seq <= check.seq && !(problem?.code === 'witness_mismatch' && problem.seq === seq);
  const newest = known.file?.at(-1);
  return {
    ...{ ok: problem === null, rows: check.seq, headSeq: head.seq, headHash: head.hash, problem },
    witness: known.store && { seq: known.store.seq, at: known.store.at, ok: agrees(known.store) },
    outsideFile: known.file && {
      ...{ heads: known.file.length, seq: newest?.seq ?? 0, at: newest?.at ?? null, ok: known.file.every(agrees) },
    },
  };
}

async function walk(tx: Queryable, tenantId: string, check: ChainCheck): Promise<ChainProblem | null> {
  for (let last = 0; ; ) {
    const rows = await rowsAfter(tx, tenantId, last, batchRows);
    for (const row of rows) {
      const problem = check.take(row);
      if (problem) return problem;
    }
    if (rows.length < batchRows) return null;
    last = rows.at(-1)!.seq;
  }
}

/** The next rows of a log, in order. */
export async function rowsAfter(tx: Queryable, tenantId: string, seq: number, limit: number): Promise<ChainedRow[]> {
  const rows = await tx.query<AuditDbRow>(
    'select * from audit where tenant_id = $1 and seq > $2 order by seq limit $3',
    [tenantId, seq, limit],
  );
  return rows.map(auditRowOf);
}
