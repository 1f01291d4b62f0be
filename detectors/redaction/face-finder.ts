import sharp from 'sharp';
import { floatOutput, floatTensor, type OnnxSession, openSession } from '../../adapters/onnx/session.ts';
import { overlap } from '../../domain/redaction/geometry.ts';
import type { Box } from '../../domain/redaction/types.ts';
import { loadModel, MODELS, type ModelPlaces } from '../models/manifest.ts';

const WIDTH = 320;
const HEIGHT = 240;
const MEAN = 127;
const SCALE = 128;
const MAX_OVERLAP = 0.4;

/** A face in a picture; the box is a fraction of what was looked at. */
export interface SeenFace {
  box: Box;
  score: number;
}

/** A raw rgb24 picture. */
export interface RgbPicture {
  rgb: Uint8Array;
  width: number;
  height: number;
}

/** Whole pixels of a picture. */
export interface Crop {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Finds where faces are with Ultra-Light RFB-320; it knows nobody and compares nothing. */
export class FaceFinder {
  readonly #session: OnnxSession;

  private constructor(session: OnnxSession) {
    this.#session = session;
  }

  /** Opens the model, or returns undefined when its weights are nowhere; throws on wrong weights. */
  static async open(places: ModelPlaces, threads = 1): Promise<FaceFinder | undefined> {
    const bytes = await loadModel(MODELS.rfb320Face, places);
    return bytes ? new FaceFinder(await openSession(bytes, threads)) : undefined;
  }

  /** Looks at a part of a picture, whatever its shape. */
  async find(picture: RgbPicture, crop: Crop, minScore: number): Promise<SeenFace[]> {
    const small = await sharp(picture.rgb, { raw: { width: picture.width, height: picture.height, channels: 3 } })
      .extract(crop)
      .resize(WIDTH, HEIGHT, { fit: 'fill', kernel: 'linear' })
      .raw()
      .toBuffer();
    const plane = WIDTH * HEIGHT;
    const input = new Float32Array(3 * plane);
    for (let at = 0; at < plane; at += 1)
      for (let channel = 0; channel < 3; channel += 1)
        input[channel * plane + at] = ((small[at * 3 + channel] ?? 0) - MEAN) / SCALE;
    const outputs = await this.#session.run({ input: floatTensor(input, [1, 3, HEIGHT, WIDTH]) });
    return decodeFaces(floatOutput(outputs, 'scores'), floatOutput(outputs, 'boxes'), minScore);
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

/** Where the model looks: for each of its strides the sizes of the squares around each cell's middle, in its own pixels. */
const ANCHORS = [
  { stride: 8, sizes: [10, 16, 24] },
  { stride: 16, sizes: [32, 48] },
  { stride: 32, sizes: [64, 96] },
  { stride: 64, sizes: [128, 192, 256] },
] as const;
/** The model's numbers are tenths and fifths of what they move and stretch. */
const MOVE = 0.1;
const STRETCH = 0.2;

/** Turns the raw output (pairs of no-face and face scores, offsets from the anchors) into faces, the surest of each place. */
export function decodeFaces(scores: Float32Array, offsets: Float32Array, minScore: number): SeenFace[] {
  const found: SeenFace[] = [];
  let index = 0;
  for (const { stride, sizes } of ANCHORS)
    for (let row = 0; row < Math.ceil(HEIGHT / stride); row += 1)
      for (let column = 0; column < Math.ceil(WIDTH / stride); column += 1)
        for (const size of sizes) {
          const score = scores[index * 2 + 1] ?? 0;
          if (score >= minScore) {
            const offset = (at: number): number => offsets[index * 4 + at] ?? 0;
            const [anchorWidth, anchorHeight] = [size / WIDTH, size / HEIGHT];
            const middleX = ((column + 0.5) * stride) / WIDTH + offset(0) * MOVE * anchorWidth;
            const middleY = ((row + 0.5) * stride) / HEIGHT + offset(1) * MOVE * anchorHeight;
            const width = anchorWidth * Math.exp(offset(2) * STRETCH);
            const height = anchorHeight * Math.exp(offset(3) * STRETCH);
            found.push({ score, box: { x: middleX - width / 2, y: middleY - height / 2, width, height } });
          }
          index += 1;
        }
  found.sort((a, b) => b.score - a.score);
  const kept: SeenFace[] = [];
  for (const face of found) if (kept.every((other) => overlap(other.box, face.box) <= MAX_OVERLAP)) kept.push(face);
  return kept;
}
