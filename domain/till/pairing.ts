/** How long before and after a sighting its scan may come. */
export interface PairingWindow {
  beforeMs: number;
  afterMs: number;
}

/** Whether a scan can be that of a sighting at all, both by index; some articles look like nothing that was seen. */
export type MayPair = (sighting: number, scan: number) => boolean;

/**
 * Pairs sightings with scans so that as many as possible are explained and, among those, the total distance in time is
 * least. Both happen in the same order at a till, so the pairing is monotone: a longest-common-subsequence table with
 * a cost, O(sightings × scans). Returns for each sighting the index of its scan, or -1.
 */
export function pairScans(
  sightingsMs: readonly number[],
  scansMs: readonly number[],
  window: PairingWindow,
  mayPair: MayPair = () => true,
): number[] {
  const rows = sightingsMs.length;
  const columns = scansMs.length;
  interface Cell {
    pairs: number;
    costMs: number;
  }
  const better = (a: Cell, b: Cell) => a.pairs > b.pairs || (a.pairs === b.pairs && a.costMs < b.costMs);
  const table: Cell[][] = Array.from({ length: rows + 1 }, () =>
    Array.from({ length: columns + 1 }, () => ({ pairs: 0, costMs: 0 })),
  );
  const fits = (r: number, c: number) => {
    const distanceMs = scansMs[c]! - sightingsMs[r]!;
    return distanceMs >= -window.beforeMs && distanceMs <= window.afterMs && mayPair(r, c);
  };
  const paired = (r: number, c: number): Cell => {
    const rest = table[r + 1]![c + 1]!;
    return { pairs: rest.pairs + 1, costMs: rest.costMs + Math.abs(scansMs[c]! - sightingsMs[r]!) };
  };
  for (let r = rows - 1; r >= 0; r -= 1) {
    for (let c = columns - 1; c >= 0; c -= 1) {
      let best = table[r + 1]![c]!;
      if (better(table[r]![c + 1]!, best)) best = table[r]![c + 1]!;
      if (fits(r, c) && better(paired(r, c), best)) best = paired(r, c);
      table[r]![c] = best;
    }
  }
  const pairing = sightingsMs.map(() => -1);
  let r = 0;
  let c = 0;
  while (r < rows && c < columns) {
    const here = table[r]![c]!;
    const pair = fits(r, c) ? paired(r, c) : undefined;
    if (pair && pair.pairs === here.pairs && pair.costMs === here.costMs) {
      pairing[r] = c;
      r += 1;
      c += 1;
    } else if (table[r + 1]![c]!.pairs === here.pairs && table[r + 1]![c]!.costMs === here.costMs) r += 1;
    else c += 1;
  }
  return pairing;
}

/** A line on the camera's clock, and how many sightings it can explain. */
export interface Rung {
  atMs: number;
  pieces: number;
  /** How much further its pieces may lie than a single article; 0 for most. */
  passesMs: number;
}

/**
 * The same with lines of several pieces: each piece is a scan of its own at the line's instant, so the pairing within
 * the window stays the best there is. What is left over then goes to articles of quantity keys, which follow their scan:
 * in order, to whichever line's time runs out first, which leaves the fewest unexplained (Glover 1967, convex bipartite
 * matching). Lines oldest first; returns for each sighting the index of its line, or -1.
 */
export function pairPieces(
  sightingsMs: readonly number[],
  lines: readonly Rung[],
  window: PairingWindow,
  mayPair: MayPair = () => true,
): number[] {
  const owners = lines.flatMap(({ pieces }, index) =>
    Array.from({ length: Math.min(pieces, sightingsMs.length) }, () => index),
  );
  const pairing = pairScans(
    sightingsMs,
    owners.map((owner) => lines[owner]!.atMs),
    window,
    (row, piece) => mayPair(row, owners[piece]!),
  ).map((piece) => (piece < 0 ? -1 : owners[piece]!));
  const left = lines.map(({ pieces }, index) => pieces - pairing.filter((owner) => owner === index).length);
  for (const [row, atMs] of sightingsMs.entries()) {
    if (pairing[row]! >= 0) continue;
    let best = -1;
    let bestEndMs = Number.POSITIVE_INFINITY;
    for (const [index, line] of lines.entries()) {
      const endMs = line.atMs + window.beforeMs + line.passesMs;
      if (line.passesMs === 0 || left[index]! < 1 || endMs >= bestEndMs || !mayPair(row, index)) continue;
      if (atMs < line.atMs - window.afterMs - line.passesMs || atMs > endMs) continue;
      best = index;
      bestEndMs = endMs;
    }
    if (best < 0) continue;
    pairing[row] = best;
    left[best]! -= 1;
  }
  return pairing;
}
