import { describe, expect, it } from 'vitest';
import { compareObject, type Discrepancy, type Expectation } from './reconciliation.ts';
import type { ObjectState } from './retention-store.ts';

const nowAt = '2026-03-01T12:00:00.000Z';
const days = (count: number) => new Date(Date.parse(nowAt) + count * 86_400_000).toISOString();
const row: Expectation = {
  ...{ kind: 'clip', sha256: 'a', sizeBytes: 3, lockedUntil: days(5), purgeAfter: days(5), held: false },
};
const object: ObjectState = { sizeBytes: 3, sha256: 'a', storedAt: days(-1), lockedUntil: days(5), held: false };

describe('a row and its object', () => {
  it.each<[string, Partial<Expectation>, Partial<ObjectState>, Discrepancy[]]>([
    ['agree', {}, {}, []],
    ['agree when the store does not say the hash', {}, { sha256: null }, []],
    [
      'agree when the lock has ended on both sides',
      { lockedUntil: days(-1), purgeAfter: days(-1) },
      { lockedUntil: days(-1) },
      [],
    ],
    ['agree to the second', {}, { lockedUntil: days(5 + 0.000005) }, []],
    ['another size', {}, { sizeBytes: 4 }, ['size_differs']],
    ['another hash', {}, { sha256: 'b' }, ['hash_differs']],
    ['held on record only', { held: true }, {}, ['hold_missing']],
    ['held in the store only', {}, { held: true }, ['hold_left']],
    ['locked for less', {}, { lockedUntil: days(3) }, ['lock_short']],
    ['not locked at all', {}, { lockedUntil: null }, ['lock_short']],
    ['locked for longer than on record', { purgeAfter: days(9) }, { lockedUntil: days(9) }, ['lock_unrecorded']],
    [
      'a packet locked for less than the evidence',
      { kind: 'packet', lockedUntil: null },
      { lockedUntil: days(2) },
      ['lock_short'],
    ],
    [
      'a packet locked past the evidence',
      { kind: 'packet', lockedUntil: null },
      { lockedUntil: days(8) },
      ['lock_unrecorded'],
    ],
    [
      'a witness has a lock of its own',
      { kind: 'witness', lockedUntil: null, purgeAfter: null },
      { lockedUntil: days(400) },
      [],
    ],
    [
      'everything at once',
      { held: true },
      { sizeBytes: 1, sha256: 'b', lockedUntil: null },
      ['size_differs', 'hash_differs', 'hold_missing', 'lock_short'],
    ],
  ])('%s', (_name, expected, state, kinds) => {
    const found = compareObject({ ...row, ...expected }, { ...object, ...state }, nowAt);
    expect(found.map(({ kind }) => kind)).toEqual(kinds);
  });

  it('only ever lengthens a lock', () => {
    const [found] = compareObject(row, { ...object, lockedUntil: days(3) }, nowAt);
    expect(found).toMatchObject({ extendTo: days(5) });
    const [longer] = compareObject({ ...row, purgeAfter: days(9) }, { ...object, lockedUntil: days(9) }, nowAt);
    expect(longer).toMatchObject({ noteLock: days(9) });
    expect(longer).not.toHaveProperty('extendTo');
  });
});
