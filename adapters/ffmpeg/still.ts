import { readFile, rm, writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { type ClipSegment, listFrames } from './clip.ts';
import { fileArgument, stillOptions } from './commands.ts';
import { probeFile } from './probe.ts';
import { type FfmpegBinaries, FfmpegError, transcode } from './run.ts';

/** A box to draw, as fractions of the picture. */
export interface StillBox {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface StillRequest {
  segments: readonly ClipSegment[];
  at: string;
  /** The key frame's JPEG; the thumbnail goes to `thumbnailPath`. */
  outPath: string;
  thumbnailPath?: string;
}

export interface Still {
  path: string;
  thumbnailPath: string | undefined;
  width: number;
  height: number;
  /** When the frame that was taken is from: the nearest one to `at`. */
  frameAt: string;
}

const THUMBNAIL_WIDTH = 320;
/** A key frame further away than this from its instant shows something else. */
const MAX_DISTANCE_MS = 1_000;

/** Writes the recorded frame nearest to `at` as a JPEG with the boxes drawn on it, and a small one beside it. */
export async function extractStill(
  request: StillRequest,
  binaries: FfmpegBinaries,
  boxes: readonly StillBox[] = [],
  signal?: AbortSignal,
): Promise<Still> {
  const atMs = Date.parse(request.at);
  const near = request.segments.filter(
    ({ startAt, endAt }) =>
      Date.parse(startAt) - MAX_DISTANCE_MS <= atMs && Date.parse(endAt) + MAX_DISTANCE_MS >= atMs,
  );
  const distance = (frame: { atMs: number }) => Math.abs(frame.atMs - atMs);
  const [nearest] = (await listFrames(near)).sort((a, b) => distance(a) - distance(b));
  if (!nearest || distance(nearest) > MAX_DISTANCE_MS) {
    throw new FfmpegError(`Nothing was recorded at ${request.at}`, { permanent: true });
  }
  const options = stillOptions(nearest.index);
  const { width, height } = await probeFile(nearest.segment.path, binaries);
  const picturePath = `${request.outPath}.part`;
  try {
    await transcode(
      {
        input: fileArgument(nearest.segment.path),
        inputOptions: options.input,
        outputOptions: options.output,
        outPath: picturePath,
      },
      binaries,
      { signal, timeoutMs: 20_000 },
    );
    const picture = await readFile(picturePath);
    const drawn = await sharp(picture, { raw: { width, height, channels: 3 } })
      .composite([{ input: Buffer.from(boxOverlay(boxes, width, height)) }])
      .jpeg({ quality: 88, mozjpeg: true })
      .toBuffer();
    await writeFile(request.outPath, drawn);
    if (request.thumbnailPath) {
      await sharp(drawn).resize({ width: THUMBNAIL_WIDTH }).jpeg({ quality: 78 }).toFile(request.thumbnailPath);
    }
    const frameAt = new Date(Math.round(nearest.atMs)).toISOString();
    return { path: request.outPath, thumbnailPath: request.thumbnailPath, width, height, frameAt };
  } finally {
    await rm(picturePath, { force: true });
  }
}

/** The boxes as an SVG of the picture's size; numbers only, so nothing in it can be anything but a rectangle. */
export function boxOverlay(boxes: readonly StillBox[], width: number, height: number): string {
  const line = Math.max(2, Math.round(width / 240));
  const clamp = (value: number) => Math.min(1, Math.max(0, Number(value) || 0));
  const drawn = boxes.map((box) => {
    const left = clamp(box.x) * width;
    const top = clamp(box.y) * height;
    const size = `x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${(clamp(box.x + box.width) * width - left).toFixed(1)}" height="${(clamp(box.y + box.height) * height - top).toFixed(1)}"`;
    // A dark edge under a bright one shows on any ground.
    return `<rect ${size} fill="none" stroke="#10151b" stroke-opacity="0.75" stroke-width="${line * 2}" rx="${line}"/><rect ${size} fill="none" stroke="#ffb020" stroke-width="${line}" rx="${line}"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${drawn.join('')}</svg>`;
}
