import { type Judgement, judgeMeasure, subjectOf } from './baseline.ts';
import type { Candidate, Finding, LaneDay } from './lane.ts';
import type { DayMeasure, MeasureName } from './measures.ts';
import { noSaleBurst } from './rules/drawer.ts';
import { discountRate, priceOverride } from './rules/prices.ts';
import { refundWithoutCustomer, refundWithoutReceipt } from './rules/refunds.ts';
import { suspendNotResumed } from './rules/suspended.ts';
import { sweethearting } from './rules/sweethearting.ts';
import { cheapShare, oneCheapArticle, rungAsCheaper } from './rules/under-ringing.ts';
import { cancelledAfterTotalRule, lineVoidRate, postVoid, voidAfterTender } from './rules/voids.ts';
import type { TillRule, TillRuleId, TillRules } from './settings.ts';

interface Search {
  ruleId: TillRuleId;
  find: (lane: LaneDay, rule: TillRule) => Candidate[];
  /** How often it happens is compared with what is usual. */
  judgedBy: MeasureName | null;
  /** Only the frequency says anything: one finding for the whole day of a cashier. */
  wholeDay: boolean;
}

const searches: readonly Search[] = [
  { ruleId: 'void_after_tender', find: voidAfterTender, judgedBy: 'voidsAfterTender', wholeDay: false },
  { ruleId: 'post_void', find: postVoid, judgedBy: 'postVoids', wholeDay: false },
  { ruleId: 'cancelled_after_total', find: cancelledAfterTotalRule, judgedBy: 'cancelled', wholeDay: false },
  { ruleId: 'refund_without_receipt', find: refundWithoutReceipt, judgedBy: 'refundsWithoutReceipt', wholeDay: false },
  { ruleId: 'refund_without_customer', find: refundWithoutCustomer, judgedBy: null, wholeDay: false },
  { ruleId: 'no_sale_burst', find: noSaleBurst, judgedBy: 'noSales', wholeDay: false },
  { ruleId: 'price_override', find: priceOverride, judgedBy: 'overrides', wholeDay: false },
  { ruleId: 'discount_rate', find: discountRate, judgedBy: 'discounts', wholeDay: true },
  { ruleId: 'line_void_rate', find: lineVoidRate, judgedBy: 'lineVoids', wholeDay: true },
  { ruleId: 'suspend_not_resumed', find: suspendNotResumed, judgedBy: 'suspended', wholeDay: false },
  { ruleId: 'under_ringing', find: rungAsCheaper, judgedBy: null, wholeDay: false },
  { ruleId: 'under_ringing', find: oneCheapArticle, judgedBy: null, wholeDay: false },
  { ruleId: 'under_ringing', find: cheapShare, judgedBy: 'cheapPieces', wholeDay: true },
  { ruleId: 'sweethearting', find: sweethearting, judgedBy: null, wholeDay: false },
];

/** So many lines stand for a whole day; the receipts show the rest. */
const maxLines = 50;

/** What the rules have seen so far, search by search. */
export type Seen = Candidate[][];
export const nothingSeen = (): Seen => searches.map(() => []);

/** Looks through one till's day and adds to what was seen. */
export function examineLane(lane: LaneDay, rules: TillRules, seen: Seen): void {
  for (const [index, { ruleId, find }] of searches.entries())
    if (rules[ruleId].enabled) seen[index]!.push(...find(lane, rules[ruleId]));
}

/** With the whole day at hand: what is frequent enough, and unusual where only that counts, becomes a finding. */
export function concludeDay(
  seen: Seen,
  today: readonly DayMeasure[],
  history: readonly DayMeasure[],
  rules: TillRules,
): Finding[] {
  const found = searches.flatMap((search, index) => {
    const rule = rules[search.ruleId];
    const judge = search.judgedBy === null ? null : judgeMeasure(search.judgedBy, today, history);
    return [...bySubject(seen[index]!)].flatMap((candidates) => {
      const count = candidates.reduce((sum, candidate) => sum + candidate.count, 0);
      if (count < rule.minCount) return [];
      const judgement = judge?.(candidates[0]!) ?? null;
      if (judgement && judgement.z !== null && judgement.z < (rule.zThreshold ?? 0)) return [];
      if (!search.wholeDay) return candidates.map((candidate) => findingOf(search.ruleId, candidate, judgement));
      // Where only the frequency speaks and nothing is known of what is usual, nothing can be said.
      return judgement?.z == null ? [] : [wholeDayOf(search.ruleId, candidates, judgement)];
    });
  });
  return oncePerTransaction(found);
}

