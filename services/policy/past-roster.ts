import type { Queryable } from '../../adapters/postgres/database.ts';
import type { PastPerson, PastShift } from '../../domain/simulation/types.ts';
import type { Channel, Locale, Role } from '../../domain/types.ts';
import { iso } from '../context.ts';
import { shiftCoversStore } from '../roster/on-shift.ts';
import type { PastRange } from './past.ts';

interface PersonRow {
  [column: string]: unknown;
  id: string;
  locale: Locale;
  channels: Channel[];
  has_phone: boolean;
  has_email: boolean;
  opted_out: boolean;
  quiet_from: string | null;
  quiet_to: string | null;
}

/** Who was on shift then; how each of them is reached is known only as it is today. */
export async function readPastRoster(
  tx: Queryable,
  range: PastRange,
): Promise<{ shifts: PastShift[]; people: PastPerson[] }> {
  const shifts = await tx.query<{
    store_id: string;
    distance: number;
    person_id: string;
    role: Role;
    starts_at: Date;
    ends_at: Date;
  }>(
    `select st.id as store_id, case when s.store_id is not null then 0 when s.region_id is not null then 1 else 2 end as distance, s.person_id, p.role, s.starts_at, s.ends_at
     from stores st join shifts s on ${shiftCoversStore}
     join people p on p.tenant_id = s.tenant_id and p.id = s.person_id
     where st.tenant_id = $1 and st.id = any ($2) and s.ends_at > $3 and s.starts_at < $4 and p.deactivated_at is null`,
    [range.tenantId, range.storeIds, range.fromAt, range.toAt],
  );
  const people = await tx.query<PersonRow>(
    `select id, locale, channels, phone_e164 is not null as has_phone, email is not null as has_email, sms_opted_out_at is not null as opted_out, quiet_from::text, quiet_to::text
     from people where tenant_id = $1 and id = any ($2)`,
    [range.tenantId, [...new Set(shifts.map(({ person_id }) => person_id))]],
  );
  return {
    shifts: shifts.map((row) => ({
      storeId: row.store_id,
      distance: row.distance,
      personId: row.person_id,
      role: row.role,
      startsAt: iso(row.starts_at),
      endsAt: iso(row.ends_at),
    })),
    people: people.map(pastPerson),
  };
}

function pastPerson(row: PersonRow): PastPerson {
  const works: Record<Channel, boolean> = {
    sms: row.has_phone && !row.opted_out,
    voice: row.has_phone,
    email: row.has_email,
  };
  const usable = (order: readonly Channel[]) => order.filter((channel) => works[channel]);
  return {
    personId: row.id,
    locale: row.locale,
    channels: usable(row.channels),
    helpChannels: usable(['sms', 'email', 'voice']),
    quiet:
      row.quiet_from === null || row.quiet_to === null
        ? null
        : { from: row.quiet_from.slice(0, 5), to: row.quiet_to.slice(0, 5) },
  };
}
