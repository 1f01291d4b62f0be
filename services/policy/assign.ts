import type { Queryable } from '../../adapters/postgres/database.ts';
import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { found, readOnly, type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { requireWholeTenant } from './lifecycle.ts';
import { policyIdOfStore } from './resolve.ts';

export interface StorePolicy {
  storeId: string;
  /** The store's own policy; null when it follows its risk group, or `default`. */
  policyId: string | null;
  riskGroup: string | null;
  /** What its next incident starts with. */
  runs: { policyId: string; version: number | null; because: 'store' | 'risk_group' | 'default' };
}

export interface RiskGroup {
  id: string;
  name: string;
  policyId: string;
  storeIds: string[];
}

export function readStorePolicy(ctx: ServiceContext, storeId: string): Promise<StorePolicy> {
  requirePermission(ctx.actor, 'estate.read');
  return readOnly(ctx, (tx) => storePolicy(tx, ctx.actor.tenantId, storeId));
}

/** Chooses a store's policy, by itself or through its risk group; the next incident of the store starts with it. */
export function assignStorePolicy(
  ctx: ServiceContext,
  input: { storeId: string; policyId: string | null; riskGroup: string | null },
): Promise<StorePolicy> {
  requirePermission(ctx.actor, 'policy.edit', input.storeId);
  return write(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    if (input.policyId !== null) await requireActive(tx, tenantId, input.policyId);
    if (input.riskGroup !== null) {
      const [group] = await tx.query('select id from risk_groups where tenant_id = $1 and id = $2', [
        tenantId,
        input.riskGroup,
      ]);
      if (!group) throw missing('riskGroup', `the risk group ${input.riskGroup} does not exist; make it first`);
    }
    const before = await storePolicy(tx, tenantId, input.storeId);
    await tx.query('update stores set policy_id = $3, risk_group = $4 where tenant_id = $1 and id = $2', [
      tenantId,
      input.storeId,
      input.policyId,
      input.riskGroup,
    ]);
    const after = await storePolicy(tx, tenantId, input.storeId);
    if (after.runs.version === null)
      throw missing('policyId', `the policy ${after.runs.policyId} has no active version; activate one first`);
    if (before.policyId === after.policyId && before.riskGroup === after.riskGroup) tx.noAudit('nothing changed');
    else
      tx.audit({
        action: 'policy.assigned',
        subject: `store:${input.storeId}`,
        details: { policyId: after.policyId, riskGroup: after.riskGroup, was: before.runs, runs: after.runs },
      });
    return after;
  });
}

export function readRiskGroup(ctx: ServiceContext, id: string): Promise<RiskGroup> {
  requirePermission(ctx.actor, 'estate.read');
  return readOnly(ctx, (tx) => riskGroup(tx, ctx.actor.tenantId, id));
}

/** Makes a risk group or changes it; every store in it that has no policy of its own follows. */
export function setRiskGroup(
  ctx: ServiceContext,
  input: { id: string; name: string; policyId: string },
): Promise<RiskGroup> {
  requireWholeTenant(ctx.actor, 'policy.edit');
  return write(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    await requireActive(tx, tenantId, input.policyId);
    const [before] = await tx.query<{ name: string; policy_id: string }>(
      'select name, policy_id from risk_groups where tenant_id = $1 and id = $2 for update',
      [tenantId, input.id],
    );
    await tx.query(
      'insert into risk_groups (tenant_id, id, name, policy_id) values ($1, $2, $3, $4) on conflict (tenant_id, id) do update set name = excluded.name, policy_id = excluded.policy_id',
      [tenantId, input.id, input.name, input.policyId],
    );
    if (before && before.name === input.name && before.policy_id === input.policyId) tx.noAudit('nothing changed');
    else
      tx.audit({
        action: 'risk_group.set',
        subject: `risk_group:${input.id}`,
        details: { name: input.name, policyId: input.policyId, was: before?.policy_id ?? null },
      });
    return riskGroup(tx, tenantId, input.id);
  });
}

async function storePolicy(tx: Queryable, tenantId: string, storeId: string): Promise<StorePolicy> {
  const [row] = await tx.query<{
    policy_id: string | null;
    risk_group: string | null;
    resolved: string;
    version: number | null;
  }>(
    `select s.policy_id, s.risk_group, ${policyIdOfStore} as resolved, p.version from stores s
     left join policies p on p.tenant_id = s.tenant_id and p.state = 'active' and p.id = ${policyIdOfStore}
     where s.tenant_id = $1 and s.id = $2`,
    [tenantId, storeId],
  );
  const store = found(row, `store ${storeId}`);
  const because = store.policy_id !== null ? 'store' : store.risk_group !== null ? 'risk_group' : 'default';
  return {
    storeId,
    policyId: store.policy_id,
    riskGroup: store.risk_group,
    runs: { policyId: store.resolved, version: store.version, because },
  };
}

async function riskGroup(tx: Queryable, tenantId: string, id: string): Promise<RiskGroup> {
  const [row] = await tx.query<{ name: string; policy_id: string }>(
    'select name, policy_id from risk_groups where tenant_id = $1 and id = $2',
    [tenantId, id],
  );
  const group = found(row, `risk group ${id}`);
  const stores = await tx.query<{ id: string }>(
    'select id from stores where tenant_id = $1 and risk_group = $2 order by id',
    [tenantId, id],
  );
  return { id, name: group.name, policyId: group.policy_id, storeIds: stores.map((store) => store.id) };
}

async function requireActive(tx: WriteTransaction, tenantId: string, policyId: string): Promise<void> {
  const [active] = await tx.query("select id from policies where tenant_id = $1 and id = $2 and state = 'active'", [
    tenantId,
    policyId,
  ]);
  if (!active) throw missing('policyId', `the policy ${policyId} has no active version; activate one first`);
}

const missing = (field: string, message: string) =>
  new DomainError('PRECONDITION_FAILED', `${field}: ${message}`, { fields: [{ field, message }] });
