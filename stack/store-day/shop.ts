import type { Article } from './assortment.ts';
import type { Random } from './random.ts';
import type { Rung } from './receipt.ts';
import type { DayRecord, Place } from './record.ts';
import type { Shift } from './tills.ts';
import type { Faults, FraudKind } from './types.ts';

export interface Shop {
  record: DayRecord;
  random: Random;
  faults: Faults;
  draw: () => Article;
  /** What honest people would pay more for. */
  dear: readonly Article[];
  /** Those of them that an item model has a name for. */
  dearNamed: readonly Article[];
  /** What is keyed in its place: by weight at a self-checkout, by the piece at a lane. */
  cheapWeighed: Article;
  cheapPiece: Article;
  /** Paid receipts so far, so that goods of today can be brought back. */
  paid: { terminalId: string; transactionId: string; rung: Rung[] }[];
}

export interface Sale {
  size: number;
  fraud: FraudKind | null;
  training: boolean;
}

export interface At {
  place: Place;
  shift: Shift;
  startMs: number;
}

/** How much of an article somebody buys: pieces, or kilograms. */
export function quantityOf(article: Article, random: Random): number {
  if (article.weighed) return random.between(150, 1_800) / 1_000;
  if (article.packSize > 1) return random.chance(0.2) ? 2 : 1;
  if (article.many && random.chance(0.25)) return random.between(2, 6);
  return 1;
}
