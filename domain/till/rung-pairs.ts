import { toMs } from '../time.ts';
import type { Basket, RungLine } from './basket.ts';
import type { LaneCrossing } from './lane.ts';

export interface RungPair {
  basket: Basket;
  line: RungLine;
  crossing: LaneCrossing;
}

/** How long before and after the crossing of its item a scan may come. */
const scanBeforeMs = 1_500;
const scanAfterMs = 2_500;
/** A quantity key or a multi-pack that was torn open stands for items that follow one another. */
const perFurtherItemMs = 1_000;
/** At a belt items follow one another so closely that only the nearest scans are beyond doubt. */
const clearBeforeMs = 800;
const clearAfterMs = 1_500;
/** One item that was scanned twice has one crossing; the line that was taken back has none. */
const doubleScanMs = 15_000;

interface Slot {
  basket: Basket;
  line: RungLine;
  atMs: number;
  untilMs: number;
  left: number;
}

/**
 * Which crossings have a line, and which have none. First each article is one item, then what is left may be the pieces
 * of a multi-pack. Each crossing takes the earliest line that still has items left and lies within the window: where all
 * windows are of one length that finds as many pairs as there can be (greedy matching of intervals by their end).
 */
export function pairRung(
  baskets: readonly Basket[],
  crossings: readonly LaneCrossing[],
): { pairs: RungPair[]; unpaired: LaneCrossing[] } {
  const lines = baskets.flatMap((basket) =>
    basket.rung.filter((line) => !scannedTwice(basket, line)).map((line) => ({ basket, line })),
  );
  const articles = take(
    slotsOf(lines, ({ articles: items }) => items),
    crossings,
  );
  const pieces = take(
    slotsOf(lines, ({ articles: items, pieces: all }) => all - items),
    articles.unpaired,
  );
  return { pairs: [...articles.pairs, ...pieces.pairs], unpaired: pieces.unpaired };
}

function slotsOf(lines: readonly { basket: Basket; line: RungLine }[], itemsOf: (line: RungLine) => number): Slot[] {
  return lines
    .map(({ basket, line }) => {
      const atMs = toMs(line.at);
      const untilMs = atMs + scanBeforeMs + (line.pieces - 1) * perFurtherItemMs;
      return { basket, line, atMs, untilMs, left: itemsOf(line) };
    })
    .filter(({ left }) => left > 0)
    .sort((a, b) => a.atMs - b.atMs);
}

function take(slots: readonly Slot[], crossings: readonly LaneCrossing[]) {
  const found: { pairs: RungPair[]; unpaired: LaneCrossing[] } = { pairs: [], unpaired: [] };
  let first = 0;
  for (const crossing of crossings) {
    while (first < slots.length && (slots[first]!.left === 0 || slots[first]!.untilMs < crossing.atMs)) first += 1;
    let slot: Slot | undefined;
    for (let index = first; slot === undefined && index < slots.length; index += 1) {
      const next = slots[index]!;
      if (next.atMs > crossing.atMs + scanAfterMs) break;
      if (next.left > 0 && next.untilMs >= crossing.atMs) slot = next;
    }
    if (slot) {
      slot.left -= 1;
      found.pairs.push({ basket: slot.basket, line: slot.line, crossing });
    } else found.unpaired.push(crossing);
  }
  return found;
}

/** Whether a line was taken back because the same article had just been scanned, or was scanned anew right after. */
export function scannedTwice(basket: Basket, line: RungLine): boolean {
  if (!basket.voids.some(({ itemLine }) => itemLine === line.line)) return false;
  return basket.items.some((item) => item.plu === line.plu && Math.abs(toMs(item.at) - toMs(line.at)) <= doubleScanMs);
}

/**
 * Only pairs that nothing else could be mistaken for: one piece and one crossing, each the other's nearest, with no second
 * one close by. What is said of a single item rests on these.
 */
export function clearPairs(baskets: readonly Basket[], crossings: readonly LaneCrossing[]): RungPair[] {
  const lines = baskets
    .flatMap((basket) => basket.rung.map((line) => ({ basket, line, atMs: toMs(line.at) })))
    .sort((a, b) => a.atMs - b.atMs);
  const pairs: RungPair[] = [];
  let next = 0;
  for (const [index, crossing] of crossings.entries()) {
    while (next < lines.length && lines[next]!.atMs < crossing.atMs - clearBeforeMs) next += 1;
    const near = lines.slice(next, next + 2).filter(({ atMs }) => atMs <= crossing.atMs + clearAfterMs);
    const [only, second] = near;
    if (!only || second || only.line.pieces !== 1) continue;
    const alone = [crossings[index - 1], crossings[index + 1]].every(
      (other) => !other || other.atMs < only.atMs - clearAfterMs || other.atMs > only.atMs + clearBeforeMs,
    );
    if (alone) pairs.push({ basket: only.basket, line: only.line, crossing });
  }
  return pairs;
}
