import { setTimeout as delay } from 'node:timers/promises';
import type { AnalysisFormat, CameraSource } from '../adapters/ffmpeg/commands.ts';
import { probeFile } from '../adapters/ffmpeg/probe.ts';
import type { FfmpegBinaries } from '../adapters/ffmpeg/run.ts';
import type { Crossing, Detection } from '../domain/types.ts';
import type { MissedScanOptions } from './behaviours/missed-scan.ts';
import { type LaneDecision, LaneWatch, type LaneZone, type TillMessage } from './lane-watch.ts';
import type { ModelPlaces } from './models/manifest.ts';
import { PictureQueue } from './picture-queue.ts';
import type { LedgerLine } from './recorder/ledger.ts';
import { type CameraHealth, type DetectorLogger, runRecorder } from './recorder/recorder.ts';
import type { Clock } from './recorder/session.ts';
import { ObjectNamer } from './yolox/yolox.ts';

export interface CameraOptions {
  tenantId: string;
  storeId: string;
  cameraId: string;
  zones: readonly LaneZone[];
  source: CameraSource;
  ringDir: string;
  ffmpeg: FfmpegBinaries;
  /** Where model files are; absent: items are counted but not named. */
  models?: ModelPlaces;
  /** Subscribes to the till's messages; returns the unsubscribe. */
  scans: (deliver: (message: TillMessage) => void) => () => void;
  clock: Clock;
  signal: AbortSignal;
  logger: DetectorLogger;
  windows?: Partial<MissedScanOptions>;
  /** How long the ring keeps segments. Default 15 minutes. */
  retainMs?: number;
  /** Must keep the detection safe before it returns: a failure is logged, not retried. */
  onDetection: (detection: Detection) => void | Promise<void>;
  /** Every item that crossed, rung or not, as soon as it is named; all have been told when the camera ends. */
  onCrossing?: (crossing: Crossing) => void;
  onDecision?: (zoneId: string, decision: LaneDecision) => void;
  onHealth?: (health: CameraHealth) => void;
  onRecorderSegment?: (line: LedgerLine) => void;
  /** The wall-clock instant of media time zero of a file, for each pass of it. */
  onPlaybackStart?: (at: string) => void;
}

/** The widest picture and the highest rate that the detectors look at. */
const MAX_ANALYSIS = { width: 640, fps: 15 } as const;
/** A network camera is not probed: fractions of the picture stay true whatever its shape. */
const NETWORK_ANALYSIS: AnalysisFormat = { width: 640, height: 360, fps: 10 };
/** Two seconds of pictures may wait while a model is slow. */
const MAX_WAITING_PICTURES = 30;
const DECIDE_EVERY_MS = 100;

/**
 * Runs one camera until `signal` aborts or its file ends: records it, counts what crosses its scan lines, pairs that
 * with the till and reports what was never rung. Trouble with a model is logged and never stops the recording.
 */
export async function runCamera(options: CameraOptions): Promise<void> {
  const { cameraId, clock, logger, signal, source, zones } = options;
  refuseSharedTills(zones);
  const { analysis, passMs } = await chooseAnalysis(source, options.ffmpeg);
  const namer = await openNamer(options);
  const lanes = zones.map(
    (zone) => new LaneWatch({ ...options, zone, namer, pictureWidth: analysis.width, pictureHeight: analysis.height }),
  );
  const queue = new PictureQueue(MAX_WAITING_PICTURES, async ({ rgb, atMs }) => {
    for (const lane of lanes) await lane.see(rgb, atMs);
  });
  const unsubscribe = options.scans((message) => {
    for (const lane of lanes) lane.till(message, clock.nowMs());
  });
  let recording = true;
  const deciding = (async () => {
    // A file may end before the window of its last item does; the decision is still due.
    while (recording || (!signal.aborted && lanes.some((lane) => lane.open > 0))) {
      for (const lane of lanes) await lane.decide(clock.nowMs());
      await delay(DECIDE_EVERY_MS);
    }
  })();
  try {
    await runRecorder({
      ...options,
      analysis,
      ...(passMs ? { passMs } : {}),
      onPicture: (rgb, atMs) => queue.add({ rgb, atMs }),
      onSegment: (line) => options.onRecorderSegment?.(line),
    });
    await queue.idle();
  } finally {
    recording = false;
    await deciding;
    unsubscribe();
    if (queue.dropped > 0)
      logger.warn({ cameraId, dropped: queue.dropped }, 'Detection fell behind; pictures were skipped');
    for (const lane of lanes) await lane.close();
    await namer?.close();
  }
}

/** Two zones that hear the same till would each claim its scans. */
function refuseSharedTills(zones: readonly LaneZone[]): void {
  if (zones.length < 2) return;
  const terminals = new Set(zones.map((zone) => zone.terminalId));
  if (terminals.has(undefined) || terminals.size < zones.length) {
    throw new RangeError('A camera with several scan zones needs a different terminalId in each of them.');
  }
}

async function chooseAnalysis(
  source: CameraSource,
  ffmpeg: FfmpegBinaries,
): Promise<{ analysis: AnalysisFormat; passMs?: number }> {
  if (source.kind === 'rtsp') return { analysis: NETWORK_ANALYSIS };
  const media = await probeFile(source.path, ffmpeg);
  const width = even(Math.min(MAX_ANALYSIS.width, media.width));
  const height = even((media.height * width) / media.width);
  const fps = Math.min(MAX_ANALYSIS.fps, media.fps || MAX_ANALYSIS.fps);
  const passMs = media.frames && media.fps ? (media.frames * 1000) / media.fps : media.durationMs;
  return { analysis: { width, height, fps }, passMs };
}

/** Colour is stored at half size: odd sizes are refused by encoders. */
const even = (value: number): number => Math.max(2, Math.round(value / 2) * 2);

async function openNamer({ models, logger, cameraId }: CameraOptions): Promise<ObjectNamer | undefined> {
  if (!models) return undefined;
  try {
    const namer = await ObjectNamer.open(models);
    if (!namer) logger.info({ cameraId }, 'No item model was found: items are counted but not named');
    return namer;
  } catch (error) {
    logger.error({ cameraId, error }, 'The item model was refused: items are counted but not named');
    return undefined;
  }
}
