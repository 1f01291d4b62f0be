import type { Box, ZoneGrid } from './zone.ts';

/** One stretch of occupied columns: an object in the zone in one picture. */
export interface Blob {
  box: Box;
  /** Occupied cells. */
  area: number;
}

export interface BlobLimits {
  minItemWidth: number;
  minItemHeight: number;
}

/** A column holds something when at least this share of it is masked; thinner is a cable, a seam, a reflection. */
const MIN_COLUMN_SHARE = 0.04;
/** Empty columns inside one object (a bottle's transparent neck), as a fraction of the picture. */
const MAX_HOLE = 0.012;
/** Two objects that touch show as two hills with a valley at most this share of the lower hill. */
const VALLEY_SHARE = 0.45;

/** Turns the model's mask and column occupancy into objects, left to right. */
export function findBlobs(mask: Float32Array, occupancy: Float32Array, grid: ZoneGrid, limits: BlobLimits): Blob[] {
  const cellWidth = grid.cell / grid.pictureWidth;
  const minColumns = Math.max(1, Math.round(limits.minItemWidth / cellWidth));
  const hole = Math.max(1, Math.round(MAX_HOLE / cellWidth));
  return runs(occupancy, hole)
    .flatMap((run) => splitAtValleys(occupancy, run, minColumns))
    .filter(([from, to]) => to - from >= minColumns)
    .map(([from, to]) => measure(mask, grid, from, to))
    .filter((blob) => blob.box.height >= limits.minItemHeight);
}

type Run = [from: number, to: number];

function runs(occupancy: Float32Array, hole: number): Run[] {
  const found: Run[] = [];
  occupancy.forEach((share, column) => {
    if (share < MIN_COLUMN_SHARE) return;
    const last = found.at(-1);
    if (last && column - last[1] <= hole) last[1] = column + 1;
    else found.push([column, column + 1]);
  });
  return found;
}

function splitAtValleys(occupancy: Float32Array, [from, to]: Run, minColumns: number): Run[] {
  let best: { column: number; share: number } | undefined;
  for (let column = from + minColumns; column <= to - minColumns; column++) {
    const here = occupancy[column] ?? 0;
    const left = Math.max(...occupancy.subarray(from, column));
    const right = Math.max(...occupancy.subarray(column + 1, to));
    const share = here / Math.min(left, right);
    if (share <= VALLEY_SHARE && (!best || share < best.share)) best = { column, share };
  }
  if (!best) return [[from, to]];
  return [
    ...splitAtValleys(occupancy, [from, best.column], minColumns),
    ...splitAtValleys(occupancy, [best.column + 1, to], minColumns),
  ];
}

function measure(mask: Float32Array, grid: ZoneGrid, from: number, to: number): Blob {
  let area = 0;
  let top = grid.rows;
  let bottom = 0;
  for (let row = 0; row < grid.rows; row++) {
    for (let column = from; column < to; column++) {
      if ((mask[row * grid.columns + column] ?? 0) < 0.5) continue;
      area++;
      top = Math.min(top, row);
      bottom = row + 1;
    }
  }
  const toX = (column: number) => (grid.crop.x + column * grid.cell) / grid.pictureWidth;
  const toY = (row: number) => (grid.crop.y + row * grid.cell) / grid.pictureHeight;
  return {
    box: { x: toX(from), y: toY(top), width: toX(to) - toX(from), height: toY(bottom) - toY(Math.min(top, bottom)) },
    area,
  };
}
