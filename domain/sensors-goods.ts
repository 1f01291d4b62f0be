import { articleKey } from './sensors.ts';
import { linesThatCount, piecesOf, type ScanLine } from './till/pieces.ts';
import { toMs } from './time.ts';
import type { Reason } from './types.ts';

/** Whoever takes something off a shelf has paid for it by then, or not. */
export const goodsReachMs = 30 * 60_000;

export interface GoodsQuestion {
  /** What left the store's shelves of these articles around then, and what was put back (negative). */
  takings: readonly { plu: string; pieces: number; at: string; own: boolean }[];
  /** Lines of all tills of the store around then, voids included. */
  lines: readonly ScanLine[];
  /** When the gate or the tag reader heard somebody leave; null: nobody is known to have left. */
  leftAt: string | null;
  /** A till of the store that has not been heard up to then, so that its silence proves nothing. */
  silentTill: string | null;
}

type GoodsCode = 'GOODS_PAID' | 'GOODS_PERHAPS_PAID' | 'GOODS_NOT_PAID' | 'GOODS_STILL_INSIDE' | 'GOODS_TILL_SILENT';

export interface GoodsAnswer {
  paid: boolean;
  reason: Reason & { code: GoodsCode };
}

/**
 * Whether what this incident's shelves are missing has been paid for at any till of the store. It is paid for sure only
 * when the receipts cover everybody who took of the article; when they cover this incident alone, it is perhaps paid.
 */
export function goodsAnswer(question: GoodsQuestion): GoodsAnswer | null {
  const articles = [...new Set(question.takings.filter(({ own }) => own).map(({ plu }) => articleKey(plu)))];
  const balances = articles.map((article) => balanceOf(article, question)).filter(({ taken }) => taken > 0);
  const short = balances.find(({ taken, paid }) => paid < taken);
  const about = short ?? balances.find(({ open }) => open > 0) ?? balances[0];
  if (about === undefined) return null;
  const { plu, taken, paid, open, firstAt } = about;
  const params = { plu, taken, paid };
  const answer = (code: GoodsCode, extra: Reason['params'] = {}): GoodsAnswer => ({
    paid: code === 'GOODS_PAID',
    reason: { code, params: { ...params, ...extra } },
  });
  if (short === undefined) return open === 0 ? answer('GOODS_PAID') : answer('GOODS_PERHAPS_PAID', { open });
  if (question.leftAt === null) return answer('GOODS_STILL_INSIDE');
  if (question.silentTill !== null) return answer('GOODS_TILL_SILENT', { terminalId: question.silentTill });
  return answer('GOODS_NOT_PAID', { afterMs: toMs(question.leftAt) - toMs(firstAt) });
}

interface Balance {
  plu: string;
  taken: number;
  /** Rung from the first taking of this incident on. */
  paid: number;
  /** Taken by anybody and not rung since; a receipt goes to whoever took first. */
  open: number;
  firstAt: string;
}

function balanceOf(article: string, { takings, lines }: GoodsQuestion): Balance {
  const moves = takings.filter(({ plu }) => articleKey(plu) === article);
  const own = moves.filter((move) => move.own).sort((a, b) => toMs(a.at) - toMs(b.at));
  const [first] = own;
  const firstAt = first?.at ?? '';
  const rung = linesThatCount(lines)
    .standing.filter(({ plu }) => plu && articleKey(plu) === article)
    .map((line) => ({ at: line.occurredAt, pieces: -piecesOf(line) }));
  const since = rung.filter(({ at }) => toMs(at) >= toMs(firstAt));
  // A receipt before any taking was for something that no shelf here noticed.
  const open = [...moves, ...rung]
    .sort((a, b) => toMs(a.at) - toMs(b.at))
    .reduce((waiting, { pieces }) => Math.max(0, waiting + pieces), 0);
  return {
    plu: first?.plu ?? article,
    taken: own.reduce((total, { pieces }) => total + pieces, 0),
    paid: since.reduce((total, { pieces }) => total - pieces, 0),
    open,
    firstAt,
  };
}
