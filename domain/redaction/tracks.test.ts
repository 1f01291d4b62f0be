import { describe, expect, it } from 'vitest';
import { boxAt, linkTracks, type Sample } from './tracks.ts';
import type { Box } from './types.ts';

const box = (x: number, y = 0.4, size = 0.1): Box => ({ x, y, width: size, height: size });
const looks = (kind: 'person' | 'face', ...xs: (number | null)[]): Sample[] =>
  xs.map((x, index) => ({ frame: index * 3, seen: x === null ? [] : [{ kind, box: box(x), score: 0.9 }] }));

describe('linkTracks', () => {
  it.each<[string, Sample[], number[]]>([
    ['who walks is one', looks('person', 0.1, 0.14, 0.18), [3]],
    ['who walks so fast that nothing overlaps is one', looks('face', 0.1, 0.21, 0.32), [3]],
    ['who is far from where anybody was is another', looks('person', 0.1, 0.6), [1, 1]],
    ['who is lost for a look is one', looks('person', 0.1, null, 0.12), [2]],
    ['who is lost for longer than may be is another', looks('person', 0.1, null, null, null, 0.1), [1, 1]],
    ['who is seen once counts', looks('face', null, 0.5, null), [1]],
  ])('%s', (_name, samples, lengths) => {
    expect(linkTracks(samples, 9).map(({ points }) => points.length)).toEqual(lengths);
  });

  it('never takes a face for a person', () => {
    const seen = [
      { kind: 'person' as const, box: box(0.1), score: 1 },
      { kind: 'face' as const, box: box(0.1), score: 1 },
    ];
    const tracks = linkTracks(
      [
        { frame: 0, seen },
        { frame: 3, seen: [...seen].reverse() },
      ],
      9,
    );
    expect(tracks.map(({ kind, points }) => [kind, points.length])).toEqual([
      ['person', 2],
      ['face', 2],
    ]);
  });

  it('gives each of two neighbours the nearer box', () => {
    const at = (frame: number, ...xs: number[]): Sample => ({
      frame,
      seen: xs.map((x) => ({ kind: 'person', box: box(x), score: 1 })),
    });
    const [left, right] = linkTracks([at(0, 0.1, 0.18), at(3, 0.2, 0.12)], 9);
    expect(left!.points.map((point) => point.box.x)).toEqual([0.1, 0.12]);
    expect(right!.points.map((point) => point.box.x)).toEqual([0.18, 0.2]);
  });
});

describe('boxAt', () => {
  const [walker] = linkTracks(looks('face', null, 0.1, 0.16, 0.16), 9);

  it('is on the way between two looks', () => {
    expect([3, 4, 5, 6].map((frame) => Number(boxAt(walker!, frame, 4)!.x.toFixed(2)))).toEqual([
      0.1, 0.12, 0.14, 0.16,
    ]);
  });

  it('comes before the first look, stretched to where they came from', () => {
    const early = boxAt(walker!, 1, 4)!;
    expect(early.x).toBeCloseTo(0.06);
    expect(early.x + early.width).toBeCloseTo(0.2);
    expect(boxAt(walker!, -2, 4)).toBeNull();
  });

  it('stays after the last look, and ends', () => {
    expect(boxAt(walker!, 13, 4)!.x).toBeCloseTo(0.16);
    expect(boxAt(walker!, 14, 4)).toBeNull();
  });

  it('of somebody who was seen once is larger before and after, since they may have moved any way', () => {
    const [once] = linkTracks(looks('face', null, 0.5), 9);
    expect(boxAt(once!, 3, 4)).toEqual(box(0.5));
    expect(boxAt(once!, 2, 4)!.width).toBeCloseTo(0.15);
    expect(boxAt(once!, 4, 4)!.x).toBeCloseTo(0.475);
  });
});
