import { DomainError } from '../../domain/errors.ts';
import type { HumanVerdict } from '../../domain/types.ts';
import { parseReply, verdictWords } from '../../domain/verdict-grammar.ts';
import { findSender } from '../../services/access/authenticate.ts';
import type { ServiceContext } from '../../services/context.ts';
import { type AnswerableIncident, findAnswerable, recordReply } from '../../services/notification/reply.ts';
import { keepDecision } from '../../services/outbox/drain.ts';
import { type DecideCommand, decideUpdateName } from '../../workflows/contracts.ts';
import type { ApiDependencies } from '../deps.ts';

const howToAnswer = 'Reply 1 paid, 2 staff, 3 not sure, 4 confirmed, or HELP';

const thanks: Record<HumanVerdict, string> = {
  paid: 'noted as paid. Thank you, nothing more to do.',
  staff_error: 'noted as a staff matter. Thank you, nothing more to do.',
  unsure: 'noted. A colleague will look at it.',
  confirmed: 'noted. Please do not approach anyone. The control room takes over.',
  false_positive: 'noted as a false alarm. Thank you.',
  help: 'help is being called now. Stay where you are safe.',
};

/** Turns a text from a phone into a decision, and says in one short text what became of it; null to say nothing. */
export async function answerReply(
  deps: ApiDependencies,
  message: { messageSid: string; from: string; body: string },
): Promise<string | null> {
  const sender = await findSender(deps.db, message.from);
  // A stranger is told nothing, not even that we exist.
  if (!sender) return null;
  const ctx: ServiceContext = { db: deps.db, now: deps.now, actor: sender };
  const intent = parseReply(message.body);
  const incidents = await findAnswerable(ctx, sender.id.slice('phone:'.length));
  const note = (incidentId: string | null, outcome: string) =>
    recordReply(ctx, { incidentId, messageSid: message.messageSid, outcome });
  if (intent.kind === 'not_understood') {
    await note(null, 'not_understood');
    const open = incidents.filter((incident) => !incident.closed);
    return `Floorwalker: sorry, that was not understood. ${open.length > 1 ? `${listOf(open)}. Reply with the code, like ${open[0]!.code} 1` : howToAnswer}`;
  }
  const picked = pick(incidents, intent.code, intent.verdict);
  if (picked.kind === 'none') {
    await note(null, 'nothing_open');
    return intent.code === null
      ? 'Floorwalker: nothing is open for you right now.'
      : `Floorwalker: the code ${intent.code} is not known for your number.`;
  }
  if (picked.kind === 'ambiguous') {
    await note(null, 'ambiguous');
    return `Floorwalker: several are open: ${listOf(picked.open)}. Reply with the code, like ${picked.open[0]!.code} ${Number(Object.keys(thanks).indexOf(intent.verdict)) + 1}`;
  }
  const { incident } = picked;
  if (incident.closed) {
    await note(incident.incidentId, 'already_closed');
    return explainClosed(incident);
  }
  const outcome = await decide(deps, ctx, incident, intent.verdict, message.messageSid);
  await note(incident.incidentId, outcome);
  if (outcome !== 'refused') return `Floorwalker ${incident.code}: ${thanks[intent.verdict]}`;
  const now = (await findAnswerable(ctx, sender.id.slice('phone:'.length))).find(
    ({ incidentId }) => incidentId === incident.incidentId,
  );
  return now?.closed
    ? explainClosed(now)
    : `Floorwalker ${incident.code}: this was decided a moment ago. Nothing more is needed from you.`;
}

type Picked =
  | { kind: 'one'; incident: AnswerableIncident }
  | { kind: 'ambiguous'; open: AnswerableIncident[] }
  | { kind: 'none' };

function pick(incidents: readonly AnswerableIncident[], code: string | null, verdict: HumanVerdict): Picked {
  if (code !== null) {
    const named = incidents.filter((incident) => incident.code === code);
    const incident = named.find((candidate) => !candidate.closed) ?? named[0];
    // In a call for help any three letters may look like a code; it still has to reach somebody.
    const mustReach = verdict === 'help' && (!incident || incident.closed);
    if (!mustReach) return incident ? { kind: 'one', incident } : { kind: 'none' };
  }
  const open = incidents.filter((incident) => !incident.closed);
  const newest = open[0] ?? incidents[0];
  if (!newest) return { kind: 'none' };
  // A call for help is never answered with a question.
  if (open.length <= 1 || verdict === 'help') return { kind: 'one', incident: newest };
  return { kind: 'ambiguous', open };
}

async function decide(
  deps: ApiDependencies,
  ctx: ServiceContext,
  incident: AnswerableIncident,
  verdict: HumanVerdict,
  messageSid: string,
): Promise<'accepted' | 'kept' | 'refused'> {
  const command: DecideCommand = { verdict, by: { actorId: ctx.actor.id, role: ctx.actor.role }, via: 'sms' };
  const address = { tenantId: ctx.actor.tenantId, storeId: incident.storeId, incidentId: incident.incidentId };
  const updateId = `sms:${messageSid}`;
  try {
    await deps.engine.update(address, decideUpdateName, command, updateId);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code === 'CONFLICT') return 'refused';
    if (error.code !== 'DEPENDENCY_TEMPORARY') throw error;
    // The engine is away. The answer must count all the same, and the person should not have to send it twice.
    await keepDecision(ctx, { incidentId: incident.incidentId, storeId: incident.storeId, updateId, command });
    return 'kept';
  }
}

const listOf = (open: readonly AnswerableIncident[]): string =>
  open
    .slice(0, 3)
    .map((incident) => `${incident.code} (${incident.laneLabel})`)
    .join(', ');

function explainClosed(incident: AnswerableIncident): string {
  const at =
    incident.closedAt === null
      ? ''
      : ` at ${new Date(incident.closedAt).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: incident.timeZone })}`;
  if (incident.verdict === null || incident.verdict === 'unreviewed')
    return `Floorwalker ${incident.code}: already closed${at} without an answer. Nothing more is needed.`;
  const verdict = `closed${at} as ${verdictWords[incident.verdict as HumanVerdict]}`;
  return `Floorwalker ${incident.code}: already ${verdict}${incident.decidedBy === null ? '' : ` by ${incident.decidedBy}`}. Nothing more is needed.`;
}
