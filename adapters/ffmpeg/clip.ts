import { readFile, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { clipOptions, concatScript } from './commands.ts';
import { frameOffsets } from './mpegts.ts';
import { probeFile } from './probe.ts';
import { type FfmpegBinaries, FfmpegError, transcode } from './run.ts';

/** A recorded segment with the wall-clock instants of its first frame and of the end of its last one. */
export interface ClipSegment {
  path: string;
  startAt: string;
  endAt: string;
}

export interface ClipRequest {
  segments: readonly ClipSegment[];
  fromAt: string;
  toAt: string;
  outPath: string;
}

export interface Clip {
  path: string;
  /** From the first frame to the end of the last one, gaps included. */
  durationMs: number;
  frames: number;
  fps: number;
  width: number;
  height: number;
  firstFrameAt: string;
  lastFrameAt: string;
}

/** One recorded frame: when it was taken and where it lies. */
export interface RecordedFrame {
  atMs: number;
  segment: ClipSegment;
  index: number;
}

/** Half a millisecond: far below a frame, above the rounding of the ledger's instants. */
const INSTANT_SLACK_MS = 0.5;

/** Lists every frame of the segments by reading their packets, oldest first. */
export async function listFrames(segments: readonly ClipSegment[]): Promise<RecordedFrame[]> {
  const frames = await Promise.all(
    segments.map(async (segment) => {
      const startMs = Date.parse(segment.startAt);
      return frameOffsets(await readFile(segment.path)).map((seconds, index) => ({
        atMs: startMs + seconds * 1000,
        segment,
        index,
      }));
    }),
  );
  return frames.flat().sort((a, b) => a.atMs - b.atMs);
}

/**
 * Cuts a playable H.264 MP4 to the frame: the first frame is the first one taken at or after `fromAt`, the last one
 * before `toAt`. A gap in the recording stays a gap: the frame before it is shown longer and nothing is made up.
 * Throws FfmpegError when no frame lies inside, or when the file does not hold the frames it must.
 */
export async function cutClip(request: ClipRequest, binaries: FfmpegBinaries, signal?: AbortSignal): Promise<Clip> {
  const fromMs = Date.parse(request.fromAt) - INSTANT_SLACK_MS;
  const toMs = Date.parse(request.toAt) - INSTANT_SLACK_MS;
  const overlapping = request.segments
    .filter(({ startAt, endAt }) => Date.parse(endAt) > fromMs && Date.parse(startAt) < toMs)
    .sort((a, b) => Date.parse(a.startAt) - Date.parse(b.startAt));
  const recorded = await listFrames(overlapping);
  const frames = recorded.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  const first = frames[0];
  const last = frames.at(-1);
  const origin = overlapping[0];
  if (!first || !last || !origin) {
    throw new FfmpegError(`Nothing was recorded between ${request.fromAt} and ${request.toAt}`, { permanent: true });
  }
  // Of all that was recorded there: a single picture has no distance to another.
  const frameMs = typicalSpacing(recorded);
  // The cut lies half a frame before the first wanted picture and half a frame after the last one.
  const offset = (atMs: number) => Math.max(0, (atMs - Date.parse(origin.startAt)) / 1000);
  const options = clipOptions(offset(first.atMs - frameMs / 2), offset(last.atMs + frameMs / 2));
  const draftPath = `${request.outPath}.part`;
  try {
    await transcode(
      {
        input: Readable.from([concatScript(spans(overlapping))]),
        inputOptions: options.input,
        outputOptions: options.output,
        outPath: draftPath,
      },
      binaries,
      // Long recordings take long; a shorter one that hangs is noticed after a minute.
      { signal, timeoutMs: Math.max(60_000, last.atMs - first.atMs) },
    );
    const media = await probeFile(draftPath, binaries);
    if (media.frames !== frames.length) {
      throw new FfmpegError(`The clip holds ${media.frames} frames where the recording has ${frames.length}`);
    }
    await rename(draftPath, request.outPath);
    return {
      path: request.outPath,
      durationMs: Math.round(last.atMs - first.atMs + frameMs),
      frames: frames.length,
      fps: Math.round((1000 / frameMs) * 1000) / 1000,
      ...{ width: media.width, height: media.height },
      firstFrameAt: new Date(Math.round(first.atMs)).toISOString(),
      lastFrameAt: new Date(Math.round(last.atMs)).toISOString(),
    };
  } finally {
    await rm(draftPath, { force: true });
  }
}

/** Each segment lasts until the next one starts, so that the clip's clock runs through a gap. */
function spans(segments: readonly ClipSegment[]) {
  return segments.map((segment, index) => {
    const endMs = Date.parse(segments[index + 1]?.startAt ?? segment.endAt);
    return { path: segment.path, spanSeconds: Math.max(0.001, (endMs - Date.parse(segment.startAt)) / 1000) };
  });
}

/** The median distance of two frames: a gap or a lost frame does not move it. */
function typicalSpacing(frames: readonly RecordedFrame[]): number {
  const spacings = frames.slice(1).map((frame, index) => frame.atMs - (frames[index]?.atMs ?? frame.atMs));
  spacings.sort((a, b) => a - b);
  return spacings[Math.floor(spacings.length / 2)] ?? 1000 / 15;
}
