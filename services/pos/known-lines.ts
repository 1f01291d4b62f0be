import type { Queryable } from '../../adapters/postgres/database.ts';
import type { PosEvent, PosLineType } from '../../domain/types.ts';

/** A line that is stored already, as far as the same one again is told from another. */
export interface KnownLine {
  type: PosLineType;
  plu?: string;
  amountMinor?: number;
}

export interface KnownLines {
  keyOf(event: PosEvent): string;
  byKey: Map<string, KnownLine>;
}

const keyOf = ({ storeId, terminalId, transactionId, line }: Omit<PosEvent, 'type' | 'occurredAt'>): string =>
  `${storeId}/${terminalId}/${transactionId}/${line}`;

/**
 * Which of these lines are here already. Looked for two days around each, since lines are kept by day: the day file
 * of the night often dates a line by its receipt, and the till itself by the second.
 */
export async function readKnownLines(
  tx: Queryable,
  tenantId: string,
  events: readonly PosEvent[],
): Promise<KnownLines> {
  const byKey = new Map<string, KnownLine>();
  if (events.length === 0) return { keyOf, byKey };
  const keys = events.map(({ storeId, terminalId, transactionId, line, occurredAt }) => ({
    ...{ storeId, terminalId, transactionId, line, occurredAt },
  }));
  const rows = await tx.query<{
    store_id: string;
    terminal_id: string;
    transaction_id: string;
    line: number;
    type: PosLineType;
    plu: string | null;
    amount_minor: number | null;
  }>(
    // By the receipt's number: on a day that was never analysed the planner would read the till's four days for each line,
    // so the till's name is kept from being looked up first.
    `select p.store_id, p.terminal_id, p.transaction_id, p.line, p.type, p.plu, p.amount_minor
     from jsonb_to_recordset($2::jsonb) as l ("storeId" text, "terminalId" text, "transactionId" text, line integer, "occurredAt" timestamptz)
     cross join lateral (
       select * from pos_events p where p.tenant_id = $1 and p.store_id || '' = l."storeId" and p.terminal_id || '' = l."terminalId"
         and p.transaction_id = l."transactionId" and p.line = l.line
         and p.occurred_at between l."occurredAt" - interval '2 days' and l."occurredAt" + interval '2 days' limit 1) p`,
    [tenantId, JSON.stringify(keys)],
  );
  for (const row of rows)
    byKey.set(
      keyOf({
        ...{ storeId: row.store_id, terminalId: row.terminal_id, transactionId: row.transaction_id, line: row.line },
      }),
      {
        type: row.type,
        ...(row.plu === null ? {} : { plu: row.plu }),
        ...(row.amount_minor === null ? {} : { amountMinor: row.amount_minor }),
      },
    );
  return { keyOf, byKey };
}

/** The same line told twice, perhaps once with less detail; anything that both say must agree. */
export function sameLine(one: KnownLine, other: KnownLine): boolean {
  const agree = <T>(a: T | undefined, b: T | undefined) => a === undefined || b === undefined || a === b;
  return one.type === other.type && agree(one.plu, other.plu) && agree(one.amountMinor, other.amountMinor);
}
