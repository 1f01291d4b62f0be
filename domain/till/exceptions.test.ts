import { describe, expect, it } from 'vitest';
import { toMs } from '../time.ts';
import { createArticleLearner } from './articles.ts';
import { foldBaskets, type TillLine } from './basket.ts';
import { concludeDay, examineLane, nothingSeen } from './exceptions.ts';
import type { Finding, LaneCrossing } from './lane.ts';
import { completeMeasures, type DayMeasure, measureLane } from './measures.ts';
import { completeTillRules, type TillRuleId } from './settings.ts';
import { linesOf } from './test-lines.ts';

const day = '2026-03-02';
const atMinute = (minute: number) => new Date(toMs(`${day}T09:00:00Z`) + minute * 60_000).toISOString();

type Line = Parameters<typeof linesOf>[2][number];
const scan = (plu: string, amountMinor: number, more: Partial<Line> = {}): Line => ({
  type: 'scan',
  plu,
  amountMinor,
  ...more,
});
const cash = (amountMinor: number, more: Partial<Line> = {}): Line => ({
  type: 'tender',
  tenderType: 'cash',
  amountMinor,
  ...more,
});
const milk = scan('milk', 120);

interface Scene {
  transactions: { lines: Line[]; minute?: number; common?: Partial<TillLine> }[];
  crossings?: LaneCrossing[];
}

/** What the rules say of a day; forty quiet sales stand beside, so that there is a day to speak of. */
function look(scene: Scene, options: { history?: DayMeasure[]; training?: boolean } = {}): Finding[] {
  const quiet = Array.from({ length: 40 }, (_, index) =>
    linesOf(`Q-${index}`, atMinute(600 + index * 5), [milk, scan('bread', 200), scan('ham', 400), cash(720)]),
  );
  const planted = scene.transactions.map(({ lines, minute, common = {} }, index) =>
    linesOf(`T-${index}`, atMinute(minute ?? index * 10), lines, {
      ...common,
      ...(options.training === true ? { training: true } : {}),
    }),
  );
  const baskets = foldBaskets([...planted, ...quiet].flat()).filter(({ training }) => !training);
  const lane = { terminalId: 'lane-1', day, baskets };
  const crossings = scene.crossings ?? [];
  const learner = createArticleLearner();
  learner.observe({ baskets, crossings });
  const articles = learner.finish();
  const seen = nothingSeen();
  const rules = completeTillRules({});
  examineLane({ ...lane, crossings, knownToMs: toMs(`${day}T23:59:00Z`), articles }, rules, seen);
  const today = measureLane(lane, articles.cheapUnitMinor);
  return concludeDay(seen, today, options.history ?? usual({}), rules);
}

/** A week of ordinary days of the same cashier. */
const usual = (change: Partial<DayMeasure['measures']>, operator: string | null = 'op_a'): DayMeasure[] =>
  Array.from({ length: 7 }, (_, index) => ({
    ...{ day: `2026-02-2${index + 1}`, terminalId: 'lane-1', operator },
    measures: completeMeasures({ transactions: 40, pieces: 120, lineVoids: 1, cheapPieces: 40, ...change }),
  }));

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const lateVoid: Line[] = [
  scan('ham', 400),
  scan('wine', 900),
  cash(1300),
  { type: 'line_void', relatedLine: 2, amountMinor: -900, afterMs: 30_000 },
];
const refund = (more: Partial<Line> = {}, tenderType: 'cash' | 'card' = 'cash'): Line[] => [
  { type: 'refund', plu: 'razor', amountMinor: -1999, ...more },
  cash(-1999, { tenderType }),
];
const cancelledLate: Line[] = [scan('wine', 900), cash(900), { type: 'void', amountMinor: -900 }];
const cheaper = (share: number): Line[] => [
  scan('steak', 2000),
  { type: 'override', relatedLine: 1, amountMinor: -2000 * share },
  cash(2000 * (1 - share)),
];
const parked = (amountMinor: number): Line[] => [scan('steak', amountMinor), { type: 'suspend' }];
const noSale: Line[] = [{ type: 'no_sale' }, { type: 'drawer' }];
/** Three items rung at even seconds; the camera sees each, and as many besides as are asked for. */
const belt = (extra: number): { lines: Line[]; crossings: LaneCrossing[] } => {
  const lines = times(3, (index) => scan(`b-${index}`, 500, { afterMs: 4_000 }));
  const startMs = toMs(atMinute(0));
  const crossing = (atMs: number, index: number): LaneCrossing => ({
    id: `c-${index}`,
    atMs,
    label: null,
    labelScore: 0,
  });
  return {
    lines: [...lines, cash(1500, { afterMs: 15_000 })],
    crossings: [
      ...times(3, (index) => crossing(startMs + index * 4_000, index)),
      ...times(extra, (index) => crossing(startMs + 13_000 + index * 900, 10 + index)),
    ],
  };
};
/** Taken back just before the payment, with or without a movement back past the camera. */
const takenBack = (movedBack: boolean): Scene => {
  const startMs = toMs(atMinute(0));
  return {
    transactions: [
      {
        lines: [
          scan('ham', 400),
          scan('wine', 900, { afterMs: 4_000 }),
          scan('rum', 1900, { afterMs: 4_000 }),
          { type: 'line_void', relatedLine: 2, amountMinor: -900, afterMs: 20_000 },
          { type: 'line_void', relatedLine: 3, amountMinor: -1900 },
          cash(400, { afterMs: 8_000 }),
        ],
      },
    ],
    crossings: [0, 4_000, 8_000, ...(movedBack ? [27_000, 31_000] : [])].map((ms, index) => ({
      ...{ id: `c-${index}`, atMs: startMs + ms, label: null, labelScore: 0 },
    })),
  };
};

