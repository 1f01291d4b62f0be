import { describe, expect, it } from 'vitest';
import { diffLines, hunksOf } from './diff.ts';

const drawn = (before: string, after: string) =>
  diffLines(before, after).map(({ kind, text }) => `${{ same: ' ', added: '+', removed: '-' }[kind]}${text}`);

describe('what changed between two texts', () => {
  it('keeps what both have and puts what is gone before what is new', () => {
    expect(drawn('id: a\nclaim: 2m\nend\n', 'id: a\nclaim: 3m\nmore\nend\n')).toEqual([
      ' id: a',
      '-claim: 2m',
      '+claim: 3m',
      '+more',
      ' end',
    ]);
  });

  it('finds a line that moved past equal ones', () => {
    expect(drawn('a\nb\na\nc', 'a\na\nc\nb')).toEqual([' a', '-b', ' a', ' c', '+b']);
  });

  it('counts the lines of both', () => {
    expect(diffLines('a\nb', 'b\nc').map(({ before, after }) => [before, after])).toEqual([
      [1, null],
      [2, 1],
      [null, 2],
    ]);
  });

  it('takes nothing as nothing', () => {
    expect(diffLines('', '')).toEqual([]);
    expect(drawn('', 'a')).toEqual(['+a']);
    expect(hunksOf(diffLines('a\nb', 'a\nb'))).toEqual([]);
  });

  it('leaves out what is far from any change, and says how much', () => {
    const before = Array.from({ length: 30 }, (_, line) => `line ${line}`);
    const after = before.with(10, 'other').with(25, 'another');
    const hunks = hunksOf(diffLines(before.join('\n'), after.join('\n')));
    expect(hunks.map(({ skipped, lines }) => [skipped, lines.length])).toEqual([
      [7, 8],
      [8, 8],
    ]);
  });
});
