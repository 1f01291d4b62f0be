import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type pg from 'pg';
import { incidentWorkflowId } from '../../domain/ids.ts';
import type { Running } from '../../stack/start.ts';
import { incidentWorkflowType } from '../../workflows/contracts.ts';
import type { IncidentFact, NotificationFact } from './judge.ts';

const quietWithinMs = 180_000;

/** Waits until nothing is under way any more; what is still open after that is what `unfinished` counts. */
export async function waitUntilQuiet(running: Running, pool: pg.Pool): Promise<void> {
  const { address } = await running.engines.temporal;
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection });
    const deadlineMs = Date.now() + quietWithinMs;
    while (Date.now() < deadlineMs) {
      const { rows } = await pool.query<{ left: number }>(
        "select ((select count(*) from incidents where state <> 'closed') + (select count(*) from outbox) + (select count(*) from notifications where state = 'intended'))::int as left",
      );
      const open = await client.workflow.count(
        `WorkflowType = '${incidentWorkflowType}' and ExecutionStatus = 'Running'`,
      );
      if (rows[0]!.left === 0 && open.count === 0) return;
      process.stderr.write(`  quiet: ${rows[0]!.left} rows and ${open.count} workflows are still open\n`);
      await delay(3_000);
    }
  } finally {
    await connection.close();
  }
}

export async function readIncidents(running: Running, pool: pg.Pool): Promise<IncidentFact[]> {
  const { rows } = await pool.query<{
    id: string;
    tenant_id: string;
    store_id: string;
    state: string;
    verdict: string | null;
    accepted_at: Date;
    closed_at: Date | null;
    closings: number;
  }>(
    `select i.id, i.tenant_id, i.store_id, i.state, i.verdict, i.accepted_at, i.closed_at,
       (select count(*)::int from incident_events e where e.tenant_id = i.tenant_id and e.incident_id = i.id and e.kind = 'closed') as closings
     from incidents i`,
  );
  const statusOf = await readWorkflows(running);
  return rows.map((row) => {
    const workflowId = incidentWorkflowId(row.tenant_id, row.store_id, row.id);
    const status = statusOf.get(workflowId);
    return {
      id: row.id,
      workflowId,
      state: row.state,
      verdict: row.verdict,
      acceptedMs: row.accepted_at.getTime(),
      closedMs: row.closed_at?.getTime() ?? null,
      hasWorkflow: status !== undefined,
      workflowRuns: status === 'RUNNING',
      closings: row.closings,
    };
  });
}

async function readWorkflows(running: Running): Promise<Map<string, string>> {
  const { address } = await running.engines.temporal;
  const connection = await Connection.connect({ address });
  try {
    const found = new Map<string, string>();
    const client = new Client({ connection });
    for await (const { workflowId, status } of client.workflow.list({
      query: `WorkflowType = '${incidentWorkflowType}'`,
      pageSize: 500,
    }))
      found.set(workflowId, status.name);
    return found;
  } finally {
    await connection.close();
  }
}

export async function readNotifications(pool: pg.Pool): Promise<NotificationFact[]> {
  const { rows } = await pool.query<{
    id: string;
    incident_id: string;
    kind: string;
    step: number;
    round: number;
    person_id: string | null;
    state: string;
    intended_at: Date;
    due_at: Date | null;
  }>('select id, incident_id, kind, step, round, person_id, state, intended_at, due_at from notifications');
  return rows.map((row) => ({
    ...{ id: row.id, incidentId: row.incident_id, kind: row.kind, step: row.step, round: row.round },
    ...{ personId: row.person_id, state: row.state },
    intendedMs: row.intended_at.getTime(),
    dueMs: row.due_at?.getTime() ?? null,
  }));
}

export async function countOutbox(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>('select count(*)::int as count from outbox');
  return rows[0]!.count;
}

/** Asked of the API, as an auditor would. */
export async function auditHolds(running: Running): Promise<boolean> {
  const response = await fetch(new URL('/v1/audit/verify', running.application.baseUrl), {
    headers: { authorization: `Bearer ${running.installation.keys.compliance}` },
  });
  if (!response.ok) throw new Error(`the audit log could not be verified: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { ok: boolean }).ok;
}
