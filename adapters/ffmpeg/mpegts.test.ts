import { expect, it } from 'vitest';
import { frameOffsets } from './mpegts.ts';

/** A transport packet that begins a video frame at `ticks` of the 90 kHz clock. */
function packet(ticks: number, { streamId = 0xe0, begins = true } = {}): number[] {
  const high = Math.floor(ticks / 2 ** 30) & 7;
  const pts = [
    0x21 | (high << 1),
    (ticks / 2 ** 22) & 0xff,
    ((ticks / 2 ** 14) & 0xfe) | 1,
    (ticks / 2 ** 7) & 0xff,
    ((ticks << 1) & 0xfe) | 1,
  ];
  const bytes = [0x47, begins ? 0x41 : 0x01, 0x00, 0x10, 0, 0, 1, streamId, 0, 0, 0x80, 0x80, 5, ...pts];
  return [...bytes, ...Array.from({ length: 188 - bytes.length }, () => 0xff)];
}

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
