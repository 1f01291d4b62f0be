import type { Basket } from './basket.ts';

/** What a till, or a cashier at it, did on a day: sums only, the raw material of baselines. */
export const measurePer = {
  transactions: 'transactions',
  pieces: 'transactions',
  salesMinor: 'transactions',
  lineVoids: 'pieces',
  voidsAfterTender: 'transactions',
  cancelled: 'transactions',
  postVoids: 'transactions',
  refunds: 'transactions',
  refundsWithoutReceipt: 'transactions',
  refundMinor: 'transactions',
  noSales: 'transactions',
  overrides: 'pieces',
  overrideMinor: 'pieces',
  discounts: 'pieces',
  discountMinor: 'pieces',
  suspended: 'transactions',
  cheapPieces: 'pieces',
} as const;

export type MeasureName = keyof typeof measurePer;
export type Measures = Record<MeasureName, number>;

export interface DayMeasure {
  /** The store's own date. */
  day: string;
  terminalId: string;
  operator: string | null;
  measures: Measures;
}

export const measureNames = Object.keys(measurePer) as MeasureName[];

/** What was stored before a measure was added does not have it. */
export const completeMeasures = (measures: Partial<Measures>): Measures =>
  Object.fromEntries(measureNames.map((name) => [name, measures[name] ?? 0])) as Measures;

/** Sums the baskets of one till by cashier; `cheapUnitMinor` is the price below which an article counts as cheap. */
export function measureLane(
  lane: { day: string; terminalId: string; baskets: readonly Basket[] },
  cheapUnitMinor: number,
): DayMeasure[] {
  const byOperator = new Map<string | null, Measures>();
  for (const basket of lane.baskets) {
    if (basket.training) continue;
    const sums = byOperator.get(basket.operator) ?? completeMeasures({});
    byOperator.set(basket.operator, sums);
    for (const name of measureNames) sums[name] += measured[name](basket, cheapUnitMinor);
  }
  return [...byOperator].map(([operator, measures]) => ({
    day: lane.day,
    terminalId: lane.terminalId,
    operator,
    measures,
  }));
}

const moneyDown = (changes: readonly { amountMinor: number }[]): number =>
  changes.reduce((sum, { amountMinor }) => sum + Math.max(0, -amountMinor), 0);

const measured: Record<MeasureName, (basket: Basket, cheapUnitMinor: number) => number> = {
  transactions: (basket) => (basket.items.length > 0 || basket.cancelled || basket.refunds.length > 0 ? 1 : 0),
  pieces: (basket) => basket.pieces,
  salesMinor: (basket) => basket.items.reduce((sum, item) => sum + item.amountMinor, 0),
  lineVoids: (basket) => basket.voids.length,
  voidsAfterTender: (basket) => basket.voids.filter(({ afterTender }) => afterTender).length,
  cancelled: (basket) => (cancelledAfterTotal(basket) ? 1 : 0),
  postVoids: (basket) => basket.postVoids.length,
  refunds: (basket) => basket.refunds.length,
  refundsWithoutReceipt: (basket) => basket.refunds.filter((refund) => refund.relatedTransactionId === null).length,
  refundMinor: (basket) => basket.refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
  noSales: (basket) => openedWithoutSale(basket).length,
  overrides: (basket) => basket.overrides.filter(({ amountMinor }) => amountMinor < 0).length,
  overrideMinor: (basket) => moneyDown(basket.overrides),
  discounts: (basket) => basket.discounts.length,
  discountMinor: (basket) => moneyDown(basket.discounts),
  suspended: (basket) => (basket.state === 'suspended' ? 1 : 0),
  cheapPieces: (basket, cheapUnitMinor) =>
    basket.items
      .filter((item) => item.unit === 'each' && item.rungMinor > 0 && item.rungMinor / item.pieces <= cheapUnitMinor)
      .reduce((sum, item) => sum + item.pieces, 0),
};

/** Once a payment was begun or the drawer opened, the total had been told to somebody. */
export const cancelledAfterTotal = (basket: Basket): boolean =>
  basket.cancelled !== null &&
  (basket.cancelled.afterTender || basket.drawer.some(({ line }) => line < basket.cancelled!.line));

/** A drawer that opens by itself, and one that opens in a transaction in which no money moved. */
export function openedWithoutSale(basket: Basket): { line: number; at: string }[] {
  if (basket.noSale.length > 0) return basket.noSale;
  const moneyMoved =
    basket.tenders.length > 0 || basket.items.length > 0 || basket.refunds.length > 0 || basket.cancelled;
  return moneyMoved ? [] : basket.drawer;
}
