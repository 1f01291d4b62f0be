import { median, subjectOf } from './baseline.ts';
import type { Basket } from './basket.ts';
import type { LaneCrossing } from './lane.ts';
import { clearPairs } from './rung-pairs.ts';

/** A picture class counts from this score on. */
export const minLabelScore = 0.6;
/** Of fewer pictures nothing is known of an article's looks. */
const minSeen = 4;
/** An article is taken for something else when it looked like that in less than this share of the pictures. */
const strangerShare = 0.25;
/** Most pieces cost more than the cheap ones: the price below which a quarter of the day's pieces lie. */
const cheapShare = 0.25;

/** What the day itself teaches about the assortment; nobody has to declare it. */
export interface LearnedArticles {
  /** Price of a piece below which an article is cheap in this store. */
  cheapUnitMinor: number;
  /** Whether pictures of the article have been something else than this nearly always. */
  looksOtherwise(plu: string, label: string): boolean;
  /** What a piece of that class usually costs here; null: never seen. */
  usualUnitMinor(label: string): number | null;
  /** How often somebody keyed a cheap article, rows of it counted once, against what all others do; null: not cheap. */
  keyedBy(subject: string, plu: string): { count: number; expected: number } | null;
}

/** Fed lane by lane, so that it holds articles and not lines. */
export interface ArticleLearner {
  observe(lane: { baskets: readonly Basket[]; crossings: readonly LaneCrossing[] }): void;
  finish(): LearnedArticles;
}

interface Seen {
  unitMinor: number;
  pieces: number;
  pictures: number;
  labels: Map<string, number>;
  /** Rows of lines of one piece, by who rang them. */
  keyed: Map<string, number>;
}

export function createArticleLearner(): ArticleLearner {
  const articles = new Map<string, Seen>();
  /** All of them, by who rang them. */
  const baskets = new Map<string, number>();
  const observeRung = (basket: Basket) => {
    const subject = subjectOf(basket);
    baskets.set(subject, (baskets.get(subject) ?? 0) + 1);
    for (const [index, line] of basket.rung.entries()) {
      if (line.plu === null || line.amountMinor <= 0) continue;
      const unitMinor = line.amountMinor / line.pieces;
      const seen = articles.get(line.plu) ?? { unitMinor, pieces: 0, pictures: 0, ...none() };
      // Weighed goods cost what they weigh: the mean keeps one number for each article.
      seen.unitMinor += ((unitMinor - seen.unitMinor) * line.pieces) / (seen.pieces + line.pieces);
      seen.pieces += line.pieces;
      articles.set(line.plu, seen);
      // Six rolls in a row are one customer's wish; rolls now and again in one basket are not.
      const again = basket.rung[index - 1]?.plu === line.plu;
      if (!again && line.pieces === 1) seen.keyed.set(subject, (seen.keyed.get(subject) ?? 0) + 1);
    }
  };
  return {
    observe(lane) {
      for (const basket of lane.baskets) observeRung(basket);
      for (const { line, crossing } of clearPairs(lane.baskets, lane.crossings)) {
        const seen = line.plu === null ? undefined : articles.get(line.plu);
        if (!seen) continue;
        seen.pictures += 1;
        // A picture that the model has no name for is one of something else than what it names.
        if (crossing.label === null || crossing.labelScore < minLabelScore) continue;
        seen.labels.set(crossing.label, (seen.labels.get(crossing.label) ?? 0) + 1);
      }
    },
    finish() {
      const cheapUnitMinor = cheapOf([...articles.values()]);
      const all = sum(baskets.values());
      return {
        cheapUnitMinor,
        keyedBy(subject, plu) {
          const seen = articles.get(plu);
          const mine = baskets.get(subject) ?? 0;
          if (!seen || seen.unitMinor > cheapUnitMinor || all === mine) return null;
          const count = seen.keyed.get(subject) ?? 0;
          return { count, expected: (mine * (sum(seen.keyed.values()) - count)) / (all - mine) };
        },
        looksOtherwise(plu, label) {
          const seen = articles.get(plu);
          return (
            seen !== undefined &&
            seen.pictures >= minSeen &&
            (seen.labels.get(label) ?? 0) < strangerShare * seen.pictures
          );
        },
        usualUnitMinor(label) {
          const alike = [...articles.values()].filter((seen) => mostSeen(seen) === label);
          return alike.length === 0 ? null : median(alike.map(({ unitMinor }) => unitMinor));
        },
      };
    },
  };
}

const none = () => ({ labels: new Map<string, number>(), keyed: new Map<string, number>() });
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

function mostSeen(seen: Seen): string | null {
  if (seen.pictures < minSeen || seen.labels.size === 0) return null;
  const [label, count] = [...seen.labels].reduce((most, each) => (each[1] > most[1] ? each : most));
  return count > seen.pictures / 2 ? label : null;
}

function cheapOf(articles: readonly Seen[]): number {
  const sorted = articles.toSorted((a, b) => a.unitMinor - b.unitMinor);
  let left = cheapShare * sum(sorted.map(({ pieces }) => pieces));
  for (const { unitMinor, pieces } of sorted) {
    left -= pieces;
    if (left <= 0) return unitMinor;
  }
  return 0;
}
