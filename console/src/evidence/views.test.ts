import { describe, expect, it } from 'vitest';
import { alignmentSentence, shownAt } from './views.ts';

const view = {
  clip: { url: '/c', fromMs: 10_400, toMs: 20_400 },
  gaps: [{ fromMs: 14_000, toMs: 15_000 }],
  offsetMs: 400,
};

describe('what a camera shows at a moment of another', () => {
  it.each<[string, number, unknown]>([
    ['its first picture', 10_000, { kind: 'picture', atS: 0 }],
    ['moved by how its clock lies', 12_500, { kind: 'picture', atS: 2.5 }],
    ['nothing in a gap, by its own clock', 13_600, { kind: 'gap' }],
    ['a picture again after the gap', 14_600, { kind: 'picture', atS: 4.6 }],
    ['nothing before it was recorded', 9_999, { kind: 'outside' }],
    ['nothing after', 20_001, { kind: 'outside' }],
  ])('%s', (_name, atMs, shown) => {
    expect(shownAt(view, atMs)).toEqual(shown);
  });

  it('nothing without a clip', () => {
    expect(shownAt({ ...view, clip: null }, 12_000)).toEqual({ kind: 'outside' });
  });
});

it('says how a clock lies, how surely, and how that is known', () => {
  expect(alignmentSentence({ offsetMs: 400, errorMs: 70, source: 'declared' })).toBe(
    '0.40 s ahead, give or take 0.07 s: as somebody measured it',
  );
  expect(alignmentSentence({ offsetMs: -1_250, errorMs: 90, source: 'measured' })).toMatch(
    /^1.25 s behind, .*both see$/,
  );
  expect(alignmentSentence({ offsetMs: 0, errorMs: 1_000, source: 'assumed' })).toMatch(
    /^Same clock, .*nobody has measured/,
  );
});