const each = (lines: Line[], count: number, common: Partial<TillLine> = {}): Scene => ({
  transactions: times(count, () => ({ lines, common })),
});

const table: [rule: TillRuleId, what: string, scene: Scene, fires: boolean, history?: DayMeasure[]][] = [
  ['void_after_tender', 'three of them', each(lateVoid, 3), true],
  ['void_after_tender', 'one of them', each(lateVoid, 1), false],
  [
    'void_after_tender',
    'a line that is worth little',
    each([scan('gum', 50), cash(50), { type: 'line_void', relatedLine: 1, amountMinor: -50 }], 5),
    false,
  ],
  [
    'void_after_tender',
    'voids before the payment',
    each([scan('ham', 400), scan('wine', 900), { type: 'line_void', relatedLine: 2, amountMinor: -900 }, cash(400)], 5),
    false,
  ],
  ['void_after_tender', 'as many as on every other day', each(lateVoid, 3), false, usual({ voidsAfterTender: 3 })],
  [
    'post_void',
    'three of them',
    each([{ type: 'post_void', relatedTransactionId: 'Q-1', amountMinor: -2500 }], 3),
    true,
  ],
  [
    'post_void',
    'one of them',
    each([{ type: 'post_void', relatedTransactionId: 'Q-1', amountMinor: -2500 }], 1),
    false,
  ],
  ['cancelled_after_total', 'three of them', each(cancelledLate, 3), true],
  [
    'cancelled_after_total',
    'before anything was paid',
    each([scan('wine', 900), { type: 'void', amountMinor: -900 }], 3),
    false,
  ],
  ['refund_without_receipt', 'four of them', each(refund(), 4), true],
  ['refund_without_receipt', 'two of them', each(refund(), 2), false],
  ['refund_without_receipt', 'with the receipt', each(refund({ relatedTransactionId: 'Q-1' }), 4), false],
  ['refund_without_customer', 'cash, alone', each(refund(), 1), true],
  ['refund_without_customer', 'by card', each(refund({}, 'card'), 1), false],
  ['refund_without_customer', 'with the receipt', each(refund({ relatedTransactionId: 'Q-1' }), 1), false],
  [
    'refund_without_customer',
    'somebody is served beside it',
    {
      transactions: [
        { lines: refund(), minute: 10 },
        { lines: [milk, cash(120)], minute: 11 },
      ],
    },
    false,
  ],
  [
    'no_sale_burst',
    'five within ten minutes',
    { transactions: times(5, (index) => ({ lines: noSale, minute: index * 2 })) },
    true,
  ],
  [
    'no_sale_burst',
    'five over four hours',
    { transactions: times(5, (index) => ({ lines: noSale, minute: index * 60 })) },
    false,
  ],
  [
    'no_sale_burst',
    'three within ten minutes',
    { transactions: times(3, (index) => ({ lines: noSale, minute: index * 2 })) },
    false,
  ],
  ['price_override', 'four deep ones', each(cheaper(0.8), 4), true],
  ['price_override', 'one', each(cheaper(0.8), 1), false],
  ['price_override', 'of a few pence', each(cheaper(0.05), 4), false],
  [
    'discount_rate',
    'far more than usual',
    each([scan('ham', 400), { type: 'discount', relatedLine: 1, amountMinor: -40 }, cash(360)], 12),
    true,
  ],
  [
    'discount_rate',
    'as many as on every other day',
    each([scan('ham', 400), { type: 'discount', relatedLine: 1, amountMinor: -40 }, cash(360)], 12),
    false,
    usual({ discounts: 11 }),
  ],
  [
    'line_void_rate',
    'far more than usual',
    each([scan('ham', 400), milk, { type: 'line_void', relatedLine: 2, amountMinor: -120 }, cash(400)], 14),
    true,
  ],
  [
    'line_void_rate',
    'fewer than ever matter',
    each([scan('ham', 400), milk, { type: 'line_void', relatedLine: 2, amountMinor: -120 }, cash(400)], 5),
    false,
  ],
  ['suspend_not_resumed', 'two of them, and left', each(parked(2000), 2), true],
  ['suspend_not_resumed', 'one of them', each(parked(2000), 1), false],
  ['suspend_not_resumed', 'as many as on every other day', each(parked(2000), 2), false, usual({ suspended: 2 })],
  ['suspend_not_resumed', 'and fetched back', each([...parked(2000), { type: 'resume' }, cash(2000)], 3), false],
  ['suspend_not_resumed', 'worth little', each(parked(300), 3), false],
  [
    'sweethearting',
    'three items more than were rung',
    { transactions: [{ lines: belt(3).lines }], crossings: belt(3).crossings },
    true,
  ],
  [
    'sweethearting',
    'one item more than was rung',
    { transactions: [{ lines: belt(1).lines }], crossings: belt(1).crossings },
    false,
  ],
  [
    'sweethearting',
    'where nobody sits',
    { transactions: [{ lines: belt(3).lines, common: { operator: null } }], crossings: belt(3).crossings },
    false,
  ],
  ['sweethearting', 'taken back and still moved on', takenBack(false), true],
  ['sweethearting', 'taken back and moved back', takenBack(true), false],
  [
    'under_ringing',
    'one cheap article again and again',
    each([scan('ham', 400), scan('roll', 30), scan('roll', 30), cash(460)], 8),
    false,
  ],
];

