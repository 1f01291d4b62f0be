import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type AnalysisFormat, type CameraSource, recorderArgs } from '../../adapters/ffmpeg/commands.ts';
import { displayDelay, frameOffsets } from '../../adapters/ffmpeg/mpegts.ts';
import { type FfmpegBinaries, spawnFfmpeg } from '../../adapters/ffmpeg/run.ts';
import { PictureAssembler, SessionClock } from './frames.ts';
import { appendLedger, type LedgerLine, sha256 } from './ledger.ts';

/** Wall-clock time, passed in so that tests own it. */
export interface Clock {
  nowMs(): number;
}

export interface SessionOptions {
  folder: string;
  sessionId: string;
  source: CameraSource;
  analysis: AnalysisFormat;
  ffmpeg: Pick<FfmpegBinaries, 'ffmpegPath'>;
  clock: Clock;
  /** Gets every picture with the instant it was taken; must return at once. */
  onPicture: (rgb: Uint8Array, atMs: number) => void;
  onSegment: (line: LedgerLine) => void;
  /** Time zero of the session is known. */
  onZero: (zeroAtMs: number) => void;
}

export interface Session {
  /** Asks ffmpeg to close the open segment and end. */
  stop(): void;
  /** Ends it at once; the open segment is lost. */
  kill(): void;
  pid: number | undefined;
  clock: SessionClock;
  /** Resolves when the process is gone and every closed segment is in the ledger. */
  ended: Promise<{ exitCode: number | null; stderrTail: string; failure: Error | undefined }>;
}

/** ffmpeg gets so long to write its last segment before it is killed. */
const STOP_GRACE_MS = 3_000;

/** Runs one ffmpeg process: from its start to its end, one time line. */
export function startSession(options: SessionOptions): Session {
  const { folder, analysis, clock: wall } = options;
  const { child, closed } = spawnFfmpeg(recorderArgs(options), options.ffmpeg, {
    cwd: folder,
    stdout: true,
    extraPipes: 1,
  });
  const clock = new SessionClock(analysis.fps);
  let failure: Error | undefined;
  const fail = (error: unknown) => {
    failure ??= error instanceof Error ? error : new Error(String(error));
    child.kill('SIGKILL');
  };

  // Pictures that arrive before t0 is settled wait for it: a detection without an instant is worth nothing.
  const waiting: { rgb: Uint8Array; index: number }[] = [];
  const deliver = (zeroAtMs: number) => {
    for (const { rgb, index } of waiting.splice(0)) options.onPicture(rgb, zeroAtMs + (index * 1000) / analysis.fps);
  };
  let pictures = 0;
  const assembler = new PictureAssembler(analysis.width * analysis.height * 3, (rgb) => {
    const index = pictures++;
    const wasSettled = clock.zeroAtMs !== undefined;
    clock.arrive(index, wall.nowMs());
    waiting.push({ rgb, index });
    if (clock.zeroAtMs === undefined) return;
    if (!wasSettled) options.onZero(clock.zeroAtMs);
    deliver(clock.zeroAtMs);
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    try {
      assembler.push(chunk);
    } catch (error) {
      fail(error);
    }
  });

  // Segments are closed one after another: hashing keeps the order of the ledger.
  let closing: Promise<void> = Promise.resolve();
  const list = child.stdio[3] as Readable | null;
  const listed = list ? createInterface({ input: list }) : undefined;
  listed?.on('line', (row) => {
    closing = closing.then(() => closeSegment(row, options, clock)).catch(fail);
  });

  const ended = closed.then(async ({ exitCode, stderrTail }) => {
    if (clock.zeroAtMs === undefined) {
      clock.settle();
      if (clock.zeroAtMs !== undefined) {
        options.onZero(clock.zeroAtMs);
        deliver(clock.zeroAtMs);
      }
    }
    await closing;
    return { exitCode, stderrTail, failure };
  });

  const stop = () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
    child.once('exit', () => clearTimeout(timer));
  };
  return { stop, kill: () => child.kill('SIGKILL'), pid: child.pid, clock, ended };
}

/** One CSV row of ffmpeg's segment list: hash the file, count its frames, write its line. */
async function closeSegment(row: string, options: SessionOptions, clock: SessionClock): Promise<void> {
  const [file = '', listed = '', end = ''] = row.split(',');
  const bytes = await readFile(join(options.folder, file));
  const start = segmentStart(Number(listed), bytes);
  const offsets = frameOffsets(bytes);
  if (offsets.length === 0) return;
  const spacing = typicalSpacing(offsets, Number(end) - start);
  const zeroAtMs = await clock.settled;
  const startMs = zeroAtMs + start * 1000;
  // A camera's packets may carry no duration, then ffmpeg's end is the start of the last frame.
  const lengthSeconds = Math.max(Number(end) - start, (offsets.at(-1) ?? 0) + spacing);
  const line: LedgerLine = {
    file,
    startAt: iso(startMs),
    endAt: iso(startMs + lengthSeconds * 1000),
    frames: offsets.length,
    fps: Math.round(1000 / spacing) / 1000,
    sha256: sha256(bytes),
    sizeBytes: bytes.length,
    closedAt: iso(options.clock.nowMs()),
    sessionId: options.sessionId,
  };
  await appendLedger(options.folder, line);
  options.onSegment(line);
}

/**
 * When a segment's first picture is shown, in seconds of the session. ffmpeg lists that of each segment but the first,
 * for which it lists zero: there the time from decoding to showing is missing.
 */
export const segmentStart = (listedSeconds: number, segment: Uint8Array): number =>
  listedSeconds === 0 ? displayDelay(segment) : listedSeconds;

function typicalSpacing(offsets: readonly number[], lengthSeconds: number): number {
  const spacings = offsets.slice(1).map((offset, index) => offset - (offsets[index] ?? 0));
  spacings.sort((a, b) => a - b);
  return spacings[Math.floor(spacings.length / 2)] || lengthSeconds / offsets.length || 1;
}

const iso = (ms: number): string => new Date(Math.round(ms)).toISOString();
