import type { PosVerdict } from '../../domain/types.ts';
import { type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { type Intent, intend, type LinkOptions } from '../notification/intend.ts';
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
  /** Positions of the runbook's steps that people are newly asked to approve. */
  approvals: number[];
  /** The till is asked before any person; null: nobody has to be told, or a person is told at once. */
  prompt: { waitMs: number; after?: { maxMs: number } } | null;
}

/** One transaction: what the till says, how severe it is, and the intent to text the first person if they must know. */
export function makeFirstContact(ctx: ServiceContext, links: LinkOptions, incidentId: string): Promise<FirstContact> {
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, incidentId, true);
    const assessed = await assess(tx, incident, ctx.actor.id);
    const { pos, severity } = assessed;
    const posVerdict = settled(pos.verdict);
    const asksPeople = posVerdict === 'MISMATCH' || posVerdict === 'NOT_APPLICABLE';
    const { suppressed } = asksPeople
      ? await decideAttention(tx, incident, assessed, ctx.actor.id)
      : { suppressed: false };
    const { openMandatory, approvals } = asksPeople
      ? await planRunbook(tx, incident, severity.level)
      : { openMandatory: 0, approvals: [] };
    await moveState(tx, incident, posVerdict, suppressed);
    const mayTell = asksPeople && !suppressed && incident.state !== 'closed' && incident.policy.escalation.length > 0;
    const prompt = mayTell && posVerdict === 'MISMATCH' ? await intendPrompt(tx, incident) : null;
    const intent =
      mayTell && prompt === null
        ? await intend(tx, ctx.actor.id, { ...incident, severity: severity.level }, links, {
            incidentId,
            kind: 'alert',
            step: 0,
          })
        : null;
    return { posVerdict, severity: severity.level, intent, suppressed, openMandatory, approvals, prompt };
  });
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
    const assessed = await assess(tx, incident, ctx.actor.id);
    const { pos, severity } = assessed;
    const posVerdict = settled(pos.verdict);
    const asksPeople = posVerdict === 'MISMATCH' || posVerdict === 'NOT_APPLICABLE';
    const { suppressed } = asksPeople
      ? await decideAttention(tx, incident, assessed, ctx.actor.id)
      : { suppressed: false };
    const { openMandatory, approvals } = asksPeople
      ? await planRunbook(tx, incident, severity.level)
      : { openMandatory: 0, approvals: [] };
    await moveState(tx, incident, posVerdict, suppressed);
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
