import { setTimeout as delay } from 'node:timers/promises';
import { systemActor } from '../activities/incident.ts';
import type { Database } from '../adapters/postgres/database.ts';
import type { RetentionStore } from '../domain/retention-store.ts';
import { reconcileTenant } from '../services/reconciliation/run.ts';
import { claimReconciliation, finishReconciliation } from '../services/reconciliation/settle.ts';
import { listTenantIds } from '../services/retention/purge.ts';
import type { Signer } from '../services/retention/record.ts';

export interface ReconcileDependencies {
  db: Database;
  now: () => string;
  store: RetentionStore;
  signer: Signer;
  onError: (error: unknown, about: Record<string, string>) => void;
}

const dayMs = 24 * 3_600_000;

/** Compares store and database for every tenant of whom it is due or somebody asked; returns how many. */
export async function reconcileDue(deps: ReconcileDependencies, everyMs = dayMs): Promise<number> {
  let done = 0;
  for (const tenantId of await listTenantIds(deps.db)) {
    const ctx = { db: deps.db, now: deps.now, actor: systemActor(tenantId, 'reconciler') };
    const run = await claimReconciliation(ctx, { everyMs });
    if (run === null) continue;
    try {
      await reconcileTenant(ctx, { store: deps.store, signer: deps.signer, deep: false, beat: () => undefined }, run);
      done += 1;
    } catch (error) {
      deps.onError(error, { tenantId, reconciliationId: run.id });
      const failure = { code: 'RECONCILIATION_FAILED', params: {} };
      await finishReconciliation(ctx, { id: run.id, failure }).catch((again: unknown) =>
        deps.onError(again, { tenantId }),
      );
    }
  }
  return done;
}

/** The store's own lock test leaves small objects behind, which nobody needs once their lock has ended. */
export async function forgetSelfTests(deps: Pick<ReconcileDependencies, 'now' | 'store'>): Promise<number> {
  let removed = 0;
  const before = new Date(Date.parse(deps.now()) - 3_600_000).toISOString();
  for await (const { key, version, storedAt } of deps.store.list('self-test/')) {
    if (storedAt >= before) continue;
    await deps.store.remove({ key, version });
    removed += 1;
  }
  return removed;
}

/** Until it is stopped: asks every so often whether there is something to compare. */
export async function runReconciliations(
  deps: ReconcileDependencies,
  options: { everyMs: number; signal: AbortSignal },
): Promise<void> {
  while (!options.signal.aborted) {
    await delay(options.everyMs, undefined, { signal: options.signal }).catch(() => undefined);
    if (options.signal.aborted) return;
    try {
      if ((await reconcileDue(deps)) > 0) await forgetSelfTests(deps);
    } catch (error) {
      deps.onError(error, { what: 'looking for something to compare' });
    }
  }
}
