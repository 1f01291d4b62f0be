import { firstContactDueAt } from '../../domain/first-contact.ts';
import { addMs } from '../../domain/time.ts';
import type { PosVerdict } from '../../domain/types.ts';
import { type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { engineHasNews } from '../notification/heard.ts';
import { type Intent, intend, type LinkOptions, type OpenIntent } from '../notification/intend.ts';
import { intendPrompt } from '../pos/prompt.ts';
import { planRunbook } from '../runbook/plan.ts';
import { assess } from './assess.ts';
import { decideAttention } from './attention.ts';
import { type IncidentFacts, loadIncident } from './facts.ts';

export interface FirstContact {
  posVerdict: Exclude<PosVerdict, 'PENDING'>;
  severity: 'low' | 'medium' | 'high' | 'critical';
  /** The first message's intent, when somebody has to be told. */
  intent: Intent | null;
  suppressed: boolean;
  openMandatory: number;
  /** Positions of the runbook's steps that wait for an approval and that nobody has been told of. */
  approvals: number[];
  /** The till is asked before any person; null: nobody has to be told, or a person is told at once. */
  prompt: { waitMs: number; after?: { maxMs: number } } | null;
}

/** One transaction: what the till says, how severe it is, and the intent to text the first person if they must know. */
export function makeFirstContact(ctx: ServiceContext, links: LinkOptions, incidentId: string): Promise<FirstContact> {
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, incidentId, true);
    const asksTill = incident.policy.prompt !== null && !(await isToldOf(tx, incident));
    return contact(tx, ctx.actor.id, links, incident, { asksTill, byWatch: false });
  });
}

/**
 * The same from the books, for an incident whose first person should have been told `lateByMs` ago; the workflow finds it
 * done. The customer's time at the till is over by then, so nobody asks there any more. Null when it is not late, somebody
 * else was faster, or there is nobody to tell.
 */
export function makeLateFirstContact(
  ctx: ServiceContext,
  links: LinkOptions,
  { incidentId, lateByMs }: { incidentId: string; lateByMs: number },
): Promise<OpenIntent | null> {
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, incidentId, true);
    const untouched = incident.state === 'new' && incident.posVerdict === 'PENDING' && incident.run === 1;
    const late = untouched && addMs(firstContactDueAt(incident), lateByMs) <= tx.at;
    if (!late || (await engineHasNews(tx, incident))) {
      tx.noAudit('nothing changed');
      return null;
    }
    const { intent } = await contact(tx, ctx.actor.id, links, incident, { asksTill: false, byWatch: true });
    return intent?.outcome === 'intended' && intent.fresh ? intent : null;
  });
}

async function isToldOf(tx: WriteTransaction, { tenantId, incidentId }: IncidentFacts): Promise<boolean> {
  const rows = await tx.query(
    "select from notifications where tenant_id = $1 and incident_id = $2 and kind = 'alert' limit 1",
    [tenantId, incidentId],
  );
  return rows.length > 0;
}

async function contact(
  tx: WriteTransaction,
  actorId: string,
  links: LinkOptions,
  incident: IncidentFacts,
  { asksTill, byWatch }: { asksTill: boolean; byWatch: boolean },
): Promise<FirstContact> {
  const { incidentId } = incident;
  const { severity, suppressed, asksPeople, ...said } = await judge(tx, incident, actorId);
  const mayTell = asksPeople && !suppressed && incident.state !== 'closed' && incident.policy.escalation.length > 0;
  const prompt = asksTill && mayTell && said.posVerdict === 'MISMATCH' ? await intendPrompt(tx, incident) : null;
  const intent =
    mayTell && prompt === null
      ? await intend(tx, actorId, { ...incident, severity }, links, { incidentId, kind: 'alert', step: 0, byWatch })
      : null;
  return { ...said, severity, intent, suppressed, prompt };
}

/** What the till says, how severe it is, whether people may be paged, and what the runbook asks for. */
async function judge(tx: WriteTransaction, incident: IncidentFacts, actorId: string) {
  const assessed = await assess(tx, incident, actorId);
  const severity = assessed.severity.level;
  const posVerdict = settled(assessed.pos.verdict);
  const asksPeople = posVerdict === 'MISMATCH' || posVerdict === 'NOT_APPLICABLE';
  const { suppressed } = asksPeople ? await decideAttention(tx, incident, assessed, actorId) : { suppressed: false };
  const planned = asksPeople ? await planRunbook(tx, incident, severity) : { openMandatory: 0, approvals: [] };
  await moveState(tx, incident, posVerdict, suppressed);
  return { posVerdict, severity, asksPeople, suppressed, ...planned };
}

/** Asks the till again, after a late line or a merged detection. */
export function recheckTill(
  ctx: ServiceContext,
  incidentId: string,
): Promise<{
  posVerdict: Exclude<PosVerdict, 'PENDING'>;
  suppressed: boolean;
  openMandatory: number;
  approvals: number[];
}> {
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, incidentId, true);
    const { posVerdict, suppressed, openMandatory, approvals } = await judge(tx, incident, ctx.actor.id);
    return { posVerdict, suppressed, openMandatory, approvals };
  });
}

const settled = (verdict: PosVerdict): Exclude<PosVerdict, 'PENDING'> => (verdict === 'PENDING' ? 'UNKNOWN' : verdict);

/** A MATCH is closed by the workflow's outcome; the other verdicts show in the queue at once. */
async function moveState(
  tx: WriteTransaction,
  incident: IncidentFacts,
  posVerdict: PosVerdict,
  suppressed: boolean,
): Promise<void> {
  if (posVerdict === 'MATCH') return;
  await tx.query("update incidents set state = $3 where tenant_id = $1 and id = $2 and state in ('new', 'in_review')", [
    incident.tenantId,
    incident.incidentId,
    posVerdict === 'UNKNOWN' || suppressed ? 'in_review' : 'alerting',
  ]);
}
