import { type FileHandle, mkdir, open, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { type JournalRecord, journalRecord } from './journal-records.ts';

export interface Journal {
  /** Resolves when the record is on the disk (`durable`) or handed to the operating system (`written`, which survives kill -9). */
  append(record: JournalRecord, promise: 'durable' | 'written'): Promise<void>;
  close(): Promise<void>;
}

/** Opens `<dataDir>/messages.jsonl`, returning what it already holds; a torn last line was never promised to anyone and is cut off. */
export async function openJournal(dataDir: string): Promise<{ journal: Journal; records: JournalRecord[] }> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, 'messages.jsonl');
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const wholeBytes = content.lastIndexOf(0x0a) + 1;
  if (wholeBytes < content.length) await truncate(path, wholeBytes);
  const records = content.subarray(0, wholeBytes).toString('utf8').split('\n').slice(0, -1).map(parseLine(path));
  return { journal: createJournal(await open(path, 'a', 0o600)), records };
}

const parseLine = (path: string) => (line: string, index: number) => {
  try {
    return journalRecord.parse(JSON.parse(line));
  } catch (error) {
    throw new Error(
      `${path} line ${index + 1} is not a record of the carrier simulator (${(error as Error).message}). ` +
        'Repair or remove the line, or start with another data directory.',
    );
  }
};

interface Waiting {
  line: string;
  promise: 'durable' | 'written';
  resolve: () => void;
  reject: (error: Error) => void;
}

/** Everything that waits shares one write and one sync, so that a burst costs one sync and not one each. */
function createJournal(file: FileHandle): Journal {
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | null = null;
  let broken: Error | null = null;

  const flush = async () => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        if (broken) throw broken;
        await file.appendFile(batch.map(({ line }) => line).join(''));
        if (batch.some(({ promise }) => promise === 'durable')) await file.datasync();
        for (const { resolve } of batch) resolve();
      } catch (error) {
        // A failed write may have left half a line: writing on would corrupt what follows it.
        broken = error as Error;
        for (const { reject } of batch) reject(broken);
      }
    }
    flushing = null;
  };

  return {
    append: (record, promise) =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ line: `${JSON.stringify(record)}\n`, promise, resolve, reject });
        flushing ??= flush();
      }),
    async close() {
      await flushing;
      await file.close();
    },
  };
}
