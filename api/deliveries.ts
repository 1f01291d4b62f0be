import type { Database } from '../adapters/postgres/database.ts';
import type { PostWebhook } from '../adapters/webhooks/types.ts';
import type { ServiceContext } from '../services/context.ts';
import { listTenantIds } from '../services/retention/purge.ts';
import {
  type ClaimedDelivery,
  claimDeliveries,
  findDueWebhooks,
  pruneDeliveries,
  settleDelivery,
} from '../services/webhook/send.ts';

export interface DeliveryDependencies {
  db: Database;
  post: PostWebhook;
  /** What the endpoints' secrets are derived from. */
  secretKey: string;
  now: () => string;
  random: () => number;
  onError: (error: unknown, about: Record<string, unknown>) => void;
}

export interface DeliveryTimes {
  everyMs: number;
  /** Longer than a request can take; after a crash its delivery waits this long. */
  leaseMs: number;
  signal: AbortSignal;
}

const atOnce = 10;
const endpointsAtOnce = 32;
const pruneEveryMs = 3_600_000;

/**
 * Sends webhooks until told to stop; several processes may do so side by side. Each endpoint has a loop of its own while
 * something is due, so that a slow one holds up nobody else.
 */
export async function runDeliveries(deps: DeliveryDependencies, times: DeliveryTimes): Promise<void> {
  const running = new Map<string, Promise<void>>();
  const contextOf = (tenantId: string): ServiceContext => ({
    db: deps.db,
    now: deps.now,
    actor: { id: 'system:webhooks', displayName: 'Floorwalker', role: 'system', tenantId, storeIds: null },
  });

  const send = async (ctx: ServiceContext, { url, headers, body, ...which }: ClaimedDelivery): Promise<void> => {
    const answer = await deps.post({ url, headers, body });
    await settleDelivery(ctx, { ...which, ...answer, random: deps.random() });
  };
  const serve = async (ctx: ServiceContext, endpointId: string): Promise<void> => {
    while (!times.signal.aborted) {
      const claimed = await claimDeliveries(ctx, {
        ...{ endpointId, limit: atOnce, leaseMs: times.leaseMs, secretKey: deps.secretKey },
      });
      if (claimed.length === 0) return;
      const sent = await Promise.allSettled(claimed.map((delivery) => send(ctx, delivery)));
      const failed = sent.find((result) => result.status === 'rejected');
      // Its lease runs out, and then it is sent once more.
      if (failed) throw failed.reason;
    }
  };
  const round = async (): Promise<void> => {
    for (const { tenantId, endpointId } of await findDueWebhooks(deps.db, deps.now())) {
      const key = `${tenantId}/${endpointId}`;
      if (running.has(key) || running.size >= endpointsAtOnce) continue;
      const serving = serve(contextOf(tenantId), endpointId)
        .catch((error: unknown) => deps.onError(error, { tenantId, endpointId }))
        .finally(() => running.delete(key));
      running.set(key, serving);
    }
  };
  const prune = async (): Promise<void> => {
    for (const tenantId of await listTenantIds(deps.db)) await pruneDeliveries(contextOf(tenantId));
  };

  let pruneDueMs = 0;
  while (!times.signal.aborted) {
    await round().catch((error: unknown) => deps.onError(error, {}));
    if (performance.now() >= pruneDueMs) {
      pruneDueMs = performance.now() + pruneEveryMs;
      await prune().catch((error: unknown) => deps.onError(error, {}));
    }
    await pause(times.everyMs, times.signal);
  }
  await Promise.all(running.values());
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
