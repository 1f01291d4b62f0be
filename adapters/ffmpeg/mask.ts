/** A picture as ffmpeg's yuv420p has it: one plane of light, two of colour at half the size. */
export interface YuvPicture {
  data: Uint8Array;
  width: number;
  height: number;
}

/** Even pixels. */
export interface MaskBox {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type MaskStyle = 'solid' | 'blur';

const solidLight = 40;
const solidColour = 128;
/** So few cells a side that no feature of a face is left, whatever the size of the box. */
const blurCells = 4;

export const yuvSize = (width: number, height: number): number => (width * height * 3) / 2;

/** Paints over the boxes, in place. */
export function paintMasks(picture: YuvPicture, boxes: readonly MaskBox[], style: MaskStyle): void {
  const { data, width, height } = picture;
  const light = width * height;
  const planes = [
    { at: 0, stride: width, scale: 1, flat: solidLight },
    { at: light, stride: width / 2, scale: 2, flat: solidColour },
    { at: light + light / 4, stride: width / 2, scale: 2, flat: solidColour },
  ];
  for (const box of boxes)
    for (const plane of planes) {
      const area = {
        x: box.x / plane.scale,
        y: box.y / plane.scale,
        width: box.width / plane.scale,
        height: box.height / plane.scale,
      };
      if (style === 'solid') fill(data, plane, area, plane.flat);
      else blur(data, plane, area);
    }
}

interface Plane {
  at: number;
  stride: number;
}

function fill(data: Uint8Array, { at, stride }: Plane, { x, y, width, height }: MaskBox, value: number): void {
  for (let row = y; row < y + height; row += 1) data.fill(value, at + row * stride + x, at + row * stride + x + width);
}

/** A few means and the straight ways between them: what is finer than a cell is gone, not hidden. */
function blur(data: Uint8Array, { at, stride }: Plane, { x, y, width, height }: MaskBox): void {
  const means = new Float64Array(blurCells * blurCells);
  for (let cellY = 0; cellY < blurCells; cellY += 1)
    for (let cellX = 0; cellX < blurCells; cellX += 1) {
      const [left, right] = cellEdges(width, cellX);
      const [top, bottom] = cellEdges(height, cellY);
      let sum = 0;
      for (let row = top; row < bottom; row += 1)
        for (let column = left; column < right; column += 1) sum += data[at + (y + row) * stride + x + column]!;
      means[cellY * blurCells + cellX] = sum / Math.max(1, (right - left) * (bottom - top));
    }
  const columns = Array.from({ length: width }, (_, column) => weightOf(column, width));
  for (let row = 0; row < height; row += 1) {
    const down = weightOf(row, height);
    const upper = down.cell * blurCells;
    const lower = Math.min(blurCells - 1, down.cell + 1) * blurCells;
    const start = at + (y + row) * stride + x;
    for (let column = 0; column < width; column += 1) {
      const { cell, share } = columns[column]!;
      const next = Math.min(blurCells - 1, cell + 1);
      const above = means[upper + cell]! * (1 - share) + means[upper + next]! * share;
      const below = means[lower + cell]! * (1 - share) + means[lower + next]! * share;
      data[start + column] = Math.round(above * (1 - down.share) + below * down.share);
    }
  }
}

/** At least one pixel, so that a cell of a tiny box has a mean as well. */
const cellEdges = (size: number, cell: number): [from: number, to: number] => {
  const from = Math.min(size - 1, Math.floor((cell * size) / blurCells));
  return [from, Math.max(from + 1, Math.floor(((cell + 1) * size) / blurCells))];
};

/** Between which two cells' middles a pixel lies. */
function weightOf(pixel: number, size: number): { cell: number; share: number } {
  const place = Math.max(0, ((pixel + 0.5) / size) * blurCells - 0.5);
  const cell = Math.min(blurCells - 1, Math.floor(place));
  return { cell, share: place - cell };
}
