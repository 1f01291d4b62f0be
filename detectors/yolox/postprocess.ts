import type { Box } from '../scan-zone/zone.ts';
import { COCO_CLASSES } from './classes.ts';

/** One object that the model saw; the box is a fraction of the full picture. */
export interface SeenObject {
  label: string;
  score: number;
  box: Box;
}

/** How a picture was fitted into the model's square. */
export interface Letterbox {
  /** Side of the square in pixels. */
  side: number;
  /** Pixels of the square per pixel of the picture. */
  scale: number;
  pictureWidth: number;
  pictureHeight: number;
}

const STRIDES = [8, 16, 32] as const;
const VALUES_PER_CELL = 5 + COCO_CLASSES.length;
const MAX_OVERLAP = 0.45;

/** Turns the raw output (cells × [cx, cy, w, h, objectness, 80 scores], strides one after another) into objects. */
export function decodeObjects(output: Float32Array, letterbox: Letterbox, minScore: number): SeenObject[] {
  const { side, scale, pictureWidth, pictureHeight } = letterbox;
  const found: SeenObject[] = [];
  let at = 0;
  for (const stride of STRIDES) {
    const cells = side / stride;
    for (let cell = 0; cell < cells * cells; cell++, at += VALUES_PER_CELL) {
      const value = (index: number): number => output[at + index] ?? 0;
      const objectness = value(4);
      if (objectness < minScore) continue;
      let best = 0;
      for (let index = 1; index < COCO_CLASSES.length; index++) if (value(5 + index) > value(5 + best)) best = index;
      const score = objectness * value(5 + best);
      if (score < minScore) continue;
      const width = (Math.exp(value(2)) * stride) / scale / pictureWidth;
      const height = (Math.exp(value(3)) * stride) / scale / pictureHeight;
      const x = ((value(0) + (cell % cells)) * stride) / scale / pictureWidth - width / 2;
      const y = ((value(1) + Math.floor(cell / cells)) * stride) / scale / pictureHeight - height / 2;
      found.push({ label: COCO_CLASSES[best] ?? 'unknown', score, box: { x, y, width, height } });
    }
  }
  return suppressOverlaps(found, MAX_OVERLAP);
}

/** Keeps the surest of the boxes that cover the same thing of the same class. */
export function suppressOverlaps(objects: readonly SeenObject[], maxOverlap: number): SeenObject[] {
  const kept: SeenObject[] = [];
  for (const object of [...objects].sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => other.label !== object.label || overlapShare(other.box, object.box) <= maxOverlap))
      kept.push(object);
  }
  return kept;
}

/** Intersection over union of two boxes. */
export function overlapShare(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const common = width * height;
  return common / (a.width * a.height + b.width * b.height - common);
}
