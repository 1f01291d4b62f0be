/** The known word that a mistyped one was most likely meant to be; null when none is near. */
export function nearestWord(word: string, known: readonly string[]): string | null {
  const folded = fold(word);
  let best: { word: string; distance: number } | null = null;
  for (const candidate of known) {
    const distance = editDistance(folded, fold(candidate));
    if (best === null || distance < best.distance) best = { word: candidate, distance };
  }
  if (best === null) return null;
  return best.distance <= Math.max(1, Math.floor(Math.max(folded.length, best.word.length) / 3)) ? best.word : null;
}

/** `lateAfterMs`, `late_after` and `late-after` are all meant as `lateAfter`. */
const fold = (word: string): string =>
  word
    .slice(0, 64)
    .replace(/Ms$/, '')
    .replace(/[^A-Za-z0-9]/g, '')
    .toLowerCase();

/** Edits of one letter, two swapped neighbours included. */
function editDistance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const same = from[i - 1] === to[j - 1];
      let best = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return rows[from.length]![to.length]!;
}
