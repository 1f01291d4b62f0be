import { describe, expect, it } from 'vitest';
import { toPixels } from './geometry.ts';
import { checkManualTracks, manualBoxAt } from './manual.ts';
import { headOf, type PlanInput, planMasks, redactionParameters, sampleStep, usualFrameMs } from './plan.ts';
import type { KeyFrame, ManualTrack } from './types.ts';

const video = { width: 400, height: 200 };
const times = (count: number, frameMs = 100) => Array.from({ length: count }, (_, index) => index * frameMs);
const person = { x: 0.4, y: 0.2, width: 0.1, height: 0.6 };
const seenAt = (frames: number[], box = person, kind: 'person' | 'face' = 'person') =>
  frames.map((frame) => ({ frame, seen: [{ kind, box, score: 0.9 }] }));
const plan = (change: Partial<PlanInput>) =>
  planMasks({
    video,
    frameTimesMs: times(20),
    samples: [],
    target: 'people',
    sightings: [],
    manual: [],
    parameters: redactionParameters,
    ...change,
  });
const keyFrame = (atMs: number, x: number, size = 0.1): KeyFrame => ({ atMs, x, y: 0.5, width: size, height: size });
const drawn = (action: 'mask' | 'reveal', ...keyFrames: KeyFrame[]): ManualTrack => ({ id: 'a', action, keyFrames });

describe('planMasks', () => {
  it('has a line for every frame, those in which nobody is as well', () => {
    expect(plan({})).toEqual(Array.from({ length: 20 }, () => []));
  });

  it('masks a person from before they are first seen until after they are last seen, without a hole', () => {
    const masked = plan({ samples: seenAt([6, 8, 10, 12]) }).map((masks) => masks.length);
    // 400 ms are four frames.
    expect(masked).toEqual([0, 0, ...Array.from({ length: 15 }, () => 1), 0, 0, 0]);
  });

  it('does not uncover anybody whom the model loses for a while', () => {
    const masked = plan({ samples: seenAt([0, 2, 12, 14]) }).slice(0, 15);
    expect(masked.every((masks) => masks.length === 1)).toBe(true);
  });

  it.each([
    ['people', [], 'person'],
    ['faces', [], 'head'],
    // The incident is about who stands over the sighting.
    ['people', [{ atMs: 500, box: { x: 0.42, y: 0.5, width: 0.05, height: 0.05 } }], 'head'],
    ['people', [{ atMs: 500, box: { x: 0.8, y: 0.5, width: 0.05, height: 0.05 } }], 'person'],
    ['people', [{ atMs: 50_000, box: { x: 0.42, y: 0.5, width: 0.05, height: 0.05 } }], 'person'],
  ] as const)('target %s, sightings %j: the %3$s is masked', (target, sightings, what) => {
    const [mask] = plan({ target, sightings, samples: seenAt([4, 6]) })[5]!;
    expect(mask).toMatchObject({ what, source: 'model', of: '1' });
    // Whichever it is, the top of the person is covered.
    expect(mask!.y).toBeLessThanOrEqual(person.y * video.height);
    expect(mask!.height).toBeGreaterThan(what === 'head' ? 20 : 119);
  });

  it('masks who stands nearest to the sighting as the subject, and the others whole', () => {
    const other = { ...person, x: 0.47 };
    const both = [4, 6].map((frame) => ({
      frame,
      seen: [person, other].map((box) => ({ kind: 'person' as const, box, score: 1 })),
    }));
    const sighting = { atMs: 500, box: { x: 0.41, y: 0.5, width: 0.08, height: 0.05 } };
    expect(plan({ samples: both, sightings: [sighting] })[5]!.map(({ what }) => what)).toEqual(['head', 'person']);
  });

  it('pads a face on every side', () => {
    const face = { x: 0.5, y: 0.5, width: 0.05, height: 0.1 };
    const [mask] = plan({ samples: seenAt([4, 6], face, 'face') })[5]!;
    expect(mask).toMatchObject({ what: 'face', x: 194, width: 32, y: 94, height: 32 });
  });

  it('reveals what somebody says is wrong, while they say so, and never what somebody drew', () => {
    const manual = [
      drawn(
        'reveal',
        { atMs: 600, x: 0.3, y: 0, width: 0.4, height: 1 },
        { atMs: 900, x: 0.3, y: 0, width: 0.4, height: 1 },
      ),
      { ...drawn('mask', keyFrame(0, 0.45), keyFrame(1_900, 0.45)), id: 'b' },
    ];
    const masks = plan({ samples: seenAt([0, 2, 4, 6, 8, 10, 12]), manual });
    const sources = (frame: number) => masks[frame]!.map(({ source }) => source);
    expect([5, 6, 9, 10].map(sources)).toEqual([['model', 'manual'], ['manual'], ['manual'], ['model', 'manual']]);
  });
});

