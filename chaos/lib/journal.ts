import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type JournalRecord, journalRecord } from '../../stack/carrier/journal-records.ts';

const everyMs = 100;

export interface JournalTail {
  /** Reads what is there up to now. */
  catchUp(): Promise<void>;
  stop(): Promise<void>;
}

/** Follows the carrier's journal: what the carrier took in, whoever was dead meanwhile. */
export function followJournal(dataDir: string, onRecord: (record: JournalRecord) => void): JournalTail {
  const path = join(dataDir, 'carrier', 'messages.jsonl');
  const stopping = new AbortController();
  let offset = 0;
  let reading: Promise<void> = Promise.resolve();

  const readOn = async (): Promise<void> => {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size <= offset) return;
      const { buffer } = await file.read({ buffer: Buffer.alloc(size - offset), position: offset });
      // A line that is being written is read the next time; a torn one is cut off when the carrier comes back.
      const whole = buffer.lastIndexOf(0x0a) + 1;
      offset += whole;
      for (const line of buffer.subarray(0, whole).toString('utf8').split('\n').slice(0, -1))
        onRecord(journalRecord.parse(JSON.parse(line)));
    } finally {
      await file.close();
    }
  };
  const catchUp = () => {
    reading = reading.then(readOn);
    return reading;
  };
  const following = (async () => {
    while (!stopping.signal.aborted) {
      await catchUp();
      await delay(everyMs);
    }
  })();
  following.catch(() => undefined);
  return {
    catchUp,
    async stop() {
      stopping.abort();
      await following;
      await catchUp();
    },
  };
}

/** Every message and call names its notification in the address of its callback. */
export function notificationOf(url: string | null): string | null {
  return url === null ? null : new URL(url).searchParams.get('notification');
}
