import { DomainError, invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { isDate } from '../../domain/roster/local-time.ts';
import type { FindingRuleId } from '../../domain/till/settings.ts';
import type { Reason } from '../../domain/types.ts';
import { found, isoOrNull, readOnly, type ServiceContext, write } from '../context.ts';

export interface PosException {
  id: string;
  ruleId: FindingRuleId;
  storeId: string;
  /** The store's own date. */
  day: string;
  terminalId: string;
  /** A pseudonym. */
  operator: string | null;
  /** Null: about a whole day of somebody. */
  transactionId: string | null;
  at: string;
  amountMinor: number;
  score: number;
  params: Record<string, string | number | null>;
  reasons: Reason[];
  /** `transaction/line`. */
  lines: string[];
  shadow: boolean;
  incidentId: string | null;
  firstFoundAt: string;
  withdrawnAt: string | null;
  dismissedAt: string | null;
  dismissedBy: string | null;
  dismissedReason: string | null;
}

export interface ExceptionRow {
  [column: string]: unknown;
  id: string;
  rule_id: FindingRuleId;
  store_id: string;
  day: string;
  terminal_id: string;
  operator: string | null;
  transaction_id: string | null;
  at: Date;
  amount_minor: number;
  score: number;
  params: Record<string, string | number | null>;
  reasons: Reason[];
  lines: string[];
  shadow: boolean;
  incident_id: string | null;
  first_found_at: Date;
  withdrawn_at: Date | null;
  dismissed_at: Date | null;
  dismissed_by: string | null;
  dismissed_reason: string | null;
}

export const exceptionColumns = `e.id, e.rule_id, e.store_id, e.day::text as day, e.terminal_id, e.operator, e.transaction_id, e.at, e.amount_minor, e.score,
  e.params, e.reasons, e.lines, e.shadow, e.incident_id, e.first_found_at, e.withdrawn_at, e.dismissed_at, e.dismissed_by, e.dismissed_reason`;

export const exceptionOf = (row: ExceptionRow): PosException => ({
  ...{ id: row.id, ruleId: row.rule_id, storeId: row.store_id, day: row.day, terminalId: row.terminal_id },
  ...{ operator: row.operator, transactionId: row.transaction_id, at: row.at.toISOString() },
  ...{ amountMinor: row.amount_minor, score: row.score, params: row.params, reasons: row.reasons, lines: row.lines },
  ...{ shadow: row.shadow, incidentId: row.incident_id, firstFoundAt: row.first_found_at.toISOString() },
  withdrawnAt: isoOrNull(row.withdrawn_at),
  ...{ dismissedAt: isoOrNull(row.dismissed_at), dismissedBy: row.dismissed_by, dismissedReason: row.dismissed_reason },
});

export const exceptionStates = ['open', 'dismissed', 'withdrawn'] as const;

export interface ExceptionFilter {
  storeId?: string;
  fromDay?: string;
  toDay?: string;
  ruleId?: FindingRuleId;
  terminalId?: string;
  operator?: string;
  state?: (typeof exceptionStates)[number];
  /** What is only compared with, for now; left out unless it is asked for. */
  shadow?: boolean;
  cursor?: string;
  limit: number;
}

/** What the till showed by itself, newest first. */
export function listExceptions(
  ctx: ServiceContext,
  filter: ExceptionFilter,
): Promise<{ items: PosException[]; nextCursor: string | null }> {
  requirePermission(ctx.actor, 'till.review', filter.storeId);
  for (const name of ['fromDay', 'toDay'] as const)
    if (filter[name] !== undefined && !isDate(filter[name]))
      throw invalidField(name, 'must be a date such as 2026-03-01');
  const after = filter.cursor === undefined ? null : parseCursor(filter.cursor);
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<ExceptionRow>(
      `select ${exceptionColumns} from pos_exceptions e
       where e.tenant_id = $1
         and ($2::text is null or e.store_id = $2)
         and ($3::date is null or e.day >= $3)
         and ($4::date is null or e.day <= $4)
         and ($5::text is null or e.rule_id = $5)
         and ($6::text is null or e.terminal_id = $6)
         and ($7::text is null or e.operator = $7)
         and case $8 when 'withdrawn' then e.withdrawn_at is not null when 'dismissed' then e.withdrawn_at is null and e.dismissed_at is not null
             else e.withdrawn_at is null and e.dismissed_at is null end
         and e.shadow = $9
         and ($10::timestamptz is null or (e.at, e.id) < ($10, $11))
       order by e.at desc, e.id desc limit $12`,
      [
        ...[ctx.actor.tenantId, filter.storeId ?? null, filter.fromDay ?? null, filter.toDay ?? null],
        ...[filter.ruleId ?? null, filter.terminalId ?? null, filter.operator ?? null, filter.state ?? 'open'],
        ...[filter.shadow ?? false, after?.at ?? null, after?.id ?? null, filter.limit + 1],
      ],
    );
    const page = rows.slice(0, filter.limit);
    const last = page.at(-1);
    return {
      items: page.map(exceptionOf),
      nextCursor: rows.length > filter.limit && last ? `${last.at.toISOString()}~${last.id}` : null,
    };
  });
}

function parseCursor(cursor: string): { at: string; id: string } {
  const [, at, id] = /^(\d{4}-\d\d-\d\dT[\d:.]{12}Z)~(exc_[a-f0-9]{20})$/.exec(cursor) ?? [];
  if (at === undefined || id === undefined || Number.isNaN(Date.parse(at)) || at < '0001')
    throw invalidField('cursor', 'is not one that this list gave out; start again without it');
  return { at, id };
}

/** Somebody has looked at it and says why it is nothing; it stays on record and is not found anew. */
export function dismissException(ctx: ServiceContext, input: { id: string; reason: string }): Promise<PosException> {
  requirePermission(ctx.actor, 'till.review');
  const reason = input.reason.trim();
  if (reason === '') throw invalidField('reason', 'say why it is nothing; the next one who looks will want to know');
  return write(ctx, async (tx) => {
    const { tenantId, id: by } = ctx.actor;
    const [before] = await tx.query<ExceptionRow>(
      `select ${exceptionColumns} from pos_exceptions e where e.tenant_id = $1 and e.id = $2 for update`,
      [tenantId, input.id],
    );
    const known = found(before, `The exception ${input.id}`);
    if (known.dismissed_by === by && known.dismissed_reason === reason) {
      tx.noAudit('nothing changed');
      return exceptionOf(known);
    }
    if (known.dismissed_at !== null)
      throw new DomainError(
        'CONFLICT',
        `The exception ${input.id} was dismissed before; read it again for the reason.`,
      );
    await tx.query(
      'update pos_exceptions set dismissed_at = $3, dismissed_by = $4, dismissed_reason = $5 where tenant_id = $1 and id = $2',
      [tenantId, input.id, tx.at, by, reason],
    );
    tx.audit({
      action: 'pos_exception.dismissed',
      subject: `exception:${input.id}`,
      details: { storeId: known.store_id, rule: known.rule_id, day: known.day, reason },
    });
    return { ...exceptionOf(known), dismissedAt: tx.at, dismissedBy: by, dismissedReason: reason };
  });
}
