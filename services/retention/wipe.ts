import type { WriteTransaction } from '../context.ts';
import { shredPayloadKey } from '../payload-keys/find.ts';

/** What people wrote and whom it names goes with the evidence; the skeleton of the incident stays. */
export async function wipeIncident(tx: WriteTransaction, of: { tenantId: string; incidentId: string }): Promise<void> {
  const run = (sql: string) => tx.query(sql, [of.tenantId, of.incidentId]);
  const runAt = (sql: string) => tx.query(sql, [of.tenantId, of.incidentId, tx.at]);
  await runAt(
    'update evidence_artifacts set purged_at = $3 where tenant_id = $1 and incident_id = $2 and purged_at is null',
  );
  await runAt(
    'update evidence_leftovers set removed_at = $3 where tenant_id = $1 and incident_id = $2 and removed_at is null',
  );
  await run("update evidence set state = 'purged' where tenant_id = $1 and incident_id = $2");
  await runAt(
    "update incidents set evidence_state = 'purged', purged_at = $3, outcome = jsonb_set(outcome, '{notes}', 'null') where tenant_id = $1 and id = $2",
  );
  await run(
    "update incident_events set params = params - 'text' - 'note' where tenant_id = $1 and incident_id = $2 and (params ? 'text' or params ? 'note')",
  );
  for (const table of ['runbook_steps', 'runbook_approvals', 'drills'])
    await run(`update ${table} set note = null where tenant_id = $1 and incident_id = $2 and note is not null`);
  await run(
    'update terminal_holds set release_note = null where tenant_id = $1 and incident_id = $2 and release_note is not null',
  );
  await run(
    'update incident_reviews set statement = null where tenant_id = $1 and incident_id = $2 and statement is not null',
  );
  await run("update unredacted_approvals set reason = '' where tenant_id = $1 and incident_id = $2 and reason <> ''");
  await runAt(
    "update packets set state = 'purged', input = '{}', settled_at = coalesce(settled_at, $3) where tenant_id = $1 and incident_id = $2",
  );
  await runAt(
    'update packet_handovers set received_by = null, revoked_at = coalesce(revoked_at, $3) where tenant_id = $1 and incident_id = $2',
  );
  await run(
    "update shares set consent = jsonb_set(consent, '{reference}', '\"deleted\"') where tenant_id = $1 and incident_id = $2 and consent is not null",
  );
  await run("update notifications set body = '' where tenant_id = $1 and incident_id = $2");
  // What the workflow engine still keeps of it, backups included, can be read by nobody from now on.
  await shredPayloadKey(tx, of.tenantId, of.incidentId);
}
