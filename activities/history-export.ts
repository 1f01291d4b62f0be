import { countActions, type HistoryEvent } from '../domain/actions.ts';
import { DomainError } from '../domain/errors.ts';
import type { DecodedHistory } from '../domain/history/decoded.ts';
import type { FetchedHistory, HistorySource } from '../domain/history/ports.ts';
import type { EvidenceStore } from '../domain/ports.ts';
import { addMs } from '../domain/time.ts';
import { type ServiceContext, sha256Hex } from '../services/context.ts';
import { claimDueHistory, type DueHistory, postponeHistory } from '../services/history/due.ts';
import { giveUpHistory, recordHistory, type StoredCopy } from '../services/history/record.ts';
import { listTenantIds } from '../services/retention/purge.ts';
import { evidencePrefix, systemActor } from './incident.ts';

export interface HistoryExportDependencies {
  db: ServiceContext['db'];
  now: () => string;
  source: HistorySource;
  objects: EvidenceStore;
  onError: (error: unknown, about: Record<string, unknown>) => void;
}

/** The engine says "never heard of it" while it comes up, so it is asked more than once. */
const forgottenAfterAttempts = 4;
const firstPauseMs = 30_000;
const longestPauseMs = 10 * 60_000;
/** Closing the incident again lengthens it. */
const lockWhileOpenMs = 24 * 3_600_000;
const shortestLockMs = 60_000;
const lockedAgainMs = 20_000;

const pauseMs = (attempts: number): number => Math.min(longestPauseMs, firstPauseMs * 2 ** (attempts - 1));

/** Exports the histories that are due, one of each tenant in turn, as long as `goOn` says so; returns how many were. */
export async function exportDueHistories(
  deps: HistoryExportDependencies,
  goOn: (closedAt: string, tookMs: number) => Promise<boolean>,
): Promise<number> {
  let exported = 0;
  for (const tenantId of await listTenantIds(deps.db)) {
    const ctx: ServiceContext = { db: deps.db, now: deps.now, actor: systemActor(tenantId, 'history') };
    for (;;) {
      const beganMs = performance.now();
      const due = await claimDueHistory(ctx);
      if (due === null) break;
      try {
        if (await exportOne(deps, ctx, due)) exported += 1;
      } catch (error) {
        deps.onError(error, { tenantId, incidentId: due.incidentId, run: due.run });
        await postponeHistory(ctx, { ...due, dueAt: addMs(deps.now(), pauseMs(due.attempts)) });
      }
      if (!(await goOn(due.closedAt, performance.now() - beganMs))) return exported;
    }
  }
  return exported;
}

async function exportOne(deps: HistoryExportDependencies, ctx: ServiceContext, due: DueHistory): Promise<boolean> {
  const { incidentId, run } = due;
  const fetched = await deps.source.fetch(due.workflowId);
  const forgotten = fetched.state === 'unknown' && due.attempts >= forgottenAfterAttempts;
  // Its key goes with this, so not while it goes on.
  if (due.purged && (fetched.state === 'ended' || forgotten)) await forget(deps, ctx, due);
  else if (fetched.state === 'ended') return keep(deps, ctx, due, fetched);
  else if (forgotten) await giveUpHistory(ctx, { incidentId, run, state: 'lost', code: 'ENGINE_FORGOT' });
  else await postponeHistory(ctx, { incidentId, run, dueAt: addMs(deps.now(), pauseMs(due.attempts)) });
  return false;
}

/** An export may have stored copies in the moment in which the evidence was deleted; their locks end within the minute. */
async function forget(deps: HistoryExportDependencies, ctx: ServiceContext, due: DueHistory): Promise<void> {
  const { incidentId, run } = due;
  try {
    await deps.objects.deletePrefix(historyPrefix(ctx, due));
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'PRECONDITION_FAILED') throw error;
    return postponeHistory(ctx, { incidentId, run, dueAt: addMs(deps.now(), lockedAgainMs) });
  }
  await giveUpHistory(ctx, { incidentId, run, state: 'not_kept', code: 'EVIDENCE_DELETED' });
}

const historyPrefix = (ctx: ServiceContext, { storeId, incidentId }: DueHistory): string =>
  `${evidencePrefix(ctx.actor.tenantId, storeId, incidentId)}history/`;

/** Stored first and recorded then: whoever is killed between the two finds the same bytes stored. */
async function keep(
  deps: HistoryExportDependencies,
  ctx: ServiceContext,
  due: DueHistory,
  fetched: Extract<FetchedHistory, { state: 'ended' }>,
): Promise<boolean> {
  const { tenantId } = ctx.actor;
  const now = deps.now();
  const wanted = due.purgeAfter ?? addMs(now, lockWhileOpenMs);
  const lockedUntil = [wanted, addMs(now, shortestLockMs)].toSorted().at(-1)!;
  const store = async (name: string, text: string): Promise<StoredCopy> => {
    const body = Buffer.from(text);
    const sha256 = sha256Hex(body);
    const key = `${historyPrefix(ctx, due)}${name}.json`;
    const { version } = await deps.objects.putLocked({ key, body, mediaType: 'application/json', sha256, lockedUntil });
    if (due.held) await deps.objects.setLegalHold({ key, version, on: true });
    return { objectKey: key, objectVersion: version, sizeBytes: body.length, sha256 };
  };
  const { runId, status, events, buildIds, sdk } = fetched;
  const [startedAt, endedAt] = [events[0]?.at ?? due.closedAt, events.at(-1)?.at ?? due.closedAt];
  const raw = await store(`run-${due.run}`, fetched.raw);
  const document: DecodedHistory = {
    kind: 'floorwalker.workflow-history.v1',
    ...{ tenantId, storeId: due.storeId, incidentId: due.incidentId, run: due.run, workflowId: due.workflowId },
    ...{ runId, status, startedAt, endedAt, buildIds, sdk },
    actions: countActions((JSON.parse(fetched.raw) as { events: HistoryEvent[] }).events),
    rawSha256: raw.sha256,
    events,
  };
  const decoded = await store(`run-${due.run}-decoded`, `${JSON.stringify(document, null, 1)}\n`);
  const { kept } = await recordHistory(ctx, {
    ...{ incidentId: due.incidentId, run: due.run, workflowId: due.workflowId, runId, status },
    ...{ events: events.length, buildIds, startedAt, endedAt, lockedUntil, raw, decoded },
  });
  if (!kept) await postponeHistory(ctx, { ...due, dueAt: addMs(deps.now(), shortestLockMs) });
  return kept;
}
