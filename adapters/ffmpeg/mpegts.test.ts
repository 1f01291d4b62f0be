import { expect, it } from 'vitest';
import { displayDelay, frameOffsets } from './mpegts.ts';

/** A transport packet that begins a video frame at `ticks` of the 90 kHz clock. */
function packet(
  ticks: number,
  { streamId = 0xe0, begins = true, decodedAt = undefined as number | undefined } = {},
): number[] {
  const times =
    decodedAt === undefined ? [0x80, 5, ...stamp(ticks, 2)] : [0xc0, 10, ...stamp(ticks, 3), ...stamp(decodedAt, 1)];
  const bytes = [0x47, begins ? 0x41 : 0x01, 0x00, 0x10, 0, 0, 1, streamId, 0, 0, 0x80, ...times];
  return [...bytes, ...Array.from({ length: 188 - bytes.length }, () => 0xff)];
}

function stamp(ticks: number, prefix: number): number[] {
  const high = Math.floor(ticks / 2 ** 30) & 7;
  return [
    (prefix << 4) | 1 | (high << 1),
    (ticks / 2 ** 22) & 0xff,
    ((ticks / 2 ** 14) & 0xfe) | 1,
    (ticks / 2 ** 7) & 0xff,
    ((ticks << 1) & 0xfe) | 1,
  ];
}

it('tells how long a picture waits from being decoded to being shown', () => {
  const plain = Uint8Array.from([...packet(9_000), ...packet(12_600)]);
  expect(displayDelay(plain)).toBe(0);
  const reordered = Uint8Array.from([
    ...packet(7_200, { decodedAt: 0 }),
    ...packet(18_000, { decodedAt: 3_600 }),
    ...packet(10_800, { decodedAt: 7_200 }),
  ]);
  expect(displayDelay(reordered)).toBe(0.08);
  const wrap = 2 ** 33;
  expect(displayDelay(Uint8Array.from(packet(3_600, { decodedAt: wrap - 3_600 })))).toBe(0.08);
  expect(displayDelay(new Uint8Array())).toBe(0);
});

it('reads the time of every video frame, whatever lies between them', () => {
  const segment = Uint8Array.from([
    ...packet(126_000),
    ...packet(0, { begins: false }),
    ...packet(128_000, { streamId: 0xc0 }),
    ...packet(132_000),
    ...packet(138_000),
  ]);
  expect(frameOffsets(segment)).toEqual([0, 6_000 / 90_000, 12_000 / 90_000]);
});

it('puts reordered frames in order and survives the wrap of the clock', () => {
  const wrap = 2 ** 33;
  const segment = Uint8Array.from([...packet(wrap - 6_000), ...packet(6_000), ...packet(0)]);
  expect(frameOffsets(segment)).toEqual([0, 6_000 / 90_000, 12_000 / 90_000]);
});

it('refuses a damaged segment', () => {
  const segment = Uint8Array.from([...packet(0), ...packet(6_000)]);
  segment[188] = 0;
  expect(() => frameOffsets(segment)).toThrow('no packet starts at byte 188');
});
