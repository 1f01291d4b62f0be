import type { Database } from '../../adapters/postgres/database.ts';
import { type ServiceContext, write } from '../context.ts';

/** What chain_audit takes in one call; as many again may be waiting. */
const mostAtOnce = 5_000;

/** Puts everything that was committed before this call onto the tenant's chain; whoever reads the log asks for it first. */
export async function chainAudit(ctx: ServiceContext): Promise<void> {
  for (let taken = mostAtOnce; taken >= mostAtOnce; ) {
    taken = await write(ctx, async (tx) => {
      tx.noAudit('bookkeeping');
      const [row] = await tx.query<{ taken: number }>('select chain_audit($1, true) as taken', [ctx.actor.tenantId]);
      return row?.taken ?? 0;
    });
  }
}

/** The same for every tenant, without waiting for another who is at it. */
export async function chainAudits(db: Database): Promise<void> {
  await db.query('select chain_audits()');
}
