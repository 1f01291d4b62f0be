import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openJournal } from './journal.ts';
import type { JournalRecord } from './journal-records.ts';
import { newDataDir } from './testing.ts';

const phone = (n: number): JournalRecord => ({
  kind: 'phone',
  number: `+1555010${n}`,
  label: `No. ${n}`,
  role: 'guard',
});

test('keeps what was appended, in order, over a reopening', async () => {
  const dataDir = await newDataDir();
  const { journal, records } = await openJournal(dataDir);
  expect(records).toEqual([]);
  await Promise.all(Array.from({ length: 50 }, (_, n) => journal.append(phone(n), n % 2 ? 'durable' : 'written')));
  await journal.close();
  const reopened = await openJournal(dataDir);
  expect(reopened.records).toEqual(Array.from({ length: 50 }, (_, n) => phone(n)));
  await reopened.journal.close();
});

test('a torn last line is cut off, so that the next record starts on a line of its own', async () => {
  const dataDir = await newDataDir();
  const path = join(dataDir, 'messages.jsonl');
  await writeFile(path, `${JSON.stringify(phone(1))}\n`);
  await appendFile(path, '{"kind":"phone","number":"+155501');
  const { journal, records } = await openJournal(dataDir);
  expect(records).toEqual([phone(1)]);
  await journal.append(phone(2), 'durable');
  await journal.close();
  expect((await readFile(path, 'utf8')).split('\n')).toEqual([JSON.stringify(phone(1)), JSON.stringify(phone(2)), '']);
});

test('a damaged line in the middle stops the start and names the line', async () => {
  const dataDir = await newDataDir();
  await writeFile(join(dataDir, 'messages.jsonl'), `${JSON.stringify(phone(1))}\n{"kind":"nonsense"}\n`);
  await expect(openJournal(dataDir)).rejects.toThrow(/messages\.jsonl line 2 is not a record/);
});
