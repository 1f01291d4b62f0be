import { setTimeout as delay } from 'node:timers/promises';
import { exportDueHistories, type HistoryExportDependencies } from '../activities/history-export.ts';
import { toMs } from '../domain/time.ts';

/** Of a worker's time, while nothing has waited for long: people are waiting for the rest of it. */
const shareOfTime = 0.1;
const hurryAfterMs = 30 * 60_000;

/** Keeps the histories of closed incidents, a few at a time, until told to stop. A round that fails is tried again. */
export async function runHistoryExports(
  deps: HistoryExportDependencies,
  options: { everyMs: number; signal: AbortSignal },
): Promise<void> {
  const { signal } = options;
  const pause = (ms: number) => delay(ms, undefined, { signal }).catch(() => undefined);
  while (!signal.aborted) {
    try {
      await exportDueHistories(deps, async (closedAt, tookMs) => {
        const waitedMs = toMs(deps.now()) - toMs(closedAt);
        if (waitedMs < hurryAfterMs) await pause(tookMs * (1 / shareOfTime - 1));
        return !signal.aborted;
      });
    } catch (error) {
      deps.onError(error, { what: 'exporting histories' });
    }
    await pause(options.everyMs);
  }
}
