import type { Box } from './types.ts';

/** Whole pixels. */
export interface PixelBox {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The box with this share of its size added on every side. */
export function padded(box: Box, share: number): Box {
  return {
    x: box.x - box.width * share,
    y: box.y - box.height * share,
    width: box.width * (1 + 2 * share),
    height: box.height * (1 + 2 * share),
  };
}

/** The smallest box around both. */
export function around(a: Box, b: Box): Box {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}

/** The box on the straight way from one to the other; `share` 0 is the first, 1 the second, and beyond goes on as before. */
export function between(from: Box, to: Box, share: number): Box {
  const part = (a: number, b: number) => a + (b - a) * share;
  return {
    x: part(from.x, to.x),
    y: part(from.y, to.y),
    width: Math.max(0, part(from.width, to.width)),
    height: Math.max(0, part(from.height, to.height)),
  };
}

/** The area that both cover. */
export function common(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width <= 0 || height <= 0 ? 0 : width * height;
}

/** Intersection over union. */
export function overlap(a: Box, b: Box): number {
  const shared = common(a, b);
  return shared === 0 ? 0 : shared / (a.width * a.height + b.width * b.height - shared);
}

/** Whether the middle of `inner` lies in `outer`. */
export function holdsMiddleOf(outer: Box, inner: Box): boolean {
  const x = inner.x + inner.width / 2;
  const y = inner.y + inner.height / 2;
  return x >= outer.x && x <= outer.x + outer.width && y >= outer.y && y <= outer.y + outer.height;
}

/**
 * The box in pixels, grown to the even grid on which colour is stored, so that none of it shows at the edge; null when
 * nothing of it lies in the picture.
 */
export function toPixels(box: Box, picture: { width: number; height: number }): PixelBox | null {
  const down = (value: number, most: number) => Math.max(0, Math.min(most, Math.floor(value / 2) * 2));
  const up = (value: number, most: number) => Math.max(0, Math.min(most, Math.ceil(value / 2) * 2));
  const left = down(box.x * picture.width, picture.width);
  const top = down(box.y * picture.height, picture.height);
  const right = up((box.x + box.width) * picture.width, picture.width);
  const bottom = up((box.y + box.height) * picture.height, picture.height);
  return right > left && bottom > top ? { x: left, y: top, width: right - left, height: bottom - top } : null;
}
