import { describe, expect, it } from 'vitest';
import { type GoodsQuestion, goodsAnswer } from './sensors-goods.ts';
import type { ScanLine } from './till/pieces.ts';
import { addMs } from './time.ts';

const at = (minutes: number) => addMs('2026-03-01T12:00:00.000Z', minutes * 60_000);
const take = (minutes: number, pieces: number, own = true) => ({ plu: '4017', pieces, at: at(minutes), own });
let lines = 0;
const rung = (minutes: number, change: Partial<ScanLine> = {}): ScanLine => {
  lines += 1;
  const place = { terminalId: 'sco-3', transactionId: `t-${lines}`, line: 1 };
  return { lineId: `t-${lines}/1`, occurredAt: at(minutes), plu: '04017', type: 'scan', ...place, ...change };
};
const question = (change: Partial<GoodsQuestion>): GoodsQuestion => ({
  ...{ takings: [take(0, 2)], lines: [], leftAt: at(6), silentTill: null },
  ...change,
});

describe('goods that left a shelf', () => {
  it.each<[string, Partial<GoodsQuestion>, string | null]>([
    ['nothing was taken', { takings: [] }, null],
    ['all was put back', { takings: [take(0, 2), take(1, -2)] }, null],
    ['nobody has left yet', { leftAt: null }, 'GOODS_STILL_INSIDE'],
    ['somebody left and no till has them', {}, 'GOODS_NOT_PAID'],
    ['a till cannot be heard', { silentTill: 'sco-1' }, 'GOODS_TILL_SILENT'],
    ['one of two is rung', { lines: [rung(3)] }, 'GOODS_NOT_PAID'],
    ['both are rung', { lines: [rung(3), rung(3)] }, 'GOODS_PAID'],
    ['both in one line', { lines: [rung(3, { quantity: 2 })] }, 'GOODS_PAID'],
    ['both, before anybody has left', { lines: [rung(3, { quantity: 2 })], leftAt: null }, 'GOODS_PAID'],
    ['one was put back and one is rung', { takings: [take(0, 2), take(1, -1)], lines: [rung(3)] }, 'GOODS_PAID'],
    ['rung before they were taken', { lines: [rung(-1, { quantity: 2 })] }, 'GOODS_NOT_PAID'],
    ['another article', { lines: [rung(3, { quantity: 2, plu: '4018' })] }, 'GOODS_NOT_PAID'],
    ['in training', { lines: [rung(3, { quantity: 2, training: true })] }, 'GOODS_NOT_PAID'],
    [
      'rung and voided',
      {
        lines: [
          rung(3, { quantity: 2, transactionId: 'v' }),
          rung(4, { type: 'void', plu: null, transactionId: 'v', line: 2 }),
        ],
      },
      'GOODS_NOT_PAID',
    ],
    [
      'somebody else took two as well, and two are rung',
      { takings: [take(0, 2), take(1, 2, false)], lines: [rung(3, { quantity: 2 })] },
      'GOODS_PERHAPS_PAID',
    ],
    [
      'both of them have paid',
      { takings: [take(0, 2), take(1, 2, false)], lines: [rung(3, { quantity: 2 }), rung(4, { quantity: 2 })] },
      'GOODS_PAID',
    ],
    [
      'somebody took and paid long before',
      { takings: [take(-20, 2, false), take(0, 2)], lines: [rung(-10, { quantity: 2 })] },
      'GOODS_NOT_PAID',
    ],
    [
      'one article is paid and the other is not',
      { takings: [take(0, 1), { ...take(0, 1), plu: '4018' }], lines: [rung(3)] },
      'GOODS_NOT_PAID',
    ],
  ])('%s', (_name, change, code) => {
    const answer = goodsAnswer(question(change));
    expect(answer?.reason.code ?? null).toBe(code);
    expect(answer?.paid ?? false).toBe(code === 'GOODS_PAID');
  });

  it('say what was counted', () => {
    expect(goodsAnswer(question({ lines: [rung(3)] }))?.reason.params).toEqual({
      ...{ plu: '4017', taken: 2, paid: 1, afterMs: 360_000 },
    });
  });
});
