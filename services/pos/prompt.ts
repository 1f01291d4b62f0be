import { type DeviceCommand, promptCommand } from '../../domain/device-command.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { addMs, toMs } from '../../domain/time.ts';
import type { Reason } from '../../domain/types.ts';
import { iso, readOnly, type ServiceContext, type WriteTransaction, write } from '../context.ts';
import type { IncidentFacts } from '../incident/facts.ts';
import { addTimelineEntry } from '../incident/timeline-entry.ts';

/** A till shows the words at once or not at all; a person must not wait for a screen that is dark. */
export const promptAckTimeoutMs = 2_000;

export interface PromptOrder {
  address: { tenantId: string; storeId: string; target: string };
  command: DeviceCommand;
}

export type PromptOutcome = { outcome: 'acknowledged' } | { outcome: 'failed'; reason: Reason };

/**
 * Notes that the self-checkout is asked first, when the policy wants it, there is one, and the moment has not passed.
 * Returns how long the customer has; null when a person is to be told at once.
 */
export async function intendPrompt(
  tx: WriteTransaction,
  incident: IncidentFacts,
): Promise<{ waitMs: number; after?: { maxMs: number } } | null> {
  const { prompt } = incident.policy;
  if (prompt === null || incident.terminalId === null || incident.helpRequested) return null;
  if (toMs(tx.at) - toMs(incident.detectedAt) > incident.policy.lateAfterMs) return null;
  const [till] = await tx.query<{ kind: string }>(
    'select kind from terminals where tenant_id = $1 and store_id = $2 and id = $3',
    [incident.tenantId, incident.storeId, incident.terminalId],
  );
  if (till?.kind !== 'self_checkout') return null;
  const rows = await tx.query(
    `insert into terminal_prompts (tenant_id, store_id, incident_id, terminal_id, intended_at, until_at, message)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning incident_id`,
    [
      ...[incident.tenantId, incident.storeId, incident.incidentId, incident.terminalId],
      ...[tx.at, addMs(tx.at, prompt.waitMs), prompt.message],
    ],
  );
  if (rows.length > 0)
    tx.audit({
      action: 'terminal.prompted',
      subject: `incident:${incident.incidentId}`,
      details: { terminalId: incident.terminalId, waitMs: prompt.waitMs },
    });
  return { waitMs: prompt.waitMs, ...(prompt.after === undefined ? {} : { after: { maxMs: prompt.after.maxMs } }) };
}

interface PromptRow {
  [column: string]: unknown;
  store_id: string;
  terminal_id: string;
  until_at: Date;
  message: string;
  drill: boolean;
}

/** What the till is to show; null when it has answered already, or its time is over. The same again is the same command. */
export function beginPrompt(ctx: ServiceContext, incidentId: string): Promise<PromptOrder | null> {
  requirePermission(ctx.actor, 'system.run');
  return readOnly(ctx, async (tx) => {
    const [row] = await tx.query<PromptRow>(
      `select p.store_id, p.terminal_id, p.until_at, p.message, i.drill from terminal_prompts p
       join incidents i on i.tenant_id = p.tenant_id and i.id = p.incident_id
       where p.tenant_id = $1 and p.incident_id = $2 and p.acknowledged_at is null and p.failure is null and i.state <> 'closed'`,
      [ctx.actor.tenantId, incidentId],
    );
    if (!row || iso(row.until_at) <= ctx.now()) return null;
    const step = {
      stepId: 'prompt',
      action: 'terminal_prompt',
      command: 'run',
      attempt: 0,
      message: row.message,
      about: null,
    } as const;
    return {
      address: { tenantId: ctx.actor.tenantId, storeId: row.store_id, target: row.terminal_id },
      command: promptCommand({ incidentId, drill: row.drill }, step, iso(row.until_at)),
    };
  });
}

/** What the till answered, or that it did not. */
export function finishPrompt(
  ctx: ServiceContext,
  { incidentId, result }: { incidentId: string; result: PromptOutcome },
): Promise<void> {
  requirePermission(ctx.actor, 'system.run');
  return write(ctx, async (tx) => {
    const failed = result.outcome === 'failed';
    const [row] = await tx.query<{ store_id: string; terminal_id: string }>(
      `update terminal_prompts set acknowledged_at = case when $3::jsonb is null then $4::timestamptz end, failure = $3
       where tenant_id = $1 and incident_id = $2 and acknowledged_at is null and failure is null returning store_id, terminal_id`,
      [ctx.actor.tenantId, incidentId, failed ? JSON.stringify(result.reason) : null, tx.at],
    );
    if (!row) return tx.noAudit('nothing changed');
    const { terminal_id: terminalId, store_id: storeId } = row;
    await addTimelineEntry(tx, {
      ...{ tenantId: ctx.actor.tenantId, storeId, incidentId },
      kind: failed ? 'terminal_prompt_failed' : 'terminal_prompted',
      actor: ctx.actor.id,
      params: { terminalId, ...(failed ? { reason: result.reason } : {}) },
      factKey: 'terminal_prompt',
    });
    tx.audit({
      action: failed ? 'terminal.prompt_failed' : 'terminal.prompt_shown',
      subject: `incident:${incidentId}`,
      details: { terminalId, ...(failed ? { reason: result.reason } : {}) },
    });
  });
}

/** The customer scanned it after all. How long they took counts from the words on the screen until we heard of the line. */
export async function noteRescan(
  tx: WriteTransaction,
  { tenantId, storeId, incidentId }: Pick<IncidentFacts, 'tenantId' | 'storeId' | 'incidentId'>,
  lineId: string,
  actorId: string,
): Promise<void> {
  const [row] = await tx.query<{ terminal_id: string; intended_at: Date }>(
    `update terminal_prompts set rescanned_at = $3, rescan_line_id = $4
     where tenant_id = $1 and incident_id = $2 and rescanned_at is null returning terminal_id, intended_at`,
    [tenantId, incidentId, tx.at, lineId],
  );
  if (!row) return;
  await addTimelineEntry(tx, {
    ...{ tenantId, storeId, incidentId },
    kind: 'rescanned',
    actor: actorId,
    params: { terminalId: row.terminal_id, lineId, afterMs: toMs(tx.at) - row.intended_at.getTime() },
    factKey: 'rescanned',
  });
}
