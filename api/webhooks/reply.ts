import * as replies from '../../domain/messages/replies.ts';
import type { HumanVerdict } from '../../domain/types.ts';
import { parseOptOut, parseReply } from '../../domain/verdict-grammar.ts';
import { findSender } from '../../services/access/authenticate.ts';
import type { ServiceContext } from '../../services/context.ts';
import { recordOptOut } from '../../services/notification/opt-out.ts';
import {
  type AnswerableIncident,
  findAnswerable,
  readAnswerable,
  recordReply,
} from '../../services/notification/reply.ts';
import type { ApiDependencies } from '../deps.ts';
import { decide } from './decide.ts';

export interface IncomingText {
  messageSid: string;
  from: string;
  body: string;
  /** When the carrier took it in; a webhook comes at once. */
  writtenAt: string;
  /** What the carrier made of it, when it is one of its own words. */
  optOutType: string | undefined;
}

/** The engine's own limit; the carrier waits three times as long for an answer to a text. */
const engineTimeoutMs = 5_000;

/** Turns a text from a phone into a decision, and says in one short text what became of it; null to say nothing. */
export async function answerReply(deps: ApiDependencies, message: IncomingText): Promise<string | null> {
  const sender = await findSender(deps.db, message.from);
  // A stranger is told nothing, not even that we exist.
  if (!sender) return null;
  const { locale, personId } = sender;
  const ctx: ServiceContext = { db: deps.db, now: deps.now, actor: sender.actor };
  const { messageSid } = message;
  const note = (incidentId: string | null, outcome: string) => recordReply(ctx, { incidentId, messageSid, outcome });

  const texts = parseOptOut(message.body, message.optOutType);
  if (texts !== null) {
    const changed = await recordOptOut(ctx, { personId, texts, messageSid });
    await note(null, texts === 'stop' ? 'opted_out' : 'opted_in');
    // `yes` means texts again only to the carrier, and only from somebody who had stopped them.
    if (texts === 'stop' || changed || message.optOutType !== undefined) return null;
  }

  const intent = parseReply(message.body);
  const { writtenAt } = message;
  const code = intent.kind === 'not_understood' ? null : intent.code;
  // Whoever names one means that one. A call for help goes to somebody, whatever the letters were.
  const others = code === null || (intent.kind !== 'not_understood' && intent.verdict === 'help');
  const incidents = await findAnswerable(ctx, { personId, writtenAt, code, others });
  const open = incidents.filter((incident) => !incident.closed);
  if (intent.kind === 'not_understood') {
    await note(null, 'not_understood');
    return replies.notUnderstoodReply(locale, placesOf(open));
  }
  const { verdict } = intent;
  const picked = pick(incidents, intent.code, verdict);
  if (verdict === 'help' && !(picked.kind === 'one' && !picked.incident.closed)) {
    await note(null, 'nothing_open');
    return replies.nobodyToCallReply(locale);
  }
  if (picked.kind === 'none') {
    await note(null, 'nothing_open');
    return intent.code === null ? replies.nothingOpenReply(locale) : replies.unknownCodeReply(locale, intent.code);
  }
  if (picked.kind === 'ambiguous') {
    await note(null, 'ambiguous');
    return replies.severalReply(locale, placesOf(picked.open), verdict);
  }
  const { incident } = picked;
  const { incidentId, place } = incident;
  if (incident.closed) {
    await note(incidentId, 'already_closed');
    return replies.closedReply(locale, place, incident.ending);
  }
  const outcome = await decide(deps, ctx, incident, {
    ...{ verdict, via: 'sms', withinMs: engineTimeoutMs },
    updateId: `sms:${messageSid}`,
  });
  await note(incidentId, outcome);
  if (outcome === 'accepted') return replies.thanksReply(locale, place, verdict);
  if (outcome === 'kept') return replies.keptReply(locale, place, verdict);
  if (verdict === 'help') return replies.nobodyToCallReply(locale);
  const now = await readAnswerable(ctx, incidentId);
  if (now?.closed) return replies.closedReply(locale, place, now.ending);
  return verdict === 'safe' ? replies.nobodyAskedForHelpReply(locale, place) : replies.justDecidedReply(locale, place);
}

const placesOf = (incidents: readonly AnswerableIncident[]) => incidents.map(({ place }) => place);

type Picked =
  | { kind: 'one'; incident: AnswerableIncident }
  | { kind: 'ambiguous'; open: AnswerableIncident[] }
  | { kind: 'none' };

function pick(incidents: readonly AnswerableIncident[], code: string | null, verdict: HumanVerdict): Picked {
  if (code !== null) {
    const named = incidents.filter((incident) => incident.place.code === code);
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
