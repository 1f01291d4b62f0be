import type { RetentionStore } from '../../domain/retention-store.ts';
import type { ServiceContext } from '../context.ts';
import { endHolds, findEndedHolds } from '../hold/manage.ts';
import { appraiseIncidents } from './appraise.ts';
import { findColdCandidates, findLeftovers, moveToCold, removeLeftover } from './cold.ts';
import { followHolds } from './objects.ts';
import { type DueIncident, findDueIncidents, findUnfinishedDeletions, purgeIncident } from './purge.ts';
import type { Signer } from './record.ts';
import { findShortLocks, noteLocks } from './upkeep.ts';

export interface SweepTools {
  store: RetentionStore;
  signer: Signer;
  batch: number;
  /** Called between any two things, for whoever watches that it goes on. */
  beat: (so: Swept) => void;
  onError: (error: unknown, about: Record<string, string>) => void;
}

export interface Swept {
  purged: number;
  failed: number;
  appraised: number;
  holdsEnded: number;
  locksExtended: number;
  movedToCold: number;
  originalsRemoved: number;
}

export const nothingSwept: Swept = {
  ...{ purged: 0, failed: 0, appraised: 0, holdsEnded: 0, locksExtended: 0, movedToCold: 0, originalsRemoved: 0 },
};

/** No sweep needs more batches of one kind than this; the next goes on. */
const maxBatches = 10_000;

/**
 * Everything that is due for one tenant, in batches: holds that end, dates that a policy moved, deletions that somebody
 * died over and those that are due, locks that end too early, moves to the cold tier. Each step is on record by itself, so
 * that a further attempt goes on where the last one stopped.
 */
export async function sweepTenant(ctx: ServiceContext, tools: SweepTools): Promise<Swept> {
  const so = { ...nothingSwept };
  /** One that fails must not keep the others; it stays due, is counted, and is left out for the rest of this sweep. */
  const each = async <T>(
    find: (limit: number, skip: readonly string[]) => Promise<T[]>,
    idOf: (item: T) => string,
    work: (item: T) => Promise<void>,
    about: (item: T) => Record<string, string>,
  ) => {
    const skip: string[] = [];
    for (let batch = 0; batch < maxBatches; batch += 1) {
      const items = await find(tools.batch, skip);
      for (const item of items) {
        tools.beat(so);
        try {
          await work(item);
        } catch (error) {
          tools.onError(error, { tenantId: ctx.actor.tenantId, ...about(item) });
          so.failed += 1;
          skip.push(idOf(item));
        }
      }
      if (items.length < tools.batch) return;
    }
  };
  const incident = ({ incidentId }: { incidentId: string }) => ({ incidentId });

  await each(
    (limit, skip) => findEndedHolds(ctx, limit, skip),
    ({ incidentId }) => incidentId,
    async ({ incidentId }) => {
      const { ended, standing } = await endHolds(ctx, { incidentId });
      so.holdsEnded += ended;
      if (!standing) await followHolds(ctx, tools.store, { incidentId });
    },
    incident,
  );
  for (let looked = tools.batch; looked === tools.batch; ) {
    tools.beat(so);
    looked = await appraiseIncidents(ctx, tools.batch);
    so.appraised += looked;
  }
  const kept: string[] = [];
  const purge = async (due: DueIncident) => {
    if ((await purgeIncident(ctx, due, tools)) === 'purged') so.purged += 1;
    else kept.push(due.incidentId);
  };
  await each(
    (limit, skip) => findUnfinishedDeletions(ctx, limit, [...skip, ...kept]),
    ({ incidentId }) => incidentId,
    purge,
    incident,
  );
  await each(
    (limit, skip) => findDueIncidents(ctx, limit, [...skip, ...kept]),
    ({ incidentId }) => incidentId,
    purge,
    incident,
  );
  const missing: string[] = [];
  await each(
    (limit, skip) => findShortLocks(ctx, limit, [...skip, ...missing]),
    ({ version }) => version,
    async (lock) => {
      // What is gone has no lock: comparing store and database says so, once and loudly.
      if ((await tools.store.inspect(lock)) === null) return void missing.push(lock.version);
      await tools.store.extendLock(lock);
      await noteLocks(ctx, [lock]);
      so.locksExtended += 1;
    },
    incident,
  );
  if (tools.store.hasCold) {
    const waiting: string[] = [];
    await each(
      (limit, skip) => findColdCandidates(ctx, limit, [...skip, ...waiting]),
      ({ version }) => version,
      async (file) => {
        if (await moveToCold(ctx, file, tools.store)) so.movedToCold += 1;
        else waiting.push(file.version);
      },
      incident,
    );
  }
  const staying: string[] = [];
  await each(
    (limit, skip) => findLeftovers(ctx, limit, [...skip, ...staying]),
    ({ version }) => version,
    async (leftover) => {
      if (await removeLeftover(ctx, leftover, tools)) so.originalsRemoved += 1;
      else staying.push(leftover.version);
    },
    incident,
  );
  return so;
}

/** Two sweeps are never further apart, so that nothing is a day late. */
export const sweepEveryHours = 6;
