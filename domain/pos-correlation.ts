import { toIso, toMs } from './time.ts';
import type { PosVerdict, Reason } from './types.ts';

export interface ScanLine {
  lineId: string;
  occurredAt: string;
  plu?: string | null;
  description?: string | null;
}

export interface CorrelationWindow {
  beforeMs: number;
  afterMs: number;
  /** A feed whose last sign of life is older than this, at the end of the window, cannot testify. */
  feedStaleAfterMs: number;
}

export interface CorrelationInput {
  /** The item in question. */
  sightingAt: string;
  /** Every item seen around it, this one included or not: a neighbour's scan must not be taken for this one's. */
  neighbourSightingsAt: readonly string[];
  lines: readonly ScanLine[];
  /** Last line or heartbeat that the till sent, by the till's clock; null: never heard of. */
  feedSeenAt: string | null;
  window: CorrelationWindow;
}

export interface CorrelationResult {
  verdict: Extract<PosVerdict, 'MATCH' | 'MISMATCH' | 'UNKNOWN'>;
  matchedLineId: string | null;
  windowFromAt: string;
  windowToAt: string;
  reasons: Reason[];
}

/**
 * Pairs sightings with scans so that as many as possible are explained and, among those, the total distance in time is
 * least. Both happen in the same order at a till, so the pairing is monotone: a longest-common-subsequence table with
 * a cost, O(sightings × scans). Returns for each sighting the index of its scan, or -1.
 */
export function pairScans(
  sightingsMs: readonly number[],
  scansMs: readonly number[],
  window: { beforeMs: number; afterMs: number },
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
    return distanceMs >= -window.beforeMs && distanceMs <= window.afterMs;
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

/** Receipt first: asks the till before any person is asked. UNKNOWN whenever the till cannot be believed to have spoken. */
export function correlate(input: CorrelationInput): CorrelationResult {
  const sightingMs = toMs(input.sightingAt);
  const fromMs = sightingMs - input.window.beforeMs;
  const toMsEnd = sightingMs + input.window.afterMs;
  const base = { windowFromAt: toIso(fromMs), windowToAt: toIso(toMsEnd) };
  const sightingsMs = [...new Set([...input.neighbourSightingsAt.map(toMs), sightingMs])].sort((a, b) => a - b);
  const lines = [...input.lines].sort((a, b) => toMs(a.occurredAt) - toMs(b.occurredAt));
  const pairing = pairScans(
    sightingsMs,
    lines.map((line) => toMs(line.occurredAt)),
    input.window,
  );
  const scanIndex = pairing[sightingsMs.indexOf(sightingMs)] ?? -1;
  if (scanIndex >= 0) {
    const line = lines[scanIndex]!;
    return {
      ...base,
      verdict: 'MATCH',
      matchedLineId: line.lineId,
      reasons: [
        {
          code: 'RECEIPT_LINE_FOUND',
          params: {
            lineId: line.lineId,
            distanceMs: toMs(line.occurredAt) - sightingMs,
            plu: line.plu ?? null,
            description: line.description ?? null,
          },
        },
      ],
    };
  }
  if (input.feedSeenAt === null)
    return { ...base, verdict: 'UNKNOWN', matchedLineId: null, reasons: [{ code: 'TILL_NEVER_HEARD', params: {} }] };
  const lagMs = toMsEnd - toMs(input.feedSeenAt);
  if (lagMs > input.window.feedStaleAfterMs) {
    return {
      ...base,
      verdict: 'UNKNOWN',
      matchedLineId: null,
      reasons: [
        {
          code: 'TILL_SILENT',
          params: { lastSeenAt: input.feedSeenAt, lagMs, allowedMs: input.window.feedStaleAfterMs },
        },
      ],
    };
  }
  const nearby = lines.filter((line) => toMs(line.occurredAt) >= fromMs && toMs(line.occurredAt) <= toMsEnd).length;
  return {
    ...base,
    verdict: 'MISMATCH',
    matchedLineId: null,
    reasons: [
      {
        code: 'NO_RECEIPT_LINE',
        params: { linesInWindow: nearby, explainedByOtherItems: nearby, sightings: sightingsMs.length },
      },
    ],
  };
}
