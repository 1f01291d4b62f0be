import { type Database, openDatabase } from '../../adapters/postgres/database.ts';
import { toMs } from '../../domain/time.ts';
import type { Actor, PosVerdict } from '../../domain/types.ts';
import type { ServiceContext } from '../../services/context.ts';
import { ingestCrossings } from '../../services/detection/crossings.ts';
import { ingestDetection } from '../../services/detection/ingest.ts';
import { makeFirstContact, recheckTill } from '../../services/incident/first-contact.ts';
import { measureClocks } from '../../services/pos/clock.ts';
import { ingestPosEvents } from '../../services/pos/ingest.ts';
import { finishPrompt } from '../../services/pos/prompt.ts';
import type { StoreDay } from '../../stack/store-day/types.ts';
import type { ScoredIncident } from './tills-score.ts';

/** Everything is handed over in steps of so much of the store's time; finer would only take longer. */
const stepMs = 1_000;
const clocksEveryMs = 60_000;
/** A camera hears of a crossing, and sends it, so long after it. */
const crossingLagMs = 300;
const links = { publicUrl: 'http://127.0.0.1', linkSecret: 'bench-bench-bench-bench' };

interface Watched {
  incidentId: string;
  eventType: string;
  zoneId: string;
  detectedAt: string;
  posVerdict: PosVerdict;
  /** Asked at the till until then; null: not asked. */
  promptedUntilMs: number | null;
  paged: boolean;
}

export interface LivedDay {
  incidents: (ScoredIncident & { prompted: boolean })[];
  lines: number;
  crossings: number;
}

/**
 * Lives through a day on the store's own clock: what tills and cameras send arrives when it would have, incidents are
 * judged by the services that judge them live, tills ask for a rescan, and a person is sent when nothing settles it.
 * Only the workflow engine's waiting is left out: it is this loop.
 */
export async function liveDay(
  databaseUrl: string,
  tenantId: string,
  day: StoreDay,
  onTerminalChange: (change: StoreDay['terminalChanges'][number]) => Promise<void>,
  onProgress: (at: string) => void,
): Promise<LivedDay> {
  const db = openDatabase({ url: databaseUrl, maxConnections: 4, applicationName: 'bench', onError: () => undefined });
  try {
    return await live(db, tenantId, day, onTerminalChange, onProgress);
  } finally {
    await db.close();
  }
}

async function live(
  db: Database,
  tenantId: string,
  day: StoreDay,
  onTerminalChange: (change: StoreDay['terminalChanges'][number]) => Promise<void>,
  onProgress: (at: string) => void,
): Promise<LivedDay> {
  let nowMs = 0;
  const actor: Actor = { id: 'system:bench', displayName: 'Bench', role: 'system', tenantId, storeIds: null };
  const ctx: ServiceContext = { db, actor, now: () => new Date(nowMs).toISOString() };
  const lines = feed(day.lines, ({ postedAt }) => toMs(postedAt));
  const crossings = feed(day.crossings, ({ at }) => toMs(at) + crossingLagMs);
  // The workflow waits until the till's window is over; the detection itself comes when the camera is sure.
  const detections = feed(day.detections, ({ detectedAt }) => toMs(detectedAt) + 2_100);
  const changes = feed(day.terminalChanges, ({ at }) => toMs(at));
  const watched = new Map<string, Watched>();
  const waiting = new Set<Watched>();
  let measuredMs = 0;
  let shownMs = 0;
  const endMs = Math.max(lines.lastMs, crossings.lastMs, detections.lastMs) + 60_000;
  nowMs = Math.min(lines.nextMs(), crossings.nextMs(), detections.nextMs());
  while (nowMs < endMs) {
    nowMs += stepMs;
    for (const change of changes.until(nowMs)) await onTerminalChange(change);
    const rung = lines.until(nowMs).map(({ event }) => event);
    const touched = new Set<string>();
    for (let from = 0; from < rung.length; from += 1_000)
      for (const id of (await ingestPosEvents(ctx, rung.slice(from, from + 1_000))).incidentIds) touched.add(id);
    const crossed = crossings.until(nowMs);
    for (let from = 0; from < crossed.length; from += 1_000)
      await ingestCrossings(ctx, crossed.slice(from, from + 1_000));
    for (const detection of detections.until(nowMs)) {
      const { incidentId, disposition } = await ingestDetection(ctx, detection);
      if (disposition !== 'started') {
        touched.add(incidentId);
        continue;
      }
      const contact = await makeFirstContact(ctx, links, incidentId);
      const one: Watched = {
        ...{ incidentId, eventType: detection.eventType, zoneId: detection.zoneId ?? '' },
        ...{ detectedAt: detection.detectedAt, posVerdict: contact.posVerdict },
        promptedUntilMs: contact.prompt === null ? null : nowMs + contact.prompt.waitMs,
        paged: contact.prompt === null && contact.posVerdict === 'MISMATCH',
      };
      watched.set(incidentId, one);
      if (contact.prompt === null) continue;
      await finishPrompt(ctx, { incidentId, result: { outcome: 'acknowledged' } });
      waiting.add(one);
    }
    for (const incidentId of touched) {
      const one = watched.get(incidentId);
      if (!one || one.posVerdict === 'MATCH') continue;
      one.posVerdict = (await recheckTill(ctx, incidentId)).posVerdict;
      // A till that could not speak and now speaks against the shopper sends somebody as well.
      if (one.posVerdict === 'MISMATCH' && one.promptedUntilMs === null) one.paged = true;
      if (one.posVerdict === 'MATCH') waiting.delete(one);
    }
    for (const one of waiting) {
      if (one.promptedUntilMs! > nowMs) continue;
      waiting.delete(one);
      // Before somebody is sent the till is asked once more: it may have fallen silent meanwhile.
      one.posVerdict = (await recheckTill(ctx, one.incidentId)).posVerdict;
      if (one.posVerdict === 'MISMATCH') one.paged = true;
    }
    if (nowMs - measuredMs >= clocksEveryMs && crossed.length > 0) {
      measuredMs = nowMs;
      await measureClocks(ctx, { storeId: day.storeId, at: ctx.now() });
    }
    if (nowMs - shownMs >= 3_600_000) {
      shownMs = nowMs;
      onProgress(ctx.now());
    }
  }
  return {
    incidents: [...watched.values()].map(({ promptedUntilMs, incidentId: _incidentId, ...one }) => ({
      ...one,
      prompted: promptedUntilMs !== null,
    })),
    lines: day.lines.length,
    crossings: day.crossings.length,
  };
}

/** Items by the time at which they are sent. */
function feed<Item>(items: readonly Item[], sentMs: (item: Item) => number) {
  const sorted = [...items].sort((a, b) => sentMs(a) - sentMs(b));
  let next = 0;
  return {
    lastMs: sorted.length === 0 ? 0 : sentMs(sorted.at(-1)!),
    nextMs: () => (next < sorted.length ? sentMs(sorted[next]!) : Number.POSITIVE_INFINITY),
    until(ms: number): Item[] {
      const from = next;
      while (next < sorted.length && sentMs(sorted[next]!) <= ms) next += 1;
      return sorted.slice(from, next);
    },
  };
}
