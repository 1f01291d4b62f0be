/** How a frame's number is burnt into the picture, so that any clip can be checked to the frame. */

// The strip spans the bottom of the picture: 4 blocks of start mark, 16 bits of number, 8 bits of check, 4 of end mark.
const BLOCKS = 32;
const NUMBER_BITS = 16;
const CHECK_BITS = 8;
const START_MARK = [1, 0, 1, 0] as const;
const END_MARK = [0, 1, 1, 0] as const;
/** Height as a share of the picture's height: 12 of 360 lines. */
const STRIP_SHARE = 12 / 360;

/** A check that a shifted, half-hidden or blended strip does not pass. */
const check = (frame: number): number => ((frame >> 8) * 31 + (frame & 0xff) * 17 + 0x5a) & 0xff;

function bits(frame: number): number[] {
  const spell = (value: number, count: number) =>
    Array.from({ length: count }, (_, i) => (value >> (count - 1 - i)) & 1);
  return [...START_MARK, ...spell(frame, NUMBER_BITS), ...spell(check(frame), CHECK_BITS), ...END_MARK];
}

/** Draws the strip for `frame` (0 to 65535) into an rgb24 picture. */
export function drawFrameStrip(rgb: Uint8Array, width: number, height: number, frame: number): void {
  if (!Number.isInteger(frame) || frame < 0 || frame > 0xffff)
    throw new RangeError(`Frame ${frame} does not fit the strip.`);
  const top = height - Math.round(height * STRIP_SHARE);
  bits(frame).forEach((bit, block) => {
    const from = Math.round((block * width) / BLOCKS);
    const to = Math.round(((block + 1) * width) / BLOCKS);
    for (let y = top; y < height; y++) rgb.fill(bit ? 235 : 16, (y * width + from) * 3, (y * width + to) * 3);
  });
}

/** Reads the frame number back from an rgb24 picture of any size; undefined where no whole strip is found. */
export function readFrameNumber(rgb: Uint8Array, width: number, height: number): number | undefined {
  const y = Math.round(height * (1 - STRIP_SHARE / 2) - 0.5);
  const read = Array.from({ length: BLOCKS }, (_, block) => {
    const x = Math.floor(((block + 0.5) * width) / BLOCKS);
    let sum = 0;
    for (const dx of [-1, 0, 1]) sum += rgb[(y * width + x + dx) * 3 + 1] ?? 0;
    return sum / 3 > 128 ? 1 : 0;
  });
  const number = (from: number, count: number) =>
    read.slice(from, from + count).reduce<number>((value, bit) => value * 2 + bit, 0);
  const frame = number(START_MARK.length, NUMBER_BITS);
  const expected = bits(frame);
  return read.every((bit, block) => bit === expected[block]) ? frame : undefined;
}

// A 5×7 face: the machines this runs on may have no font at all.
const GLYPHS: Readonly<Record<string, readonly number[]>> = {
  '0': [14, 17, 19, 21, 25, 17, 14],
  '1': [4, 12, 4, 4, 4, 4, 14],
  '2': [14, 17, 1, 2, 4, 8, 31],
  '3': [31, 2, 4, 2, 1, 17, 14],
  '4': [2, 6, 10, 18, 31, 2, 2],
  '5': [31, 16, 30, 1, 1, 17, 14],
  '6': [6, 8, 16, 30, 17, 17, 14],
  '7': [31, 1, 2, 4, 8, 8, 8],
  '8': [14, 17, 17, 14, 17, 17, 14],
  '9': [14, 17, 17, 15, 1, 2, 12],
  ':': [0, 4, 0, 0, 0, 4, 0],
  '.': [0, 0, 0, 0, 0, 12, 12],
  A: [14, 17, 17, 31, 17, 17, 17],
  C: [14, 17, 16, 16, 16, 17, 14],
  E: [31, 16, 16, 30, 16, 16, 31],
  F: [31, 16, 16, 30, 16, 16, 16],
  L: [16, 16, 16, 16, 16, 16, 31],
  M: [17, 27, 21, 21, 17, 17, 17],
  N: [17, 25, 21, 19, 17, 17, 17],
  O: [14, 17, 17, 17, 17, 17, 14],
  S: [15, 16, 16, 14, 1, 1, 30],
  ' ': [0, 0, 0, 0, 0, 0, 0],
};

/** Writes capitals and digits in white on a dark edge, top left at (x, y). */
export function drawText(rgb: Uint8Array, width: number, text: string, x: number, y: number, scale = 2): void {
  const plot = (px: number, py: number, size: number, value: number) => {
    for (let row = 0; row < size; row++)
      rgb.fill(value, ((py + row) * width + px) * 3, ((py + row) * width + px + size) * 3);
  };
  const each = (draw: (px: number, py: number) => void) =>
    [...text].forEach((letter, index) => {
      (GLYPHS[letter] ?? []).forEach((line, row) => {
        for (let column = 0; column < 5; column++)
          if ((line >> (4 - column)) & 1) draw(x + (index * 6 + column) * scale, y + row * scale);
      });
    });
  each((px, py) => plot(px - 1, py - 1, scale + 2, 12));
  each((px, py) => plot(px, py, scale, 240));
}
