import { setTimeout as wait } from 'node:timers/promises';

export type Background = ReturnType<typeof createBackground>;

/** Work that nobody waits for until the carrier stops. */
export function createBackground(stopped: AbortSignal, log: (line: string) => void) {
  const running = new Set<Promise<void>>();
  return {
    /** Keeps the promise so that stopping can wait for it, and its failure from passing unseen. */
    run(work: Promise<void>): void {
      const settled = work
        .catch((error: unknown) => {
          if (!stopped.aborted) log(`the carrier failed: ${error instanceof Error ? error.stack : String(error)}`);
        })
        .finally(() => running.delete(settled));
      running.add(settled);
    },
    pause: async (ms: number): Promise<void> => {
      if (ms > 0) await wait(ms, undefined, { signal: stopped });
      stopped.throwIfAborted();
    },
    async settled(): Promise<void> {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** Hands out the next free moment of each lane, so many a second. */
export function createPace(): (lane: string, perSecond: number | null) => number {
  const nextSlotAtMs = new Map<string, number>();
  return (lane, perSecond) => {
    if (perSecond === null) return 0;
    const nowMs = performance.now();
    const slotAtMs = Math.max(nowMs, nextSlotAtMs.get(lane) ?? 0);
    nextSlotAtMs.set(lane, slotAtMs + 1000 / perSecond);
    return slotAtMs - nowMs;
  };
}
