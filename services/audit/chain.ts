import type { Database } from '../../adapters/postgres/database.ts';
import { type ServiceContext, write } from '../context.ts';

/** Puts everything that was committed before this call onto the tenant's chain; whoever reads the log asks for it first. */
export async function chainAudit(ctx: ServiceContext): Promise<void> {
  await write(ctx, (tx) => {
    tx.noAudit('bookkeeping');
    return tx.query('select chain_audit($1, true)', [ctx.actor.tenantId]);
  });
}

/** The same for every tenant, without waiting for another who is at it. */
export async function chainAudits(db: Database): Promise<void> {
  await db.query('select chain_audits()');
}
