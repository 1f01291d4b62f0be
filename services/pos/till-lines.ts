import type { Queryable } from '../../adapters/postgres/database.ts';
import type { TillLine } from '../../domain/till/basket.ts';
import type { PosLineType, PosUnit, TenderType } from '../../domain/types.ts';

interface LineRow {
  [column: string]: unknown;
  transaction_id: string;
  line: number;
  type: PosLineType;
  occurred_at: Date;
  plu: string | null;
  description: string | null;
  quantity: string | null;
  unit: PosUnit | null;
  pack_size: number | null;
  amount_minor: number | null;
  currency: string | null;
  tender_type: TenderType | null;
  related_transaction_id: string | null;
  related_line: number | null;
  reason_code: string | null;
  operator: string | null;
  training: boolean;
}

export interface TillPlace {
  tenantId: string;
  storeId: string;
  terminalId: string;
}

const columns = `transaction_id, line, type, occurred_at, plu, description, quantity, unit, pack_size, amount_minor, currency, tender_type,
  related_transaction_id, related_line, reason_code, operator, training`;

/** Everything that a till rang from one instant up to another. */
export async function readTillLines(
  tx: Queryable,
  place: TillPlace,
  fromAt: string,
  toAt: string,
): Promise<TillLine[]> {
  const rows = await tx.query<LineRow>(
    `select ${columns} from pos_events
     where tenant_id = $1 and store_id = $2 and terminal_id = $3 and occurred_at >= $4 and occurred_at < $5`,
    [place.tenantId, place.storeId, place.terminalId, fromAt, toAt],
  );
  return rows.map((row) => lineOf(place, row));
}

/** The lines of one transaction, by their numbers. */
export async function readTransaction(tx: Queryable, place: TillPlace, transactionId: string): Promise<TillLine[]> {
  const rows = await tx.query<LineRow>(
    `select ${columns} from pos_events
     where tenant_id = $1 and store_id = $2 and terminal_id = $3 and transaction_id = $4 order by line, occurred_at`,
    [place.tenantId, place.storeId, place.terminalId, transactionId],
  );
  return rows.map((row) => lineOf(place, row));
}

const lineOf = ({ storeId, terminalId }: TillPlace, row: LineRow): TillLine => ({
  ...{ storeId, terminalId, transactionId: row.transaction_id, line: row.line, type: row.type },
  occurredAt: row.occurred_at.toISOString(),
  plu: row.plu,
  description: row.description,
  quantity: row.quantity === null ? 1 : Number(row.quantity),
  unit: row.unit ?? 'each',
  packSize: row.pack_size ?? 1,
  amountMinor: row.amount_minor ?? 0,
  currency: row.currency,
  tenderType: row.tender_type,
  relatedTransactionId: row.related_transaction_id,
  relatedLine: row.related_line,
  reasonCode: row.reason_code,
  operator: row.operator,
  training: row.training,
});
