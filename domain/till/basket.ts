import { DomainError } from '../errors.ts';
import { toMs } from '../time.ts';
import type { PosLineType, PosUnit, TenderType } from '../types.ts';

/** One stored till line; what the till left out is filled in (one piece, no amount). */
export interface TillLine {
  storeId: string;
  terminalId: string;
  transactionId: string;
  line: number;
  type: PosLineType;
  occurredAt: string;
  plu: string | null;
  description: string | null;
  quantity: number;
  unit: PosUnit;
  packSize: number;
  amountMinor: number;
  currency: string | null;
  tenderType: TenderType | null;
  relatedTransactionId: string | null;
  relatedLine: number | null;
  reasonCode: string | null;
  /** A pseudonym. */
  operator: string | null;
  training: boolean;
}

interface Moment {
  line: number;
  at: string;
}
export interface BasketItem extends Moment {
  plu: string | null;
  description: string | null;
  unit: PosUnit;
  quantity: number;
  pieces: number;
  /** As rung; `amountMinor` has overrides, discounts and partial voids in it. */
  rungMinor: number;
  amountMinor: number;
}
/** A scan as it was rung, whatever became of it. */
export interface RungLine extends Moment {
  plu: string | null;
  description: string | null;
  unit: PosUnit;
  /** Multi-packs as one. */
  articles: number;
  pieces: number;
  amountMinor: number;
}
export interface BasketVoid extends Moment {
  /** The item's line that it took back; null when there was none to be found. */
  itemLine: number | null;
  plu: string | null;
  pieces: number;
  /** What was taken back, positive. */
  amountMinor: number;
  afterTender: boolean;
  sinceScanMs: number | null;
}
export interface BasketPriceChange extends Moment {
  itemLine: number | null;
  plu: string | null;
  /** What the price changed by: negative lowers. */
  amountMinor: number;
  /** Of the price before; null when there is no item to compare with. */
  share: number | null;
}
export interface BasketRefund extends Moment {
  plu: string | null;
  /** What was paid back, positive. */
  amountMinor: number;
  relatedTransactionId: string | null;
}
export interface BasketPostVoid extends Moment {
  relatedTransactionId: string | null;
  amountMinor: number;
}
export interface BasketTender extends Moment {
  tenderType: TenderType | null;
  amountMinor: number;
}

export type BasketState = 'open' | 'paid' | 'voided' | 'suspended' | 'post_voided';

/** One transaction of a till, as it stood in the end. */
export interface Basket {
  storeId: string;
  terminalId: string;
  transactionId: string;
  operator: string | null;
  startedAt: string;
  endedAt: string;
  state: BasketState;
  /** Every line was rung in training mode. */
  training: boolean;
  /** What was left in the end. */
  items: BasketItem[];
  rung: RungLine[];
  voids: BasketVoid[];
  /** When the whole open transaction was cancelled, and what had been rung until then. */
  cancelled: (Moment & { afterTender: boolean; pieces: number; amountMinor: number }) | null;
  postVoids: BasketPostVoid[];
  refunds: BasketRefund[];
  overrides: BasketPriceChange[];
  discounts: BasketPriceChange[];
  tenders: BasketTender[];
  drawer: Moment[];
  noSale: Moment[];
  suspended: Moment[];
  resumed: (Moment & { relatedTransactionId: string | null })[];
  signs: (Moment & { on: boolean; operator: string | null })[];
  totalMinor: number;
  pieces: number;
  lineCount: number;
}

/** Measured goods are one piece a line; a multi-pack counts what is in it. */
export const piecesOf = (line: Pick<TillLine, 'unit' | 'quantity' | 'packSize'>): number =>
  line.unit === 'each' ? Math.max(1, Math.round(Math.abs(line.quantity) * line.packSize)) : 1;

export const lineIdOf = (transactionId: string, line: number): string => `${transactionId}/${line}`;

/** What other transactions of the day did to one; they are rung elsewhere, at another till perhaps. */
export interface DayLinks {
  postVoided: ReadonlySet<string>;
  resumed: ReadonlySet<string>;
}
export const noLinks: DayLinks = { postVoided: new Set(), resumed: new Set() };

