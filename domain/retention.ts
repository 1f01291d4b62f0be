import type { Policy } from './policy.ts';
import { addMs, toIso, toMs } from './time.ts';
import type { Category, Verdict } from './types.ts';

export type RetainedOutcome = keyof Policy['retentionMs'];

/** Keeps longer what it names; whatever is left out of it matches everything. */
export interface RetentionRule {
  id: string;
  categories?: readonly Category[];
  outcomes?: readonly RetainedOutcome[];
  keepMs: number;
}

/** The part of a policy that says how long, as it was promised at the start or as it is today. */
export type RetentionTerms = Pick<Policy, 'id' | 'version' | 'retentionMs' | 'retention'>;

export interface KeptFor {
  keepMs: number;
  /** `outcome:<verdict>`, or the id of the rule that keeps it longest. */
  rule: string;
}

/** Open questions are kept like what nobody decided. */
export const outcomeOf = (verdict: Verdict): RetainedOutcome =>
  verdict === 'unsure' || verdict === 'help' || verdict === 'safe' ? 'unreviewed' : verdict;

/** The longest of all times that apply; of two that are equally long, the one of the outcome. */
export function keepFor(
  terms: Pick<RetentionTerms, 'retentionMs' | 'retention'>,
  about: { category: Category; verdict: Verdict },
): KeptFor {
  const outcome = outcomeOf(about.verdict);
  let longest: KeptFor = { keepMs: terms.retentionMs[outcome], rule: `outcome:${outcome}` };
  for (const { id, categories, outcomes, keepMs } of terms.retention.rules) {
    const applies = (categories?.includes(about.category) ?? true) && (outcomes?.includes(outcome) ?? true);
    if (applies && keepMs > longest.keepMs) longest = { keepMs, rule: id };
  }
  return longest;
}

/** When the evidence of a closed incident is due by the policy that it opened with. */
export function purgeAfter(
  terms: Pick<RetentionTerms, 'retentionMs' | 'retention'>,
  about: { category: Category; verdict: Verdict },
  closedAt: string,
): string {
  return addMs(closedAt, keepFor(terms, about).keepMs);
}

export interface ClosedCase {
  category: Category;
  verdict: Verdict;
  closedAt: string;
  correctedAt: string | null;
  /** Until when the store has promised to keep it; no rule can be earlier. */
  lockedUntil: string | null;
  /** From when it is to be deleted because whoever is seen in it has a right to that; null: nobody asked. */
  eraseFrom: string | null;
}

/** Why the evidence goes when it goes: stored with the incident, and signed when it is deleted. */
export interface RetentionBasis extends KeptFor {
  policyId: string;
  policyVersion: number;
  /** By the policy at its start, by a later one, by somebody's right, or by the store, which keeps it longer than any of them asks. */
  by: 'promised' | 'current' | 'erasure' | 'lock';
  erase: boolean;
  countedFrom: string;
  dueAt: string;
  coldAt: string | null;
}

/**
 * A later policy that keeps longer counts at once. One that keeps shorter counts only where it says so itself, and never
 * before the store's lock ends. A correction starts its time anew, so that whoever hears of it can still ask for the evidence.
 */
export function appraise(promised: RetentionTerms, current: RetentionTerms, closed: ClosedCase): RetentionBasis {
  const before = keepFor(promised, closed);
  const now = keepFor(current, closed);
  const counts =
    now.keepMs > before.keepMs || (current.retention.whenShortened === 'apply' && now.keepMs < before.keepMs);
  const [terms, kept] = counts ? [current, now] : [promised, before];
  const countedFrom = laterOf(closed.closedAt, closed.correctedAt);
  const keptUntil = addMs(countedFrom, kept.keepMs);
  const erase = closed.eraseFrom !== null;
  const ruledAt = closed.eraseFrom !== null && toMs(closed.eraseFrom) < toMs(keptUntil) ? closed.eraseFrom : keptUntil;
  const dueAt = laterOf(ruledAt, closed.lockedUntil);
  return {
    ...kept,
    ...{ policyId: terms.id, policyVersion: terms.version },
    by: toMs(dueAt) > toMs(ruledAt) ? 'lock' : ruledAt !== keptUntil ? 'erasure' : counts ? 'current' : 'promised',
    erase,
    ...{ countedFrom, dueAt, coldAt: coldAt(current, countedFrom, dueAt) },
  };
}

/** The date from which it belongs into the cold tier; null when it would be deleted before. */
function coldAt(terms: RetentionTerms, countedFrom: string, dueAt: string): string | null {
  const { coldAfterMs } = terms.retention;
  if (coldAfterMs === null) return null;
  const at = addMs(countedFrom, coldAfterMs);
  return toMs(at) + coldAtLeastMs < toMs(dueAt) ? at : null;
}

/** Moving something for less than this costs more than it saves. */
const coldAtLeastMs = 7 * 86_400_000;
/** How long past its move a file of the hot tier stays locked, so that the copy can be made and checked. */
export const moveGraceMs = 7 * 86_400_000;

/**
 * Until when a file must be locked: until it is due, or, while it waits to be moved into the cold tier, until a while after
 * the move, since its locked copy takes over then.
 */
export function lockTarget(
  about: { dueAt: string; coldAt: string | null; tier: 'hot' | 'cold' },
  nowAt: string,
): string {
  if (about.tier === 'cold' || about.coldAt === null) return about.dueAt;
  const moved = toMs(laterOf(about.coldAt, nowAt)) + moveGraceMs;
  return toIso(Math.min(toMs(about.dueAt), moved));
}

/** Stores count locks in whole seconds and cut the rest off. */
export const wholeSecond = (at: string): string => toIso(Math.ceil(toMs(at) / 1_000) * 1_000);

function laterOf(at: string, other: string | null): string {
  return other !== null && toMs(other) > toMs(at) ? other : at;
}
