import type { Queryable } from '../../adapters/postgres/database.ts';
import { goodsReachMs } from '../../domain/sensors-goods.ts';
import { linesThatCount, type ScanLine } from '../../domain/till/pieces.ts';
import { addMs } from '../../domain/time.ts';
import type { PosLineType, PosUnit } from '../../domain/types.ts';
import { iso } from '../context.ts';

interface StorePlace {
  tenantId: string;
  storeId: string;
}

interface LineRow {
  [column: string]: unknown;
  terminal_id: string;
  transaction_id: string;
  line: number;
  type: PosLineType;
  occurred_at: Date;
  plu: string | null;
  epc: string | null;
  quantity: string | null;
  unit: PosUnit | null;
  pack_size: number | null;
  related_transaction_id: string | null;
  related_line: number | null;
}

const maxLines = 5_000;
/** A tag is sold once and for all, however long ago. */
const tagMemoryDays = 90;
/** A till that was not heard for this long is off. */
const tillActiveMs = 2 * 3_600_000;
/** Between a till's last word and somebody at the exit. */
const tillSilenceMs = 60_000;

/** Lines of the store's tills that can be about these articles, with the voids that may take them back. */
export async function readArticleLines(
  tx: Queryable,
  place: StorePlace,
  articles: readonly string[],
  span: { fromAt: string; toAt: string },
): Promise<ScanLine[]> {
  const rows = await tx.query<LineRow>(
    `select p.terminal_id, p.transaction_id, p.line, p.type, p.occurred_at, p.plu, p.epc, p.quantity, p.unit, p.pack_size, p.related_transaction_id, p.related_line
     from terminals t
     join pos_events p on p.tenant_id = t.tenant_id and p.store_id = t.store_id and p.terminal_id = t.id
     where t.tenant_id = $1 and t.store_id = $2 and p.occurred_at between $4 and $5 and not p.training
       and (p.type in ('line_void', 'void') or p.type = 'scan' and ltrim(p.plu, '0') = any ($3))
     order by p.occurred_at limit ${maxLines}`,
    [place.tenantId, place.storeId, articles, span.fromAt, span.toAt],
  );
  return rows.map(lineOf);
}

const lineOf = (row: LineRow): ScanLine => ({
  lineId: `${row.transaction_id}/${row.line}`,
  occurredAt: iso(row.occurred_at),
  ...{ type: row.type, plu: row.plu, terminalId: row.terminal_id, transactionId: row.transaction_id, line: row.line },
  quantity: row.quantity === null ? null : Number(row.quantity),
  ...{ unit: row.unit, packSize: row.pack_size },
  ...{ relatedTransactionId: row.related_transaction_id, relatedLine: row.related_line },
});

/**
 * Whether a tag was sold: rung by itself at any time, or its article within half an hour before. False only where tills
 * read tags, since a customer may wear what another shop, or this one last week, has sold; null: nobody can say.
 */
export async function readTagSale(
  tx: Queryable,
  place: StorePlace,
  tag: { epc: string; article: string | null; at: string },
): Promise<boolean | null> {
  const rows = await tx.query<LineRow>(
    `select l.terminal_id, l.transaction_id, l.line, l.type, l.occurred_at, l.plu, l.epc, l.quantity, l.unit, l.pack_size, l.related_transaction_id, l.related_line
     from pos_events s
     join pos_events l on l.tenant_id = s.tenant_id and l.store_id = s.store_id and l.terminal_id = s.terminal_id and l.type in ('scan', 'line_void', 'void')
       and l.occurred_at between s.occurred_at - interval '1 hour' and s.occurred_at + interval '1 hour'
       and s.transaction_id in (l.transaction_id, l.related_transaction_id)
     where s.tenant_id = $1 and s.store_id = $2 and s.epc = $3 and s.type = 'scan' and not s.training and s.occurred_at > $4`,
    [place.tenantId, place.storeId, tag.epc, addMs(tag.at, -tagMemoryDays * 24 * 3_600_000)],
  );
  const tags = new Map(rows.map((row) => [`${row.terminal_id}/${row.transaction_id}/${row.line}`, row.epc]));
  const sold = linesThatCount(rows.map(lineOf)).standing.some(
    (line) => tags.get(`${line.terminalId}/${line.lineId}`) === tag.epc,
  );
  if (sold) return true;
  if (tag.article !== null) {
    const span = { fromAt: addMs(tag.at, -goodsReachMs), toAt: addMs(tag.at, goodsReachMs) };
    const lines = await readArticleLines(tx, place, [tag.article], span);
    if (linesThatCount(lines).standing.length > 0) return true;
  }
  const [reading] = await tx.query(
    `select 1 from pos_events p where p.tenant_id = $1 and p.store_id = $2 and p.epc is not null
       and p.occurred_at between $3::timestamptz - interval '24 hours' and $3::timestamptz + interval '24 hours' limit 1`,
    [place.tenantId, place.storeId, tag.at],
  );
  return reading ? false : null;
}

/** A till that is in use and was not heard up to a moment; null: all were. */
export async function readSilentTill(tx: Queryable, place: StorePlace, at: string): Promise<string | null> {
  const [row] = await tx.query<{ id: string }>(
    `select t.id from terminals t
     where t.tenant_id = $1 and t.store_id = $2 and t.replaced_by is null
       and t.feed_seen_at > $3::timestamptz and t.feed_seen_at < $4::timestamptz
       and (select e.type from pos_events e where e.tenant_id = t.tenant_id and e.store_id = t.store_id and e.terminal_id = t.id
             and e.type in ('sign_on', 'sign_off') and e.occurred_at between $3::timestamptz - interval '24 hours' and $4::timestamptz
             order by e.occurred_at desc limit 1) is distinct from 'sign_off'
     order by t.feed_seen_at limit 1`,
    [place.tenantId, place.storeId, addMs(at, -tillActiveMs), addMs(at, -tillSilenceMs)],
  );
  return row?.id ?? null;
}