/** One rule may see one transaction in several ways: together they are one finding, and more certain. */
function oncePerTransaction(found: readonly Finding[]): Finding[] {
  const byKey = new Map<string, Finding>();
  for (const finding of found) {
    const about = finding.transactionId ?? subjectOf(finding);
    const key = JSON.stringify([finding.ruleId, finding.terminalId, finding.transactionId === null, about]);
    const known = byKey.get(key);
    byKey.set(key, known ? together(known, finding) : finding);
  }
  return [...byKey.values()];
}

const together = (a: Finding, b: Finding): Finding => ({
  ...a,
  at: [a.at, b.at].sort()[0]!,
  amountMinor: Math.max(a.amountMinor, b.amountMinor),
  lines: [...new Set([...a.lines, ...b.lines])],
  params: { ...b.params, ...a.params },
  score: round(1 - (1 - a.score) * (1 - b.score)),
  reasons: [...a.reasons, ...b.reasons.filter((reason) => !JSON.stringify(a.reasons).includes(JSON.stringify(reason)))],
});

function bySubject(candidates: readonly Candidate[]): Candidate[][] {
  const groups = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const known = groups.get(subjectOf(candidate));
    if (known) known.push(candidate);
    else groups.set(subjectOf(candidate), [candidate]);
  }
  return [...groups.values()];
}

function findingOf(ruleId: TillRuleId, candidate: Candidate, judgement: Judgement | null): Finding {
  const { evidence, reasons, count: _count, ...rest } = candidate;
  return {
    ...rest,
    ...{ ruleId, params: paramsOf(judgement), score: scoreOf(evidence, judgement) },
    reasons: [...reasons, ...reasonsOf(judgement)],
  };
}

function wholeDayOf(ruleId: TillRuleId, candidates: readonly Candidate[], judgement: Judgement): Finding {
  const [first] = candidates;
  const lines = candidates.flatMap((candidate) => candidate.lines);
  return {
    ...{ ruleId, terminalId: first!.terminalId, operator: first!.operator, transactionId: null, at: first!.at },
    amountMinor: candidates.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    lines: lines.slice(0, maxLines),
    params: { ...paramsOf(judgement), lines: lines.length },
    ...{ score: scoreOf(0, judgement), reasons: reasonsOf(judgement) },
  };
}

/** What it says by itself and how unusual it is are independent: 1 − (1 − a)(1 − b). Twice 3.5 deviations is two thirds. */
function scoreOf(evidence: number, judgement: Judgement | null): number {
  const unusual = judgement?.z == null ? 0 : Math.max(0, judgement.z) / (Math.max(0, judgement.z) + 3.5);
  return round(1 - (1 - evidence) * (1 - unusual));
}

function paramsOf(judgement: Judgement | null): Finding['params'] {
  if (!judgement) return {};
  const { count, expected, z } = judgement;
  return { count, expected: expected === null ? null : round(expected), z: z === null ? null : round(z) };
}

function reasonsOf(judgement: Judgement | null): Finding['reasons'] {
  if (!judgement) return [];
  const { count, ownDays, laneDays, storeDays } = judgement;
  if (judgement.expected === null || judgement.z === null)
    return [{ code: 'NOTHING_TO_COMPARE_WITH', params: { count, storeDays } }];
  const params = { count, expected: round(judgement.expected), z: round(judgement.z), ownDays, laneDays, storeDays };
  return [{ code: 'MORE_THAN_USUAL', params }];
}

const round = (value: number): number => Math.round(value * 100) / 100;
