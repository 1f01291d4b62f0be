import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { type MaskBox, type MaskStyle, paintMasks, yuvSize } from './mask.ts';
import { matroskaHead, matroskaPictureHead } from './matroska.ts';
import { probeFile } from './probe.ts';
import { frameTimesArgs, maskedEncodeArgs, sampledArgs, wholeArgs } from './redact-commands.ts';
import { type FfmpegBinaries, FfmpegError, type FfmpegProcess, spawnFfmpeg } from './run.ts';

/** The pictures of a clip: how many, how large, and when each is shown, counted from the first. */
export interface ClipPictures {
  width: number;
  height: number;
  timesUs: number[];
}

/** Reads size and times of every picture; throws FfmpegError (permanent) on what is not a clip of ours. */
export async function readClipPictures(
  path: string,
  binaries: FfmpegBinaries,
  signal?: AbortSignal,
): Promise<ClipPictures> {
  const { width, height } = await probeFile(path, binaries);
  if (width % 2 !== 0 || height % 2 !== 0)
    throw new FfmpegError(`The clip is ${width} × ${height}; both must be even`, { permanent: true });
  const run = spawnFfmpeg(frameTimesArgs(path), { ffmpegPath: binaries.ffprobePath }, { stdout: true });
  const stop = killOn(signal, [run]);
  try {
    let text = '';
    for await (const chunk of run.child.stdout!.setEncoding('utf8')) text += chunk as string;
    await ended(run, signal, 'ffprobe');
    const seconds = text
      .split('\n')
      .map((line) => line.trim().replace(/,$/, ''))
      .filter((line) => line !== '')
      .map(Number)
      .sort((a, b) => a - b);
    const first = seconds[0];
    if (first === undefined || seconds.some((at) => !Number.isFinite(at)))
      throw new FfmpegError('The clip does not say when its pictures are shown', { permanent: true });
    return { width, height, timesUs: seconds.map((at) => Math.round((at - first) * 1_000_000)) };
  } finally {
    stop();
  }
}

/** Every `step`th picture and the last one, as rgb24 in the clip's own size. */
export async function* sampledPictures(
  path: string,
  clip: ClipPictures,
  step: number,
  binaries: FfmpegBinaries,
  signal?: AbortSignal,
): AsyncGenerator<{ frame: number; rgb: Uint8Array }> {
  const last = clip.timesUs.length - 1;
  const frames = clip.timesUs.map((_, index) => index).filter((index) => index % step === 0 || index === last);
  const run = spawnFfmpeg(sampledArgs(path, step, last), binaries, { stdout: true });
  const stop = killOn(signal, [run]);
  try {
    let count = 0;
    for await (const rgb of pictures(run.child.stdout!, clip.width * clip.height * 3)) {
      const frame = frames[count];
      if (frame === undefined) throw new FfmpegError(`ffmpeg decoded more pictures than the clip has`);
      count += 1;
      yield { frame, rgb };
    }
    await ended(run, signal, 'ffmpeg');
    if (count !== frames.length)
      throw new FfmpegError(`ffmpeg decoded ${count} pictures of ${frames.length} to be looked at`);
  } finally {
    stop();
  }
}

export interface MaskedRender {
  inPath: string;
  outPath: string;
  clip: ClipPictures;
  /** What is painted over in each picture. */
  masks: readonly (readonly MaskBox[])[];
  style: MaskStyle;
  onPicture?: (index: number) => void;
}

/**
 * Writes the clip again with the boxes painted over: the same pictures at the same times, without sound. Each picture
 * goes through our hands between a decoder and an encoder, so that no box can be early or late.
 */
export async function renderMasked(
  render: MaskedRender,
  binaries: FfmpegBinaries,
  signal?: AbortSignal,
): Promise<void> {
  const { clip, masks, style } = render;
  if (masks.length !== clip.timesUs.length)
    throw new RangeError(`There are masks for ${masks.length} pictures; the clip has ${clip.timesUs.length}.`);
  const decoder = spawnFfmpeg(wholeArgs(render.inPath), binaries, { stdout: true });
  const encoder = spawnFfmpeg(maskedEncodeArgs(render.outPath), binaries, { stdin: true });
  const stop = killOn(signal, [decoder, encoder]);
  const sink = encoder.child.stdin!;
  // An encoder that ends early says why on its own; the broken pipe says less.
  sink.on('error', () => undefined);
  const write = async (bytes: Uint8Array) => {
    if (encoder.child.exitCode !== null || sink.destroyed) await ended(encoder, signal, 'the encoder');
    if (!sink.write(bytes)) await Promise.race([once(sink, 'drain'), encoder.closed]);
  };
  try {
    const size = yuvSize(clip.width, clip.height);
    await write(matroskaHead(clip.width, clip.height));
    let index = 0;
    for await (const data of pictures(decoder.child.stdout!, size)) {
      const atUs = clip.timesUs[index];
      const boxes = masks[index];
      if (atUs === undefined || boxes === undefined)
        throw new FfmpegError('ffmpeg decoded more pictures than the clip has');
      paintMasks({ data, width: clip.width, height: clip.height }, boxes, style);
      await write(matroskaPictureHead(atUs, size));
      await write(data);
      index += 1;
      render.onPicture?.(index);
    }
    await ended(decoder, signal, 'the decoder');
    if (index !== clip.timesUs.length)
      throw new FfmpegError(`ffmpeg decoded ${index} pictures of ${clip.timesUs.length}`);
    sink.end();
    await ended(encoder, signal, 'the encoder');
  } finally {
    stop();
  }
  const made = await probeFile(render.outPath, binaries);
  if (made.frames !== clip.timesUs.length || made.hasAudio || made.width !== clip.width || made.height !== clip.height)
    throw new FfmpegError(`The masked clip has ${made.frames} pictures where the clip has ${clip.timesUs.length}`);
}

/** Cuts a pipe into pictures; each is a buffer of its own that may be painted on. */
async function* pictures(stream: Readable, size: number): AsyncGenerator<Uint8Array> {
  let picture = Buffer.allocUnsafe(size);
  let filled = 0;
  for await (const piece of stream) {
    const chunk = piece as Buffer;
    let used = 0;
    while (used < chunk.length) {
      const taken = Math.min(size - filled, chunk.length - used);
      chunk.copy(picture, filled, used, used + taken);
      filled += taken;
      used += taken;
      if (filled < size) continue;
      yield picture;
      picture = Buffer.allocUnsafe(size);
      filled = 0;
    }
  }
  if (filled > 0) throw new FfmpegError('ffmpeg ended in the middle of a picture');
}

async function ended(run: FfmpegProcess, signal: AbortSignal | undefined, what: string): Promise<void> {
  const { exitCode, stderrTail } = await run.closed;
  if (signal?.aborted) throw signal.reason instanceof Error ? signal.reason : new Error('The redaction was cancelled.');
  if (exitCode !== 0) throw new FfmpegError(`${what} ended with ${exitCode ?? 'a signal'}`, { stderrTail });
}

/** Kills what still runs when the work is cancelled, and when it is over whichever way. */
function killOn(signal: AbortSignal | undefined, runs: readonly FfmpegProcess[]): () => void {
  const kill = () => {
    for (const { child } of runs) if (child.exitCode === null) child.kill('SIGKILL');
  };
  if (signal?.aborted) kill();
  signal?.addEventListener('abort', kill, { once: true });
  return () => {
    signal?.removeEventListener('abort', kill);
    kill();
  };
}
