import { castShadow, type Frame, fill, lay, rasterise, type Sprite } from './compose.ts';
import { drawFrameStrip, drawText } from './frame-strip.ts';
import { bagSvg, handSvg, LANE, sceneSvg } from './lane-art.ts';
import type { LaneItem } from './lane-items.ts';
import { carriedTo, handAt, type LaneScript, type Passage, randomStream } from './lane-script.ts';

interface Shaded {
  sprite: Sprite;
  shadow: Sprite;
}

interface Props {
  scene: Sprite;
  bag: Sprite;
  glow: Sprite;
  /** Keyed by item and turn. */
  items: Map<string, Shaded>;
  /** Keyed by lean and grip. */
  hands: Map<string, Shaded>;
}

const BAG = { x: 526, y: 194 };
/** Forearm leans are drawn once per so many degrees. */
const LEAN_STEP = 4;
const MAX_LEAN = 28;

/** Films the script: returns a function that paints frame n. */
export async function prepareFilm(script: LaneScript, seed: number): Promise<(frameNumber: number) => Uint8Array> {
  const props = await makeProps(script);
  const base = opaque(props.scene);
  const grain = makeGrain(seed);
  return (frameNumber) => {
    const frame: Frame = { rgb: Uint8Array.from(base), width: LANE.width, height: LANE.height };
    paint(frame, script, props, frameNumber / LANE.fps);
    addGrain(frame.rgb, grain, frameNumber);
    drawText(
      frame.rgb,
      frame.width,
      `LANE 4  ${clockText(frameNumber)}  F ${String(frameNumber).padStart(5, '0')}`,
      8,
      326,
    );
    drawFrameStrip(frame.rgb, frame.width, frame.height, frameNumber);
    return frame.rgb;
  };
}

function paint(frame: Frame, script: LaneScript, props: Props, at: number): void {
  const reset = Math.min(1, Math.max(0, (at - script.resetAt) / 1.2));
  lay(frame, props.bag, BAG.x, BAG.y);
  paintTill(frame, script, props, at, reset);
  for (const passage of script.passages) {
    const inBasket = at < passage.liftAt ? 1 : reset;
    if (inBasket > 0) put(frame, item(props, passage, 'basket'), passage.basket.x, passage.basket.y, 3, inBasket, 0.93);
    if (at >= passage.dropAt && reset < 1)
      put(frame, item(props, passage, 'bag'), passage.bag.x, passage.bag.y, 2, 1 - reset, 0.74);
  }
  const carried = script.passages.find((passage) => at >= passage.liftAt && at < passage.dropAt);
  if (carried) {
    const { x, y } = carriedTo(carried, at);
    put(frame, item(props, carried, 'carried'), x, y, 9, 1, 1);
  }
  const hand = handAt(script, at);
  // The shoulder follows the hand half way: the shopper shifts their weight.
  const shoulderX = 320 + (hand.x - 320) * 0.55;
  const lean = (Math.atan2(hand.x - shoulderX, 480 - hand.y) * 180) / Math.PI;
  const arm = props.hands.get(handKey(Math.min(MAX_LEAN, Math.max(-MAX_LEAN, lean)), hand.gripping));
  if (arm) put(frame, arm, hand.x, hand.y, 10, 1, 1);
}

function put(
  frame: Frame,
  { sprite, shadow }: Shaded,
  x: number,
  y: number,
  lift: number,
  opacity: number,
  light: number,
): void {
  lay(frame, shadow, x + lift * 0.8, y + lift, opacity);
  lay(frame, sprite, x, y, opacity, light);
}

/** The till's screen lists what it rang, and the scanner glows green for a moment. */
function paintTill(frame: Frame, script: LaneScript, props: Props, at: number, reset: number): void {
  const rung = script.passages.filter((passage) => passage.ringsAt !== undefined && passage.ringsAt <= at);
  if (reset < 0.5) {
    rung.slice(-6).forEach((passage, row) => {
      const newest = passage === rung.at(-1);
      fill(
        frame,
        206,
        24 + row * 6,
        20 + (passage.product.description.length % 7) * 10,
        3,
        newest ? [31, 95, 168] : [120, 134, 150],
      );
      fill(frame, 310, 24 + row * 6, 18, 3, newest ? [31, 95, 168] : [120, 134, 150]);
    });
  }
  const newest = rung.at(-1)?.ringsAt;
  const glow = newest === undefined ? 0 : 1 - (at - newest) / 0.45;
  if (glow > 0) lay(frame, props.glow, 320, 88, glow);
}

