import type { Queryable } from '../../adapters/postgres/database.ts';
import { completePolicy, type Policy } from '../../domain/policy.ts';
import { found } from '../context.ts';

/** Which policy serves a store `s`: its own, else its risk group's, else the one called `default`. */
export const policyIdOfStore =
  "coalesce(s.policy_id, (select g.policy_id from risk_groups g where g.tenant_id = s.tenant_id and g.id = s.risk_group), 'default')";

/** Joins the policy that runs now as `p.body` to a query that has the store as `s`; what is a draft or in review never runs. */
export const joinActivePolicy = `join policies p on p.tenant_id = s.tenant_id and p.state = 'active' and p.id = ${policyIdOfStore}`;

/** The policy that the store's next incident starts with. */
export async function activePolicy(tx: Queryable, tenantId: string, storeId: string): Promise<Policy> {
  const [row] = await tx.query<{ body: Partial<Policy> }>(
    `select p.body from stores s ${joinActivePolicy} where s.tenant_id = $1 and s.id = $2`,
    [tenantId, storeId],
  );
  return completePolicy(found(row, `active policy of store ${storeId}`).body);
}
