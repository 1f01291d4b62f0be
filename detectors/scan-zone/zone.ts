/** A point as fractions of the picture, origin top left. */
export interface Point {
  x: number;
  y: number;
}

/** A rectangle as fractions of the picture. */
export interface Box extends Point {
  width: number;
  height: number;
}

/** Which way items travel across the scan line. */
export const Direction = { leftToRight: 'left-to-right', rightToLeft: 'right-to-left' } as const;
export type Direction = (typeof Direction)[keyof typeof Direction];

/** Where and how one camera counts items crossing a scan line; plain data, kept with the camera. */
export interface ScanZone {
  id: string;
  /** The area that is watched: everything that moves outside it is ignored. */
  polygon: readonly Point[];
  /** x of the vertical scan line, as a fraction of the picture. */
  scanLineX: number;
  direction: Direction;
  /** Smallest item, as fractions of the picture's width and height. Default 0.025 and 0.04. */
  minItemWidth?: number;
  minItemHeight?: number;
  /** Difference from the background (0 to 255) that counts as an object. Default 24. */
  threshold?: number;
  /** Crossings below this confidence are not reported. Default 0.5. */
  minConfidence?: number;
}

/** The polygon of a rectangle. */
export function rectangle(box: Box): Point[] {
  const { x, y, width, height } = box;
  return [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ];
}

/** The zone laid over pictures of one size: a crop in pixels and a coarse grid of cells inside it. */
export interface ZoneGrid {
  pictureWidth: number;
  pictureHeight: number;
  crop: { x: number; y: number; width: number; height: number };
  /** Pixels per cell side. */
  cell: number;
  columns: number;
  rows: number;
  /** 1 where the cell's centre lies inside the polygon, row by row. */
  inside: Float32Array;
}

/** About this many cells span a picture; enough to place an item within one hundredth of its width. */
const CELLS_PER_PICTURE = 160;

/** Lays a zone over pictures of one size; throws RangeError when the zone cannot work. */
export function layGrid(zone: ScanZone, pictureWidth: number, pictureHeight: number): ZoneGrid {
  const xs = zone.polygon.map((point) => point.x);
  const ys = zone.polygon.map((point) => point.y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  if (zone.polygon.length < 3 || ![left, right, top, bottom].every((edge) => edge >= 0 && edge <= 1)) {
    throw new RangeError(`Zone ${zone.id}: give at least three points, each between 0 and 1.`);
  }
  if (zone.scanLineX <= left || zone.scanLineX >= right) {
    throw new RangeError(`Zone ${zone.id}: the scan line x=${zone.scanLineX} must lie inside ${left} to ${right}.`);
  }
  const cell = Math.max(1, Math.round(pictureWidth / CELLS_PER_PICTURE));
  const x = Math.floor(left * pictureWidth);
  const y = Math.floor(top * pictureHeight);
  const columns = Math.floor((Math.ceil(right * pictureWidth) - x) / cell);
  const rows = Math.floor((Math.ceil(bottom * pictureHeight) - y) / cell);
  if (columns < 8 || rows < 4) {
    throw new RangeError(`Zone ${zone.id} is too small for pictures of ${pictureWidth}x${pictureHeight}.`);
  }
  const inside = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const centre = { x: (x + (column + 0.5) * cell) / pictureWidth, y: (y + (row + 0.5) * cell) / pictureHeight };
      inside[row * columns + column] = contains(zone.polygon, centre) ? 1 : 0;
    }
  }
  return {
    pictureWidth,
    pictureHeight,
    crop: { x, y, width: columns * cell, height: rows * cell },
    cell,
    columns,
    rows,
    inside,
  };
}

/** Copies the zone's pixels out of an rgb24 picture. */
export function cropZone(rgb: Uint8Array, grid: ZoneGrid): Uint8Array {
  const { crop, pictureWidth } = grid;
  const out = new Uint8Array(crop.width * crop.height * 3);
  for (let row = 0; row < crop.height; row++) {
    const start = ((crop.y + row) * pictureWidth + crop.x) * 3;
    out.set(rgb.subarray(start, start + crop.width * 3), row * crop.width * 3);
  }
  return out;
}

/** Even-odd rule. */
function contains(polygon: readonly Point[], { x, y }: Point): boolean {
  let inside = false;
  let previous = polygon.at(-1);
  for (const point of polygon) {
    if (previous && point.y > y !== previous.y > y) {
      const crossingX = ((previous.x - point.x) * (y - point.y)) / (previous.y - point.y) + point.x;
      if (x < crossingX) inside = !inside;
    }
    previous = point;
  }
  return inside;
}