/**
 * Folds the lines of one transaction, in any order and with duplicates. The order of a till is that of its line numbers:
 * its clock may have been set in between.
 */
export function foldBasket(lines: readonly TillLine[], links: DayLinks = noLinks): Basket {
  const all = oncePerNumber(lines);
  const counting = all.filter((line) => !line.training);
  const shown = counting.length > 0 ? counting : all;
  const [first] = shown;
  if (first === undefined) throw new DomainError('INTERNAL', 'a basket was folded of no lines');
  const instants = shown.map((line) => line.occurredAt).sort((a, b) => toMs(a) - toMs(b));
  const basket: Basket = {
    storeId: first.storeId,
    terminalId: first.terminalId,
    transactionId: first.transactionId,
    operator: shown.find((line) => line.operator !== null)?.operator ?? null,
    startedAt: instants[0]!,
    endedAt: instants.at(-1)!,
    state: 'open',
    training: counting.length === 0,
    ...{ items: [], rung: [], voids: [], cancelled: null, postVoids: [], refunds: [], overrides: [], discounts: [] },
    ...{ tenders: [], drawer: [], noSale: [], suspended: [], resumed: [], signs: [] },
    ...{ totalMinor: 0, pieces: 0, lineCount: all.length },
  };
  for (const line of counting) take(basket, line);
  basket.items = basket.items.filter((item) => item.pieces > 0);
  basket.pieces = basket.items.reduce((sum, item) => sum + item.pieces, 0);
  basket.totalMinor =
    basket.items.reduce((sum, item) => sum + item.amountMinor, 0) +
    [...basket.overrides, ...basket.discounts]
      .filter((change) => change.itemLine === null)
      .reduce((sum, change) => sum + change.amountMinor, 0) -
    basket.refunds.reduce((sum, refund) => sum + refund.amountMinor, 0);
  if (basket.cancelled) Object.assign(basket, { items: [], pieces: 0, totalMinor: 0 });
  basket.state = stateOf(basket, links);
  return basket;
}

/** The transactions of one till, oldest first. */
export function foldBaskets(lines: readonly TillLine[], links: DayLinks = noLinks): Basket[] {
  const byTransaction = new Map<string, TillLine[]>();
  for (const line of lines) {
    const known = byTransaction.get(line.transactionId);
    if (known) known.push(line);
    else byTransaction.set(line.transactionId, [line]);
  }
  return [...byTransaction.values()]
    .map((group) => foldBasket(group, links))
    .sort((a, b) => toMs(a.startedAt) - toMs(b.startedAt) || (a.transactionId < b.transactionId ? -1 : 1));
}

/** Of two lines with one number the earlier counts, whichever came first. */
function oncePerNumber(lines: readonly TillLine[]): TillLine[] {
  const sorted = lines
    .map((line) => ({ line, text: JSON.stringify(Object.entries(line).sort()) }))
    .sort(
      (a, b) =>
        a.line.line - b.line.line ||
        toMs(a.line.occurredAt) - toMs(b.line.occurredAt) ||
        (a.text < b.text ? -1 : a.text > b.text ? 1 : 0),
    )
    .map(({ line }) => line);
  return sorted.filter((line, index) => line.line !== sorted[index - 1]?.line);
}

