import { requirePermission } from '../../domain/permissions.ts';
import { completePolicy, type Policy } from '../../domain/policy.ts';
import { type CorrelationResult, correlate } from '../../domain/pos-correlation.ts';
import { addMs, instantFrom } from '../../domain/time.ts';
import { found, readOnly, type ServiceContext } from '../context.ts';
import { joinActivePolicy } from '../policy/resolve.ts';
import { readScanLines } from './lines.ts';

export interface WhatIfInput {
  storeId: string;
  terminalId: string;
  /** When an item would have crossed. */
  at: string;
  /** Other items around it, which claim their own lines. */
  neighboursAt: readonly string[];
}

/** What the till would say of an item at this till and moment, with the store's policy of today. Changes nothing. */
export function explainMoment(ctx: ServiceContext, input: WhatIfInput): Promise<CorrelationResult> {
  requirePermission(ctx.actor, 'incident.read', input.storeId);
  const at = instantFrom('at', input.at);
  const neighboursAt = input.neighboursAt.map((each, index) => instantFrom(`neighboursAt.${index}`, each));
  return readOnly(ctx, async (tx) => {
    const [row] = await tx.query<{ feed_seen_at: Date | null; policy: Partial<Policy> }>(
      `select t.feed_seen_at, p.body as policy from terminals t
       join stores s on s.tenant_id = t.tenant_id and s.id = t.store_id
       ${joinActivePolicy}
       where t.tenant_id = $1 and t.store_id = $2 and t.id = $3`,
      [ctx.actor.tenantId, input.storeId, input.terminalId],
    );
    const till = found(row, `till ${input.terminalId} of store ${input.storeId}`);
    const { posWindow } = completePolicy(till.policy);
    const reachMs = 2 * (posWindow.beforeMs + posWindow.afterMs);
    const place = { tenantId: ctx.actor.tenantId, storeId: input.storeId, terminalId: input.terminalId };
    const lines = await readScanLines(tx, place, addMs(at, -reachMs), addMs(at, reachMs));
    return correlate({
      sightingAt: at,
      neighbourSightingsAt: neighboursAt,
      lines,
      feedSeenAt: till.feed_seen_at?.toISOString() ?? null,
      window: posWindow,
    });
  });
}
