import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bundledDocument, requestDocument, requestDocumentPath } from './openapi-document.ts';

const whole = bundledDocument();
const requests = requestDocument(whole);

/** What a reference leads to; undefined when it leads nowhere. */
function target(document: unknown, ref: string): unknown {
  const path = ref.split('/').slice(1);
  return path.reduce<unknown>((found, name) => (found as Record<string, unknown> | undefined)?.[name], document);
}

describe.each([
  ['the document that is given away', whole],
  ['the document that requests are refused by', requests],
])('%s', (_name, document) => {
  it('follows no reference out of itself, and none that leads nowhere', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref!);
    expect(refs.length).toBeGreaterThan(100);
    // What stands inside an event's own schema starts from there.
    const dangling = refs.filter((ref) => !ref.startsWith('#/$defs/') && target(document, ref) === undefined);
    expect(dangling).toEqual([]);
  });
});

describe('the document that requests are refused by', () => {
  it('is the one on disk', () => {
    expect(JSON.parse(readFileSync(requestDocumentPath, 'utf8'))).toEqual(requests);
  });

  it('asks the same of every request, and says nothing about answers', () => {
    const asked = (document: typeof whole) =>
      Object.entries(document.paths).map(([path, item]) => [
        path,
        Object.entries(item).map(([name, part]) => [name, { ...(part as object), responses: null }]),
      ]);
    expect(asked({ ...requests })).toEqual(asked(whole));
    expect(JSON.stringify(requests).length).toBeLessThan(JSON.stringify(whole).length / 2);
  });
});
