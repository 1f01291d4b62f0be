import { piecesOf } from '../domain/till/pieces.ts';
import { type Crossing, type Detection, type PosUnit, posUnits } from '../domain/types.ts';
import { FakeScanRule } from './behaviours/fake-scan.ts';
import {
  MISSED_SCAN_DEFAULTS,
  type MissedScanOptions,
  MissedScanRule,
  type ScanDecision,
} from './behaviours/missed-scan.ts';
import { multiItemPass, PASS_MS } from './behaviours/multi-item-pass.ts';
import { OCCLUSION_DEFAULTS, OcclusionRule } from './behaviours/occlusion.ts';
import { MIN_ITEM_SCORE, type PluClasses, wrongItem } from './behaviours/wrong-item.ts';
import { crossingReport, type LaneDetectionFacts, laneDetection } from './detection.ts';
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
  transactionId?: string;
  line?: number;
  plu?: string;
  quantity?: number;
  unit?: string;
  packSize?: number;
  training?: boolean;
}

export interface TillScan {
  atMs: number;
  plu: string | undefined;
}

export type LaneDecision = ScanDecision<LineCrossing, TillScan>;

/** What a zone can be asked to report. */
export const laneBehaviours = ['missed_scan', 'wrong_scan', 'fake_scan', 'multi_item_pass', 'occlusion'] as const;
export type LaneBehaviour = (typeof laneBehaviours)[number];

const DEFAULT_BEHAVIOURS: readonly LaneBehaviour[] = ['missed_scan', 'wrong_scan'];

/** A zone of a camera, and the till that rings what crosses it. */
export interface LaneZone extends ScanZone {
  /** The till of this zone; absent: every till message of the camera's feed counts. */
  terminalId?: string;
  /** What is reported. Default: missed_scan and wrong_scan. */
  behaviours?: readonly LaneBehaviour[];
  /** What the pictures of each article may show; an article that is not in it is never doubted. */
  pluClasses?: PluClasses;
  /** How long the zone must be covered before that is reported. Default 5 seconds. */
  coveredMs?: number;
}

export interface LaneWatchOptions {
  storeId: string;
  cameraId: string;
  zone: LaneZone;
  pictureWidth: number;
  pictureHeight: number;
  windows?: Partial<MissedScanOptions>;
  namer: Pick<ObjectNamer, 'nameItem'> | undefined;
  logger: DetectorLogger;
  /** Must keep the detection safe before it returns: a failure is logged, not retried. */
  onDetection: (detection: Detection) => void | Promise<void>;
  /** Every item that crossed, rung or not, as soon as it is named; nothing waits for it. */
  onCrossing?: (crossing: Crossing) => void;
  onDecision?: (zoneId: string, decision: LaneDecision) => void;
}

/** After a failed inference the counter starts afresh, with a new background, after so long. */
const RETRY_COUNTER_MS = 5_000;
/** As many neighbours as the schema of a detection takes; as many scans are kept beside them. */
const MAX_SIGHTINGS = 64;
/** Lines of late, by which one that a broker hands over twice is known. */
const MAX_KNOWN_LINES = 256;
/** Said of what motion and a till say without any look at an item. */
const RULE_CONFIDENCE = 0.6;

