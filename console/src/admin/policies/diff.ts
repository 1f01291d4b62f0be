export interface DiffLine {
  kind: 'same' | 'added' | 'removed';
  text: string;
  /** Counted from 1; null where the line is not in that text. */
  before: number | null;
  after: number | null;
}

/** Enough for any policy (64 kB); what is longer is shown as replaced. */
const maxCells = 4_000_000;

/** The longest common lines stay, everything else was removed or added. */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = linesOf(before);
  const b = linesOf(after);
  const same = new Set<string>();
  if (a.length * b.length <= maxCells) {
    const longest = a.map(() => new Uint16Array(b.length + 1));
    longest.push(new Uint16Array(b.length + 1));
    for (let i = a.length - 1; i >= 0; i--)
      for (let j = b.length - 1; j >= 0; j--)
        longest[i]![j] =
          a[i] === b[j] ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!);
    for (let i = 0, j = 0; i < a.length && j < b.length; ) {
      if (a[i] === b[j]) same.add(`${i++}:${j++}`);
      else if (longest[i + 1]![j]! >= longest[i]![j + 1]!) i++;
      else j++;
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  const meets = [...same].map((pair) => pair.split(':').map(Number) as [number, number]);
  for (const [nextI, nextJ] of [...meets, [a.length, b.length] as [number, number]]) {
    for (; i < nextI; i++) lines.push({ kind: 'removed', text: a[i]!, before: i + 1, after: null });
    for (; j < nextJ; j++) lines.push({ kind: 'added', text: b[j]!, before: null, after: j + 1 });
    if (i < a.length && j < b.length) lines.push({ kind: 'same', text: a[i++]!, before: i, after: ++j });
  }
  return lines;
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

export interface Hunk {
  lines: DiffLine[];
  /** Unchanged lines left out before it. */
  skipped: number;
}

/** Only what changed, with a few lines around it. */
export function hunksOf(lines: readonly DiffLine[], around = 3): Hunk[] {
  const isNear = lines.map((_, at) =>
    lines.slice(Math.max(0, at - around), at + around + 1).some(({ kind }) => kind !== 'same'),
  );
  const hunks: Hunk[] = [];
  let skipped = 0;
  for (const [at, line] of lines.entries()) {
    if (!isNear[at]) {
      skipped++;
      continue;
    }
    if (hunks.length === 0 || skipped > 0) hunks.push({ lines: [], skipped });
    skipped = 0;
    hunks.at(-1)?.lines.push(line);
  }
  return hunks;
}
