import { describe, expect, it } from 'vitest';
import { OcclusionRule } from './occlusion.ts';

interface Play {
  /** From second to second, and how much of the zone; 0 elsewhere. */
  covers: [from: number, to: number, share: number][];
  till?: [second: number, type: string][];
  blind?: [number, number];
}

/** Ten pictures a second for a minute; returns "since @when" in seconds. */
function play({ covers, till = [[0, 'sign_on']], blind }: Play): string[] {
  const rule = new OcclusionRule();
  const found: string[] = [];
  for (let tick = 0; tick < 600; tick++) {
    const second = tick / 10;
    for (const [at, type] of till) if (at === second) rule.till(type);
    if (blind && second >= blind[0] && second < blind[1]) continue;
    const share = covers.find(([from, to]) => second >= from && second < to)?.[2] ?? 0;
    const told = rule.saw(share, second * 1_000);
    if (told) found.push(`${told.sinceMs / 1_000} @${second}`);
  }
  return found;
}

describe('a covered zone', () => {
  it.each<[string, Play, string[]]>([
    ['covered for long while somebody is signed on', { covers: [[10, 30, 0.9]] }, ['10 @15']],
    ['a large item goes by', { covers: [[10, 14.9, 1]] }, []],
    ['the view is not covered enough', { covers: [[10, 30, 0.79]] }, []],
    [
      'it flickers, and is never free in between',
      {
        covers: [
          [10, 13, 0.9],
          [13, 14, 0.6],
          [14, 30, 0.9],
        ],
      },
      ['10 @15'],
    ],
    [
      'free for a moment: it begins anew',
      {
        covers: [
          [10, 13, 0.9],
          [13.1, 17, 0.9],
        ],
      },
      [],
    ],
    [
      'twice, told twice',
      {
        covers: [
          [10, 20, 0.9],
          [25, 35, 0.9],
        ],
      },
      ['10 @15', '25 @30'],
    ],
    ['nobody ever signed on or rang', { covers: [[10, 30, 0.9]], till: [] }, []],
    ['a till without sign-ons that rings', { covers: [[10, 30, 0.9]], till: [[2, 'scan']] }, ['10 @15']],
    ['a heartbeat is nobody', { covers: [[10, 30, 0.9]], till: [[2, 'heartbeat']] }, []],
    [
      'signed off',
      {
        covers: [[10, 30, 0.9]],
        till: [
          [0, 'sign_on'],
          [5, 'sign_off'],
        ],
      },
      [],
    ],
    ['signed on under the cover: told then', { covers: [[10, 30, 0.9]], till: [[20, 'sign_on']] }, ['10 @20']],
    ['the pictures stop: that is not a cover', { covers: [[10, 30, 0.9]], blind: [12, 27] }, []],
  ])('%s', (_name, input, expected) => {
    expect(play(input)).toEqual(expected);
  });
});
