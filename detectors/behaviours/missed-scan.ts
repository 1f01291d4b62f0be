import { pairScans } from '../../domain/till/pairing.ts';

/** Windows of the missed-scan rule. */
export interface MissedScanOptions {
  /** A scan may come this long before its item crosses the line. */
  beforeMs: number;
  /** … and this long after. The decision about an item falls at the end of it. */
  afterMs: number;
  /** A till that said nothing for so long may be down: its silence proves nothing. */
  tillStaleMs: number;
}

export const MISSED_SCAN_DEFAULTS: MissedScanOptions = { beforeMs: 1_000, afterMs: 2_000, tillStaleMs: 60_000 };

/** What became of an item that crossed the line. */
export const ScanVerdict = { scanned: 'scanned', missedScan: 'missed_scan', unknown: 'unknown' } as const;
export type ScanVerdict = (typeof ScanVerdict)[keyof typeof ScanVerdict];

interface Instant {
  atMs: number;
}

export interface ScanDecision<Crossing extends Instant, Scan extends Instant> {
  crossing: Crossing;
  verdict: ScanVerdict;
  /** `stale` turns a missing scan into `unknown`: nobody is accused because a cable came loose. */
  tillFeed: 'live' | 'stale';
  scan: Scan | undefined;
}

/**
 * Pairs items that crossed the line with scans of the till. Each scan serves one item. At the end of an item's window
 * all open items and scans are paired in order, as many as possible and then as closely as possible, so that a scan
 * goes to the item it belongs to and not to an unscanned one just before it. Pure: time is passed in.
 */
export class MissedScanRule<Crossing extends Instant, Scan extends Instant> {
  readonly #options: MissedScanOptions;
  #crossings: Crossing[] = [];
  #scans: Scan[] = [];
  #tillHeardMs = Number.NEGATIVE_INFINITY;

  constructor(options: Partial<MissedScanOptions> = {}) {
    this.#options = { ...MISSED_SCAN_DEFAULTS, ...options };
  }

  /** Items that still wait for their decision. */
  get open(): number {
    return this.#crossings.length;
  }

  crossed(crossing: Crossing): void {
    this.#crossings.push(crossing);
    this.#crossings.sort(byTime);
  }

  /** The till rang an item. */
  scanned(scan: Scan, heardMs: number): void {
    this.tillHeard(heardMs);
    this.#scans.push(scan);
    this.#scans.sort(byTime);
  }

  /** The till said anything at all. */
  tillHeard(heardMs: number): void {
    this.#tillHeardMs = Math.max(this.#tillHeardMs, heardMs);
  }

  /** Decides about every item whose window has closed by `nowMs`, oldest first. */
  decide(nowMs: number): ScanDecision<Crossing, Scan>[] {
    const { beforeMs, afterMs, tillStaleMs } = this.#options;
    const due = this.#crossings.filter((crossing) => nowMs >= crossing.atMs + afterMs);
    if (due.length === 0) {
      this.#forget(nowMs);
      return [];
    }
    const pairing = pairScans(
      this.#crossings.map(({ atMs }) => atMs),
      this.#scans.map(({ atMs }) => atMs),
      { beforeMs, afterMs },
    );
    const tillFeed = nowMs - this.#tillHeardMs > tillStaleMs ? 'stale' : 'live';
    const decisions = due.map((crossing): ScanDecision<Crossing, Scan> => {
      const scan = this.#scans[pairing[this.#crossings.indexOf(crossing)] ?? -1];
      const missing = tillFeed === 'stale' ? ScanVerdict.unknown : ScanVerdict.missedScan;
      return { crossing, verdict: scan ? ScanVerdict.scanned : missing, tillFeed, scan };
    });
    const used = new Set(decisions.map((decision) => decision.scan));
    this.#scans = this.#scans.filter((scan) => !used.has(scan));
    this.#crossings = this.#crossings.filter((crossing) => !due.includes(crossing));
    this.#forget(nowMs);
    return decisions;
  }

  /** A scan that no open or coming item can claim any more is dropped. */
  #forget(nowMs: number): void {
    const { beforeMs, afterMs } = this.#options;
    const oldestMs = Math.min(nowMs - afterMs, this.#crossings[0]?.atMs ?? Number.POSITIVE_INFINITY);
    this.#scans = this.#scans.filter((scan) => scan.atMs >= oldestMs - beforeMs - afterMs);
  }
}

const byTime = (a: Instant, b: Instant): number => a.atMs - b.atMs;
