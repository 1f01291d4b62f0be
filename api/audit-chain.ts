import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../adapters/postgres/database.ts';
import { chainAudits } from '../services/audit/chain.ts';

/** Keeps the audit log's chain short behind the writes, again and again until told to stop. */
export async function runAuditChain(
  db: Database,
  options: { everyMs: number; signal: AbortSignal; onError: (error: unknown, about: Record<string, unknown>) => void },
): Promise<void> {
  while (!options.signal.aborted) {
    await chainAudits(db).catch((error: unknown) => options.onError(error, { what: 'chaining the audit log' }));
    await delay(options.everyMs, undefined, { signal: options.signal }).catch(() => undefined);
  }
}
