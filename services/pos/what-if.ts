import { requirePermission } from '../../domain/permissions.ts';
import { completePolicy, type Policy } from '../../domain/policy.ts';
import { type ClockReading, type CorrelationResult, contextMs } from '../../domain/pos-correlation.ts';
import { readClocks } from '../../domain/till/clock-reading.ts';
import { type ConsideredLine, considerLines } from '../../domain/till/considered.ts';
import { addMs, instantFrom } from '../../domain/time.ts';
import { found, readOnly, type ServiceContext } from '../context.ts';
import { joinActivePolicy } from '../policy/resolve.ts';
import { judge } from './camera-record.ts';
import { crossingOf, oncePerItem, readSightings } from './sightings.ts';
import { planOnce, readTillView } from './till-view.ts';

export interface WhatIfInput {
  storeId: string;
  terminalId: string;
  /** When an item would have crossed, by the camera's clock. */
  at: string;
  /** Other items around it, which claim their own lines; those that the camera reported do so anyway. */
  neighboursAt: readonly string[];
}

export interface WhatIf extends CorrelationResult {
  /** What is known of the two clocks; null: nothing, so they are taken to agree. */
  clock: ClockReading | null;
  /** Every line near the moment, and why it did or did not count. */
  lines: ConsideredLine[];
}

/** What the till would say of an item at this till and moment, with the store's policy of today. Changes nothing. */
export function explainMoment(ctx: ServiceContext, input: WhatIfInput): Promise<WhatIf> {
  requirePermission(ctx.actor, 'incident.read', input.storeId);
  const at = instantFrom('at', input.at);
  const neighboursAt = input.neighboursAt.map((each, index) => instantFrom(`neighboursAt.${index}`, each));
  const { tenantId } = ctx.actor;
  const { storeId, terminalId } = input;
  return readOnly(ctx, async (tx) => {
    const asked = tx.query<{ policy: Partial<Policy>; zone_id: string | null; camera_id: string | null }>(
      `select p.body as policy, z.id as zone_id, z.camera_id from terminals t
       join stores s on s.tenant_id = t.tenant_id and s.id = t.store_id
       ${joinActivePolicy}
       left join zones z on z.tenant_id = t.tenant_id and z.store_id = t.store_id and z.terminal_id = t.id
       where t.tenant_id = $1 and t.store_id = $2 and t.id = $3 order by z.id limit 1`,
      [tenantId, storeId, terminalId],
    );
    const [, [row]] = await Promise.all([planOnce(tx), asked]);
    const place = found(row, `till ${terminalId} of store ${storeId}`);
    const { posWindow: window } = completePolicy(place.policy);
    const { zone_id: zoneId, camera_id: cameraId } = place;
    const reachMs = contextMs(window);
    const range = { fromAt: addMs(at, -reachMs), toAt: addMs(at, reachMs), drill: false };
    const [view, seen] = await Promise.all([
      readTillView(tx, { tenantId, storeId, terminalId, cameraId }, at, at, { window, lock: false }),
      cameraId === null
        ? { sightingsAt: [], crossings: [] }
        : readSightings(tx, { tenantId, storeId, cameraId, zoneId }, range),
    ]);
    const clock = readClocks({
      ...{ sightingAt: at, window, lines: view.lines, offset: view.offset },
      expected: view.everMeasured || seen.crossings.length > 0,
      crossingReceivedAt: crossingOf(seen.crossings, at)?.receivedAt ?? null,
    });
    const question = {
      ...view,
      ...{ sightingAt: at, neighbourSightingsAt: oncePerItem([at, ...neighboursAt], seen.sightingsAt) },
      ...{ window, clock, askedAt: ctx.now() },
    };
    const result = await judge(tx, { tenantId, storeId, terminalId, cameraId, zoneId }, question, seen.crossings);
    return { ...result, clock, lines: considerLines(question, result) };
  });
}
