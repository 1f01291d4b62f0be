import type { Queryable } from '../../adapters/postgres/database.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { actorNames } from '../access/names.ts';
import { found, readOnly, type ServiceContext } from '../context.ts';
import { loadIncident } from '../incident/facts.ts';
import {
  type ApprovalRow,
  loadShare,
  type NoticeRow,
  type RecipientRow,
  type Share,
  type ShareRow,
  shareOf,
} from './rows.ts';

/** Everything of an incident that was asked to go out, newest first. */
export function listShares(ctx: ServiceContext, incidentId: string): Promise<Share[]> {
  requirePermission(ctx.actor, 'packet.issue');
  return readOnly(ctx, async (tx) => {
    await loadIncident(tx, ctx.actor.tenantId, incidentId);
    const rows = await tx.query<ShareRow>(
      'select * from shares where tenant_id = $1 and incident_id = $2 order by requested_at desc, id',
      [ctx.actor.tenantId, incidentId],
    );
    return shareViews(tx, ctx, rows);
  });
}

export function readShare(ctx: ServiceContext, shareId: string): Promise<Share> {
  requirePermission(ctx.actor, 'packet.issue');
  return readOnly(ctx, async (tx) => shareView(tx, ctx, await loadShare(tx, ctx.actor.tenantId, shareId)));
}

/** A share as it is answered, within a transaction of the caller's. */
export async function shareView(tx: Queryable, ctx: ServiceContext, row: ShareRow): Promise<Share> {
  const [view] = await shareViews(tx, ctx, [row]);
  return found(view, `share ${row.id}`);
}

async function shareViews(tx: Queryable, ctx: ServiceContext, rows: readonly ShareRow[]): Promise<Share[]> {
  if (rows.length === 0) return [];
  const { tenantId } = ctx.actor;
  const ids = rows.map(({ id }) => id);
  const recipients = await tx.query<RecipientRow>('select * from recipients where tenant_id = $1 and id = any ($2)', [
    ...[tenantId, rows.map((row) => row.recipient_id)],
  ]);
  const approvals = await tx.query<ApprovalRow>(
    'select * from share_approvals where tenant_id = $1 and share_id = any ($2) order by at, actor',
    [tenantId, ids],
  );
  const notices = await tx.query<NoticeRow>(
    'select * from share_notices where tenant_id = $1 and share_id = any ($2)',
    [...[tenantId, ids]],
  );
  const nameOf = await actorNames(tx, tenantId);
  return rows.map((row) =>
    shareOf(row, {
      ...{ nameOf, actorId: ctx.actor.id },
      recipient: found(
        recipients.find(({ id }) => id === row.recipient_id),
        `recipient ${row.recipient_id}`,
      ),
      approvals: approvals.filter(({ share_id }) => share_id === row.id),
      notice: notices.find(({ share_id }) => share_id === row.id),
    }),
  );
}
