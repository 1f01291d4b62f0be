import { MISSED_SCAN_DEFAULTS } from '../../detectors/behaviours/missed-scan.ts';
import type { Crossing, Detection, PosEvent } from '../../domain/types.ts';
import type { StoreDay, TerminalChange } from './types.ts';

export interface Playing {
  /** 60: an hour a minute; Infinity: as fast as it is taken. */
  speed: number;
  post: (lines: PosEvent[]) => Promise<void>;
  crossings?: (crossings: Crossing[]) => Promise<void>;
  detections?: (detections: Detection[]) => Promise<void>;
  /** Another terminal serves a zone from now on. */
  terminalChanged?: (change: TerminalChange) => Promise<void>;
  /** Ends the playing without an error; what is being sent is finished. */
  signal?: AbortSignal;
  onProgress?: (progress: Played) => void;
  /** True time that is sent in one go when nothing waits for the clock. */
  sliceMs?: number;
}

export interface Played {
  /** How far the day is. */
  at: string;
  fraction: number;
  lines: number;
  crossings: number;
  detections: number;
}

const maxBatch = 1_000;
/** A real camera hears of a crossing, and sends it, so long after it. */
const crossingLagMs = 300;
const decisionLagMs = MISSED_SCAN_DEFAULTS.afterMs + 100;
const liveSliceMs = 250;

/** Plays a day in the order in which everything would have been sent; resolves with what was. */
export async function playDay(day: StoreDay, playing: Playing): Promise<Played> {
  const { speed, signal, onProgress } = playing;
  if (!(speed > 0)) throw new Error(`The speed must be greater than 0; it is ${speed}.`);
  const lines = queue(day.lines, ({ postedAt }) => Date.parse(postedAt));
  const crossings = queue(day.crossings, ({ at }) => Date.parse(at) + crossingLagMs);
  const detections = queue(day.detections, ({ detectedAt }) => Date.parse(detectedAt) + decisionLagMs);
  const changes = queue(day.terminalChanges, ({ at }) => Date.parse(at));
  const all = [lines, crossings, detections, changes];
  const startMs = Math.min(...all.map(({ nextMs }) => nextMs()));
  const endMs = Math.max(...all.map(({ lastMs }) => lastMs));
  const sliceMs = playing.sliceMs ?? (speed === Infinity ? 5_000 : liveSliceMs * speed);
  const startedMs = performance.now();
  const played: Played = { at: day.fromAt, fraction: 0, lines: 0, crossings: 0, detections: 0 };
  if (!Number.isFinite(startMs)) return { ...played, fraction: 1 };
  let sliceEndMs = startMs;
  while (sliceEndMs < endMs + 1 && !signal?.aborted) {
    // Nights are not waited for slice by slice when nothing limits the speed.
    const soonestMs = Math.min(...all.map(({ nextMs }) => nextMs()));
    sliceEndMs = Math.min(endMs + 1, Math.max(sliceEndMs + sliceMs, speed === Infinity ? soonestMs + 1 : 0));
    if (speed !== Infinity) await sleepUntil(startedMs + (sliceEndMs - startMs) / speed, signal);
    if (signal?.aborted) break;
    for (const change of changes.until(sliceEndMs)) await playing.terminalChanged?.(change);
    for (const batch of batches(lines.until(sliceEndMs))) {
      await playing.post(batch.map(({ event }) => event));
      played.lines += batch.length;
    }
    for (const batch of batches(crossings.until(sliceEndMs))) {
      await playing.crossings?.(batch);
      played.crossings += batch.length;
    }
    for (const batch of batches(detections.until(sliceEndMs))) {
      await playing.detections?.(batch);
      played.detections += batch.length;
    }
    played.at = new Date(sliceEndMs).toISOString();
    played.fraction = Math.min(1, (sliceEndMs - startMs) / Math.max(1, endMs - startMs));
    onProgress?.({ ...played });
  }
  return played;
}

interface Queue<T> {
  /** When the next one is due; Infinity when none is left. */
  nextMs(): number;
  lastMs: number;
  /** Everything that is due before this moment, once. */
  until(ms: number): T[];
}

function queue<T>(items: readonly T[], dueMs: (item: T) => number): Queue<T> {
  const sorted = items.map((item) => ({ item, atMs: dueMs(item) })).sort((a, b) => a.atMs - b.atMs);
  let index = 0;
  return {
    nextMs: () => sorted[index]?.atMs ?? Number.POSITIVE_INFINITY,
    lastMs: sorted.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY,
    until(ms) {
      const from = index;
      while (index < sorted.length && sorted[index]!.atMs < ms) index += 1;
      return sorted.slice(from, index).map(({ item }) => item);
    },
  };
}

function* batches<T>(items: readonly T[]): Generator<T[]> {
  for (let from = 0; from < items.length; from += maxBatch) yield items.slice(from, from + maxBatch);
}

function sleepUntil(atMs: number, signal: AbortSignal | undefined): Promise<void> {
  const ms = atMs - performance.now();
  if (ms <= 0 || signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}
