import { toMs } from '../time.ts';
import type { PosLineType, PosUnit } from '../types.ts';

/** A till line as the question "was this item rung?" needs it. What is left out is not known. */
export interface ScanLine {
  lineId: string;
  occurredAt: string;
  plu?: string | null;
  description?: string | null;
  /** Left out: a scan. */
  type?: PosLineType;
  terminalId?: string;
  transactionId?: string;
  line?: number;
  quantity?: number | null;
  unit?: PosUnit | null;
  packSize?: number | null;
  relatedTransactionId?: string | null;
  relatedLine?: number | null;
  training?: boolean;
  /** By the server's clock. */
  receivedAt?: string;
  /** How far the clock of this line's till runs ahead of the camera's, where it is another one than the lane's own. */
  offsetMs?: number;
}

/** One line of many pieces (a tray of 500 screws) stands for at most so many crossings. */
const maxPiecesPerLine = 50;
/** With a quantity key one article is scanned and its fellows follow, each taking about this long. */
const passMs = 1_500;
/** However large the number on the quantity key is, its articles follow within this. */
export const maxPassesMs = 12_000;

type Counted = Pick<ScanLine, 'quantity' | 'unit' | 'packSize'>;

const articlesOf = ({ quantity, unit }: Counted): number => {
  // Weighed or measured goods are one item, whatever the scale said; so is a measure that names no unit.
  if ((unit ?? 'each') !== 'each' || !Number.isInteger(quantity ?? 1)) return 1;
  return Math.max(1, quantity ?? 1);
};

/** How many crossings one line can explain at most: a quantity key by its number, a multi-pack by what is in it. */
export const piecesOf = (line: Counted): number =>
  Math.min(articlesOf(line) * Math.max(1, line.packSize ?? 1), maxPiecesPerLine);

/** How much further than a single item those of a quantity key, or of a pack that was torn open, reach in time. */
export const passesMsOf = (line: Counted): number => Math.min((piecesOf(line) - 1) * passMs, maxPassesMs);

export interface LinesThatCount {
  /** Scans that stand, oldest first. */
  standing: ScanLine[];
  /** Scans that a void has taken back: they explain nothing, whenever the void came. */
  takenBack: ScanLine[];
}

/** Sorts the scans into those that stand and those that were taken back; all other lines only tell which is which. */
export function linesThatCount(lines: readonly ScanLine[]): LinesThatCount {
  const once = [...new Map(lines.map((line) => [`${line.terminalId ?? ''}/${line.lineId}`, line])).values()];
  const ordered = once
    .filter(({ training }) => !training)
    .sort((a, b) => toMs(a.occurredAt) - toMs(b.occurredAt) || (a.line ?? 0) - (b.line ?? 0));
  const scans = ordered.filter(({ type }) => (type ?? 'scan') === 'scan');
  const gone = new Set<ScanLine>();
  for (const taking of ordered) {
    if (taking.type !== 'line_void' && taking.type !== 'void') continue;
    const transactionId = taking.relatedTransactionId ?? taking.transactionId;
    const own = scans.filter(
      (scan) =>
        scan.transactionId !== undefined &&
        scan.transactionId === transactionId &&
        scan.terminalId === taking.terminalId &&
        !gone.has(scan),
    );
    const taken = taking.type === 'void' ? own : oneOf(own, taking);
    for (const scan of taken) gone.add(scan);
  }
  return { standing: scans.filter((scan) => !gone.has(scan)), takenBack: scans.filter((scan) => gone.has(scan)) };
}

/** The line that is named; without a name the last one before it, of the same article where that is said. */
function oneOf(scans: readonly ScanLine[], taking: ScanLine): ScanLine[] {
  const { relatedLine, plu } = taking;
  const named = (relatedLine ?? null) !== null;
  const last = scans.findLast((scan) =>
    named
      ? scan.line === relatedLine
      : toMs(scan.occurredAt) <= toMs(taking.occurredAt) && ((plu ?? null) === null || scan.plu === plu),
  );
  return last === undefined ? [] : [last];
}
