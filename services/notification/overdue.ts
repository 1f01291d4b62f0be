import type { Database } from '../../adapters/postgres/database.ts';
import { overdueStep, proofExpectedAt, type StepProgress } from '../../domain/escalation.ts';
import type { NotificationKind } from '../../domain/types.ts';
import { iso, type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { type IncidentFacts, loadIncident } from '../incident/facts.ts';
import { engineHasNews } from './heard.ts';
import { intend, type LinkOptions, type OpenIntent } from './intend.ts';

export interface OverdueEscalation {
  tenantId: string;
  incidentId: string;
}

interface Looking {
  at: string;
  lateByMs: number;
  limit: number;
}

/** Over the whole installation, the longest overdue first: incidents whose next person should have been told `lateByMs` ago. */
export const findOverdueEscalations = (db: Pick<Database, 'query'>, looking: Looking): Promise<OverdueEscalation[]> =>
  find(db, 'select tenant_id, incident_id from overdue_escalations($1, $2, $3)', looking);

/** The same of those about which nobody has been told at all. */
export const findLateFirstContacts = (db: Pick<Database, 'query'>, looking: Looking): Promise<OverdueEscalation[]> =>
  find(db, 'select tenant_id, incident_id from late_first_contacts($1, $2, $3)', looking);

async function find(
  db: Pick<Database, 'query'>,
  sql: string,
  { at, lateByMs, limit }: Looking,
): Promise<OverdueEscalation[]> {
  const rows = await db.query<{ tenant_id: string; incident_id: string }>(sql, [at, lateByMs, limit]);
  return rows.map(({ tenant_id, incident_id }) => ({ tenantId: tenant_id, incidentId: incident_id }));
}

export interface UnsettledMessage extends OverdueEscalation {
  kind: NotificationKind;
  step: number;
  round: number;
  intendedAt: string;
}

/**
 * Messages that are neither sent nor given up, of those that the watch began at least `ageMs` ago, and of incidents that
 * have been closed for `closedMs`. Corrections are left out.
 */
export async function findUnsettledMessages(
  db: Pick<Database, 'query'>,
  { at, ageMs, closedMs, limit }: { at: string; ageMs: number; closedMs: number; limit: number },
): Promise<UnsettledMessage[]> {
  const rows = await db.query<{
    tenant_id: string;
    incident_id: string;
    kind: NotificationKind;
    step: number;
    round: number;
    intended_at: Date;
  }>('select * from unsettled_messages($1, $2, $3, $4)', [at, ageMs, closedMs, limit]);
  return rows.map(({ tenant_id, incident_id, kind, step, round, intended_at }) => ({
    ...{ tenantId: tenant_id, incidentId: incident_id, kind, step, round },
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
