import type { Queryable } from '../../adapters/postgres/database.ts';
import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { completeTillRules, type TillRules, type TillRulesChange } from '../../domain/till/settings.ts';
import { found, isoOrNull, readOnly, type ServiceContext, write } from '../context.ts';

export interface TillRuleSettings {
  storeId: string;
  /** 0: nothing but the defaults. */
  version: number;
  /** What the store says otherwise than the defaults. */
  changed: TillRulesChange;
  /** What holds: the defaults with that in them. */
  rules: TillRules;
  createdBy: string | null;
  createdAt: string | null;
}

/** The rules that hold for a store. */
export function readTillRules(ctx: ServiceContext, storeId: string): Promise<TillRuleSettings> {
  requirePermission(ctx.actor, 'till.review', storeId);
  return readOnly(ctx, (tx) => settingsOf(tx, ctx.actor.tenantId, storeId));
}

/** The newest version, within a transaction; refuses a store that is not there. */
export async function settingsOf(tx: Queryable, tenantId: string, storeId: string): Promise<TillRuleSettings> {
  const [row] = await tx.query<{
    version: number | null;
    body: TillRulesChange | null;
    created_by: string | null;
    created_at: Date | null;
  }>(
    `select r.version, r.body, r.created_by, r.created_at from stores s
     left join pos_rule_settings r on r.tenant_id = s.tenant_id and r.store_id = s.id
     where s.tenant_id = $1 and s.id = $2 order by r.version desc limit 1`,
    [tenantId, storeId],
  );
  const newest = found(row, `The store ${storeId}`);
  const changed = newest.body ?? {};
  return {
    ...{ storeId, version: newest.version ?? 0, changed },
    rules: completeTillRules({ ...changed }),
    ...{ createdBy: newest.created_by, createdAt: isoOrNull(newest.created_at) },
  };
}

/** Replaces what a store says otherwise; what was found under older versions stays as it is until the day is looked at again. */
export function setTillRules(
  ctx: ServiceContext,
  input: { storeId: string; changed: TillRulesChange; expectedVersion?: number },
): Promise<TillRuleSettings> {
  requirePermission(ctx.actor, 'till.manage', input.storeId);
  const rules = completeTillRules({ ...input.changed });
  return write(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    const { storeId, changed } = input;
    const before = await settingsOf(tx, tenantId, storeId);
    if (input.expectedVersion !== undefined && input.expectedVersion !== before.version)
      throw new DomainError(
        'CONFLICT',
        `The rules of ${storeId} are at version ${before.version} by now; read them again and repeat your change.`,
      );
    if (canonical(before.changed) === canonical(changed)) {
      tx.noAudit('nothing changed');
      return before;
    }
    const version = before.version + 1;
    await tx.query(
      'insert into pos_rule_settings (tenant_id, store_id, version, body, created_by, created_at) values ($1, $2, $3, $4, $5, $6)',
      [tenantId, storeId, version, JSON.stringify(changed), ctx.actor.id, tx.at],
    );
    tx.audit({
      action: 'till_rules.set',
      subject: `store:${storeId}`,
      details: { version, rules: Object.keys(changed) },
    });
    return { storeId, version, changed, rules, createdBy: ctx.actor.id, createdAt: tx.at };
  });
}

/** jsonb keeps no order of names. */
const canonical = (change: TillRulesChange): string =>
  JSON.stringify(
    Object.entries(change)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, body]) => [id, Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1))]),
  );
