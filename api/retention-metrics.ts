import { Gauge, type Registry } from 'prom-client';
import type { RetentionLevels } from '../services/system/storage.ts';

/** Registers the gauges and returns what fills them before each scrape; without a database they are not shown. */
export function registerRetentionLevels(registry: Registry, read: () => Promise<RetentionLevels>): () => Promise<void> {
  const gauge = (name: string, help: string) => new Gauge({ name: `floorwalker_${name}`, help, registers: [registry] });
  const gauges: [Gauge, (levels: RetentionLevels) => number | null][] = [
    [gauge('deletions_overdue', 'Incidents whose evidence should have gone a day ago'), (all) => all.deletions_overdue],
    [
      gauge('deletions_overdue_oldest_seconds', 'How long ago the longest of them was due'),
      (all) => all.oldest_overdue_seconds,
    ],
    [gauge('deletions_unfinished', 'Deletions that were begun and not finished'), (all) => all.deletions_unfinished],
    [
      gauge('reconciliation_unrepaired', 'Differences between store and database that nobody has put right'),
      (all) => all.reconcile_unrepaired,
    ],
    [
      gauge('reconciliation_age_seconds', 'Since store and database were last compared'),
      (all) => all.reconcile_age_seconds,
    ],
    [gauge('evidence_store_full', 'Companies of whom nothing more can be secured'), (all) => all.stores_full],
  ];
  return async () => {
    const levels = await read().catch(() => null);
    for (const [one, of] of gauges) {
      const value = levels === null ? null : of(levels);
      if (value === null) one.remove();
      else one.set(value);
    }
  };
}
