import { costMinor } from './assortment.ts';
import { Receipt } from './receipt.ts';
import { beginFraud, note } from './record.ts';
import type { At, Shop } from './shop.ts';

/** Nobody else is at the till for so long before and after a refund that nobody came for. */
const quietMs = 4 * 60_000;

/** Goods come back: with a receipt or without, and once in a while on paper only. */
export function ringRefund(
  shop: Shop,
  at: At,
  { withReceipt, fraud }: { withReceipt: boolean; fraud: boolean },
): number {
  const { random, record } = shop;
  const { terminalId, operatorId } = at.shift;
  const receipt = new Receipt(record, { place: at.place, terminalId, operatorId });
  const open = fraud ? beginFraud('refund_nobody_there') : null;
  const earlier = withReceipt && !fraud && shop.paid.length > 0 ? random.pick(shop.paid) : null;
  let nowMs = fraud ? at.startMs + quietMs : at.startMs;
  const count = fraud ? random.between(1, 3) : random.between(1, 2);
  for (let index = 0; index < count; index += 1) {
    const brought = earlier?.rung[index];
    const article = brought?.article ?? (fraud ? random.pick(shop.dear) : shop.draw());
    if (earlier !== null && brought === undefined) break;
    const quantity = brought?.quantity ?? (article.weighed ? 0.5 : 1);
    // Who brings goods back puts them on the belt.
    const crossingId = open === null ? record.cross(at.place, nowMs - 1_000, article) : null;
    if (crossingId !== null) record.truth.otherCrossings.push({ crossingId, cause: 'refund' });
    if (earlier !== null && brought)
      receipt.refund(article, quantity, nowMs, {
        ...{ relatedTransactionId: earlier.transactionId, relatedLine: brought.line },
      });
    else {
      // A receipt of another day is a number that this day does not know.
      const older = { relatedTransactionId: `${terminalId}-earlier-${random.between(1, 9_999)}` };
      receipt.refund(article, quantity, nowMs, withReceipt ? older : undefined);
    }
    if (open) note(open, { atMs: nowMs, amountMinor: costMinor(article, quantity) });
    nowMs += random.between(5_000, 12_000);
  }
  receipt.settle(fraud || random.chance(0.5) ? 'cash' : 'card', nowMs);
  if (open) record.commit(open, { terminalId, operatorId, transactionIds: [receipt.transactionId] });
  else record.happened(withReceipt ? 'refund_with_receipt' : 'refund_without_receipt');
  return fraud ? nowMs + quietMs : nowMs + 5_000;
}

/** The drawer opens without a sale: once for change, or again and again. */
export function ringNoSale(shop: Shop, at: At, times: number): number {
  const { random, record } = shop;
  const { terminalId, operatorId } = at.shift;
  const burst = times > 1 ? beginFraud('no_sale_burst') : null;
  const transactionIds: string[] = [];
  let nowMs = at.startMs;
  for (let time = 0; time < times; time += 1) {
    if (time > 0) nowMs += random.between(45_000, 100_000);
    const receipt = new Receipt(record, { place: at.place, terminalId, operatorId });
    receipt.add('no_sale', nowMs, { reasonCode: 'CHANGE' });
    transactionIds.push(receipt.transactionId);
    if (burst) note(burst, { atMs: nowMs, amountMinor: 0 });
  }
  const [first, ...rest] = transactionIds;
  if (burst && first !== undefined) record.commit(burst, { terminalId, operatorId, transactionIds: [first, ...rest] });
  else record.happened('no_sale');
  return nowMs + 5_000;
}
