import { describe, expect, it } from 'vitest';
import { drawFrameStrip, drawText, readFrameNumber } from './frame-strip.ts';
import { carriedTo, handAt, writeScript } from './lane-script.ts';

describe('frame strip', () => {
  const burnt = (frame: number, width = 640, height = 360) => {
    const rgb = new Uint8Array(width * height * 3).fill(120);
    drawFrameStrip(rgb, width, height, frame);
    return rgb;
  };

  it('reads back every number it can hold, at any size', () => {
    for (const frame of [0, 1, 2, 255, 256, 899, 4_095, 43_690, 65_535]) {
      expect(readFrameNumber(burnt(frame), 640, 360)).toBe(frame);
      expect(readFrameNumber(burnt(frame, 320, 180), 320, 180)).toBe(frame);
    }
    expect(() => burnt(65_536)).toThrow(RangeError);
  });

  it('survives the noise of an encoder and refuses a blend of two frames', () => {
    const noisy = burnt(515).map((value, index) => Math.min(255, Math.max(0, value + ((index * 37) % 61) - 30)));
    expect(readFrameNumber(noisy, 640, 360)).toBe(515);
    const [a, b] = [burnt(515), burnt(516)];
    expect(
      readFrameNumber(
        a.map((value, index) => (index % 1_920 < 1_150 ? value : (b[index] ?? 0))),
        640,
        360,
      ),
    ).toBeUndefined();
    expect(readFrameNumber(new Uint8Array(640 * 360 * 3).fill(120), 640, 360)).toBeUndefined();
  });

  it('writes text inside the picture', () => {
    const rgb = new Uint8Array(640 * 40 * 3);
    drawText(rgb, 640, 'F 00042', 8, 8);
    expect(rgb.filter((value) => value === 240).length).toBeGreaterThan(600);
  });
});

describe('writeScript', () => {
  it('is the same film for the same seed and another one for another', () => {
    expect(writeScript(4)).toEqual(writeScript(4));
    expect(writeScript(5)).not.toEqual(writeScript(4));
  });

  it.each([1, 2, 3, 4, 5, 6])('seed %i: ten items, two never rung, one after another, the hand on each', (seed) => {
    const script = writeScript(seed);
    const { passages } = script;
    expect(passages).toHaveLength(10);
    expect(passages.filter((passage) => passage.ringsAt === undefined)).toHaveLength(2);
    passages.forEach((passage, index) => {
      expect(passage.liftAt).toBeGreaterThan((passages[index - 1]?.dropAt ?? 0) + 1);
      expect(passage.dropAt).toBeLessThan(script.resetAt);
      expect(carriedTo(passage, passage.crossesAt).x).toBeCloseTo(320, 3);
      expect(Math.abs(handAt(script, passage.crossesAt).x - 320)).toBeLessThan(5);
    });
  });

  it('ends as it begins, so that it loops', () => {
    const script = writeScript(4);
    const last = handAt(script, 59.9);
    expect(Math.hypot(last.x - handAt(script, 0).x, last.y - handAt(script, 0).y)).toBeLessThan(40);
    expect(last.y).toBeGreaterThan(430);
  });
});
