import { pairPieces } from '../../domain/till/pairing.ts';

export interface FakeScanOptions {
  /** A scan may come this long before its item crosses the line, and this long after. */
  beforeMs: number;
  afterMs: number;
  /** An item is counted when it is well past the line: so much later than it crossed, at most. */
  settleMs: number;
  /** A line that comes in later than this after it was rung is not judged: what crossed then is forgotten. */
  lateMs: number;
  /** Without a picture for longer than this the camera did not see. */
  pictureGapMs: number;
}

export const FAKE_SCAN_DEFAULTS: FakeScanOptions = {
  ...{ beforeMs: 1_000, afterMs: 2_000, settleMs: 1_500, lateMs: 20_000, pictureGapMs: 1_000 },
};

interface RungLine {
  atMs: number;
  pieces: number;
}

/**
 * Finds lines that no item belongs to: nothing crossed within the window of a scan, although the camera saw all of it.
 * The reverse of the missed scan, with the same pairing. One item is enough for a line of many pieces. Pure.
 */
export class FakeScanRule<Line extends RungLine> {
  readonly #options: FakeScanOptions;
  #crossingsMs: number[] = [];
  #lines: { line: Line; heardMs: number; judged: boolean }[] = [];
  #seeingSinceMs: number | undefined;
  #lastPictureMs = Number.NEGATIVE_INFINITY;

  constructor(options: Partial<FakeScanOptions> = {}) {
    this.#options = { ...FAKE_SCAN_DEFAULTS, ...options };
  }

  /** A picture of the zone; a covered one shows nothing. */
  saw(atMs: number, covered: boolean): void {
    if (covered || atMs - this.#lastPictureMs > this.#options.pictureGapMs) this.#seeingSinceMs = undefined;
    if (!covered) this.#seeingSinceMs ??= atMs;
    this.#lastPictureMs = atMs;
  }

  crossed(atMs: number): void {
    this.#crossingsMs = [...this.#crossingsMs, atMs].sort((a, b) => a - b);
  }

  scanned(line: Line, heardMs: number): void {
    this.#lines = [...this.#lines, { line, heardMs, judged: false }].sort((a, b) => a.line.atMs - b.line.atMs);
  }

  /** The lines whose window has closed by `nowMs` and that no item belongs to, oldest first. */
  decide(nowMs: number): Line[] {
    const { beforeMs, afterMs, settleMs, lateMs } = this.#options;
    const due = this.#lines.filter(({ line, judged }) => !judged && nowMs >= line.atMs + beforeMs + settleMs);
    if (due.length === 0) return this.#forget(nowMs);
    const pairing = pairPieces(
      this.#crossingsMs,
      this.#lines.map(({ line }) => ({ atMs: line.atMs, pieces: line.pieces, passesMs: 0 })),
      { beforeMs, afterMs },
    );
    const claimed = new Set(pairing.flatMap((index) => this.#lines[index] ?? []));
    const fake = due.filter(
      (each) => !claimed.has(each) && each.heardMs - each.line.atMs <= lateMs && this.#sawAll(each.line.atMs),
    );
    for (const each of due) each.judged = true;
    this.#forget(nowMs);
    return fake.map(({ line }) => line);
  }

  /** From before the first moment at which its item could have crossed until it would have been counted. */
  #sawAll(atMs: number): boolean {
    const { beforeMs, afterMs, settleMs, pictureGapMs } = this.#options;
    const sinceMs = this.#seeingSinceMs ?? Number.POSITIVE_INFINITY;
    return sinceMs <= atMs - afterMs - settleMs && this.#lastPictureMs >= atMs + beforeMs + settleMs - pictureGapMs;
  }

  /** What was judged still claims its items for as long as a line that comes late could want them. */
  #forget(nowMs: number): Line[] {
    const { beforeMs, afterMs, settleMs, lateMs } = this.#options;
    const oldestMs = nowMs - lateMs - 2 * (beforeMs + afterMs + settleMs);
    this.#crossingsMs = this.#crossingsMs.filter((atMs) => atMs >= oldestMs);
    this.#lines = this.#lines.filter(({ line }) => line.atMs >= oldestMs);
    return [];
  }
}