/** Watches one zone: counts what crosses, pairs it with the till, reports what does not fit together. */
export class LaneWatch {
  readonly #options: LaneWatchOptions;
  readonly #windows: MissedScanOptions;
  readonly #wanted: ReadonlySet<LaneBehaviour>;
  readonly #rule: MissedScanRule<LineCrossing, TillScan>;
  readonly #fakeScans = new FakeScanRule<TillScan & { pieces: number }>();
  readonly #occlusions: OcclusionRule;
  readonly #names = new Map<LineCrossing, Promise<{ label: string; score: number } | undefined>>();
  readonly #announcing = new Set<Promise<void>>();
  /** Of late: crossings, scans by the piece, and crossings that came apart, as often as they did. */
  #recentMs: number[] = [];
  #recentScansMs: number[] = [];
  #recentSplits: LineCrossing[] = [];
  #coveredSinceMs: number[] = [];
  #knownLines: string[] = [];
  #counter: ScanZoneCounter | undefined;
  #retryAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: LaneWatchOptions) {
    const { windows, zone } = options;
    this.#options = options;
    this.#windows = { ...MISSED_SCAN_DEFAULTS, ...windows };
    this.#wanted = new Set(zone.behaviours ?? DEFAULT_BEHAVIOURS);
    this.#rule = new MissedScanRule(this.#windows);
    this.#occlusions = new OcclusionRule(zone.coveredMs === undefined ? {} : { coveredMs: zone.coveredMs });
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
      const gaugeCover = this.#wanted.has('occlusion') || this.#wanted.has('fake_scan');
      this.#counter ??= await ScanZoneCounter.open(zone, { ...this.#options, gaugeCover });
      const crossings = await this.#counter.see(rgb, atMs);
      const { covered } = this.#counter;
      this.#fakeScans.saw(atMs, covered >= OCCLUSION_DEFAULTS.coveredShare);
      const occlusion = this.#occlusions.saw(covered, atMs);
      if (occlusion) this.#coveredSinceMs.push(occlusion.sinceMs);
      for (const crossing of crossings) this.#crossed(crossing, rgb);
      this.#recentSplits = [...this.#recentSplits, ...this.#counter.takeSplits()].slice(-MAX_SIGHTINGS);
    } catch (error) {
      logger.error({ cameraId, zoneId: zone.id, error }, 'The scan zone cannot be counted; trying again shortly');
      this.#retryAtMs = atMs + RETRY_COUNTER_MS;
      await this.#closeCounter().catch((error: unknown) =>
        logger.error({ cameraId, error }, 'The counter could not be closed'),
      );
    }
  }

  /** The till said something. */
  till(message: TillMessage, heardMs: number): void {
    const { terminalId } = this.#options.zone;
    if (terminalId && message.terminalId !== terminalId) return;
    this.#rule.tillHeard(heardMs);
    if (message.training || this.#knows(message)) return;
    this.#occlusions.till(message.type);
    if (message.type !== 'scan') return;
    const atMs = Date.parse(message.occurredAt);
    const pieces = piecesOfMessage(message);
    const scan = { atMs, plu: message.plu };
    for (let piece = 0; piece < pieces; piece++) this.#rule.scanned({ ...scan }, heardMs);
    this.#fakeScans.scanned({ ...scan, pieces }, heardMs);
    this.#recentScansMs = [...this.#recentScansMs, ...Array<number>(pieces).fill(atMs)].slice(-MAX_SIGHTINGS);
  }

  /** Decides whatever is due and reports it. */
  async decide(nowMs: number): Promise<void> {
    const { zone, onDecision } = this.#options;
    for (const decision of this.#rule.decide(nowMs)) {
      onDecision?.(zone.id, decision);
      await this.#guarded(() => this.#report(decision));
    }
    const fakes = this.#fakeScans.decide(nowMs);
    const coveredSinceMs = this.#coveredSinceMs.splice(0);
    const about = { confidence: RULE_CONFIDENCE, track: [] };
    if (this.#wanted.has('fake_scan'))
      // Of a line without an article nobody could say what it was for.
      for (const { atMs, plu } of fakes)
        if (plu !== undefined)
          await this.#guarded(() => this.#tell({ ...about, eventType: 'fake_scan', atMs, rungPlu: plu }));
    if (this.#wanted.has('occlusion'))
      for (const atMs of coveredSinceMs)
        await this.#guarded(() => this.#tell({ ...about, eventType: 'occlusion', atMs }));
  }

  /** What crossed must be told before; then nothing is open any more. */
  async close(): Promise<void> {
    await Promise.all(this.#announcing);
    await this.#closeCounter();
  }

  #crossed(crossing: LineCrossing, rgb: Uint8Array): void {
    this.#rule.crossed(crossing);
    this.#fakeScans.crossed(crossing.atMs);
    this.#recentMs = [...this.#recentMs, crossing.atMs].slice(-MAX_SIGHTINGS);
    this.#name(crossing, rgb);
    const { onCrossing } = this.#options;
    if (!onCrossing) return;
    const announcing = this.#guarded(async () => {
      const item = await this.#names.get(crossing);
      onCrossing(crossingReport({ ...this.#options, crossing, item }));
    }).finally(() => this.#announcing.delete(announcing));
    this.#announcing.add(announcing);
  }

  async #report({ crossing, verdict, scan }: LaneDecision): Promise<void> {
    const name = this.#names.get(crossing);
    this.#names.delete(crossing);
    const item = await name;
    const { atMs, confidence, track } = crossing;
    const about = { atMs, confidence, track, item };
    const parts = this.#recentSplits.filter((split) => split === crossing).length;
    const pass = this.#wanted.has('multi_item_pass') && (verdict === 'missed_scan' || parts > 0) && this.#pass(atMs);
    // What came apart is told a moment beside its other part, away from the line, so that each claims a line of its own.
    const besideMs = verdict === 'scanned' ? atMs + (scan && scan.atMs > atMs ? -1 : 1) : atMs;
    if (pass)
      await this.#tell({ ...about, eventType: 'multi_item_pass', atMs: besideMs, thresholds: { passMs: PASS_MS } });
    // A till that cannot testify is no reason to stay silent: the incident's own till check says UNKNOWN and nobody is texted.
    else if (verdict !== 'scanned' && this.#wanted.has('missed_scan'))
      await this.#tell({ ...about, eventType: 'missed_scan' });
    const wrong = verdict === 'scanned' && wrongItem(item, scan?.plu, this.#options.zone.pluClasses ?? {});
    if (wrong && this.#wanted.has('wrong_scan'))
      await this.#tell({ ...about, eventType: 'wrong_scan', ...wrong, thresholds: { minItemScore: MIN_ITEM_SCORE } });
  }

  #pass(crossingMs: number): boolean {
    const crossingsMs = [...this.#recentMs, ...this.#recentSplits.map(({ atMs }) => atMs)];
    return (
      multiItemPass({ crossingMs, crossingsMs, scansMs: this.#recentScansMs, window: this.#windows }) !== undefined
    );
  }

  async #tell(
    found: Omit<LaneDetectionFacts, 'storeId' | 'cameraId' | 'zone' | 'sightingsMs' | 'windows'>,
  ): Promise<void> {
    const { zone, storeId, cameraId, onDetection } = this.#options;
    const windows = this.#windows;
    const reachMs = 2 * (windows.beforeMs + windows.afterMs);
    const sightingsMs = this.#recentMs.filter((atMs) => Math.abs(atMs - found.atMs) <= reachMs);
    await onDetection(laneDetection({ ...found, storeId, cameraId, zone, sightingsMs, windows }));
  }

  async #guarded(tell: () => Promise<void>): Promise<void> {
    const { logger, cameraId, zone } = this.#options;
    try {
      await tell();
    } catch (error) {
      logger.error({ cameraId, zoneId: zone.id, error }, 'What was found could not be handed on');
    }
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

  /** A broker may hand a line over twice; a second scan of it would explain an item that nobody rang. */
  #knows({ terminalId, transactionId, line }: TillMessage): boolean {
    if (transactionId === undefined || line === undefined) return false;
    const key = `${terminalId ?? ''}/${transactionId}/${line}`;
    if (this.#knownLines.includes(key)) return true;
    this.#knownLines = [...this.#knownLines, key].slice(-MAX_KNOWN_LINES);
    return false;
  }

  async #closeCounter(): Promise<void> {
    const counter = this.#counter;
    this.#counter = undefined;
    await counter?.close();
  }
}

/** Sold by weight is one item; sold by the piece is as many crossings. */
function piecesOfMessage({ occurredAt, quantity, unit, packSize }: TillMessage): number {
  const known = posUnits.find((each): each is PosUnit => each === unit);
  // A unit that nobody knows is a measure all the same.
  const measured = unit !== undefined && known === undefined ? 'kg' : known;
  return piecesOf({
    ...{ lineId: '', occurredAt, quantity: quantity ?? null },
    ...{ unit: measured ?? null, packSize: packSize ?? null },
  });
}
