import { toMs } from '../time.ts';
import type { Reason } from '../types.ts';
import type { LearnedArticles } from './articles.ts';
import type { Basket } from './basket.ts';
import type { FindingRuleId } from './settings.ts';

/** An item that a camera saw cross at a till, moved to the till's clock. */
export interface LaneCrossing {
  id: string;
  atMs: number;
  label: string | null;
  labelScore: number;
}

/** How far the till's clock was ahead of the camera's over a stretch. */
export interface ClockOffset {
  fromAt: string;
  toAt: string | null;
  offsetMs: number;
}

/** One till's day. */
export interface LaneDay {
  day: string;
  terminalId: string;
  /** Without training, oldest first. */
  baskets: readonly Basket[];
  /** Oldest first; none where no camera looks. */
  crossings: readonly LaneCrossing[];
  /** Up to when the till has been heard; what is younger than a rule's patience is left alone. */
  knownToMs: number;
  articles: LearnedArticles;
}

/** What a rule has seen; whether it is worth a word is decided with the whole day at hand. */
export interface Candidate {
  terminalId: string;
  operator: string | null;
  transactionId: string;
  at: string;
  amountMinor: number;
  /** `transaction/line` of each line that it rests on. */
  lines: string[];
  /** How many times over it happened. */
  count: number;
  /** How much it says by itself, 0 to 1. */
  evidence: number;
  reasons: Reason[];
}

export interface Finding {
  ruleId: FindingRuleId;
  terminalId: string;
  operator: string | null;
  /** Null: it is about a whole day of somebody. */
  transactionId: string | null;
  at: string;
  amountMinor: number;
  lines: string[];
  params: Record<string, string | number | null>;
  score: number;
  reasons: Reason[];
}

/** The instants of a camera on the till's clock; outside every measured stretch they stay as they are. */
export function onTillClock(atMs: number, offsets: readonly ClockOffset[]): number {
  const holds = offsets.find(({ fromAt, toAt }) => toMs(fromAt) <= atMs && (toAt === null || atMs < toMs(toAt)));
  return atMs + (holds?.offsetMs ?? 0);
}

/** Of a sorted list, what lies between two instants. */
export function between(crossings: readonly LaneCrossing[], fromMs: number, toMs: number): LaneCrossing[] {
  let low = 0;
  let high = crossings.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (crossings[middle]!.atMs < fromMs) low = middle + 1;
    else high = middle;
  }
  const found: LaneCrossing[] = [];
  for (let index = low; index < crossings.length && crossings[index]!.atMs <= toMs; index += 1)
    found.push(crossings[index]!);
  return found;
}

export const candidateOf = (
  basket: Basket,
  of: Pick<Candidate, 'at' | 'amountMinor' | 'lines' | 'evidence' | 'reasons'> & { count?: number },
): Candidate => ({
  count: of.lines.length,
  terminalId: basket.terminalId,
  operator: basket.operator,
  transactionId: basket.transactionId,
  ...of,
});

/** Where the till names nobody on a transaction, it was whoever had signed on there. */
export function nameCashiers(baskets: readonly Basket[]): Basket[] {
  const signs = baskets.flatMap((basket) => basket.signs).sort((a, b) => toMs(a.at) - toMs(b.at));
  return baskets.map((basket) => {
    if (basket.operator !== null) return basket;
    const last = signs.findLast(({ at }) => toMs(at) <= toMs(basket.startedAt));
    return last?.on === true ? { ...basket, operator: last.operator } : basket;
  });
}
