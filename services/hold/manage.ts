import { randomUUID } from 'node:crypto';
import type { Queryable } from '../../adapters/postgres/database.ts';
import { DomainError, invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { instantFrom, toMs } from '../../domain/time.ts';
import { found, isoOrNull, readOnly, type ServiceContext, write } from '../context.ts';
import { placeOf } from '../incident/assess.ts';
import { loadIncident } from '../incident/facts.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';

export interface Hold {
  id: string;
  incidentId: string;
  reason: string;
  placedBy: string;
  placedAt: string;
  /** When it ends by itself; null: when somebody releases it. */
  endsAt: string | null;
  releasedBy: string | null;
  releasedAt: string | null;
  releaseReason: string | null;
}

interface HoldRow {
  [column: string]: unknown;
  id: string;
  incident_id: string;
  reason: string;
  placed_by: string;
  placed_at: Date;
  ends_at: Date | null;
  released_by: string | null;
  released_at: Date | null;
  release_reason: string | null;
}

const columns = 'id, incident_id, reason, placed_by, placed_at, ends_at, released_by, released_at, release_reason';
const holdOf = (row: HoldRow): Hold => ({
  ...{ id: row.id, incidentId: row.incident_id, reason: row.reason, placedBy: row.placed_by },
  ...{ placedAt: row.placed_at.toISOString(), endsAt: isoOrNull(row.ends_at) },
  ...{ releasedBy: row.released_by, releasedAt: isoOrNull(row.released_at), releaseReason: row.release_reason },
});

/** All legal holds that there ever were on an incident, the standing ones first. */
export function listHolds(ctx: ServiceContext, input: { incidentId: string }): Promise<Hold[]> {
  requirePermission(ctx.actor, 'incident.read');
  return readOnly(ctx, async (tx) => {
    await loadIncident(tx, ctx.actor.tenantId, input.incidentId);
    const rows = await tx.query<HoldRow>(
      `select ${columns} from holds where tenant_id = $1 and incident_id = $2 order by released_at desc nulls first, placed_at desc, id`,
      [ctx.actor.tenantId, input.incidentId],
    );
    return rows.map(holdOf);
  });
}

/** A standing legal hold stops every deletion of the incident. Each is somebody's own: several may stand at once. */
export function placeHold(
  ctx: ServiceContext,
  input: { incidentId: string; reason: string; endsAt?: string | null },
): Promise<Hold> {
  requirePermission(ctx.actor, 'hold.manage');
  const endsAt = input.endsAt == null ? null : instantFrom('endsAt', input.endsAt);
  if (endsAt !== null && toMs(endsAt) <= toMs(ctx.now())) throw invalidField('endsAt', 'must lie ahead');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const [purged] = await tx.query(
      'select id from incidents where tenant_id = $1 and id = $2 and purged_at is not null',
      [ctx.actor.tenantId, input.incidentId],
    );
    if (purged)
      throw new DomainError(
        'CONFLICT',
        'The evidence of this incident has already been deleted; there is nothing left to hold.',
      );
    const [row] = await tx.query<HoldRow>(
      `insert into holds (tenant_id, store_id, incident_id, id, reason, placed_by, placed_at, ends_at) values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
      [
        ...[ctx.actor.tenantId, incident.storeId, input.incidentId, `hold_${randomUUID()}`],
        ...[input.reason, ctx.actor.id, tx.at, endsAt],
      ],
    );
    const hold = holdOf(row!);
    const details = { holdId: hold.id, reason: input.reason, endsAt };
    await addTimelineEntry(tx, { ...placeOf(incident), kind: 'hold_placed', actor: ctx.actor.id, params: details });
    tx.audit({ action: 'hold.placed', subject: `incident:${input.incidentId}`, details });
    return hold;
  });
}

/** Ends one hold; `standing`: whether others still hold the incident. */
export function releaseHold(
  ctx: ServiceContext,
  input: { incidentId: string; holdId: string; reason: string },
): Promise<{ hold: Hold; standing: boolean }> {
  requirePermission(ctx.actor, 'hold.manage');
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const of = [ctx.actor.tenantId, input.incidentId, input.holdId];
    const [known] = await tx.query<HoldRow>(
      `select ${columns} from holds where tenant_id = $1 and incident_id = $2 and id = $3`,
      of,
    );
    if (found(known, `legal hold ${input.holdId} of incident ${input.incidentId}`).released_at !== null)
      throw new DomainError('CONFLICT', 'This legal hold has ended already.');
    const [row] = await tx.query<HoldRow>(
      `update holds set released_at = $4, released_by = $5, release_reason = $6 where tenant_id = $1 and incident_id = $2 and id = $3 returning ${columns}`,
      [...of, tx.at, ctx.actor.id, input.reason],
    );
    const standing = await anyStanding(tx, ctx.actor.tenantId, input.incidentId);
    const details = { holdId: input.holdId, reason: input.reason, standing };
    await addTimelineEntry(tx, { ...placeOf(incident), kind: 'hold_released', actor: ctx.actor.id, params: details });
    tx.audit({ action: 'hold.released', subject: `incident:${input.incidentId}`, details });
    return { hold: holdOf(row!), standing };
  });
}

async function anyStanding(tx: Queryable, tenantId: string, incidentId: string): Promise<boolean> {
  const rows = await tx.query(
    'select id from holds where tenant_id = $1 and incident_id = $2 and released_at is null limit 1',
    [tenantId, incidentId],
  );
  return rows.length > 0;
}

/** Incidents with a hold whose own end has come. */
export function findEndedHolds(
  ctx: ServiceContext,
  limit: number,
  skip: readonly string[] = [],
): Promise<{ incidentId: string }[]> {
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<{ incident_id: string }>(
      'select distinct incident_id from holds where tenant_id = $1 and released_at is null and ends_at <= $2 and incident_id <> all ($4) order by incident_id limit $3',
      [ctx.actor.tenantId, ctx.now(), limit, skip],
    );
    return rows.map((row) => ({ incidentId: row.incident_id }));
  });
}

/** Ends the holds of an incident whose own end has come. */
export function endHolds(
  ctx: ServiceContext,
  input: { incidentId: string },
): Promise<{ ended: number; standing: boolean }> {
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const ended = await tx.query<{ id: string; ends_at: Date }>(
      "update holds set released_at = $3, released_by = $4, release_reason = '' where tenant_id = $1 and incident_id = $2 and released_at is null and ends_at <= $3 returning id, ends_at",
      [ctx.actor.tenantId, input.incidentId, tx.at, ctx.actor.id],
    );
    const standing = await anyStanding(tx, ctx.actor.tenantId, input.incidentId);
    if (ended.length === 0) tx.noAudit('nothing changed');
    for (const { id, ends_at } of ended) {
      const details = { holdId: id, endsAt: ends_at.toISOString(), standing };
      await addTimelineEntry(tx, { ...placeOf(incident), kind: 'hold_released', actor: ctx.actor.id, params: details });
      tx.audit({ action: 'hold.ended', subject: `incident:${input.incidentId}`, details });
    }
    return { ended: ended.length, standing };
  });
}
