import type { Part } from './plan.ts';

/** From the kill until the supervisor had it ready again. */
export interface Outage {
  part: Part;
  fromMs: number;
  toMs: number;
}

/** Time between two instants in which every part was up. */
export function healthyMs(outages: readonly Outage[], fromMs: number, toMs: number): number {
  let healthy = 0;
  let seenMs = fromMs;
  for (const outage of [...outages].sort((a, b) => a.fromMs - b.fromMs)) {
    if (outage.toMs <= seenMs || outage.fromMs >= toMs) continue;
    healthy += Math.max(0, outage.fromMs - seenMs);
    seenMs = Math.max(seenMs, outage.toMs);
  }
  return healthy + Math.max(0, toMs - seenMs);
}

/**
 * How late something is that was due at `dueMs`: counted from then, or from the last recovery before it happened. Kills
 * that follow each other closely would excuse everything for ever, so healthy time in all is bounded as well.
 */
export function latenessMs(outages: readonly Outage[], dueMs: number, happenedMs: number, chainMs: number): number {
  const sinceMs = outages
    .filter(({ fromMs, toMs }) => fromMs < happenedMs && toMs > dueMs)
    .reduce((latest, { toMs }) => Math.max(latest, Math.min(toMs, happenedMs)), dueMs);
  const plain = Math.max(0, happenedMs - sinceMs);
  const healthy = healthyMs(outages, dueMs, happenedMs);
  return healthy > chainMs ? Math.max(plain, healthy) : plain;
}
