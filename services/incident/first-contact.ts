import type { PosVerdict } from '../../domain/types.ts';
import { type ServiceContext, type WriteTransaction, write } from '../context.ts';
import { type Intent, intend, type LinkOptions } from '../notification/intend.ts';
import { assess } from './assess.ts';
import { type IncidentFacts, loadIncident } from './facts.ts';

export interface FirstContact {
  posVerdict: Exclude<PosVerdict, 'PENDING'>;
  severity: 'low' | 'medium' | 'high' | 'critical';
  /** The first text's intent, when somebody has to be told. */
  intent: Intent | null;
}

/** One transaction: what the till says, how severe it is, and the intent to text the first person if they must know. */
export function makeFirstContact(ctx: ServiceContext, links: LinkOptions, incidentId: string): Promise<FirstContact> {
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, incidentId, true);
    const { pos, severity } = await assess(tx, incident, ctx.actor.id);
    const posVerdict = settled(pos.verdict);
    await moveState(tx, incident, posVerdict);
    const mustTell =
      (posVerdict === 'MISMATCH' || posVerdict === 'NOT_APPLICABLE') &&
      incident.state !== 'closed' &&
      incident.policy.escalation.length > 0;
    const intent = mustTell
      ? await intend(tx, ctx.actor.id, incident, links, { incidentId, kind: 'alert', step: 0 })
      : null;
    return { posVerdict, severity: severity.level, intent };
  });
}

/** Asks the till again, after a late line or a merged detection. */
export function recheckTill(
  ctx: ServiceContext,
  incidentId: string,
): Promise<{ posVerdict: Exclude<PosVerdict, 'PENDING'> }> {
  return write(ctx, async (tx) => {
    const incident = await loadIncident(tx, ctx.actor.tenantId, incidentId, true);
    const { pos } = await assess(tx, incident, ctx.actor.id);
    const posVerdict = settled(pos.verdict);
    await moveState(tx, incident, posVerdict);
    return { posVerdict };
  });
}

const settled = (verdict: PosVerdict): Exclude<PosVerdict, 'PENDING'> => (verdict === 'PENDING' ? 'UNKNOWN' : verdict);

/** A MATCH is closed by the workflow's outcome; the other verdicts show in the queue at once. */
async function moveState(tx: WriteTransaction, incident: IncidentFacts, posVerdict: PosVerdict): Promise<void> {
  if (posVerdict === 'MATCH') return;
  await tx.query("update incidents set state = $3 where tenant_id = $1 and id = $2 and state in ('new', 'in_review')", [
    incident.tenantId,
    incident.incidentId,
    posVerdict === 'UNKNOWN' ? 'in_review' : 'alerting',
  ]);
}
