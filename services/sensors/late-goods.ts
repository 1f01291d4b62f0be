import { articleKey, epcKey } from '../../domain/sensors.ts';
import { goodsReachMs } from '../../domain/sensors-goods.ts';
import type { PosEvent } from '../../domain/types.ts';
import type { WriteTransaction } from '../context.ts';

/**
 * Notes in the outbox the incidents whose goods new scans may pay for: a shelf is missing the article, or a reader heard
 * the tag. Returns their ids; each is judged again by its workflow, or corrected when that has ended.
 */
export async function noteLateGoods(
  tx: WriteTransaction,
  tenantId: string,
  scans: readonly Pick<PosEvent, 'storeId' | 'occurredAt' | 'plu' | 'epc'>[],
): Promise<string[]> {
  const rung = scans.flatMap(({ storeId, occurredAt, plu, epc }) =>
    plu === undefined && epc === undefined
      ? []
      : [
          {
            ...{ storeId, occurredAt },
            article: plu === undefined ? null : articleKey(plu),
            epc: epc === undefined ? null : epcKey(epc),
          },
        ],
  );
  if (rung.length === 0) return [];
  const rows = await tx.query<{ id: string; store_id: string }>(
    // Two look-ups, each by an index of its own: lines are many, and of most of them no sensor has ever spoken.
    `with rung as (
       select * from jsonb_to_recordset($2::jsonb) as l ("storeId" text, "occurredAt" timestamptz, article text, epc text)
       where exists (select from sensors s where s.tenant_id = $1 and s.store_id = l."storeId" and s.kind in ('shelf_weight', 'rfid'))
     ), spoken as (
       select e.incident_id, e.detection_key from rung l
       join sensor_events e on e.tenant_id = $1 and e.store_id = l."storeId" and e.article = l.article
         and e.occurred_at between l."occurredAt" - make_interval(secs => $3) and l."occurredAt" + make_interval(secs => $3)
       union
       select e.incident_id, e.detection_key from rung l
       join sensor_events e on e.tenant_id = $1 and e.store_id = l."storeId" and e.epc = l.epc
     )
     select distinct i.id, i.store_id
     from spoken e
     left join detections d on d.tenant_id = $1 and d.dedup_key = e.detection_key and e.incident_id is null
     join incidents i on i.tenant_id = $1 and i.id = coalesce(e.incident_id, d.incident_id) and i.pos_verdict = 'NOT_APPLICABLE' and i.purged_at is null`,
    [tenantId, JSON.stringify(rung), goodsReachMs / 1_000],
  );
  for (const row of rows)
    await tx.query("insert into outbox (tenant_id, store_id, incident_id, kind) values ($1, $2, $3, 'receipt')", [
      ...[tenantId, row.store_id, row.id],
    ]);
  return rows.map((row) => row.id);
}
