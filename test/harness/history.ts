import { exportDueHistories } from '../../activities/history-export.ts';
import { openHistorySource } from '../../adapters/temporal/history.ts';
import type { TestSystem } from './system.ts';

/** Exports every history that is due at some time, at once; returns how many were. An error fails the test. */
export async function exportHistories({ database, client, cipher, objects }: TestSystem): Promise<number> {
  await database.admin.query("update workflow_histories set due_at = now() where state = 'due'");
  const errors: unknown[] = [];
  const exported = await exportDueHistories(
    {
      ...{ db: database.db, now: () => new Date().toISOString(), objects, source: openHistorySource(client, cipher) },
      onError: (error) => errors.push(error),
    },
    async () => true,
  );
  if (errors.length > 0) throw errors[0];
  return exported;
}
