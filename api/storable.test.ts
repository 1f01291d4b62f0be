import { describe, expect, it } from 'vitest';
import { requireStorable } from './storable.ts';

const field = (body: unknown): string | undefined => {
  try {
    requireStorable(body);
    return undefined;
  } catch (error) {
    return (error as { fields: { field: string }[] }).fields[0]?.field;
  }
};

describe('text that Postgres can hold', () => {
  it.each([[undefined], [null], ['plain'], ['grüße 😀 收'], [{ a: [{ b: '\u0001\uffff' }] }], [7]])(
    '%j passes',
    (body) => {
      expect(field(body)).toBeUndefined();
    },
  );

  it.each([
    ['a NUL', { model: { id: 'a\0b' } }, 'model.id'],
    ['half a surrogate pair', { item: { label: '\ud83d' } }, 'item.label'],
    ['one in a list', [{}, { description: '\udc00' }], '1.description'],
    ['a key', { model: { thresholds: { 'a\0': 1 } } }, 'model.thresholds'],
    ['the whole body', '\0', 'body'],
  ])('%s is named', (_name, body, expected) => {
    expect(field(body)).toBe(expected);
  });

  it('survives a body that is nested as deep as a megabyte allows', () => {
    const deep = JSON.parse(`${'['.repeat(400_000)}"\\u0000"${']'.repeat(400_000)}`) as unknown;
    expect(field(deep)).toMatch(/^0\.0/);
  });
});