function take(basket: Basket, line: TillLine): void {
  const moment: Moment = { line: line.line, at: line.occurredAt };
  const { plu, amountMinor } = line;
  switch (line.type) {
    case 'scan': {
      const { description, unit, quantity } = line;
      const goods = { ...moment, plu, description, unit, pieces: piecesOf(line), amountMinor };
      basket.rung.push({ ...goods, articles: piecesOf({ ...line, packSize: 1 }) });
      basket.items.push({ ...goods, quantity, rungMinor: amountMinor });
      return;
    }
    case 'line_void':
      basket.voids.push(takeBack(basket, line));
      return;
    case 'void': {
      const pieces = basket.items.reduce((sum, item) => sum + item.pieces, 0);
      const rungMinor = basket.items.reduce((sum, item) => sum + item.amountMinor, 0);
      basket.cancelled ??= { ...moment, afterTender: basket.tenders.length > 0, pieces, amountMinor: rungMinor };
      return;
    }
    case 'post_void':
      basket.postVoids.push({
        ...moment,
        relatedTransactionId: line.relatedTransactionId,
        amountMinor: Math.abs(amountMinor),
      });
      return;
    case 'refund': {
      const { relatedTransactionId } = line;
      basket.refunds.push({ ...moment, plu, amountMinor: Math.abs(amountMinor), relatedTransactionId });
      return;
    }
    case 'override':
      basket.overrides.push(changePrice(basket, line));
      return;
    case 'discount':
      basket.discounts.push(changePrice(basket, line));
      return;
    case 'tender':
      basket.tenders.push({ ...moment, tenderType: line.tenderType, amountMinor });
      return;
    case 'drawer':
      basket.drawer.push(moment);
      return;
    case 'no_sale':
      basket.noSale.push(moment);
      return;
    case 'suspend':
      basket.suspended.push(moment);
      return;
    case 'resume':
      basket.resumed.push({ ...moment, relatedTransactionId: line.relatedTransactionId });
      return;
    case 'sign_on':
    case 'sign_off':
      basket.signs.push({ ...moment, on: line.type === 'sign_on', operator: line.operator });
      return;
    case 'heartbeat':
      return;
  }
}

/** The line that it names; without a name the last one of the same article, of the same amount if there is one. */
function itemOf(basket: Basket, line: TillLine): BasketItem | undefined {
  const here = basket.items.filter((item) => item.pieces > 0);
  if (line.relatedLine !== null) return here.find((item) => item.line === line.relatedLine);
  if (line.plu === null) return undefined;
  const same = here.filter((item) => item.plu === line.plu);
  return same.findLast((item) => item.amountMinor === Math.abs(line.amountMinor)) ?? same.at(-1);
}

function takeBack(basket: Basket, line: TillLine): BasketVoid {
  const item = itemOf(basket, line);
  const statedMinor = Math.abs(line.amountMinor);
  // A void of a whole line often states no quantity, so that its amount is asked first.
  const part = item !== undefined && statedMinor > 0 && statedMinor < item.amountMinor && piecesOf(line) < item.pieces;
  const pieces = part ? piecesOf(line) : (item?.pieces ?? 0);
  const amountMinor = item && !part ? item.amountMinor : statedMinor;
  if (item) {
    item.pieces -= pieces;
    item.amountMinor -= amountMinor;
  }
  return {
    ...{ line: line.line, at: line.occurredAt, plu: line.plu ?? item?.plu ?? null },
    ...{ itemLine: item?.line ?? null, pieces, amountMinor },
    afterTender: basket.tenders.length > 0,
    sinceScanMs: item ? toMs(line.occurredAt) - toMs(item.at) : null,
  };
}

function changePrice(basket: Basket, line: TillLine): BasketPriceChange {
  const item = line.relatedLine === null ? undefined : itemOf(basket, line);
  const share = item && item.amountMinor !== 0 ? line.amountMinor / item.amountMinor : null;
  if (item) item.amountMinor += line.amountMinor;
  return {
    ...{ line: line.line, at: line.occurredAt, plu: line.plu ?? item?.plu ?? null },
    ...{ itemLine: item?.line ?? null, amountMinor: line.amountMinor, share },
  };
}

function stateOf(basket: Basket, links: DayLinks): BasketState {
  const own = basket.postVoids.some(
    ({ relatedTransactionId }) => relatedTransactionId === null || relatedTransactionId === basket.transactionId,
  );
  if (own || links.postVoided.has(basket.transactionId)) return 'post_voided';
  if (basket.cancelled) return 'voided';
  const parked = basket.suspended.at(-1);
  const back =
    parked &&
    (basket.resumed.some(({ line }) => line > parked.line) || basket.tenders.some((t) => t.line > parked.line));
  if (parked && !back && !links.resumed.has(basket.transactionId)) return 'suspended';
  if (basket.tenders.length === 0) return 'open';
  const paid = basket.tenders.reduce((sum, tender) => sum + tender.amountMinor, 0);
  // Some tills do not say how much was given.
  const unstated = basket.tenders.every((tender) => tender.amountMinor === 0);
  return unstated || paid >= basket.totalMinor ? 'paid' : 'open';
}
