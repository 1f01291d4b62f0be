import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldBasket, foldBaskets, type TillLine } from './basket.ts';
import { linesOf } from './test-lines.ts';

const at = '2026-03-02T10:00:00.000Z';
const scan = (plu: string, amountMinor: number, more: Partial<TillLine> = {}) =>
  ({ type: 'scan', plu, amountMinor, ...more }) as const;
const pay = (amountMinor: number) => ({ type: 'tender', tenderType: 'cash', amountMinor }) as const;
const fold = (...lines: Parameters<typeof linesOf>[2]) => foldBasket(linesOf('T-1', at, lines));

describe('a basket', () => {
  it('is what was rung less what was taken back', () => {
    const basket = fold(
      scan('milk', 120),
      scan('beer', 900, { quantity: 2, packSize: 6 }),
      scan('figs', 333, { quantity: 0.42, unit: 'kg' }),
      { type: 'line_void', relatedLine: 1, amountMinor: -120 },
      pay(1233),
    );
    expect(basket.items.map(({ plu, pieces, amountMinor }) => [plu, pieces, amountMinor])).toEqual([
      ['beer', 12, 900],
      ['figs', 1, 333],
    ]);
    expect(basket).toMatchObject({ state: 'paid', totalMinor: 1233, pieces: 13 });
    expect(basket.voids).toMatchObject([{ itemLine: 1, amountMinor: 120, afterTender: false, sinceScanMs: 6_000 }]);
    expect(basket.rung).toHaveLength(3);
  });

  it.each([
    ['part of a quantity', { quantity: 2, amountMinor: -200 }, 4, 400],
    ['the whole line, stated by its amount', { amountMinor: -600 }, 0, 0],
    ['the whole line, without saying how much', {}, 0, 0],
  ])('a void takes back %s', (_name, change, pieces, totalMinor) => {
    const basket = fold(scan('water', 600, { quantity: 6 }), { type: 'line_void', relatedLine: 1, ...change });
    expect(basket).toMatchObject({ pieces, totalMinor });
  });

  it('a void without a line takes the last of the article, that of the same amount first', () => {
    const basket = fold(scan('cake', 400), scan('cake', 300), scan('cake', 500), {
      ...{ type: 'line_void', plu: 'cake', amountMinor: -300 },
    });
    expect(basket.items.map(({ line }) => line)).toEqual([1, 3]);
  });

  it('a second void of the same line takes nothing more', () => {
    const basket = fold(
      scan('milk', 120),
      scan('bread', 200),
      { type: 'line_void', relatedLine: 1, amountMinor: -120 },
      { type: 'line_void', relatedLine: 1, amountMinor: -120 },
    );
    expect(basket.totalMinor).toBe(200);
    expect(basket.voids.map(({ itemLine }) => itemLine)).toEqual([1, null]);
  });

  it('knows what a price was changed by', () => {
    const basket = fold(
      scan('steak', 2000),
      { type: 'override', relatedLine: 1, amountMinor: -1500 },
      { type: 'discount', amountMinor: -50 },
      pay(450),
    );
    expect(basket).toMatchObject({ state: 'paid', totalMinor: 450 });
    expect(basket.overrides).toMatchObject([{ itemLine: 1, amountMinor: -1500, share: -0.75 }]);
    expect(basket.discounts).toMatchObject([{ itemLine: null, amountMinor: -50, share: null }]);
  });

  it.each([
    ['open', [scan('milk', 120)], 'open'],
    ['underpaid', [scan('milk', 120), pay(20)], 'open'],
    ['paid', [scan('milk', 120), pay(20), pay(100)], 'paid'],
    ['paid without amounts', [scan('milk', 120), { type: 'tender' } as const], 'paid'],
    ['cancelled', [scan('milk', 120), { type: 'void' } as const], 'voided'],
    ['parked', [scan('milk', 120), { type: 'suspend' } as const], 'suspended'],
    ['fetched back', [scan('milk', 120), { type: 'suspend' } as const, { type: 'resume' } as const], 'open'],
    [
      'voided after all',
      [scan('milk', 120), pay(120), { type: 'post_void', amountMinor: -120 } as const],
      'post_voided',
    ],
  ])('is %s', (_name, lines, state) => {
    expect(fold(...lines).state).toBe(state);
  });

  it('is settled by what was rung elsewhere', () => {
    const lines = linesOf('T-1', at, [scan('milk', 120), { type: 'suspend' }]);
    expect(foldBasket(lines, { resumed: new Set(['T-1']), postVoided: new Set() }).state).toBe('open');
    expect(foldBasket(lines, { resumed: new Set(), postVoided: new Set(['T-1']) }).state).toBe('post_voided');
  });

  it('counts nothing of training', () => {
    const training = foldBasket(linesOf('T-1', at, [scan('milk', 120), pay(120)], { training: true }));
    expect(training).toMatchObject({ training: true, totalMinor: 0, pieces: 0, items: [], tenders: [] });
    const mixed = fold(scan('milk', 120), scan('bread', 200, { training: true }));
    expect(mixed).toMatchObject({ training: false, totalMinor: 120 });
  });
});

const anyLine = fc.record({
  type: fc.constantFrom(
    ...([
      'scan',
      'scan',
      'scan',
      'line_void',
      'refund',
      'override',
      'discount',
      'tender',
      'drawer',
      'suspend',
      'resume',
      'void',
    ] as const),
  ),
  plu: fc.constantFrom('a', 'b', null),
  amountMinor: fc.integer({ min: -500, max: 500 }),
  quantity: fc.integer({ min: 1, max: 4 }),
  relatedLine: fc.option(fc.integer({ min: 1, max: 6 })),
  training: fc.boolean(),
  afterMs: fc.integer({ min: -3_000, max: 5_000 }),
});

describe('whatever is sent', () => {
  it('any order, any duplication and any split gives the same baskets', () => {
    fc.assert(
      fc.property(
        fc.array(anyLine, { minLength: 1, maxLength: 12 }),
        fc.array(anyLine, { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fc.nat()),
        (first, second, picks) => {
          const lines = [...linesOf('T-1', at, first), ...linesOf('T-2', '2026-03-02T10:01:00.000Z', second)];
          const twice = [...lines, ...lines.filter(() => (picks.next().value as number) % 2 === 0)];
          const shuffled = twice
            .map((line) => ({ line: { ...line }, key: picks.next().value as number }))
            .sort((a, b) => a.key - b.key)
            .map(({ line }) => line);
          expect(foldBaskets(shuffled)).toEqual(foldBaskets(lines));
        },
      ),
    );
  });

  it('what is left is never more than what was rung', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { minLength: 1, maxLength: 12 }), (lines) => {
        const basket = foldBasket(linesOf('T-1', at, lines));
        expect(basket.pieces).toBeLessThanOrEqual(basket.rung.reduce((sum, { pieces }) => sum + pieces, 0));
        expect(basket.pieces).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
