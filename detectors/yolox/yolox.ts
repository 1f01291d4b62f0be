import sharp from 'sharp';
import { floatOutput, floatTensor, type OnnxSession, openSession } from '../../adapters/onnx/session.ts';
import { loadModel, MODELS, type ModelPlaces } from '../models/manifest.ts';
import type { Box } from '../scan-zone/zone.ts';
import { ITEM_CLASSES } from './classes.ts';
import { decodeObjects, type Letterbox, overlapShare, type SeenObject } from './postprocess.ts';

const SIDE = 416;
/** The grey that the model was trained to see around a picture. */
const PADDING = 114;
const MIN_SCORE = 0.25;
/** A label must cover this much of the crossing box, or it belongs to something else on the lane. */
const MIN_ITEM_OVERLAP = 0.25;

/** Names what is in a picture with YOLOX-Nano; present only where its weights were found. */
export class ObjectNamer {
  readonly #session: OnnxSession;

  private constructor(session: OnnxSession) {
    this.#session = session;
  }

  /** Opens the model, or returns undefined when its weights are nowhere; throws on wrong weights. */
  static async open(places: ModelPlaces, threads = 1): Promise<ObjectNamer | undefined> {
    const bytes = await loadModel(MODELS.yoloxNano, places);
    return bytes ? new ObjectNamer(await openSession(bytes, threads)) : undefined;
  }

  /** Finds objects in an rgb24 picture. */
  async see(rgb: Uint8Array, width: number, height: number, minScore = MIN_SCORE): Promise<SeenObject[]> {
    const letterbox: Letterbox = {
      side: SIDE,
      scale: SIDE / Math.max(width, height),
      pictureWidth: width,
      pictureHeight: height,
    };
    const outputs = await this.#session.run({
      images: floatTensor(await letterboxed(rgb, letterbox), [1, 3, SIDE, SIDE]),
    });
    return decodeObjects(floatOutput(outputs, 'output'), letterbox, minScore);
  }

  /** Names the item in `box`, or undefined when the model sees none it knows there. */
  async nameItem(rgb: Uint8Array, width: number, height: number, box: Box): Promise<SeenObject | undefined> {
    const objects = await this.see(rgb, width, height);
    return objects
      .filter((object) => ITEM_CLASSES.has(object.label) && overlapShare(object.box, box) >= MIN_ITEM_OVERLAP)
      .sort((a, b) => b.score - a.score)[0];
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

/** Shrinks the picture into the top left of a grey square, as planes of blue, green and red from 0 to 255. */
async function letterboxed(
  rgb: Uint8Array,
  { side, scale, pictureWidth, pictureHeight }: Letterbox,
): Promise<Float32Array> {
  const width = Math.round(pictureWidth * scale);
  const height = Math.round(pictureHeight * scale);
  const small = await sharp(rgb, { raw: { width: pictureWidth, height: pictureHeight, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
  const plane = side * side;
  const input = new Float32Array(3 * plane).fill(PADDING);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      const to = y * side + x;
      input[to] = small[from + 2] ?? 0;
      input[plane + to] = small[from + 1] ?? 0;
      input[2 * plane + to] = small[from] ?? 0;
    }
  }
  return input;
}
