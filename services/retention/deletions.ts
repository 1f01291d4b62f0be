import { requirePermission } from '../../domain/permissions.ts';
import { readOnly, type ServiceContext } from '../context.ts';
import type { DeletionRecord } from './record.ts';

export interface SignedDeletion {
  record: DeletionRecord;
  signature: string;
  publicKey: string;
}

const pageSize = 200;

/** Signed deletion records in the order in which they were made; `after` is the cursor that the page before gave. */
export function listDeletions(
  ctx: ServiceContext,
  page: { after?: string; incidentId?: string },
): Promise<{ items: SignedDeletion[]; nextCursor: string | null }> {
  requirePermission(ctx.actor, 'audit.read');
  const [afterAt, afterId] = page.after?.split('|') ?? [];
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{
      id: string;
      at: string;
      record: DeletionRecord;
      signature: string;
      public_key: string;
    }>(
      `select id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, record, signature, public_key from dispositions
       where tenant_id = $1 and ($2::text is null or incident_id = $2) and ($3::timestamptz is null or (at, id) > ($3, $4))
       order by at, id limit $5`,
      [ctx.actor.tenantId, page.incidentId ?? null, afterAt ?? null, afterId ?? '', pageSize],
    );
    const last = rows.length === pageSize ? rows.at(-1) : undefined;
    return {
      items: rows.map((row) => ({ record: row.record, signature: row.signature, publicKey: row.public_key })),
      nextCursor: last ? `${last.at}|${last.id}` : null,
    };
  });
}