describe.each(table)('%s, %s', (ruleId, _what, scene, fires, history) => {
  const of = (findings: Finding[]) => findings.filter((finding) => finding.ruleId === ruleId);

  it(fires ? 'speaks' : 'is silent', () => {
    const found = of(look(scene, history ? { history } : {}));
    expect(found.length > 0).toBe(fires);
    for (const finding of found) {
      expect(finding.score).toBeGreaterThan(0);
      expect(finding.score).toBeLessThanOrEqual(1);
      expect(finding.reasons.length).toBeGreaterThan(0);
    }
  });

  it('is silent in training', () => {
    expect(of(look(scene, { training: true }))).toEqual([]);
  });
});

describe('under-ringing', () => {
  /** Two cashiers; the second keys rolls where the first sells all sorts, or both do the same. */
  const scene = (rolls: (cashier: string) => number): Finding[] => {
    const sorts = ['ham', 'tea', 'wine', 'rice', 'soap', 'oats', 'figs', 'nuts'];
    const lines = ['op_a', 'op_b'].flatMap((operator, cashier) =>
      times(30, (index) =>
        linesOf(
          `${operator}-${index}`,
          atMinute(index * 10 + cashier * 5),
          [
            ...sorts.map((plu, price) => scan(plu, 400 + price * 100)),
            ...times(index < rolls(operator) ? 1 : 0, () => scan('roll', 30)),
            ...times(3, (k) => scan(`cheap-${k}`, 40 + k)),
            cash(9_999),
          ],
          { operator },
        ),
      ).flat(),
    );
    const baskets = foldBaskets(lines);
    const learner = createArticleLearner();
    learner.observe({ baskets, crossings: [] });
    const articles = learner.finish();
    const lane = { terminalId: 'lane-1', day, baskets };
    const seen = nothingSeen();
    examineLane({ ...lane, crossings: [], knownToMs: 0, articles }, completeTillRules({}), seen);
    return concludeDay(seen, measureLane(lane, articles.cheapUnitMinor), [], completeTillRules({}));
  };

  it('is named by one cheap article that one cashier keys and nobody else does', () => {
    const found = scene((operator) => (operator === 'op_b' ? 20 : 1)).filter(
      ({ ruleId }) => ruleId === 'under_ringing',
    );
    expect(found).toHaveLength(20);
    expect(new Set(found.map(({ operator }) => operator))).toEqual(new Set(['op_b']));
  });

  it('is not named when everybody sells that much of it', () => {
    expect(scene(() => 20)).toEqual([]);
  });

  it('is named by what the camera called something dearer', () => {
    const picture = (id: string, at: string, label: string): LaneCrossing => ({
      id,
      atMs: toMs(at),
      label,
      labelScore: 0.9,
    });
    const sales = times(20, (index) =>
      linesOf(`S-${index}`, atMinute(index * 5), [
        scan('whisky', 3000),
        scan('roll', 30, { afterMs: 10_000 }),
        cash(3030),
      ]),
    );
    const crooked = times(2, (index) =>
      linesOf(`C-${index}`, atMinute(100 + index * 5), [
        scan('roll', 30),
        scan('roll', 30, { afterMs: 10_000 }),
        cash(60),
      ]),
    );
    const crossings = [
      ...sales.flatMap(([a, b], index) => [
        picture(`a${index}`, a!.occurredAt, 'bottle'),
        picture(`b${index}`, b!.occurredAt, 'bun'),
      ]),
      ...crooked.flatMap(([a, b], index) => [
        picture(`x${index}`, a!.occurredAt, 'bottle'),
        picture(`y${index}`, b!.occurredAt, 'bottle'),
      ]),
    ];
    const baskets = foldBaskets([...sales, ...crooked].flat());
    const learner = createArticleLearner();
    learner.observe({ baskets, crossings });
    const articles = learner.finish();
    const seen = nothingSeen();
    examineLane({ day, terminalId: 'lane-1', baskets, crossings, knownToMs: 0, articles }, completeTillRules({}), seen);
    const found = concludeDay(seen, [], [], completeTillRules({})).filter(({ ruleId }) => ruleId === 'under_ringing');
    expect(found.map(({ transactionId, amountMinor }) => [transactionId, amountMinor])).toEqual([
      ['C-0', 5940],
      ['C-1', 5940],
    ]);
  });
});

