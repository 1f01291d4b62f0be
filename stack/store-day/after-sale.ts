import { Receipt } from './receipt.ts';
import { note, type OpenFraud } from './record.ts';
import type { Shop } from './shop.ts';

/** A cash sale whose shopper has paid and gone. */
interface Gone {
  receipt: Receipt;
  fraud: OpenFraud;
  nowMs: number;
}

/** The cashier takes goods back on paper and the money in hand; returns when the till is free again. */
export function voidAfterTender({ record, random }: Shop, { receipt, fraud, nowMs }: Gone): number {
  let atMs = nowMs + random.between(10_000, 60_000);
  const taken = [...receipt.rung].sort((a, b) => b.amountMinor - a.amountMinor).slice(0, random.between(1, 3));
  for (const rung of taken) {
    note(fraud, { atMs, amountMinor: rung.amountMinor });
    receipt.voidLine(rung, atMs);
    atMs += random.between(2_000, 5_000);
  }
  receipt.settle('cash', atMs);
  const { terminalId, operatorId, transactionId } = receipt;
  record.commit(fraud, { terminalId, operatorId, transactionIds: [transactionId] });
  return atMs + 5_000;
}

/** Minutes later all of it is taken back, with nobody there. */
export function postVoid({ record, random }: Shop, { receipt, fraud, nowMs }: Gone): number {
  const { terminalId, operatorId, place, transactionId, paidMinor } = receipt;
  const atMs = nowMs + random.between(120_000, 300_000);
  const after = new Receipt(record, { place, terminalId, operatorId });
  after.add('post_void', atMs, { amountMinor: -paidMinor, relatedTransactionId: transactionId });
  after.dueMinor = -paidMinor;
  note(fraud, { atMs, amountMinor: paidMinor });
  after.settle('cash', atMs + 3_000);
  record.commit(fraud, { terminalId, operatorId, transactionIds: [after.transactionId, transactionId] });
  return atMs + 10_000;
}
