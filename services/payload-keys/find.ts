import type { Queryable } from '../../adapters/postgres/database.ts';
import type { WriteTransaction } from '../context.ts';

/** The random half of the key of what the workflow engine keeps of an incident; null when it was deleted, or never was. */
export async function findPayloadSalt(
  db: Queryable,
  incident: { tenantId: string; incidentId: string },
): Promise<Uint8Array | null> {
  const [row] = await db.query<{ salt: Buffer }>('select salt from find_payload_key($1, $2)', [
    incident.tenantId,
    incident.incidentId,
  ]);
  return row?.salt ?? null;
}

/** Makes what the engine keeps of an incident unreadable for ever; the caller audits why. Says whether there was a key. */
export async function shredPayloadKey(tx: WriteTransaction, tenantId: string, incidentId: string): Promise<boolean> {
  const gone = await tx.query(
    'delete from payload_keys where tenant_id = $1 and incident_id = $2 returning incident_id',
    [tenantId, incidentId],
  );
  return gone.length > 0;
}
