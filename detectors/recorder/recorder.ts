import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { AnalysisFormat, CameraSource } from '../../adapters/ffmpeg/commands.ts';
import type { FfmpegBinaries } from '../../adapters/ffmpeg/run.ts';
import { type CameraState, HealthWatch, LOST_AFTER_MS } from './health.ts';
import { cameraRing, type LedgerLine, mendLedger, trimRing } from './ledger.ts';
import { type Clock, type Session, startSession } from './session.ts';

/** The part of a pino logger that the detectors use. */
export interface DetectorLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface CameraHealth {
  cameraId: string;
  state: CameraState;
  at: string;
}

export interface RecorderOptions {
  cameraId: string;
  source: CameraSource;
  ringDir: string;
  analysis: AnalysisFormat;
  ffmpeg: Pick<FfmpegBinaries, 'ffmpegPath'>;
  clock: Clock;
  signal: AbortSignal;
  logger: DetectorLogger;
  /** How long segments are kept. Default 15 minutes. */
  retainMs?: number;
  /** Length of one pass of a file, for `onPlaybackStart`. */
  passMs?: number;
  onPicture?: (rgb: Uint8Array, atMs: number) => void;
  onSegment?: (line: LedgerLine) => void;
  onHealth?: (health: CameraHealth) => void;
  /** The wall-clock instant of media time zero of a file, for each pass of it. */
  onPlaybackStart?: (at: string) => void;
}

const DEFAULT_RETAIN_MS = 15 * 60_000;
const TRIM_EVERY_SEGMENTS = 30;
const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;
/** A session that lived so long was healthy: the next failure starts the back-off anew. */
const HEALTHY_AFTER_MS = 30_000;
const WATCH_EVERY_MS = 500;
/** A process that gives no picture for so long hangs; its replacement may not. */
const HANGS_AFTER_MS = 4 * LOST_AFTER_MS;
/** A camera's clock that runs away by more than this gets a new session with a fresh t0. */
const MAX_DRIFT_MS = 300;

/**
 * Records a camera until `signal` aborts or a file that does not loop ends. A broken stream is taken up again as a new
 * session, with a visible gap between the two; the wait between attempts doubles up to half a minute.
 */
export async function runRecorder(options: RecorderOptions): Promise<void> {
  const { cameraId, clock, logger, signal, source } = options;
  const folder = cameraRing(options.ringDir, cameraId);
  await mkdir(folder, { recursive: true });
  await mendLedger(folder);
  await trimRing(folder, clock.nowMs() - (options.retainMs ?? DEFAULT_RETAIN_MS));
  const watch = new HealthWatch(clock.nowMs());
  const tell = (state: CameraState | undefined) => {
    if (state) options.onHealth?.({ cameraId, state, at: new Date(clock.nowMs()).toISOString() });
  };
  if (source.kind === 'file' && source.startAt) await sleep(Date.parse(source.startAt) - clock.nowMs(), signal);

  let backoffMs = FIRST_BACKOFF_MS;
  while (!signal.aborted) {
    const startedMs = clock.nowMs();
    const sessionId = `s${startedMs.toString(36)}`;
    const end = await recordSession(options, { folder, sessionId, watch, tell });
    if (signal.aborted) return;
    const details = { cameraId, sessionId, exitCode: end.exitCode, stderr: end.stderrTail, error: end.failure };
    if (source.kind === 'file' && end.exitCode === 0 && !end.failure) {
      logger.info(details, 'The recording was played to its end');
      return;
    }
    tell(watch.broke());
    if (clock.nowMs() - startedMs >= HEALTHY_AFTER_MS) backoffMs = FIRST_BACKOFF_MS;
    logger.warn({ ...details, retryInMs: backoffMs }, 'The camera stream broke; recording starts again');
    await sleep(backoffMs, signal);
    backoffMs = Math.min(MAX_BACKOFF_MS, backoffMs * 2);
  }
}

interface SessionContext {
  folder: string;
  sessionId: string;
  watch: HealthWatch;
  tell: (state: CameraState | undefined) => void;
}

async function recordSession(options: RecorderOptions, context: SessionContext): Promise<Awaited<Session['ended']>> {
  const { cameraId, clock, logger, signal, passMs } = options;
  const { folder, sessionId, watch, tell } = context;
  let zeroAtMs = 0;
  let passes = 0;
  let segments = 0;
  let trimming: Promise<unknown> = Promise.resolve();
  const session = startSession({
    ...options,
    folder,
    sessionId,
    onZero: (atMs) => {
      zeroAtMs = atMs;
      logger.info({ cameraId, sessionId, pid: session.pid, zeroAt: new Date(atMs).toISOString() }, 'Recording');
    },
    onPicture: (rgb, atMs) => {
      tell(watch.picture(rgb, clock.nowMs()));
      if (options.source.kind === 'file' && (passes === 0 || (passMs && atMs - zeroAtMs >= passes * passMs - 1))) {
        options.onPlaybackStart?.(new Date(Math.round(zeroAtMs + passes * (passMs ?? 0))).toISOString());
        passes++;
      }
      options.onPicture?.(rgb, atMs);
    },
    onSegment: (line) => {
      options.onSegment?.(line);
      if (++segments % TRIM_EVERY_SEGMENTS !== 0) return;
      trimming = trimRing(folder, clock.nowMs() - (options.retainMs ?? DEFAULT_RETAIN_MS)).catch((error: unknown) =>
        logger.error({ cameraId, error }, 'Old segments could not be removed'),
      );
    },
  });
  const startedMs = clock.nowMs();
  const timer = setInterval(() => {
    const nowMs = clock.nowMs();
    tell(watch.tick(nowMs));
    const hangs = Math.min(watch.silentForMs(nowMs), nowMs - startedMs) > HANGS_AFTER_MS;
    const drifted = Math.abs(session.clock.driftMs ?? 0) > MAX_DRIFT_MS;
    if (drifted) logger.warn({ cameraId, sessionId, driftMs: session.clock.driftMs }, "The camera's clock drifted");
    if (hangs) session.kill();
    else if (drifted) session.stop();
  }, WATCH_EVERY_MS);
  signal.addEventListener('abort', session.stop, { once: true });
  if (signal.aborted) session.stop();
  try {
    const end = await session.ended;
    await trimming;
    return end;
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', session.stop);
  }
}

/** Waits, or not at all once the recorder is to stop. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await delay(ms, undefined, { signal }).catch(() => undefined);
}
