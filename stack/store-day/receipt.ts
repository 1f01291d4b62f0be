import type { PosEvent, PosLineType, TenderType } from '../../domain/types.ts';
import { type Article, costMinor } from './assortment.ts';
import type { DayRecord, Place } from './record.ts';

export interface Rung {
  line: number;
  article: Article;
  quantity: number;
  amountMinor: number;
  atMs: number;
}

type LineFields = Partial<
  Omit<PosEvent, 'storeId' | 'terminalId' | 'transactionId' | 'line' | 'type' | 'occurredAt' | 'training'>
>;

export interface ReceiptOf {
  place: Place;
  terminalId: string;
  operatorId: string | null;
  training?: boolean;
}

/** One transaction while it is rung; what it writes always balances: items, what was taken back, and tenders. */
export class Receipt {
  readonly place: Place;
  readonly terminalId: string;
  readonly operatorId: string | null;
  readonly transactionId: string;
  readonly rung: Rung[] = [];
  /** What is still to be paid. */
  dueMinor = 0;
  paidMinor = 0;
  readonly #record: DayRecord;
  readonly #training: boolean;
  #lines = 0;

  constructor(record: DayRecord, { place, terminalId, operatorId, training = false }: ReceiptOf) {
    this.#record = record;
    this.place = place;
    this.terminalId = terminalId;
    this.operatorId = operatorId;
    this.#training = training;
    this.transactionId = record.nextTransactionId(terminalId);
  }

  add(type: PosLineType, atMs: number, fields: LineFields = {}): number {
    this.#lines += 1;
    this.#record.lines.push({
      atMs: Math.round(atMs),
      event: {
        storeId: this.#record.storeId,
        terminalId: this.terminalId,
        transactionId: this.transactionId,
        line: this.#lines,
        type,
        ...fields,
        ...(fields.amountMinor === undefined ? {} : { currency: this.#record.currency }),
        ...(this.operatorId === null ? {} : { operatorId: this.operatorId }),
        ...(this.#training ? { training: true } : {}),
      },
    });
    return this.#lines;
  }

  scan(article: Article, quantity: number, atMs: number): Rung {
    const amountMinor = costMinor(article, quantity);
    const line = this.add('scan', atMs, { ...goods(article, quantity), amountMinor });
    const rung = { line, article, quantity, amountMinor, atMs };
    this.rung.push(rung);
    this.dueMinor += amountMinor;
    return rung;
  }

  /** Takes one line back. */
  voidLine({ line, article, quantity, amountMinor }: Rung, atMs: number): void {
    this.add('line_void', atMs, { ...goods(article, quantity), amountMinor: -amountMinor, relatedLine: line });
    this.dueMinor -= amountMinor;
  }

  /** Changes the price of a line, or of the whole receipt. */
  reprice(type: 'override' | 'discount', changeMinor: number, atMs: number, reasonCode: string, of?: Rung): void {
    this.add(type, atMs, {
      amountMinor: changeMinor,
      reasonCode,
      ...(of === undefined ? {} : { relatedLine: of.line, plu: of.article.plu }),
    });
    this.dueMinor += changeMinor;
    if (of) of.amountMinor += changeMinor;
  }

  refund(
    article: Article,
    quantity: number,
    atMs: number,
    receipt?: { relatedTransactionId: string; relatedLine?: number },
  ): number {
    const amountMinor = -costMinor(article, quantity);
    this.add('refund', atMs, { ...goods(article, quantity), amountMinor, ...receipt });
    this.dueMinor += amountMinor;
    return amountMinor;
  }

  /** Pays what is due, or pays it out; cash opens the drawer. */
  settle(tenderType: TenderType, atMs: number): void {
    this.tender(tenderType, this.dueMinor, atMs);
    if (tenderType === 'cash') this.add('drawer', atMs + 400);
  }

  tender(tenderType: TenderType, amountMinor: number, atMs: number): void {
    this.add('tender', atMs, { amountMinor, tenderType });
    this.dueMinor -= amountMinor;
    this.paidMinor += amountMinor;
  }

  /** Cancels all of an open receipt. */
  cancel(atMs: number): void {
    this.add('void', atMs, { amountMinor: -this.dueMinor, reasonCode: 'CANCELLED' });
    this.dueMinor = 0;
  }
}

const goods = (article: Article, quantity: number): LineFields => ({
  plu: article.plu,
  description: article.description,
  quantity,
  ...(article.weighed ? { unit: 'kg' as const } : {}),
  ...(article.packSize > 1 ? { packSize: article.packSize } : {}),
});
