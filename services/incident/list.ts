import { invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import type { IncidentState, PosVerdict, SecondReview } from '../../domain/types.ts';
import { readOnly, type ServiceContext } from '../context.ts';
import { type IncidentRow, type IncidentSummary, incidentColumns, incidentJoins, summaryOf } from './rows.ts';

export interface IncidentFilter {
  states?: IncidentState[];
  storeId?: string;
  posVerdict?: PosVerdict;
  suppressed?: boolean;
  drill?: boolean;
  secondReview?: SecondReview;
  cursor?: string;
  limit: number;
}

export interface IncidentPage {
  items: IncidentSummary[];
  nextCursor: string | null;
  counts: Record<string, number>;
}

/** Newest first, by a keyset cursor, so that page 1000 costs what page 1 does. */
export function listIncidents(ctx: ServiceContext, filter: IncidentFilter): Promise<IncidentPage> {
  requirePermission(ctx.actor, 'incident.read', filter.storeId);
  const after = filter.cursor === undefined ? null : parseCursor(filter.cursor);
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<IncidentRow>(
      `select ${incidentColumns} from ${incidentJoins}
       where i.tenant_id = $1
         and ($2::text[] is null or i.state = any ($2))
         and ($3::text is null or i.store_id = $3)
         and ($4::text is null or i.pos_verdict = $4)
         and ($8::boolean is null or (i.suppression is not null) = $8)
         and ($9::boolean is null or i.drill = $9)
         and ($10::text is null or i.second_review = $10)
         and ($5::timestamptz is null or (i.detected_at, i.id) < ($5, $6))
       order by i.detected_at desc, i.id desc limit $7`,
      [
        ctx.actor.tenantId,
        filter.states ?? null,
        filter.storeId ?? null,
        filter.posVerdict ?? null,
        after?.at ?? null,
        after?.id ?? null,
        filter.limit + 1,
        filter.suppressed ?? null,
        filter.drill ?? null,
        filter.secondReview ?? null,
      ],
    );
    const open = await tx.query<{ state: string; count: number }>(
      "select state, count(*)::int as count from incidents where tenant_id = $1 and state <> 'closed' group by state",
      [ctx.actor.tenantId],
    );
    const page = rows.slice(0, filter.limit);
    const last = page.at(-1);
    return {
      items: page.map((row) => summaryOf(row, ctx.actor.id)),
      nextCursor: rows.length > filter.limit && last ? `${last.detected_at.toISOString()}~${last.id}` : null,
      counts: Object.fromEntries(open.map((row) => [row.state, row.count])),
    };
  });
}

function parseCursor(cursor: string): { at: string; id: string } {
  const [, at, id] = /^(\d{4}-\d\d-\d\dT[\d:.]{12}Z)~(inc_[a-z0-9]{20})$/.exec(cursor) ?? [];
  if (at === undefined || id === undefined || Number.isNaN(Date.parse(at)) || at < '0001')
    throw invalidField('cursor', 'is not one that this list gave out; start again without it');
  return { at, id };
}
