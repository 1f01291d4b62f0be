import { addMs } from '../../domain/time.ts';
import type { PosEvent } from '../../domain/types.ts';
import type { WriteTransaction } from '../context.ts';

/** How long after the fact a receipt can still correct an incident. */
const correctionReachMs = 7 * 24 * 3_600_000;

/**
 * Notes in the outbox the incidents that new scans may settle: those whose window the scans fall into, the clocks put
 * right, or whose terminal has asked for another scan. Returns their ids; each is judged again by its workflow.
 */
export async function noteLateReceipts(
  tx: WriteTransaction,
  tenantId: string,
  scans: readonly Pick<PosEvent, 'storeId' | 'terminalId' | 'occurredAt'>[],
): Promise<string[]> {
  const places = scans.map(({ storeId, terminalId, occurredAt }) => ({ storeId, terminalId, occurredAt }));
  const rows = await tx.query<{ id: string; store_id: string }>(
    `select distinct i.id, i.store_id
     from jsonb_to_recordset($2::jsonb) as l ("storeId" text, "terminalId" text, "occurredAt" timestamptz)
     join terminals t on t.tenant_id = $1 and t.store_id = l."storeId" and t.id = l."terminalId"
     join zones z on z.tenant_id = $1 and z.store_id = t.store_id
       and (z.terminal_id in (t.id, t.replaced_by) or z.terminal_id in (select r.id from terminals r where r.tenant_id = $1 and r.store_id = t.store_id and r.replaced_by = t.id))
     left join lateral (
       select max(c.offset_ms) as highest_ms, min(c.offset_ms) as lowest_ms, max(c.error_ms) as error_ms
       from clock_offsets c where c.tenant_id = $1 and c.store_id = t.store_id and c.terminal_id = t.id and c.camera_id = z.camera_id
         and (c.to_at is null or c.to_at > l."occurredAt" - interval '10 minutes') and c.from_at < l."occurredAt" + interval '10 minutes') o on true
     join incidents i on i.tenant_id = $1 and i.store_id = z.store_id and i.zone_id = z.id and i.pos_verdict in ('MISMATCH', 'UNKNOWN') and i.detected_at > $3 and i.purged_at is null
       and i.detected_at between l."occurredAt" - interval '30 minutes' and l."occurredAt" + interval '30 minutes'
     left join terminal_prompts p on p.tenant_id = i.tenant_id and p.incident_id = i.id
     where i.detected_at between l."occurredAt" - make_interval(secs => ((i.policy -> 'posWindow' ->> 'afterMs')::numeric + coalesce(o.highest_ms + 2 * o.error_ms, 0)) / 1000)
                             and l."occurredAt" + make_interval(secs => ((i.policy -> 'posWindow' ->> 'beforeMs')::numeric + coalesce(2 * o.error_ms - o.lowest_ms, 0)) / 1000)
       or l."occurredAt" between p.intended_at + make_interval(secs => coalesce(o.lowest_ms - 2 * o.error_ms, 0) / 1000.0)
                             and p.until_at + make_interval(secs => coalesce(o.highest_ms + 2 * o.error_ms, 0) / 1000.0)`,
    [tenantId, JSON.stringify(places), addMs(tx.at, -correctionReachMs)],
  );
  for (const row of rows)
    await tx.query("insert into outbox (tenant_id, store_id, incident_id, kind) values ($1, $2, $3, 'receipt')", [
      tenantId,
      row.store_id,
      row.id,
    ]);
  return rows.map((row) => row.id);
}
