import sharp from 'sharp';
import { motionArgs } from './commands.ts';
import { probeFile } from './probe.ts';
import { type FfmpegBinaries, FfmpegError, spawnFfmpeg } from './run.ts';

export interface Heatmap {
  /** A transparent PNG of the clip's shape; nobody can be seen in it. */
  png: Uint8Array;
  width: number;
  height: number;
  /** Pictures that were compared. */
  pictures: number;
}

const gridWidth = 160;
const drawnWidth = 640;
const picturesPerSecond = 5;

/** Draws where something moved during a clip, and how long: the longer, the redder. The same clip gives the same bytes. */
export async function drawHeatmap(clipPath: string, binaries: FfmpegBinaries, signal?: AbortSignal): Promise<Heatmap> {
  const media = await probeFile(clipPath, binaries);
  const gridHeight = Math.max(2, Math.round((gridWidth * media.height) / media.width));
  const motion = new MotionGrid(gridWidth * gridHeight);
  const format = { width: gridWidth, height: gridHeight, fps: picturesPerSecond };
  const { child, closed } = spawnFfmpeg(motionArgs(clipPath, format), binaries, { stdout: true });
  const kill = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  child.stdout?.on('data', (chunk: Buffer) => motion.push(chunk));
  const { exitCode, stderrTail } = await closed;
  signal?.removeEventListener('abort', kill);
  signal?.throwIfAborted();
  if (exitCode !== 0) throw new FfmpegError('The clip could not be looked through', { stderrTail });
  const height = Math.round((drawnWidth * gridHeight) / gridWidth);
  const png = await sharp(heatColours(motion.heat()), { raw: { width: gridWidth, height: gridHeight, channels: 4 } })
    .resize({ width: drawnWidth, height, kernel: 'cubic' })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return { png, width: drawnWidth, height, pictures: motion.pictures };
}

/** A grey value that changes by less is noise of the sensor or of the encoder. */
const leastChange = 14;

/** Counts, for each cell, in how many pictures it differed from the one before. */
export class MotionGrid {
  pictures = 0;
  readonly #cells: number;
  readonly #moved: Uint32Array;
  #before: Uint8Array | undefined;
  #filling: Uint8Array;
  #filled = 0;

  constructor(cells: number) {
    this.#cells = cells;
    this.#moved = new Uint32Array(cells);
    this.#filling = new Uint8Array(cells);
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + this.#cells - this.#filled);
      this.#filling.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#cells) this.#compare();
    }
  }

  /** The share of pictures in which each cell moved, 0 to 1; the busiest cell is 1, if it moved more than once. */
  heat(): Float64Array {
    const most = this.#moved.reduce((a, b) => Math.max(a, b), 0);
    return Float64Array.from(this.#moved, (count) => count / Math.max(2, most));
  }

  #compare(): void {
    const picture = this.#filling;
    const before = this.#before;
    if (before)
      for (let cell = 0; cell < this.#cells; cell++)
        if (Math.abs((picture[cell] ?? 0) - (before[cell] ?? 0)) >= leastChange)
          this.#moved[cell] = (this.#moved[cell] ?? 0) + 1;
    this.#filling = before ?? new Uint8Array(this.#cells);
    this.#before = picture;
    this.#filled = 0;
    this.pictures += 1;
  }
}

/** Nothing where nothing moved, then yellow, then red. */
export function heatColours(heat: Float64Array): Uint8Array {
  const rgba = new Uint8Array(heat.length * 4);
  heat.forEach((share, cell) => {
    if (share <= 0) return;
    const shown = Math.sqrt(share);
    rgba.set(
      [255, Math.round(214 * (1 - shown)), Math.round(48 * (1 - shown)), Math.round(60 + 150 * shown)],
      cell * 4,
    );
  });
  return rgba;
}
