import type { TenderType } from '../../domain/types.ts';
import { postVoid, voidAfterTender } from './after-sale.ts';
import { type Article, costMinor } from './assortment.ts';
import { Receipt, type Rung } from './receipt.ts';
import { beginFraud, note, type OpenFraud, type Place } from './record.ts';
import { type At, quantityOf, type Sale, type Shop } from './shop.ts';
import type { FraudKind, OtherCrossingCause } from './types.ts';

/** Frauds that happen while items are moved, one item after the other; the rest comes after the payment. */
const itemFrauds: readonly FraudKind[] = [
  'missed_scan',
  'wrong_item',
  'fake_scan',
  'several_items',
  'sweethearting',
  'under_ringing',
  'price_override',
];
const sweetheartByVoid = 0.3;
/** Of several alike, how often one is scanned and the number keyed; at self-checkouts few know how. */
const keyShare = { cashier: 0.6, self_checkout: 0.25 } as const;
const tornShare = 0.1;

/** One shopper at a till, from the first item to the last coin; returns when the till is free again. */
export function ringSale(shop: Shop, at: At, sale: Sale): number {
  return new SaleInProgress(shop, at, sale).ring();
}

class SaleInProgress {
  readonly #shop: Shop;
  readonly #place: Place;
  readonly #sale: Sale;
  readonly #receipt: Receipt;
  readonly #fraud: OpenFraud | null;
  /** Crossings whose item is paid once the receipt is. */
  readonly #moved: { crossingId: string; rung: Rung }[] = [];
  #nowMs: number;

  constructor(shop: Shop, { place, shift, startMs }: At, sale: Sale) {
    this.#shop = shop;
    this.#place = place;
    this.#sale = sale;
    this.#nowMs = startMs;
    this.#fraud = sale.fraud === null ? null : beginFraud(sale.fraud);
    const { terminalId, operatorId } = shift;
    this.#receipt = new Receipt(shop.record, { place, terminalId, operatorId, training: sale.training });
  }

  ring(): number {
    const fromMs = this.#nowMs;
    const paid = this.#ringAll();
    const { terminalId, transactionId } = this.#receipt;
    const { cameraId, zoneId, kind } = this.#place;
    if (!this.#sale.training)
      this.#shop.record.truth.shoppers.push({
        ...{ kind, cameraId, zoneId, terminalId, transactionId, paid },
        fromAt: new Date(fromMs).toISOString(),
        toAt: new Date(this.#nowMs).toISOString(),
        fraud: this.#fraud !== null && this.#fraud.momentsMs.length > 0,
      });
    return this.#nowMs;
  }