const turnKey = (product: LaneItem, degrees: number): string => `${product.item}@${degrees.toFixed(1)}`;
const handKey = (lean: number, gripping: boolean): string =>
  `${Math.round(lean / LEAN_STEP) * LEAN_STEP + 0}|${gripping}`;

function item(props: Props, passage: Passage, where: keyof Passage['turns']): Shaded {
  const found = props.items.get(turnKey(passage.product, passage.turns[where]));
  if (!found) throw new Error(`The ${passage.product.item} was not drawn for the ${where}.`);
  return found;
}

async function makeProps(script: LaneScript): Promise<Props> {
  const items = new Map<string, Shaded>();
  for (const { product, turns } of script.passages) {
    for (const degrees of Object.values(turns))
      items.set(turnKey(product, degrees), await shaded(itemSvg(product, degrees), 3, 0.5));
  }
  const hands = new Map<string, Shaded>();
  for (let lean = -MAX_LEAN; lean <= MAX_LEAN; lean += LEAN_STEP) {
    for (const gripping of [true, false])
      hands.set(handKey(lean, gripping), await shaded(handSvg(lean, gripping), 5, 0.36));
  }
  const glow = `<svg xmlns="http://www.w3.org/2000/svg" width="160" height="60"><defs><radialGradient id="g"><stop offset="0" stop-color="#7dffb0" stop-opacity="0.95"/><stop offset="0.35" stop-color="#2fd673" stop-opacity="0.55"/><stop offset="1" stop-color="#2fd673" stop-opacity="0"/></radialGradient></defs><ellipse cx="80" cy="30" rx="80" ry="26" fill="url(#g)"/><rect x="30" y="26" width="100" height="7" rx="2" fill="#b8ffd6"/></svg>`;
  return {
    scene: await rasterise(sceneSvg()),
    bag: await rasterise(bagSvg()),
    glow: await rasterise(glow),
    items,
    hands,
  };
}

async function shaded(svg: string, blur: number, strength: number): Promise<Shaded> {
  const sprite = await rasterise(svg);
  return { sprite, shadow: await castShadow(sprite, blur, strength) };
}

function itemSvg({ width, height, art }: LaneItem, degrees: number): string {
  // Room for every turn and for the shadow's blur.
  const side = Math.ceil(Math.hypot(width, height)) + 16;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><g transform="translate(${side / 2} ${side / 2}) rotate(${degrees}) translate(${-width / 2} ${-height / 2})">${art}</g></svg>`;
}

function opaque({ rgba, width, height }: Sprite): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) rgb.set(rgba.subarray(pixel * 4, pixel * 4 + 3), pixel * 3);
  return rgb;
}

/** Sensor noise: one noisy picture, read from another place in every frame. */
function makeGrain(seed: number): Int8Array {
  const random = randomStream(seed ^ 0x51ed270b);
  return Int8Array.from({ length: LANE.width * LANE.height + 8_192 }, () => Math.round((random() + random() - 1) * 4));
}

function addGrain(rgb: Uint8Array, grain: Int8Array, frameNumber: number): void {
  const start = (frameNumber * 2_741) % 8_192;
  for (let pixel = 0, at = 0; at < rgb.length; pixel++, at += 3) {
    const noise = grain[start + pixel] as number;
    for (let colour = 0; colour < 3; colour++) {
      rgb[at + colour] = Math.max(0, Math.min(255, (rgb[at + colour] as number) + noise));
    }
  }
}

function clockText(frameNumber: number): string {
  const tenths = Math.floor((frameNumber * 10) / LANE.fps);
  return `00:${String(Math.floor(tenths / 10)).padStart(2, '0')}.${tenths % 10}`;
}
