import { describe, expect, it } from 'vitest';
import { ScanZoneCounter } from './counter.ts';
import { buildForegroundModel } from './graph.ts';
import type { LineCrossing } from './tracks.ts';
import { cropZone, layGrid, rectangle, type ScanZone } from './zone.ts';

const WIDTH = 320;
const HEIGHT = 180;
const FPS = 15;
const ZONE: ScanZone = {
  id: 'belt',
  polygon: rectangle({ x: 0, y: 0.3, width: 1, height: 0.5 }),
  scanLineX: 0.5,
  direction: 'left-to-right',
};

interface Item {
  /** Left edge in pixels at an instant in seconds. */
  x: (seconds: number) => number;
  width?: number;
  colour?: [number, number, number];
}

/** A textured belt under a lamp, with items on it; every line of the picture is one of two. */
function picture(items: readonly Item[], seconds: number, light = 1): Uint8Array {
  const empty = new Uint8Array(WIDTH * 3);
  for (let x = 0; x < WIDTH; x++) {
    // The belt's faint texture travels with it.
    const texture = ((x - Math.round(seconds * 120) + WIDTH * 10) * 13) % 11;
    empty.set(
      [90 + texture, 92 + texture, 95 + texture].map((value) => Math.min(255, value * light)),
      x * 3,
    );
  }
  const occupied = Uint8Array.from(empty);
  for (const { x, width = 30, colour = [200, 60, 40] } of items) {
    const left = Math.max(0, Math.round(x(seconds)));
    const right = Math.min(WIDTH, Math.round(x(seconds)) + width);
    for (let at = left; at < right; at++)
      occupied.set(
        colour.map((value) => Math.min(255, value * light)),
        at * 3,
      );
  }
  const rgb = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++) rgb.set(y > 75 && y < 125 ? occupied : empty, y * WIDTH * 3);
  return rgb;
}

async function count(
  items: readonly Item[],
  seconds: number,
  options: { zone?: ScanZone; light?: (at: number) => number } = {},
) {
  const counter = await ScanZoneCounter.open(options.zone ?? ZONE, { pictureWidth: WIDTH, pictureHeight: HEIGHT });
  const found: LineCrossing[] = [];
  for (let frame = 0; frame < seconds * FPS; frame++) {
    const at = frame / FPS;
    found.push(...(await counter.see(picture(items, at, options.light?.(at)), at * 1000)));
  }
  await counter.close();
  return found;
}

/** Enters at `start` seconds from the left and moves at 160 pixels a second. */
const passing = (start: number, width = 30): Item => ({ x: (seconds) => (seconds - start) * 160 - width, width });

describe('ScanZoneCounter', () => {
  it('counts one item when its centre crosses the line, with its place in the picture', async () => {
    const [crossing, ...others] = await count([passing(0.5)], 3);
    expect(others).toEqual([]);
    // The centre is on the line 175 pixels after the item began to enter.
    expect(crossing?.atMs).toBeGreaterThan(500 + (175 / 160) * 1000 - 80);
    expect(crossing?.atMs).toBeLessThan(500 + (175 / 160) * 1000 + 80);
    expect(crossing?.confidence).toBeGreaterThan(0.9);
    expect(crossing?.box.y).toBeGreaterThan(0.36);
    expect((crossing?.box.y ?? 0) + (crossing?.box.height ?? 1)).toBeLessThan(0.75);
    expect(crossing?.track.length).toBeGreaterThan(20);
  });

  it('counts items that follow each other closely, one by one', async () => {
    const found = await count([passing(0.4), passing(0.4 + 44 / 160), passing(0.4 + 88 / 160)], 3.5);
    expect(found).toHaveLength(3);
  });

  it('counts nothing that goes the other way, stands still, or turns back before the line', async () => {
    const backwards: Item = { x: (seconds) => 320 - seconds * 160 };
    const standing: Item = { x: (seconds) => (seconds < 0.5 ? 400 : 140) };
    const turning: Item = { x: (seconds) => 110 - Math.abs(seconds - 1) * 120 };
    expect(await count([backwards], 3)).toEqual([]);
    expect(await count([standing], 3)).toEqual([]);
    expect(await count([turning], 2.5)).toEqual([]);
  });

  it('counts an item once that a hand moves to and fro over the line', async () => {
    const hesitant: Item = { x: (seconds) => 145 + Math.sin(seconds * 3 - Math.PI / 2) * 60 };
    const late: Item = { ...hesitant, x: (seconds) => (seconds < 0.3 ? 400 : hesitant.x(seconds)) };
    expect(await count([late], 6)).toHaveLength(1);
  });

  it('keeps counting when the light changes at once', async () => {
    const light = (at: number) => (at > 1 ? 0.7 : 1) * (at > 2.2 ? 1.3 : 1);
    expect(await count([passing(0.5), passing(1.8)], 4, { light })).toHaveLength(2);
  });

  it('ignores what moves outside its polygon and what is too small', async () => {
    const above: ScanZone = { ...ZONE, polygon: rectangle({ x: 0, y: 0, width: 1, height: 0.35 }) };
    expect(await count([passing(0.5)], 3, { zone: above })).toEqual([]);
    expect(await count([passing(0.5)], 3, { zone: { ...ZONE, minItemWidth: 0.2 } })).toEqual([]);
  });
});

describe('layGrid', () => {
  it('says what is wrong with a zone', () => {
    expect(() => layGrid({ ...ZONE, scanLineX: 1 }, WIDTH, HEIGHT)).toThrow('scan line');
    expect(() => layGrid({ ...ZONE, polygon: [{ x: 0, y: 0 }] }, WIDTH, HEIGHT)).toThrow('three points');
    expect(() =>
      layGrid({ ...ZONE, polygon: rectangle({ x: 0.45, y: 0.5, width: 0.1, height: 0.01 }) }, WIDTH, HEIGHT),
    ).toThrow('too small');
  });

  it('masks the cells outside a slanted polygon and crops whole cells', () => {
    const grid = layGrid(
      {
        ...ZONE,
        polygon: [
          { x: 0, y: 0 },
          { x: 1, y: 0 },
          { x: 0, y: 1 },
        ],
      },
      WIDTH,
      HEIGHT,
    );
    expect(grid.inside[0]).toBe(1);
    expect(grid.inside.at(-1)).toBe(0);
    expect(cropZone(picture([], 0), grid)).toHaveLength(grid.crop.width * grid.crop.height * 3);
  });
});

it('writes the same model bytes for the same zone', () => {
  const grid = layGrid(ZONE, WIDTH, HEIGHT);
  expect(Buffer.from(buildForegroundModel(grid)).equals(buildForegroundModel(layGrid(ZONE, WIDTH, HEIGHT)))).toBe(true);
});