  /** False: nothing was paid. */
  #ringAll(): boolean {
    const { random, record } = this.#shop;
    const byVoid = this.#sale.fraud === 'sweethearting' && random.chance(sweetheartByVoid);
    const crooked = byVoid ? new Set<number>() : this.#crookedItems();
    for (let index = 0; index < this.#sale.size; index += 1) {
      if (crooked.has(index)) this.#crookedItem(this.#sale.fraud!);
      else this.#honestItem(this.#shop.draw());
    }
    if (byVoid) this.#sweetheartByVoid();
    if (this.#sale.training) {
      record.happened('training');
      this.#settleCrossings('training');
      this.#pay('cash');
      return false;
    }
    if (this.#fraud === null && this.#receipt.rung.length > 0) {
      if (random.chance(0.006)) return this.#cancel();
      if (this.#place.kind === 'cashier' && random.chance(0.006) && !this.#suspend()) return false;
      if (random.chance(0.02)) this.#discountAll();
    }
    const cashOnly = this.#sale.fraud === 'void_after_tender' || this.#sale.fraud === 'post_void';
    this.#pay(cashOnly ? 'cash' : this.#tenderType());
    this.#settlePaid();
    const { terminalId, operatorId, transactionId } = this.#receipt;
    const gone = { receipt: this.#receipt, nowMs: this.#nowMs };
    if (this.#fraud?.kind === 'post_void') this.#nowMs = postVoid(this.#shop, { ...gone, fraud: this.#fraud });
    else if (this.#fraud?.kind === 'void_after_tender')
      this.#nowMs = voidAfterTender(this.#shop, { ...gone, fraud: this.#fraud });
    else if (this.#fraud) record.commit(this.#fraud, { terminalId, operatorId, transactionIds: [transactionId] });
    return true;
  }

  #crookedItems(): Set<number> {
    const { random } = this.#shop;
    const { fraud, size } = this.#sale;
    if (fraud === null || !itemFrauds.includes(fraud)) return new Set();
    const count = Math.min(size - 1, fraud === 'sweethearting' ? random.between(2, 5) : random.between(1, 3));
    const crooked = new Set<number>();
    // Never the first: a receipt is open by then, as it is in life.
    while (crooked.size < count) crooked.add(random.between(1, size - 1));
    return crooked;
  }

  #honestItem(article: Article): void {
    const { random, record } = this.#shop;
    const quantity = quantityOf(article, random);
    const byKey = !article.weighed && quantity > 1 && random.chance(keyShare[this.#place.kind]);
    if (byKey) record.happened('quantity_key');
    if (article.packSize > 1) record.happened('multi_pack');
    const forgets = this.#place.kind === 'self_checkout' && random.chance(0.006);
    const scans = article.weighed || byKey ? [quantity] : Array.from({ length: quantity }, () => 1);
    for (const each of scans) {
      const rung = forgets ? this.#forget(article, each) : this.#move(article, each);
      if (!forgets && random.chance(0.008)) this.#scanTwice(article, each, rung);
      else if (this.#receipt.rung.length > 1 && random.chance(0.004)) this.#changeMind(rung);
      else if (this.#place.kind === 'cashier' && random.chance(0.0015)) {
        record.happened('override');
        this.#reprice('override', -0.1 - 0.2 * random.next(), 'DAMAGED', rung);
      } else if (random.chance(0.006)) {
        record.happened('discount');
        this.#reprice('discount', -0.1 - 0.2 * random.next(), 'BEST-BEFORE', rung);
      }
      if (random.chance(this.#place.handShare)) record.crossHand(this.#place, this.#nowMs - random.between(300, 900));
    }
  }

  /** Pieces cross, and the till rings them with one line. */
  #move(article: Article, quantity: number): Rung {
    const { random } = this.#shop;
    const delayMs = Math.min(1_400, Math.max(-600, random.normal(350, 220)));
    const rung = this.#receipt.scan(article, quantity, this.#nowMs + delayMs);
    // A multi-pack that somebody has torn open is seen piece by piece.
    const torn = article.packSize > 1 && random.chance(tornShare);
    const pieces = article.weighed ? 1 : quantity * (torn ? article.packSize : 1);
    let crossesMs = this.#nowMs;
    for (let piece = 0; piece < pieces; piece += 1) {
      if (piece > 0) crossesMs += random.between(300, 700);
      this.#crossed(crossesMs, article, rung);
    }
    this.#pause(Math.max(crossesMs, this.#nowMs + delayMs));
    return rung;
  }

  #crossed(atMs: number, article: Article, rung: Rung): void {
    const crossingId = this.#shop.record.cross(this.#place, atMs, article);
    if (crossingId !== null) this.#moved.push({ crossingId, rung });
  }

  /** Moved without a scan; the till asks, and it is scanned after all. */
  #forget(article: Article, quantity: number): Rung {
    const { random, record, faults } = this.#shop;
    record.happened('forgotten_then_rescanned');
    const forgottenMs = this.#nowMs;
    const rescanMs = forgottenMs + random.between(4_500, 20_000);
    const rung = this.#receipt.scan(article, quantity, rescanMs);
    this.#crossed(forgottenMs, article, rung);
    if (random.chance(faults.rescanCrossesAgainShare)) this.#crossed(rescanMs - 300, article, rung);
    this.#pause(rescanMs);
    return rung;
  }

  /** The scanner beeps twice for one item, and one of the two lines is taken back. */
  #scanTwice(article: Article, quantity: number, first: Rung): void {
    const { random, record } = this.#shop;
    record.happened('double_scan');
    const second = this.#receipt.scan(article, quantity, first.atMs + random.between(300, 900));
    this.#nowMs += random.between(3_000, 8_000);
    const [kept, taken] = random.chance(0.8) ? [first, second] : [second, first];
    this.#takeBack(taken);
    for (const moved of this.#moved) if (moved.rung === taken) moved.rung = kept;
  }

  #changeMind(rung: Rung): void {
    this.#shop.record.happened('line_void');
    this.#nowMs += this.#shop.random.between(2_000, 15_000);
    this.#takeBack(rung);
    this.#settleCrossings('left_behind', rung);
  }

  #takeBack(rung: Rung): void {
    this.#receipt.voidLine(rung, this.#nowMs);
    this.#receipt.rung.splice(this.#receipt.rung.indexOf(rung), 1);
    this.#pause(this.#nowMs);
  }

  #reprice(type: 'override' | 'discount', share: number, reason: string, rung: Rung): number {
    const changeMinor = Math.min(-1, Math.round(rung.amountMinor * share));
    this.#receipt.reprice(type, changeMinor, this.#nowMs, reason, rung);
    this.#pause(this.#nowMs + 1_500);
    return -changeMinor;
  }

  #discountAll(): void {
    this.#shop.record.happened('discount');
    const changeMinor = -Math.round(this.#receipt.dueMinor * 0.05);
    if (changeMinor < 0) this.#receipt.reprice('discount', changeMinor, this.#nowMs, 'STAFF');
    this.#nowMs += 1_500;
  }

  #crookedItem(kind: FraudKind): void {
    const { random, record, dear, dearNamed, cheapPiece, cheapWeighed } = this.#shop;
    const fraud = this.#fraud!;
    const article = random.pick(kind === 'wrong_item' ? dearNamed : dear);
    const atMs = this.#nowMs;
    if (kind === 'price_override') {
      const rung = this.#move(article, 1);
      const amountMinor = this.#reprice('override', -0.6 - 0.3 * random.next(), 'PRICE', rung);
      note(fraud, { atMs, amountMinor });
    } else if (kind === 'wrong_item' || kind === 'under_ringing') {
      const cheap = kind === 'wrong_item' ? cheapWeighed : cheapPiece;
      const rung = this.#receipt.scan(cheap, cheap.weighed ? 0.2 : 1, atMs + random.between(100, 900));
      const crossingId = record.cross(this.#place, atMs, article);
      const { terminalId, transactionId } = this.#receipt;
      if (crossingId !== null) record.truth.wrongItems.push({ crossingId, terminalId, transactionId, line: rung.line });
      note(fraud, { atMs, amountMinor: costMinor(article, 1) - rung.amountMinor, crossingId });
      this.#pause(atMs + 900);
    } else {
      // The second of two items in one hand follows the scanned one closely; the camera may see the two as one.
      const together = kind === 'several_items';
      if (together) this.#move(random.pick(dear), 1);
      const takenMs = together ? atMs + random.between(120, 300) : atMs;
      const seen = !together || random.chance(0.75);
      const crossingId = seen ? record.cross(this.#place, takenMs, article) : null;
      if (crossingId !== null) record.truth.unpaidItems.push({ crossingId });
      note(fraud, { atMs: takenMs, amountMinor: costMinor(article, 1), crossingId });
      this.#pause(this.#nowMs + 900);
    }
  }

  /** Goods are rung, taken back just before the payment, and go along all the same. */
  #sweetheartByVoid(): void {
    const { random, record } = this.#shop;
    const taken = [...this.#receipt.rung].sort((a, b) => b.amountMinor - a.amountMinor).slice(0, random.between(2, 3));
    for (const rung of taken.slice(0, this.#receipt.rung.length - 1)) {
      const mine = this.#moved.filter((moved) => moved.rung === rung);
      note(this.#fraud!, { atMs: this.#nowMs, amountMinor: rung.amountMinor, crossingId: mine[0]?.crossingId ?? null });
      this.#takeBack(rung);
      for (const moved of mine) {
        this.#moved.splice(this.#moved.indexOf(moved), 1);
        record.truth.unpaidItems.push({ crossingId: moved.crossingId });
      }
    }
  }

  #cancel(): false {
    this.#shop.record.happened('cancelled');
    this.#nowMs += this.#shop.random.between(5_000, 30_000);
    this.#receipt.cancel(this.#nowMs);
    this.#settleCrossings('left_behind');
    return false;
  }

  /** Somebody forgot their purse and fetches it; one in four does not come back. False: the receipt stays open. */
  #suspend(): boolean {
    const { random, record } = this.#shop;
    record.happened('suspended');
    this.#receipt.add('suspend', this.#nowMs);
    if (random.chance(1 / 4)) {
      record.happened('never_resumed');
      this.#settleCrossings('suspended');
      return false;
    }
    this.#nowMs += random.between(60_000, 200_000);
    this.#receipt.add('resume', this.#nowMs);
    this.#pause(this.#nowMs);
    return true;
  }

  #pay(tenderType: TenderType): void {
    const { random } = this.#shop;
    this.#nowMs += random.between(6_000, 25_000);
    const voucherMinor = Math.min(500, Math.floor(this.#receipt.dueMinor / 2));
    if (!this.#sale.training && tenderType === 'card' && voucherMinor > 0 && random.chance(0.02)) {
      this.#receipt.tender('voucher', voucherMinor, this.#nowMs);
      this.#nowMs += 4_000;
    }
    this.#receipt.settle(tenderType, this.#nowMs);
    this.#nowMs += random.between(2_000, 6_000);
  }

  #tenderType(): TenderType {
    const drawn = this.#shop.random.next();
    if (this.#place.kind === 'self_checkout') return drawn < 0.9 ? 'card' : 'mobile';
    return drawn < 0.65 ? 'card' : drawn < 0.93 ? 'cash' : 'mobile';
  }

  #settlePaid(): void {
    const { record, paid } = this.#shop;
    const { terminalId, transactionId, rung } = this.#receipt;
    for (const { crossingId, rung: of } of this.#moved)
      record.truth.paidItems.push({ crossingId, terminalId, transactionId, line: of.line });
    paid.push({ terminalId, transactionId, rung: [...rung] });
  }

  #settleCrossings(cause: OtherCrossingCause, of?: Rung): void {
    for (const moved of this.#moved.filter(({ rung }) => of === undefined || rung === of)) {
      this.#shop.record.truth.otherCrossings.push({ crossingId: moved.crossingId, cause });
      this.#moved.splice(this.#moved.indexOf(moved), 1);
    }
  }

  /** The next item comes after a while; shoppers are slower than cashiers. */
  #pause(fromMs: number): void {
    const { random } = this.#shop;
    const [low, high] = this.#place.kind === 'cashier' ? [1_500, 3_000] : [2_400, 5_500];
    this.#nowMs = Math.max(this.#nowMs, fromMs) + random.between(low, high);
  }
}
