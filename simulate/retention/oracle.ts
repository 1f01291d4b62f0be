import type { Policy } from '../../domain/policy.ts';
import type { Category, Verdict } from '../../domain/types.ts';

/** What the rules of retention say, written down once more and in another way than the product does. */
export interface Terms {
  days: Record<'paid' | 'staff_error' | 'false_positive' | 'confirmed' | 'unreviewed', number>;
  rules: { id: string; category: Category; days: number }[];
  applyShorter: boolean;
  coldDays: number | null;
}

export const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** What something keeps is locked this far ahead. */
const rollingLockMs = 8 * hourMs;
const lateAfterMs = 24 * hourMs;

export interface Case {
  incidentId: string;
  storeId: string;
  category: Category;
  promised: Terms;
  closed: { verdict: Verdict; atMs: number } | null;
  correctedMs: number | null;
  holds: Map<string, { fromMs: number; toMs: number | null }>;
  appeal: string | null;
  linksUntilMs: number;
  /** The last time that anything about it changed: nobody can be late for what was not so yet. */
  changedMs: number;
  /** The latest instant that any rule ever gave, before which a lock may stand. */
  latestDueMs: number;
  gone: boolean;
}

export interface Wrong {
  incidentId: string;
  atMs: number;
  why: string;
}

const keepMs = (terms: Terms, category: Category, verdict: Verdict): number => {
  const outcome = verdict === 'unsure' || verdict === 'help' || verdict === 'safe' ? 'unreviewed' : verdict;
  const all = [
    terms.days[outcome],
    ...terms.rules.filter((rule) => rule.category === category).map(({ days }) => days),
  ];
  return Math.max(...all) * dayMs;
};

/** When it is due by the terms that hold now; null while it is open. */
export function dueMs(one: Case, current: Terms): number | null {
  if (one.closed === null) return null;
  const { verdict, atMs } = one.closed;
  const promised = keepMs(one.promised, one.category, verdict);
  const today = keepMs(current, one.category, verdict);
  const kept = today > promised || current.applyShorter ? today : promised;
  return Math.max(atMs, one.correctedMs ?? 0) + kept;
}

const standing = (one: Case, nowMs: number): boolean =>
  [...one.holds.values()].some(({ fromMs, toMs }) => fromMs <= nowMs && (toMs === null || nowMs < toMs));

/** What keeps it now, whatever its date is. */
export function keptBy(one: Case, nowMs: number): string | null {
  if (one.closed === null) return 'it is open';
  if (standing(one, nowMs)) return 'a legal hold stands';
  if (one.appeal !== null) return 'an appeal is open';
  if (one.linksUntilMs > nowMs) return 'a hand-over is not settled';
  return null;
}

/** Why its evidence may not be deleted at this moment; null: it may. */
export function tooEarly(one: Case, current: Terms, nowMs: number): string | null {
  const kept = keptBy(one, nowMs);
  if (kept !== null) return kept;
  const due = dueMs(one, current)!;
  return nowMs < due ? `it is due at ${new Date(due).toISOString()}` : null;
}

/** Why its evidence should be gone by now; null: it need not be. A lock may be in the way up to the latest date that a rule gave. */
export function tooLate(one: Case, current: Terms, nowMs: number): string | null {
  if (one.gone || keptBy(one, nowMs) !== null) return null;
  const ends = [...one.holds.values()].flatMap(({ toMs }) => (toMs === null || toMs > nowMs ? [] : [toMs]));
  const freedMs = Math.max(one.changedMs, one.linksUntilMs, ...ends);
  const eligible = Math.max(dueMs(one, current)!, one.latestDueMs, freedMs);
  return nowMs > eligible + lateAfterMs ? `it could go since ${new Date(eligible).toISOString()}` : null;
}

/** Whether a lock stands longer than any rule ever asked for. */
export function locksTooLong(one: Case, current: Terms, lockedUntilMs: number, nowMs: number): boolean {
  const due = dueMs(one, current) ?? 0;
  const firstLockMs = one.changedMs + Math.min(...Object.values(one.promised.days)) * dayMs;
  return lockedUntilMs > Math.max(one.latestDueMs, due, firstLockMs, nowMs + rollingLockMs) + 1_000;
}

/** Remembers the date that holds now, since a lock may have been set to it. */
export function noteDue(one: Case, current: Terms): void {
  one.latestDueMs = Math.max(one.latestDueMs, dueMs(one, current) ?? 0);
}

export function policyOf(base: Policy, id: string, version: number, terms: Terms): Policy {
  return {
    ...base,
    ...{ id, version, mergeWindowMs: 1, receiptFirst: [] },
    retentionMs: Object.fromEntries(
      Object.entries(terms.days).map(([name, days]) => [name, days * dayMs]),
    ) as Policy['retentionMs'],
    retention: {
      rules: terms.rules.map(({ id: rule, category, days }) => ({
        id: rule,
        categories: [category],
        keepMs: days * dayMs,
      })),
      whenShortened: terms.applyShorter ? 'apply' : 'keep',
      coldAfterMs: terms.coldDays === null ? null : terms.coldDays * dayMs,
    },
  };
}
