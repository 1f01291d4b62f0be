import type { Queryable } from '../../adapters/postgres/database.ts';
import type { Role } from '../../domain/types.ts';
import { iso } from '../context.ts';

export interface OnShift {
  personId: string;
  shiftId: string;
  startsAt: string;
  endsAt: string;
}

/** Which shifts `s` cover a store `st`: its own, those of its region, those of the whole tenant. */
export const shiftCoversStore =
  's.tenant_id = st.tenant_id and (s.store_id = st.id or (s.store_id is null and (s.region_id is null or s.region_id = st.region_id)))';

/** Who of a role is on shift at a store, nearest first: the store's own before the region's before the company's. */
export async function onShift(
  tx: Queryable,
  input: { tenantId: string; storeId: string; role: Role; at: string },
): Promise<OnShift[]> {
  const rows = await tx.query<{ person_id: string; id: string; starts_at: Date; ends_at: Date }>(
    `select s.person_id, s.id, s.starts_at, s.ends_at from stores st join shifts s on ${shiftCoversStore}
     join people p on p.tenant_id = s.tenant_id and p.id = s.person_id
     where st.tenant_id = $1 and st.id = $2 and p.role = $3 and s.starts_at <= $4 and s.ends_at > $4 and p.deactivated_at is null
     order by s.store_id nulls last, s.region_id nulls last, s.starts_at desc, p.id`,
    [input.tenantId, input.storeId, input.role, input.at],
  );
  return rows.map((row) => ({
    personId: row.person_id,
    shiftId: row.id,
    startsAt: iso(row.starts_at),
    endsAt: iso(row.ends_at),
  }));
}
