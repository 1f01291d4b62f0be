import { expect, it } from 'vitest';
import { messagesDocument, staleDocument } from './messages-doc.ts';

it('docs/messages.md is what the code says', async () => {
  expect(await staleDocument()).toBeNull();
});

it('has every language, each text in one segment', () => {
  const rows = messagesDocument()
    .split('\n')
    .filter((line) => / \| \d+ \| \d+ \|$/.test(line));
  expect(rows.length).toBeGreaterThan(4 * 30);
  expect(rows.filter((row) => !row.endsWith(' | 1 |'))).toEqual([]);
});
