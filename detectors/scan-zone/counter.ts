import { byteTensor, floatOutput, floatTensor, type OnnxSession, openSession } from '../../adapters/onnx/session.ts';
import { type Blob, type BlobLimits, findBlobs } from './blobs.ts';
import { CoverGauge } from './cover.ts';
import { buildForegroundModel } from './graph.ts';
import { type LineCrossing, LineTracker } from './tracks.ts';
import { cropZone, layGrid, type ScanZone, type ZoneGrid } from './zone.ts';

/** Values used where a zone names none; every detection carries the ones that were in force. */
export const ZONE_DEFAULTS = { minItemWidth: 0.025, minItemHeight: 0.04, threshold: 24, minConfidence: 0.5 } as const;

/** How long the background needs to take over a change, where nothing stands and where something does. */
const EMPTY_LEARNING_MS = 2_000;
const OCCUPIED_LEARNING_MS = 20_000;

export interface CounterOptions {
  pictureWidth: number;
  pictureHeight: number;
  /** Threads per inference; the graph is small, one is fastest. */
  threads?: number;
  /** Also tell how much of the zone is covered. */
  gaugeCover?: boolean;
}

/** Counts the items of one zone, picture by picture; pictures must come in order. */
export class ScanZoneCounter {
  readonly #session: OnnxSession;
  readonly #grid: ZoneGrid;
  readonly #threshold: number;
  readonly #minConfidence: number;
  readonly #limits: BlobLimits;
  readonly #tracker: LineTracker;
  readonly #gauge: CoverGauge | undefined;
  #background: Float32Array | undefined;
  #lastAtMs = 0;
  #covered = 0;

  private constructor(session: OnnxSession, grid: ZoneGrid, zone: ScanZone, gaugeCover: boolean) {
    this.#session = session;
    this.#grid = grid;
    this.#threshold = zone.threshold ?? ZONE_DEFAULTS.threshold;
    this.#minConfidence = zone.minConfidence ?? ZONE_DEFAULTS.minConfidence;
    this.#limits = {
      minItemWidth: zone.minItemWidth ?? ZONE_DEFAULTS.minItemWidth,
      minItemHeight: zone.minItemHeight ?? ZONE_DEFAULTS.minItemHeight,
    };
    this.#gauge = gaugeCover ? new CoverGauge(grid, this.#threshold) : undefined;
    this.#tracker = new LineTracker({ scanLineX: zone.scanLineX, direction: zone.direction });
  }

  /** Builds the zone's graph and opens it. */
  static async open(zone: ScanZone, options: CounterOptions): Promise<ScanZoneCounter> {
    const grid = layGrid(zone, options.pictureWidth, options.pictureHeight);
    const session = await openSession(buildForegroundModel(grid), options.threads ?? 1);
    return new ScanZoneCounter(session, grid, zone, options.gaugeCover ?? false);
  }

  /** Looks at one rgb24 picture; returns the crossings it completes, usually none. */
  async see(rgb: Uint8Array, atMs: number): Promise<LineCrossing[]> {
    const blobs = await this.#foreground(rgb, atMs);
    return this.#tracker.update(blobs, atMs).filter((crossing) => crossing.confidence >= this.#minConfidence);
  }

  /** The crossings that turned out to be of one more item each, since this was last asked. */
  takeSplits(): LineCrossing[] {
    return this.#tracker.takeSplits();
  }

  /** The share of the zone that something covered in the last picture; 0 where it is not gauged. */
  get covered(): number {
    return this.#covered;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  async #foreground(rgb: Uint8Array, atMs: number): Promise<Blob[]> {
    const { rows, columns, crop } = this.#grid;
    const shape = [1, 3, rows, columns];
    // The first picture is the first background: rate 1 takes it over whole.
    const first = this.#background === undefined;
    const elapsedMs = Math.max(1, atMs - this.#lastAtMs);
    const rate = (learningMs: number) => Float32Array.of(first ? 1 : Math.min(1, elapsedMs / learningMs));
    const outputs = await this.#session.run({
      picture: byteTensor(cropZone(rgb, this.#grid), [1, crop.height, crop.width, 3]),
      background: floatTensor(this.#background ?? new Float32Array(3 * rows * columns).fill(128), shape),
      threshold: floatTensor(Float32Array.of(this.#threshold), [1]),
      rate_empty: floatTensor(rate(EMPTY_LEARNING_MS), [1]),
      rate_occupied: floatTensor(rate(OCCUPIED_LEARNING_MS), [1]),
    });
    this.#background = floatOutput(outputs, 'background_next');
    this.#lastAtMs = atMs;
    this.#covered = this.#gauge?.share(floatOutput(outputs, 'cells'), atMs) ?? 0;
    if (first) return [];
    return findBlobs(floatOutput(outputs, 'mask'), floatOutput(outputs, 'occupancy'), this.#grid, this.#limits);
  }
}
