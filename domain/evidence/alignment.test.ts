import { describe, expect, it } from 'vitest';
import { alignCameras, alignedStretch, assumedErrorMs, type CameraClock } from './alignment.ts';

const camera = (declared: CameraClock['declared'], tills: Record<string, [number, number]> = {}): CameraClock => ({
  declared,
  tills: new Map(Object.entries(tills).map(([id, [offsetMs, errorMs]]) => [id, { offsetMs, errorMs }])),
});

describe('alignCameras', () => {
  it.each<[string, CameraClock, CameraClock, [number, number, string]]>([
    // The till is 300 ms ahead of the one and 900 ms ahead of the other: the other is 600 ms behind.
    [
      'a till that both watch',
      camera(null, { 'sco-3': [300, 40] }),
      camera(null, { 'sco-3': [900, 60] }),
      [-600, 100, 'measured'],
    ],
    [
      'of several tills the surest',
      camera(null, { a: [0, 200], b: [100, 20] }),
      camera(null, { a: [50, 200], b: [80, 30] }),
      [20, 50, 'measured'],
    ],
    [
      'a till before what was declared',
      camera({ offsetMs: 5, errorMs: 5 }, { a: [10, 50] }),
      camera({ offsetMs: 9, errorMs: 5 }, { a: [30, 50] }),
      [-20, 100, 'measured'],
    ],
    [
      'tills that only one of them watches tell nothing',
      camera({ offsetMs: -100, errorMs: 50 }, { a: [10, 50] }),
      camera({ offsetMs: 150, errorMs: 70 }, { b: [30, 50] }),
      [250, 120, 'declared'],
    ],
    [
      'one declared clock is not enough',
      camera({ offsetMs: 400, errorMs: 10 }),
      camera(null),
      [0, 2 * assumedErrorMs, 'assumed'],
    ],
    ['nothing known', camera(null), camera(null), [0, 2 * assumedErrorMs, 'assumed']],
  ])('%s', (_name, own, other, [offsetMs, errorMs, source]) => {
    expect(alignCameras(own, other)).toEqual({ offsetMs, errorMs, source });
  });

  it('is the same the other way round, with the sign changed', () => {
    const [one, other] = [camera(null, { a: [300, 40] }), camera(null, { a: [900, 60] })];
    expect(alignCameras(other, one)).toEqual({ offsetMs: 600, errorMs: 100, source: 'measured' });
  });
});

describe('alignedStretch', () => {
  it('moves with the offset and widens by the error', () => {
    expect(alignedStretch({ fromMs: 10_000, toMs: 20_000 }, { offsetMs: -600, errorMs: 100 })).toEqual({
      fromMs: 9_300,
      toMs: 19_500,
    });
  });

  it('widens by two seconds at most', () => {
    const wide = alignedStretch({ fromMs: 10_000, toMs: 20_000 }, { offsetMs: 0, errorMs: 60_000 });
    expect(wide).toEqual({ fromMs: 8_000, toMs: 22_000 });
  });
});
