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

/**
 * Makes what the engine keeps of an incident unreadable for ever, once none of its workflows goes on: one whose key was
 * taken away could neither end nor be told anything. As long as a history is due it may go on; whoever settles the last
 * one comes here again. The caller audits why. Says whether a key went.
 */
export async function shredPayloadKey(tx: WriteTransaction, tenantId: string, incidentId: string): Promise<boolean> {
  const gone = await tx.query(
    `delete from payload_keys k where k.tenant_id = $1 and k.incident_id = $2 and not exists (
       select from workflow_histories h where h.tenant_id = $1 and h.incident_id = $2 and h.state = 'due')
     returning k.incident_id`,
    [tenantId, incidentId],
  );
  return gone.length > 0;
}
