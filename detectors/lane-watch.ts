import type { Detection } from '../domain/types.ts';
import {
  MISSED_SCAN_DEFAULTS,
  type MissedScanOptions,
  MissedScanRule,
  type ScanDecision,
} from './behaviours/missed-scan.ts';
import { missedScanDetection } from './detection.ts';
import type { DetectorLogger } from './recorder/recorder.ts';
import { ScanZoneCounter } from './scan-zone/counter.ts';
import type { LineCrossing } from './scan-zone/tracks.ts';
import type { ScanZone } from './scan-zone/zone.ts';
import type { ObjectNamer } from './yolox/yolox.ts';

/** A line of the till as the detector needs it; anything but a scan only shows that the till is alive. */
export interface TillMessage {
  type: string;
  occurredAt: string;
  terminalId?: string;
  plu?: string;
  quantity?: number;
}

export interface TillScan {
  atMs: number;
  plu: string | undefined;
}

export type LaneDecision = ScanDecision<LineCrossing, TillScan>;

/** A zone of a camera, and the till that rings what crosses it. */
export interface LaneZone extends ScanZone {
  /** The till of this zone; absent: every till message of the camera's feed counts. */
  terminalId?: string;
}

export interface LaneWatchOptions {
  storeId: string;
  cameraId: string;
  zone: LaneZone;
  pictureWidth: number;
  pictureHeight: number;
  windows?: Partial<MissedScanOptions>;
  namer: ObjectNamer | undefined;
  logger: DetectorLogger;
  /** Must keep the detection safe before it returns: a failure is logged, not retried. */
  onDetection: (detection: Detection) => void | Promise<void>;
  onDecision?: (zoneId: string, decision: LaneDecision) => void;
}

/** After a failed inference the counter starts afresh, with a new background, after so long. */
const RETRY_COUNTER_MS = 5_000;
/** One till line of many pieces (a tray of 500 screws) stands for at most so many crossings. */
const MAX_PIECES_PER_LINE = 50;
/** As many neighbours as the schema of a detection takes. */
const MAX_SIGHTINGS = 64;

/** Watches one zone: counts what crosses, pairs it with the till, reports what was never rung. */
export class LaneWatch {
  readonly #options: LaneWatchOptions;
  readonly #windows: MissedScanOptions;
  readonly #rule: MissedScanRule<LineCrossing, TillScan>;
  readonly #names = new Map<LineCrossing, Promise<{ label: string; score: number } | undefined>>();
  /** Crossings of late, so that a detection can name its neighbours. */
  #recentMs: number[] = [];
  #counter: ScanZoneCounter | undefined;
  #retryAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: LaneWatchOptions) {
    this.#options = options;
    this.#windows = { ...MISSED_SCAN_DEFAULTS, ...options.windows };
    this.#rule = new MissedScanRule(this.#windows);
  }

  /** Items that still wait for their decision. */
  get open(): number {
    return this.#rule.open;
  }

  /** Looks at one picture. A failing model is logged and retried; it never throws, and recording never notices. */
  async see(rgb: Uint8Array, atMs: number): Promise<void> {
    if (atMs < this.#retryAtMs) return;
    const { zone, logger, cameraId } = this.#options;
    try {
      this.#counter ??= await ScanZoneCounter.open(zone, this.#options);
      for (const crossing of await this.#counter.see(rgb, atMs)) {
        this.#rule.crossed(crossing);
        this.#recentMs = [...this.#recentMs, crossing.atMs].slice(-MAX_SIGHTINGS);
        this.#name(crossing, rgb);
      }
    } catch (error) {
      logger.error({ cameraId, zoneId: zone.id, error }, 'The scan zone cannot be counted; trying again shortly');
      this.#retryAtMs = atMs + RETRY_COUNTER_MS;
      await this.close().catch((error: unknown) =>
        logger.error({ cameraId, error }, 'The counter could not be closed'),
      );
    }
  }

  /** The till said something. */
  till(message: TillMessage, heardMs: number): void {
    const { terminalId } = this.#options.zone;
    if (terminalId && message.terminalId !== terminalId) return;
    this.#rule.tillHeard(heardMs);
    if (message.type !== 'scan') return;
    // Sold by weight is one item; sold by the piece is as many crossings.
    const quantity = message.quantity ?? 1;
    const pieces = Number.isInteger(quantity) ? Math.min(quantity, MAX_PIECES_PER_LINE) : 1;
    const atMs = Date.parse(message.occurredAt);
    for (let piece = 0; piece < pieces; piece++) this.#rule.scanned({ atMs, plu: message.plu }, heardMs);
  }

  /** Decides whatever is due and reports it. */
  async decide(nowMs: number): Promise<void> {
    const { zone, onDecision, logger, cameraId } = this.#options;
    for (const decision of this.#rule.decide(nowMs)) {
      onDecision?.(zone.id, decision);
      try {
        await this.#report(decision);
      } catch (error) {
        logger.error({ cameraId, zoneId: zone.id, error }, 'A detection could not be handed on');
      }
    }
  }

  async #report({ crossing, verdict }: LaneDecision): Promise<void> {
    const { zone, storeId, cameraId, onDetection } = this.#options;
    const name = this.#names.get(crossing);
    this.#names.delete(crossing);
    // A till that cannot testify is no reason to stay silent: the incident's own till check says UNKNOWN and nobody is texted.
    if (verdict === 'scanned') return;
    const item = await name;
    const windows = this.#windows;
    const reachMs = 2 * (windows.beforeMs + windows.afterMs);
    const sightingsMs = this.#recentMs.filter((atMs) => Math.abs(atMs - crossing.atMs) <= reachMs);
    await onDetection(
      missedScanDetection({ storeId, cameraId, zone, crossing, sightingsMs, windows, ...(item ? { item } : {}) }),
    );
  }

  async close(): Promise<void> {
    const counter = this.#counter;
    this.#counter = undefined;
    await counter?.close();
  }

  #name(crossing: LineCrossing, rgb: Uint8Array): void {
    const { namer, pictureWidth, pictureHeight, logger, cameraId } = this.#options;
    if (!namer) return;
    // The picture in hand shows the item where the track ends now, a little behind the line.
    const box = crossing.track.at(-1)?.box ?? crossing.box;
    const named = namer.nameItem(rgb, pictureWidth, pictureHeight, box).catch((error: unknown) => {
      logger.warn({ cameraId, error }, 'The item could not be named');
      return undefined;
    });
    this.#names.set(crossing, named);
  }
}
