import type { CsvMapping, DayFileLine, DayFileMapping, DayFileReader, DayFileReading } from '../../domain/day-file.ts';

/** What the tests of the readers share: bytes cut anyhow, and everything that comes out. */
export async function* inPieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const cut of [...new Set(cuts)].sort((a, b) => a - b)) {
    yield bytes.subarray(from, cut);
    from = cut;
  }
  yield bytes.subarray(from);
}

export async function readAll(
  reader: DayFileReader,
  content: string | Uint8Array,
  reading: DayFileReading,
  cuts: readonly number[] = [],
): Promise<{ lines: DayFileLine[]; error: Error | null }> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const lines: DayFileLine[] = [];
  try {
    for await (const line of reader(inPieces(bytes, cuts), reading)) lines.push(line);
    return { lines, error: null };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { lines, error };
  }
}

export const eventsOf = (lines: readonly DayFileLine[]): Record<string, unknown>[] =>
  lines.flatMap((line) => ('event' in line ? [line.event] : []));

export const problemsOf = (lines: readonly DayFileLine[]): [number, string][] =>
  lines.flatMap((line): [number, string][] => ('problem' in line ? [[line.lineNumber, line.problem.message]] : []));

const plain: DayFileMapping = {
  stores: {},
  terminals: {},
  amount: { written: 'major', exponent: 2, decimalSign: '.', sign: 'as_written' },
  csv: null,
};

export const readingOf = (
  change: Partial<DayFileMapping> & { timeZone?: string; csv?: CsvMapping | null } = {},
): DayFileReading => {
  const { timeZone = 'Europe/Berlin', ...mapping } = change;
  return { storeId: 'high-street', timeZone, mapping: { ...plain, ...mapping } };
};
