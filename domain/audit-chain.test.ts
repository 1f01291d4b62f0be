import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditContentText, canonicalJson, chainText, genesisHash } from './audit-chain.ts';

describe('canonical JSON', () => {
  it.each([
    [null, 'null'],
    [true, 'true'],
    ['a"\n€', '"a\\"\\n€"'],
    [[3, 'x', null], '[3,"x",null]'],
    [{ b: 1, a: { d: 2, c: [] } }, '{"a":{"c":[],"d":2},"b":1}'],
    [{ a: undefined, b: 1 }, '{"b":1}'],
    [[undefined], '[null]'],
    // RFC 8785 sorts by UTF-16 units: capitals first, a surrogate pair before U+FB33.
    [{ ﬓ: 1, '😀': 2, b: 3, B: 4, '10': 5, '9': 6 }, '{"10":5,"9":6,"B":4,"b":3,"😀":2,"ﬓ":1}'],
    [{ a: 1e21, b: 0.1, c: -0, d: 5e-324 }, '{"a":1e+21,"b":0.1,"c":0,"d":5e-324}'],
  ])('%j', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('is JSON of the same value, whatever the order of keys', () => {
    const shuffled = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(shuffled)
        : value !== null && typeof value === 'object'
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, entry]) => [key, shuffled(entry)]),
            )
          : value;
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(shuffled(value))).toBe(text);
      }),
    );
  });
});

describe('what the hash of a row covers', () => {
  const row = {
    tenantId: 'demo',
    at: '2026-03-01T12:00:00.000Z',
    actor: 'user:a',
    actorRole: 'admin',
    action: 'hold.placed',
    subject: 'incident:x',
    details: { reason: 'police' },
  };

  it('every field of it', () => {
    const text = auditContentText(row);
    for (const field of Object.keys(row)) expect(auditContentText({ ...row, [field]: 'else' })).not.toBe(text);
    expect(auditContentText({ ...row, details: { reason: 'Police' } })).not.toBe(text);
  });

  it('the place in the chain, and everything before', () => {
    expect(chainText(genesisHash, 1, 'c')).toBe(`${'0'.repeat(64)}:1:c`);
    expect(chainText(genesisHash, 2, 'c')).not.toBe(chainText(genesisHash, 1, 'c'));
  });
});
