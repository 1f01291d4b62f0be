import { requirePermission } from '../../domain/permissions.ts';
import { completePolicy, defaultPolicy, type Policy } from '../../domain/policy.ts';
import { type DataFlow, dataFlows } from '../../domain/rights/data-flows.ts';
import { readOnly, type ServiceContext } from '../context.ts';
import { joinActivePolicy } from '../policy/resolve.ts';

/** Every way that data take in this installation, with the times of the policy that a store has. */
export function readDataFlows(
  ctx: ServiceContext,
  filter: { storeId?: string },
): Promise<{ policy: { id: string; version: number }; flows: DataFlow[] }> {
  requirePermission(ctx.actor, 'estate.read');
  return readOnly(ctx, async (tx) => {
    const [row] = await tx.query<{ policy: Partial<Policy> }>(
      `select p.body as policy from stores s ${joinActivePolicy} where s.tenant_id = $1 and ($2::text is null or s.id = $2) order by s.id limit 1`,
      [ctx.actor.tenantId, filter.storeId ?? null],
    );
    const policy = row ? completePolicy(row.policy) : defaultPolicy;
    return { policy: { id: policy.id, version: policy.version }, flows: dataFlows(policy) };
  });
}
