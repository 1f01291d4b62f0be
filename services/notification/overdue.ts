import type { Database } from '../../adapters/postgres/database.ts';
import { overdueStep, proofExpectedAt, type StepProgress } from '../../domain/escalation.ts';
import { iso, type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { type IncidentFacts, loadIncident } from '../incident/facts.ts';
import { intend, type LinkOptions, type OpenIntent } from './intend.ts';

export interface OverdueEscalation {
  tenantId: string;
  incidentId: string;
}

/** Over the whole installation, the longest overdue first: incidents whose next person should have been told `lateByMs` ago. */
export async function findOverdueEscalations(
  db: Pick<Database, 'query'>,
  { at, lateByMs, limit }: { at: string; lateByMs: number; limit: number },
): Promise<OverdueEscalation[]> {
  const rows = await db.query<{ tenant_id: string; incident_id: string }>(
    'select tenant_id, incident_id from overdue_escalations($1, $2, $3)',
    [at, lateByMs, limit],
  );
  return rows.map(({ tenant_id, incident_id }) => ({ tenantId: tenant_id, incidentId: incident_id }));
}

export interface UnfinishedMessage extends OverdueEscalation {
  step: number;
  round: number;
  intendedAt: string;
}

/** Messages that the watch began at least `ageMs` ago and that are neither sent nor given up. */
export async function findUnfinishedByWatch(
  db: Pick<Database, 'query'>,
  { at, ageMs, limit }: { at: string; ageMs: number; limit: number },
): Promise<UnfinishedMessage[]> {
  const rows = await db.query<{
    tenant_id: string;
    incident_id: string;
    step: number;
    round: number;
    intended_at: Date;
  }>('select * from unfinished_by_watch($1, $2, $3)', [at, ageMs, limit]);
  return rows.map(({ tenant_id, incident_id, step, round, intended_at }) => ({
    ...{ tenantId: tenant_id, incidentId: incident_id, step, round },
    intendedAt: iso(intended_at),
  }));
}

/**
 * Writes the intent of the step that is overdue, exactly as the workflow would; it finds the step done when it comes to
 * it. Null when there is nothing to send: nothing is overdue any more, somebody else was faster, or nobody is to be told.
 */
export function intendOverdue(
  ctx: ServiceContext,
  links: LinkOptions,
  { incidentId, lateByMs }: { incidentId: string; lateByMs: number },
): Promise<OpenIntent | null> {
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, incidentId, true);
    const steps = incident.state === 'alerting' && !incident.helpRequested ? await readSteps(tx, incident) : null;
    const progress = steps && {
      steps,
      evidenceSettledAt: await readEvidenceSettledAt(tx, incident),
      proofExpectedAt: proofExpectedAt(incident.policy, incident.detectedAt),
      acknowledgedAt: null,
      skipWaitAfterSteps: -1,
    };
    const overdue = progress && overdueStep(incident.policy, progress, tx.at, lateByMs);
    if (!overdue || (await engineHasNews(tx, incident))) {
      tx.noAudit('nothing changed');
      return null;
    }
    const intent = await intend(tx, ctx.actor.id, incident, links, {
      ...overdue,
      incidentId,
      kind: 'alert',
      byWatch: true,
    });
    return intent.outcome === 'intended' && intent.fresh ? intent : null;
  });
}

/** Null while one of them is under way: whoever has begun it brings it to its end. */
async function readSteps(
  tx: WriteTransaction,
  { tenantId, incidentId }: IncidentFacts,
): Promise<StepProgress[] | null> {
  const rows = await tx.query<{
    step: number;
    round: number;
    state: string;
    claimed_at: Date;
    sent_at: Date | null;
    settled_at: Date | null;
    shift_ends_at: Date | null;
  }>(
    `select step, round, state, claimed_at, sent_at, settled_at, shift_ends_at from notifications
     where tenant_id = $1 and incident_id = $2 and kind = 'alert' order by step, round`,
    [tenantId, incidentId],
  );
  if (rows.some(({ state }) => state === 'intended')) return null;
  return rows.map(({ step, round, state, claimed_at, sent_at, settled_at, shift_ends_at }) => {
    const outcome = outcomes[state] ?? 'undeliverable';
    return {
      ...{ step, round, outcome },
      at: iso((outcome === 'sent' ? sent_at : settled_at) ?? claimed_at),
      ...(shift_ends_at === null ? {} : { shiftEndsAt: iso(shift_ends_at) }),
    };
  });
}

const outcomes: Record<string, StepProgress['outcome']> = {
  sent: 'sent',
  delivered: 'sent',
  nobody_on_shift: 'nobody_on_shift',
  withheld: 'withheld',
};

async function readEvidenceSettledAt(
  tx: WriteTransaction,
  { tenantId, incidentId, evidenceState }: IncidentFacts,
): Promise<string | null> {
  if (evidenceState === 'requested') return null;
  const [row] = await tx.query<{ settled_at: Date | null }>(
    'select settled_at from evidence where tenant_id = $1 and incident_id = $2',
    [tenantId, incidentId],
  );
  return row?.settled_at?.toISOString() ?? null;
}

/** An answer or a receipt that is on its way to the engine may well mean that nobody else is to be told. */
async function engineHasNews(tx: WriteTransaction, { tenantId, incidentId }: IncidentFacts): Promise<boolean> {
  const rows = await tx.query(
    "select from outbox where tenant_id = $1 and incident_id = $2 and kind <> 'undelivered' limit 1",
    [tenantId, incidentId],
  );
  return rows.length > 0;
}
