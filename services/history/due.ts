import { incidentWorkflowId } from '../../domain/ids.ts';
import { addMs } from '../../domain/time.ts';
import type { WriteTransaction } from '../context.ts';
import { iso, isoOrNull, type ServiceContext, write } from '../context.ts';

/** The workflow still says goodbye to people and to the clip when its incident has just been closed. */
const restAfterCloseMs = 60_000;
/** Nobody else takes it up meanwhile; longer than an export takes. */
const leaseMs = 120_000;

/** Notes with the outcome that the history of this run is to be kept. */
export async function noteHistoryDue(
  tx: WriteTransaction,
  run: { tenantId: string; storeId: string; incidentId: string; run: number; closedAt: string },
): Promise<void> {
  const { tenantId, storeId, incidentId, closedAt } = run;
  await tx.query(
    `insert into workflow_histories (tenant_id, store_id, incident_id, run, workflow_id, due_at, closed_at) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict do nothing`,
    [
      ...[tenantId, storeId, incidentId, run.run, incidentWorkflowId(tenantId, storeId, incidentId, run.run)],
      ...[addMs(tx.at, restAfterCloseMs), closedAt],
    ],
  );
}

export interface DueHistory {
  storeId: string;
  incidentId: string;
  run: number;
  workflowId: string;
  closedAt: string;
  /** This one included. */
  attempts: number;
  /** Until when the evidence is kept; null while the incident is open again. */
  purgeAfter: string | null;
  /** Its evidence is gone, so its history is not kept either. */
  purged: boolean;
  held: boolean;
}

/** Takes up the history that waits longest, for as long as an export may take; null when none is due. */
export function claimDueHistory(ctx: ServiceContext): Promise<DueHistory | null> {
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    const [row] = await tx.query<{
      store_id: string;
      incident_id: string;
      run: number;
      workflow_id: string;
      closed_at: Date;
      attempts: number;
      purge_after: Date | null;
      purged_at: Date | null;
      held: boolean;
    }>(
      `with next as (
         select tenant_id, incident_id, run from workflow_histories where tenant_id = $1 and state = 'due' and due_at <= $2
         order by due_at limit 1 for update skip locked)
       update workflow_histories h set attempts = h.attempts + 1, due_at = $3 from next, incidents i
       where h.tenant_id = next.tenant_id and h.incident_id = next.incident_id and h.run = next.run and i.tenant_id = h.tenant_id and i.id = h.incident_id
       returning h.store_id, h.incident_id, h.run, h.workflow_id, h.closed_at, h.attempts, i.purge_after, i.purged_at,
         exists (select from holds where holds.tenant_id = h.tenant_id and holds.incident_id = h.incident_id and holds.released_at is null) as held`,
      [ctx.actor.tenantId, tx.at, addMs(tx.at, leaseMs)],
    );
    if (!row) return null;
    return {
      ...{ storeId: row.store_id, incidentId: row.incident_id, run: row.run, workflowId: row.workflow_id },
      ...{ closedAt: iso(row.closed_at), attempts: row.attempts, purgeAfter: isoOrNull(row.purge_after) },
      ...{ purged: row.purged_at !== null, held: row.held },
    };
  });
}

/** Gives it back until later: the workflow goes on, or something was away. */
export function postponeHistory(
  ctx: ServiceContext,
  input: { incidentId: string; run: number; dueAt: string },
): Promise<void> {
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    await tx.query(
      "update workflow_histories set due_at = $4 where tenant_id = $1 and incident_id = $2 and run = $3 and state = 'due'",
      [ctx.actor.tenantId, input.incidentId, input.run, input.dueAt],
    );
  });
}
