import sharp from 'sharp';

/** A picture with transparency, ready to be laid over a frame. */
export interface Sprite {
  rgba: Uint8Array;
  width: number;
  height: number;
}

/** Draws an SVG once, so that sixty seconds of film cost only copying. */
export async function rasterise(svg: string): Promise<Sprite> {
  const { data, info } = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { rgba: data, width: info.width, height: info.height };
}

/** A soft black copy of a sprite's outline. */
export async function castShadow(sprite: Sprite, blur: number, strength: number): Promise<Sprite> {
  const { width, height, rgba } = sprite;
  const black = Buffer.alloc(rgba.length);
  for (let i = 3; i < rgba.length; i += 4) black[i] = Math.round((rgba[i] ?? 0) * strength);
  const blurred = await sharp(black, { raw: { width, height, channels: 4 } })
    .blur(blur)
    .raw()
    .toBuffer();
  return { rgba: blurred, width, height };
}

/** A frame under construction: rgb24, no padding. */
export interface Frame {
  rgb: Uint8Array;
  width: number;
  height: number;
}

/** Lays a sprite's centre on (x, y); `light` under 1 darkens it, `opacity` under 1 lets the ground through. */
export function lay(frame: Frame, sprite: Sprite, x: number, y: number, opacity = 1, light = 1): void {
  const left = Math.round(x - sprite.width / 2);
  const top = Math.round(y - sprite.height / 2);
  const fromX = Math.max(0, -left);
  const toX = Math.min(sprite.width, frame.width - left);
  const toY = Math.min(sprite.height, frame.height - top);
  const { rgba } = sprite;
  const { rgb } = frame;
  for (let row = Math.max(0, -top); row < toY; row++) {
    let source = (row * sprite.width + fromX) * 4;
    let target = ((top + row) * frame.width + left + fromX) * 3;
    for (let column = fromX; column < toX; column++, source += 4, target += 3) {
      const alpha = rgba[source + 3] as number;
      if (alpha === 0) continue;
      const share = (alpha * opacity) / 255;
      for (let colour = 0; colour < 3; colour++) {
        const ground = rgb[target + colour] as number;
        rgb[target + colour] = ground + ((rgba[source + colour] as number) * light - ground) * share;
      }
    }
  }
}

/** Fills a rectangle with one colour. */
export function fill(
  frame: Frame,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: readonly [number, number, number],
): void {
  for (let row = y; row < y + height; row++) {
    for (let column = x; column < x + width; column++) frame.rgb.set(colour, (row * frame.width + column) * 3);
  }
}
