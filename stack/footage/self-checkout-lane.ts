import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { encodeRawArgs } from '../../adapters/ffmpeg/commands.ts';
import { FfmpegError, spawnFfmpeg } from '../../adapters/ffmpeg/run.ts';
import { Direction, rectangle, type ScanZone } from '../../detectors/scan-zone/zone.ts';
import { LANE } from './lane-art.ts';
import { prepareFilm } from './lane-film.ts';
import { type LaneScript, SCAN_LINE_X, writeScript } from './lane-script.ts';

/** What really happens in a recording, and what its till rang: the format of every `*.truth.json`. */
export interface FootageTruth {
  video: string;
  scanLine: { x: number; direction: Direction; tolerance_s: number };
  crossings: readonly { item: string; plu: string; t_s: number }[];
  tillTape: readonly { t_s: number; type: 'scan'; plu: string; description: string; priceMinor: number }[];
  expected: readonly { item: string; exception: string; needs?: string }[];
}

/** The scan zone of the rendered lane: the scanner bed between basket and bag. */
export const LANE_ZONE: ScanZone = {
  id: 'scanner',
  polygon: rectangle({ x: 0.345, y: 0.27, width: 0.31, height: 0.54 }),
  scanLineX: SCAN_LINE_X,
  direction: Direction.leftToRight,
};

/** Raised whenever the film looks different, so that an old film in a cache is not taken for it. */
const FILM_VERSION = 1;
const SEED = 4;
const TOLERANCE_SECONDS = 0.25;

export interface RenderLaneOptions {
  outDir: string;
  ffmpegPath: string;
  seed?: number;
  signal?: AbortSignal;
  /** From 0 to 1. */
  onProgress?: (share: number) => void;
}

export interface RenderedLane {
  videoPath: string;
  truthPath: string;
  truth: FootageTruth;
  /** False when a film of the same script was already there. */
  rendered: boolean;
}

/** Renders the self-checkout lane once; later calls find it in `outDir`. */
export async function renderLane(options: RenderLaneOptions): Promise<RenderedLane> {
  const { outDir, ffmpegPath, seed = SEED, signal, onProgress } = options;
  const script = writeScript(seed);
  const truth = truthOf(script);
  const videoPath = resolve(outDir, 'lane.mp4');
  const truthPath = resolve(outDir, 'lane.truth.json');
  const stamp = createHash('sha256').update(JSON.stringify({ FILM_VERSION, seed, truth })).digest('hex');
  const stampPath = join(outDir, 'lane.stamp');
  const found = (await readFile(stampPath, 'utf8').catch(() => '')) === stamp;
  if (
    found &&
    (await stat(videoPath).then(
      (file) => file.size > 0,
      () => false,
    ))
  ) {
    onProgress?.(1);
    return { videoPath, truthPath, truth, rendered: false };
  }
  await mkdir(outDir, { recursive: true });
  // The stamp is written last: a render that was cut short is not mistaken for a film.
  const draftPath = resolve(outDir, 'lane.part.mp4');
  try {
    await encode(script, seed, { draftPath, ffmpegPath, signal, onProgress });
    await rename(draftPath, videoPath);
  } finally {
    await rm(draftPath, { force: true });
  }
  await writeFile(truthPath, `${JSON.stringify(truth, null, 2)}\n`);
  await writeFile(stampPath, stamp);
  return { videoPath, truthPath, truth, rendered: true };
}

interface EncodeTarget extends Pick<RenderLaneOptions, 'ffmpegPath' | 'signal' | 'onProgress'> {
  draftPath: string;
}

async function encode(script: LaneScript, seed: number, target: EncodeTarget): Promise<void> {
  const { draftPath, ffmpegPath, signal, onProgress } = target;
  const paint = await prepareFilm(script, seed);
  const { child, closed } = spawnFfmpeg(encodeRawArgs(LANE, draftPath), { ffmpegPath }, { stdin: true });
  // A broken pipe is reported through ffmpeg's exit and log, which say why.
  const stdin = child.stdin;
  if (!stdin) throw new FfmpegError('ffmpeg was started without an input pipe', { permanent: true });
  let broken = false;
  stdin.on('error', () => {
    broken = true;
  });
  const frames = LANE.fps * LANE.seconds;
  try {
    for (let frame = 0; frame < frames && !broken; frame++) {
      signal?.throwIfAborted();
      if (!stdin.write(paint(frame))) await Promise.race([once(stdin, 'drain', { signal }), closed]);
      if (frame % LANE.fps === 0) onProgress?.(frame / frames);
    }
    stdin.end();
    const { exitCode, stderrTail } = await closed;
    if (exitCode !== 0) throw new FfmpegError('The lane could not be encoded', { stderrTail });
    onProgress?.(1);
  } catch (error) {
    child.kill('SIGKILL');
    await closed;
    throw error;
  }
}

function truthOf({ passages }: LaneScript): FootageTruth {
  const seconds = (value: number) => Math.round(value * 1000) / 1000;
  return {
    video: 'lane.mp4',
    scanLine: { x: SCAN_LINE_X, direction: Direction.leftToRight, tolerance_s: TOLERANCE_SECONDS },
    crossings: passages.map(({ product, crossesAt }) => ({
      item: product.item,
      plu: product.plu,
      t_s: seconds(crossesAt),
    })),
    tillTape: passages.flatMap(({ product, ringsAt }) => {
      const { plu, description, priceMinor } = product;
      return ringsAt === undefined
        ? []
        : [{ t_s: seconds(ringsAt), type: 'scan' as const, plu, description, priceMinor }];
    }),
    expected: passages.flatMap(({ product, ringsAt }) =>
      ringsAt === undefined ? [{ item: product.item, exception: 'missed_scan' }] : [],
    ),
  };
}
