import type { TimelineKind } from '../../domain/types.ts';
import type { WriteTransaction } from '../context.ts';

export interface TimelineEntry {
  tenantId: string;
  storeId: string;
  incidentId: string;
  kind: TimelineKind;
  actor: string;
  at?: string;
  params?: Record<string, unknown>;
  /** The same key again adds nothing. */
  factKey?: string;
}

/** Adds to the incident's timeline, which is also what announces the change to the live stream. */
export async function addTimelineEntry(
  tx: WriteTransaction,
  entry: TimelineEntry,
): Promise<{ id: number; at: Date } | undefined> {
  const [row] = await tx.query<{ id: number; at: Date }>(
    `insert into incident_events (tenant_id, store_id, incident_id, at, kind, actor, params, fact_key)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (tenant_id, incident_id, fact_key) where fact_key is not null do nothing
     returning id, at`,
    [
      entry.tenantId,
      entry.storeId,
      entry.incidentId,
      entry.at ?? tx.at,
      entry.kind,
      entry.actor,
      JSON.stringify(entry.params ?? {}),
      entry.factKey ?? null,
    ],
  );
  return row;
}
