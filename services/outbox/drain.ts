import { proofExpectedAt } from '../../domain/escalation.ts';
import type { IncidentInput } from '../../domain/incident-input.ts';
import { addMs } from '../../domain/time.ts';
import type { Detection, HumanVerdict } from '../../domain/types.ts';
import { readOnly, type ServiceContext, write } from '../context.ts';
import { loadIncident } from '../incident/facts.ts';
import { incidentIdOf } from '../incident/identity.ts';
import { openIncident } from '../incident/open.ts';
import { noteAnswersTold } from '../notification/heard.ts';

export interface OutboxRow {
  id: number;
  incidentId: string;
  kind:
    | 'start'
    | 'merged'
    | 'receipt'
    | 'undelivered'
    | 'decide'
    | 'correction'
    | 'reopen'
    | 'runbook'
    | 'mandatory_steps'
    | 'runbook_command'
    | 'terminal_release'
    | 'redact'
    | 'secure'
    | 'packet'
    | 'share';
  payload: Record<string, unknown>;
}

/** What the workflow engine has not been told yet, in order; of one incident, or of all that waited longer than `olderThanMs`. */
export function readOutbox(
  ctx: ServiceContext,
  filter: { incidentId: string } | { olderThanMs: number; limit: number },
): Promise<OutboxRow[]> {
  return readOnly(ctx, async (tx) => {
    const rows =
      'incidentId' in filter
        ? await tx.query<{
            id: number;
            incident_id: string;
            kind: OutboxRow['kind'];
            payload: Record<string, unknown>;
          }>(
            'select id, incident_id, kind, payload from outbox where tenant_id = $1 and incident_id = $2 order by id',
            [ctx.actor.tenantId, filter.incidentId],
          )
        : await tx.query<{
            id: number;
            incident_id: string;
            kind: OutboxRow['kind'];
            payload: Record<string, unknown>;
          }>(
            'select id, incident_id, kind, payload from outbox where tenant_id = $1 and created_at < $2 order by id limit $3',
            [ctx.actor.tenantId, addMs(ctx.now(), -filter.olderThanMs), filter.limit],
          );
    return rows.map((row) => ({ id: row.id, incidentId: row.incident_id, kind: row.kind, payload: row.payload }));
  });
}

export function settleOutbox(ctx: ServiceContext, ids: readonly number[]): Promise<void> {
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    const { tenantId } = ctx.actor;
    const told = await tx.query<{ incident_id: string; verdict: HumanVerdict | null }>(
      `delete from outbox where tenant_id = $1 and id = any ($2) returning incident_id, case when kind = 'decide' then payload -> 'command' ->> 'verdict' end as verdict`,
      [tenantId, ids],
    );
    const answers = told.flatMap(({ incident_id, verdict }) =>
      verdict === null ? [] : [{ incidentId: incident_id, verdict }],
    );
    await noteAnswersTold(tx, tenantId, answers);
  });
}

/** A decision that arrived while the workflow engine was away: the row, whose id it returns, is the acceptance; the engine hears of it later. The same answer again is the same row; null when the engine has just been told of it. */
export function keepDecision(
  ctx: ServiceContext,
  input: { incidentId: string; storeId: string; updateId: string; command: unknown },
): Promise<number | null> {
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    const { tenantId } = ctx.actor;
    const payload = JSON.stringify({ updateId: input.updateId, command: input.command });
    // The carrier brings the same answer again when it hears nothing.
    const [kept] = await tx.query<{ id: number }>(
      "insert into outbox (tenant_id, store_id, incident_id, kind, payload) values ($1, $2, $3, 'decide', $4) on conflict do nothing returning id",
      [tenantId, input.storeId, input.incidentId, payload],
    );
    if (kept) return kept.id;
    const [before] = await tx.query<{ id: number }>(
      "select id from outbox where tenant_id = $1 and incident_id = $2 and kind = 'decide' and payload ->> 'updateId' = $3",
      [tenantId, input.incidentId, input.updateId],
    );
    return before?.id ?? null;
  });
}

export function settleStart(ctx: ServiceContext, incidentId: string): Promise<void> {
  return write(ctx, async (tx) => {
    tx.noAudit('bookkeeping');
    await tx.query("delete from outbox where tenant_id = $1 and incident_id = $2 and kind = 'start'", [
      ctx.actor.tenantId,
      incidentId,
    ]);
  });
}

export function readIncidentInput(ctx: ServiceContext, incidentId: string): Promise<IncidentInput> {
  return readOnly(ctx, async (tx) => {
    const facts = await loadIncident(tx, ctx.actor.tenantId, incidentId);
    return {
      tenantId: facts.tenantId,
      storeId: facts.storeId,
      incidentId,
      behaviour: facts.behaviour,
      detectedAt: facts.detectedAt,
      policy: facts.policy,
      proofExpectedAt: proofExpectedAt(facts.policy, facts.detectedAt),
      stepsAtOnce: true,
      ...(facts.drill ? { drill: true } : {}),
      ...(facts.run === 1
        ? {}
        : { reopened: { run: facts.run, version: facts.version, posVerdict: facts.posVerdict } }),
    };
  });
}

/** A merged detection gets an incident of its own: because the other closed before it was told, or a person says so. */
export function splitDetection(
  ctx: ServiceContext,
  input: { incidentId: string; dedupKey: string; because: 'INCIDENT_ALREADY_CLOSED' | 'UNMERGED_BY_PERSON' },
): Promise<{ incidentId: string }> {
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, input.incidentId, true);
    const [row] = await tx.query<{ body: Detection; late: boolean; incident_id: string }>(
      'select body, late, incident_id from detections where tenant_id = $1 and dedup_key = $2 for update',
      [ctx.actor.tenantId, input.dedupKey],
    );
    if (!row || row.incident_id !== input.incidentId) {
      tx.noAudit('nothing changed');
      return { incidentId: row?.incident_id ?? input.incidentId };
    }
    const ownId = incidentIdOf(input.dedupKey);
    await openIncident(tx, {
      actorId: ctx.actor.id,
      tenantId: ctx.actor.tenantId,
      incidentId: ownId,
      detection: row.body,
      policy: incident.policy,
      late: row.late,
    });
    await tx.query(
      'update detections set incident_id = $3, merge_reason = null where tenant_id = $1 and dedup_key = $2',
      [ctx.actor.tenantId, input.dedupKey, ownId],
    );
    await tx.query('update incidents set detection_count = detection_count - 1 where tenant_id = $1 and id = $2', [
      ctx.actor.tenantId,
      input.incidentId,
    ]);
    tx.audit({
      action: 'incident.split',
      subject: `incident:${input.incidentId}`,
      details: { into: ownId, because: input.because },
    });
    return { incidentId: ownId };
  });
}
