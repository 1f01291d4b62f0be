import { addMs } from '../time.ts';
import type { PosLineType } from '../types.ts';
import type { TillLine } from './basket.ts';

/** Lines for tests: one transaction of one cashier, a line every two seconds unless it says otherwise. */
export function linesOf(
  transactionId: string,
  startedAt: string,
  lines: readonly (Partial<TillLine> & { type: PosLineType; afterMs?: number })[],
  common: Partial<TillLine> = {},
): TillLine[] {
  let atMs = 0;
  return lines.map(({ afterMs, ...line }, index) => {
    atMs += index === 0 ? 0 : (afterMs ?? 2_000);
    return {
      ...{ storeId: 'north', terminalId: 'lane-1', transactionId, line: index + 1, occurredAt: addMs(startedAt, atMs) },
      ...{ plu: null, description: null, quantity: 1, unit: 'each', packSize: 1, amountMinor: 0, currency: 'GBP' },
      ...{ tenderType: null, relatedTransactionId: null, relatedLine: null, reasonCode: null },
      ...{ operator: 'op_a', training: false },
      ...common,
      ...line,
    } as TillLine;
  });
}
