/** The classes that a picture of each article may show; an article that is not in it is never doubted. */
export type PluClasses = Readonly<Record<string, readonly string[]>>;

/** A name below this score says nothing about an article. */
export const MIN_ITEM_SCORE = 0.5;

/** As many as a detection takes; a class of more articles tells too little apart, and part of them would be a lie. */
const MAX_EXPECTED = 1_024;

export interface WrongItem {
  /** The articles that look like what was seen. */
  expectedPlus: string[];
  rungPlu: string;
}

/**
 * Compares what an item looks like with what was rung for it. Both must be known: a class that no article has is the
 * model's mistake, and an article without classes is nobody's. Pure.
 */
export function wrongItem(
  item: { label: string; score: number } | undefined,
  rungPlu: string | undefined,
  pluClasses: PluClasses,
): WrongItem | undefined {
  if (!item || item.score < MIN_ITEM_SCORE || rungPlu === undefined) return undefined;
  const rungClasses = Object.hasOwn(pluClasses, rungPlu) ? pluClasses[rungPlu] : undefined;
  if (!rungClasses || rungClasses.includes(item.label)) return undefined;
  const expectedPlus = Object.keys(pluClasses).filter((plu) => pluClasses[plu]?.includes(item.label));
  return expectedPlus.length > 0 && expectedPlus.length <= MAX_EXPECTED ? { expectedPlus, rungPlu } : undefined;
}
