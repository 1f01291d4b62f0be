import { describe, expect, it } from 'vitest';
import { completePolicy, defaultPolicy, type Policy } from './policy.ts';
import { appraise, type ClosedCase, keepFor, lockTarget, purgeAfter, wholeSecond } from './retention.ts';
import type { Category, Verdict } from './types.ts';

const dayMs = 86_400_000;
const closedAt = '2026-03-01T12:00:00.000Z';
const daysAfter = (days: number) => new Date(Date.parse(closedAt) + days * dayMs).toISOString();
const closed = (change: Partial<ClosedCase> = {}): ClosedCase => ({
  ...{ category: 'process_error', verdict: 'paid', closedAt, correctedAt: null },
  ...{ lockedUntil: null, eraseFrom: null },
  ...change,
});
const terms = (
  version: number,
  days: Partial<Record<keyof Policy['retentionMs'], number>>,
  more: Partial<Policy['retention']> = {},
): Policy => ({
  ...defaultPolicy,
  version,
  retentionMs: {
    ...defaultPolicy.retentionMs,
    ...Object.fromEntries(Object.entries(days).map(([outcome, count]) => [outcome, count * dayMs])),
  },
  retention: { ...defaultPolicy.retention, ...more },
});

describe('how long evidence is kept', () => {
  it.each<[Verdict, number]>([
    ['paid', 1],
    ['staff_error', 7],
    ['false_positive', 7],
    ['unreviewed', 30],
    ['unsure', 30],
    ['help', 30],
    ['confirmed', 180],
  ])('%s: %d days', (verdict, days) => {
    const dueAt = purgeAfter(defaultPolicy, { category: 'process_error', verdict }, closedAt);
    expect(dueAt).toBe(daysAfter(days));
  });

  const rules = [
    { id: 'violence', categories: ['violent_behaviour' as const], keepMs: 400 * dayMs },
    { id: 'open', outcomes: ['unreviewed' as const], keepMs: 60 * dayMs },
    { id: 'both', categories: ['safety' as const], outcomes: ['confirmed' as const], keepMs: 300 * dayMs },
    { id: 'least', keepMs: 2 * dayMs },
  ];
  it.each<[Category, Verdict, string, number]>([
    ['process_error', 'paid', 'least', 2],
    ['process_error', 'staff_error', 'outcome:staff_error', 7],
    ['process_error', 'unsure', 'open', 60],
    ['violent_behaviour', 'paid', 'violence', 400],
    ['violent_behaviour', 'confirmed', 'violence', 400],
    ['safety', 'confirmed', 'both', 300],
    ['safety', 'false_positive', 'outcome:false_positive', 7],
  ])('%s, %s: the longest of all that apply, %s', (category, verdict, rule, days) => {
    expect(keepFor(terms(1, {}, { rules }), { category, verdict })).toEqual({ rule, keepMs: days * dayMs });
  });

  it('a snapshot that is older than the rules goes by its outcomes', () => {
    const { retention, ...old } = defaultPolicy;
    expect(retention.rules).toEqual([]);
    expect(keepFor(completePolicy(old), { category: 'safety', verdict: 'paid' }).keepMs).toBe(dayMs);
  });
});

describe('a policy that changes later', () => {
  const promised = terms(1, { paid: 10 });
  it.each<[string, Policy, Partial<ClosedCase>, number, string, number]>([
    ['that is the same', terms(1, { paid: 10 }), {}, 10, 'promised', 1],
    ['that keeps longer counts at once', terms(2, { paid: 20 }), {}, 20, 'current', 2],
    ['that keeps shorter does not count', terms(2, { paid: 5 }), {}, 10, 'promised', 1],
    [
      'that keeps shorter and says that it counts',
      terms(2, { paid: 5 }, { whenShortened: 'apply' }),
      {},
      5,
      'current',
      2,
    ],
    [
      'that keeps shorter never goes before the lock',
      terms(2, { paid: 5 }, { whenShortened: 'apply' }),
      { lockedUntil: daysAfter(8) },
      ...([8, 'lock', 2] as const),
    ],
    ['a correction starts anew', terms(1, { paid: 10 }), { correctedAt: daysAfter(3) }, 13, 'promised', 1],
    [
      'a correction of an earlier run does not',
      terms(1, { paid: 10 }),
      { correctedAt: daysAfter(-3) },
      10,
      'promised',
      1,
    ],
    ['a right to have it deleted', terms(1, { paid: 10 }), { eraseFrom: daysAfter(4) }, 4, 'erasure', 1],
    ['a right that comes after its time', terms(1, { paid: 10 }), { eraseFrom: daysAfter(11) }, 10, 'promised', 1],
    [
      'a right that the lock is in the way of',
      terms(1, { paid: 10 }),
      { eraseFrom: daysAfter(4), lockedUntil: daysAfter(6) },
      ...([6, 'lock', 1] as const),
    ],
    ['a lock beyond every rule', terms(1, { paid: 10 }), { lockedUntil: daysAfter(180) }, 180, 'lock', 1],
  ])('%s', (_name, current, change, days, by, policyVersion) => {
    const basis = appraise(promised, current, closed(change));
    expect(basis).toMatchObject({ dueAt: daysAfter(days), by, policyVersion });
  });
});

describe('the cold tier', () => {
  const cold = terms(1, { confirmed: 100 }, { coldAfterMs: 30 * dayMs });
  it('takes what stays long enough', () => {
    expect(appraise(cold, cold, closed({ verdict: 'confirmed' })).coldAt).toBe(daysAfter(30));
    expect(appraise(cold, cold, closed({ verdict: 'paid' })).coldAt).toBeNull();
    expect(appraise(defaultPolicy, defaultPolicy, closed({ verdict: 'confirmed' })).coldAt).toBeNull();
  });

  const dueAt = daysAfter(100);
  it.each<[string, 'hot' | 'cold', string | null, number, number]>([
    ['without one, until it is due', 'hot', null, 0, 100],
    ['until a week after the move', 'hot', daysAfter(30), 0, 37],
    ['a week from now when the move is late', 'hot', daysAfter(30), 50, 57],
    ['never past the day on which it is due', 'hot', daysAfter(30), 97, 100],
    ['the copy until it is due', 'cold', daysAfter(30), 40, 100],
  ])('is locked %s', (_name, tier, coldAt, nowDays, days) => {
    expect(lockTarget({ dueAt, coldAt, tier }, daysAfter(nowDays))).toBe(daysAfter(days));
  });
});

it('locks end with a whole second and never before they should', () => {
  expect(wholeSecond('2026-03-01T12:00:00.001Z')).toBe('2026-03-01T12:00:01.000Z');
  expect(wholeSecond('2026-03-01T12:00:00.000Z')).toBe('2026-03-01T12:00:00.000Z');
});
