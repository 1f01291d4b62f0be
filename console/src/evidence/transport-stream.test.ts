import { describe, expect, it } from 'vitest';
import { readSegment, unitsFor } from './transport-stream.ts';

const parameterSet = [0, 0, 0, 1, 0x67, 0x64, 0x00, 0x1f, 0xac];
const keyPicture = [0, 0, 1, 0x65, 1, 2, 3];
const nextPicture = [0, 0, 0, 1, 0x41, 9];

function stamp(ticks: number): number[] {
  return [
    0x21,
    (ticks / 2 ** 22) & 0xff,
    ((ticks / 2 ** 14) & 0xfe) | 1,
    (ticks / 2 ** 7) & 0xff,
    ((ticks << 1) & 0xfe) | 1,
  ];
}

/** A picture in as many packets as it needs; what is left of a packet is stuffed. */
function picture(ticks: number, data: readonly number[], pid = 256, streamId = 0xe0): number[] {
  const rest = [0, 0, 1, streamId, 0, 0, 0x80, 0x80, 5, ...stamp(ticks), ...data];
  const packets: number[] = [];
  for (let begins = true; rest.length > 0; begins = false) {
    const payload = rest.splice(0, 20);
    const stuffing = 188 - 5 - payload.length;
    packets.push(
      0x47,
      (begins ? 0x40 : 0) | (pid >> 8),
      pid & 0xff,
      0x30,
      stuffing,
      ...Array(stuffing).fill(0xff),
      ...payload,
    );
  }
  return packets;
}

const segment = Uint8Array.from([
  ...picture(9_000, [...parameterSet, ...keyPicture, ...Array(40).fill(7)]),
  ...picture(9_000, [1, 2, 3], 257, 0xc0),
  ...picture(16_200, nextPicture),
  ...picture(12_600, nextPicture),
]);

describe('a recorded segment', () => {
  it('gives its pictures back as the camera sent them, with their times', () => {
    const { codec, units } = readSegment(segment);
    expect(codec).toBe('avc1.64001f');
    expect(units.map(({ atUs, isKey }) => [atUs, isKey])).toEqual([
      [0, true],
      [80_000, false],
      [40_000, false],
    ]);
    expect([...units[0]!.data]).toEqual([...parameterSet, ...keyPicture, ...Array(40).fill(7)]);
    expect([...units[2]!.data]).toEqual(nextPicture);
  });

  it('tells what to decode for a moment', () => {
    const video = readSegment(segment);
    expect(unitsFor(video, 45_000)).toMatchObject({
      wantedUs: 40_000,
      units: [{ atUs: 0 }, { atUs: 80_000 }, { atUs: 40_000 }],
    });
    expect(unitsFor(video, 200_000)).toMatchObject({ wantedUs: 80_000, units: [{ atUs: 0 }, { atUs: 80_000 }] });
    expect(unitsFor(video, -5)).toMatchObject({ wantedUs: 0, units: [{ atUs: 0 }] });
  });

  it('is refused when it is damaged, empty or of another kind', () => {
    const damaged = Uint8Array.from(segment);
    damaged[188] = 0;
    expect(() => readSegment(damaged)).toThrow('damaged at byte 188');
    expect(() => readSegment(new Uint8Array())).toThrow('no picture');
    expect(() => readSegment(Uint8Array.from(picture(0, nextPicture)))).toThrow('not H.264');
  });
});
