import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../adapters/postgres/database.ts';
import { addMs } from '../domain/time.ts';
import type { ServiceContext } from '../services/context.ts';
import { measureClocks, storesToMeasure } from '../services/pos/clock.ts';
import { listTenantIds } from '../services/retention/purge.ts';

export interface ClockSweepDependencies {
  db: Database;
  now: () => string;
  onError: (error: unknown, about: Record<string, unknown>) => void;
}

/** Measures the clocks of every store in which something crossed since; returns how many tills could be told. */
export async function sweepClocks(deps: ClockSweepDependencies, sinceAt: string): Promise<number> {
  let told = 0;
  for (const tenantId of await listTenantIds(deps.db)) {
    const ctx: ServiceContext = {
      db: deps.db,
      actor: { id: 'system:clocks', displayName: 'Clocks', role: 'system', tenantId, storeIds: null },
      now: deps.now,
    };
    for (const storeId of await storesToMeasure(ctx, sinceAt)) {
      try {
        const measured = await measureClocks(ctx, { storeId, at: deps.now() });
        told += measured.filter(({ outcome }) => outcome !== 'not_told').length;
      } catch (error) {
        deps.onError(error, { tenantId, storeId, what: 'measuring the clocks' });
      }
    }
  }
  return told;
}

/** Again and again until told to stop; a round that fails is reported, and the next one looks further back. */
export async function runClockSweeps(
  deps: ClockSweepDependencies,
  options: { everyMs: number; signal: AbortSignal },
): Promise<void> {
  let sinceAt = addMs(deps.now(), -options.everyMs);
  while (!options.signal.aborted) {
    const startedAt = deps.now();
    try {
      await sweepClocks(deps, sinceAt);
      sinceAt = startedAt;
    } catch (error) {
      deps.onError(error, { what: 'measuring the clocks' });
    }
    await delay(options.everyMs, undefined, { signal: options.signal }).catch(() => undefined);
  }
}