describe('settings', () => {
  it.each([
    [{ no_such_rule: {} }, 'rules.no_such_rule'],
    [{ post_void: { windowMs: 5 } }, 'rules.post_void.windowMs'],
    [{ post_void: { minCount: 0 } }, 'rules.post_void.minCount'],
    [{ post_void: { minCount: 1.5 } }, 'rules.post_void.minCount'],
    [{ post_void: { enabled: 'yes' } }, 'rules.post_void.enabled'],
    [{ post_void: [] }, 'rules.post_void'],
  ])('%j is refused by its name', (change, field) => {
    expect(() => completeTillRules(change)).toThrow(
      expect.objectContaining({ code: 'VALIDATION', fields: [expect.objectContaining({ field })] }),
    );
  });

  it('leave the defaults as they are', () => {
    expect(completeTillRules({ post_void: { minCount: 9 } }).post_void.minCount).toBe(9);
    expect(completeTillRules({}).post_void.minCount).toBe(2);
  });

  it('switch a rule off', () => {
    const baskets = foldBaskets(linesOf('T-1', atMinute(0), parked(2000)));
    const lane = { day, terminalId: 'lane-1', baskets, crossings: [], knownToMs: toMs(`${day}T23:59:00Z`) };
    const articles = createArticleLearner().finish();
    for (const enabled of [true, false]) {
      const seen = nothingSeen();
      const rules = completeTillRules({ suspend_not_resumed: { enabled, minCount: 1 } });
      examineLane({ ...lane, articles }, rules, seen);
      expect(concludeDay(seen, [], [], rules)).toHaveLength(enabled ? 1 : 0);
    }
  });
});