describe('a drawn box', () => {
  const moving = drawn('mask', keyFrame(1_000, 0.2), keyFrame(2_000, 0.4), keyFrame(2_500, 0.4, 0.2));
  it.each([
    [940, null],
    [960, 0.2],
    [1_000, 0.2],
    [1_500, 0.3],
    [2_000, 0.4],
    [2_250, 0.4],
    [2_540, 0.4],
    [2_560, null],
  ])('at %i ms is at %s', (atMs, x) => {
    const box = manualBoxAt(moving, atMs, 100);
    expect(box === null ? null : Number(box.x.toFixed(3))).toBe(x);
  });
  it('grows evenly', () => expect(manualBoxAt(moving, 2_250, 100)!.width).toBeCloseTo(0.15));
  it('of one moment is there for that frame', () => {
    const once = drawn('mask', keyFrame(1_000, 0.2));
    expect([900, 960, 1_040, 1_100].map((at) => manualBoxAt(once, at, 100) !== null)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it.each<[string, ManualTrack[], RegExp]>([
    [
      'twice the same id',
      [drawn('mask', keyFrame(0, 0)), drawn('mask', keyFrame(0, 0))],
      /manual\[1\]\.id: "a" is there twice/,
    ],
    ['no moment', [drawn('mask')], /needs one moment/],
    ['moments out of order', [drawn('mask', keyFrame(5, 0), keyFrame(5, 0))], /keyFrames\[1\]\.atMs: must be later/],
    ['after the end', [drawn('mask', keyFrame(10_001, 0))], /after the end of the clip \(10000 ms\)/],
    ['outside of the picture', [drawn('mask', keyFrame(0, 1))], /outside of the picture/],
  ])('is refused with %s', (_name, tracks, message) => {
    expect(() => checkManualTracks(tracks, 10_000)).toThrow(message);
  });
});

describe('geometry', () => {
  it.each([
    ['grows to even pixels', { x: 0.501, y: 0.51, width: 0.1, height: 0.1 }, { x: 200, y: 102, width: 42, height: 20 }],
    ['is cut at the edge', { x: -0.5, y: 0.9, width: 1, height: 1 }, { x: 0, y: 180, width: 200, height: 20 }],
    ['is nothing outside', { x: 1.2, y: 0, width: 0.1, height: 0.1 }, null],
  ])('%s', (_name, box, pixels) => expect(toPixels(box, video)).toEqual(pixels));

  it.each([
    ['somebody standing', { width: 0.1, height: 0.8 }, 0.22],
    ['a bust', { width: 0.3, height: 0.8 }, 0.45],
    ['only a head at the edge of the picture', { width: 0.3, height: 0.4 }, 0.85],
  ])('the head of %s', (_name, size, share) => {
    expect(headOf({ x: 0, y: 0, ...size }, 2).height / size.height).toBeCloseTo(share);
  });

  it('looks often enough at any rate, whatever gaps there are', () => {
    expect([15, 25, 30, 3].map((fps) => sampleStep(1_000 / fps, redactionParameters))).toEqual([3, 5, 6, 1]);
    expect(usualFrameMs([0, 100, 200, 5_000, 5_100])).toBe(100);
  });
});
