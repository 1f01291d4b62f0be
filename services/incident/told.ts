import type { Queryable } from '../../adapters/postgres/database.ts';
import type { WriteTransaction } from '../context.ts';
import type { placeOf } from './assess.ts';

type Place = ReturnType<typeof placeOf>;

/** Everybody who got a message about the incident, or may have. */
export async function toldPeople(tx: Queryable, place: Place): Promise<string[]> {
  const rows = await tx.query<{ person_id: string }>(
    "select distinct person_id from notifications where tenant_id = $1 and incident_id = $2 and kind in ('alert', 'help', 'help_call') and state in ('intended', 'sent', 'delivered', 'undelivered') and person_id is not null and not (channel = 'voice' and state = 'undelivered') order by person_id",
    [place.tenantId, place.incidentId],
  );
  return rows.map((row) => row.person_id);
}

/** A closed incident's links stop working at once. */
export async function revokeLinks(tx: WriteTransaction, place: Place): Promise<void> {
  const revoked = await tx.query(
    'update evidence_links set revoked_at = $3 where tenant_id = $1 and incident_id = $2 and revoked_at is null returning token_sha256',
    [place.tenantId, place.incidentId, tx.at],
  );
  if (revoked.length > 0)
    tx.audit({
      action: 'evidence.link_revoked',
      subject: `incident:${place.incidentId}`,
      details: { links: revoked.length },
    });
}
