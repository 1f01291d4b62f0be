import { setTimeout as delay } from 'node:timers/promises';
import type { Sample } from './judge.ts';

const everyMs = 1_000;

/** Asks the overdue metric every second, as a monitoring system would; while nobody answers there is no sample. */
export function watchOverdue(baseUrl: string): { samples: readonly Sample[]; stop(): Promise<void> } {
  const samples: Sample[] = [];
  const stopping = new AbortController();
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      const overdue = await readOverdue(baseUrl);
      if (overdue !== null) samples.push({ atMs: Date.now(), overdue });
      await delay(everyMs);
    }
  })();
  return {
    samples,
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}

async function readOverdue(baseUrl: string): Promise<number | null> {
  try {
    const response = await fetch(new URL('/metrics', baseUrl), { signal: AbortSignal.timeout(5_000) });
    const text = await response.text();
    const line = /^floorwalker_escalations_overdue (\S+)$/m.exec(text)?.[1];
    return response.ok && line !== undefined ? Number(line) : null;
  } catch {
    // The API or its database is down: a monitoring system sees nothing either.
    return null;
  }
}
