import type { Queryable } from '../../adapters/postgres/database.ts';
import type { ScanLine } from '../../domain/pos-correlation.ts';

/** The items that a till rang between two instants, oldest first. */
export async function readScanLines(
  tx: Queryable,
  till: { tenantId: string; storeId: string; terminalId: string },
  fromAt: string,
  toAt: string,
): Promise<ScanLine[]> {
  const rows = await tx.query<{ line_id: string; occurred_at: Date; plu: string | null; description: string | null }>(
    `select transaction_id || '/' || line as line_id, occurred_at, plu, description from pos_events
     where tenant_id = $1 and store_id = $2 and terminal_id = $3 and type = 'scan' and occurred_at between $4 and $5 order by occurred_at, line`,
    [till.tenantId, till.storeId, till.terminalId, fromAt, toAt],
  );
  return rows.map((row) => ({
    lineId: row.line_id,
    occurredAt: row.occurred_at.toISOString(),
    plu: row.plu,
    description: row.description,
  }));
}
