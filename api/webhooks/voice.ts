import { type Request, Router } from 'express';
import { DomainError } from '../../domain/errors.ts';
import { languages } from '../../domain/messages/compose.ts';
import * as voice from '../../domain/messages/voice.ts';
import type { HumanVerdict, Locale } from '../../domain/types.ts';
import { parseKeys } from '../../domain/verdict-grammar.ts';
import type { ServiceContext } from '../../services/context.ts';
import {
  type CallMatter,
  type CallResult,
  findCallMatter,
  isMachine,
  recordCall,
} from '../../services/notification/call.ts';
import { type AnswerableIncident, readAnswerable, recordReply } from '../../services/notification/reply.ts';
import { markSent } from '../../services/notification/settle.ts';
import type { ApiDependencies } from '../deps.ts';
import { decide } from './decide.ts';
import { carrierContext, fieldsOf, once } from './guard.ts';

/** Somebody with a phone at their ear waits five seconds at most; a second and a half is left for everything else. */
const engineTimeoutMs = 3_500;
const keyTimeoutSeconds = 8;
/** How often the menu is read to somebody who presses nothing, or a key without a meaning. */
const mostMisses = 3;
/** And in all, to somebody who wants to hear it again and again. */
const mostRounds = 10;

/** The call itself: reads the menu, takes the keys, and hears from the carrier how it ended. */
export function voiceWebhooks(deps: ApiDependencies): Router {
  const router = Router();

  router.post('/voice', async (request, response) => {
    const call = await callOf(deps, request);
    const twiml = await once(deps, 'voice', `${call.sid}:menu:${call.round}`, () => answerCall(deps, call));
    response.type('text/xml').send(twiml);
  });

  router.post('/voice/keys', async (request, response) => {
    const call = await callOf(deps, request);
    const { Digits } = fieldsOf(request.body, ['Digits']);
    const twiml = await once(deps, 'voice', `${call.sid}:keys:${call.round}`, () => answerKeys(deps, call, Digits));
    response.type('text/xml').send(twiml);
  });

  router.post('/call-status', async (request, response) => {
    const { tenant, notification } = fieldsOf(request.query, ['tenant', 'notification']);
    const { CallSid, CallStatus } = fieldsOf(request.body, ['CallSid', 'CallStatus']);
    const { AnsweredBy, CallDuration, From } = request.body as Record<string, string | undefined>;
    await once(deps, 'call', `${CallSid}:${CallStatus}`, async () => {
      if (!isEnd(CallStatus)) return;
      const ctx = carrierContext(deps, tenant);
      const about = { notificationId: notification, sid: CallSid };
      // The end of a call proves that it was placed, even if we died before we could note it.
      await markSent(ctx, { ...about, segments: 0, ...(From === undefined ? {} : { from: From }) });
      const changed = await recordCall(ctx, {
        ...about,
        status: CallStatus,
        answeredBy: AnsweredBy || null,
        durationSeconds: /^\d{1,6}$/.test(CallDuration ?? '') ? Number(CallDuration) : null,
      });
      if (changed) await deps.dispatcher.dispatch(tenant, changed.incidentId);
    });
    response.status(204).end();
  });
  return router;
}

const ends: readonly string[] = [
  'completed',
  'busy',
  'no-answer',
  'failed',
  'canceled',
] satisfies CallResult['status'][];
const isEnd = (status: string): status is CallResult['status'] => ends.includes(status);

/** One request of one call, with what our own record says of it. */
interface Call {
  tenantId: string;
  notificationId: string;
  sid: string;
  /** Counts the menus of this call. */
  round: number;
  /** Those of them that brought no answer. */
  misses: number;
  byMachine: boolean;
  matter: CallMatter;
  /** The person as the one who acts. */
  ctx: ServiceContext;
  /** Null: this call is not the one that our record is about, and must decide nothing. */
  incident: AnswerableIncident | null;
}

async function callOf(deps: ApiDependencies, request: Request): Promise<Call> {
  const { tenant, notification } = fieldsOf(request.query, ['tenant', 'notification']);
  const { CallSid, To } = fieldsOf(request.body, ['CallSid', 'To']);
  const matter = await findCallMatter(carrierContext(deps, tenant), notification);
  if (!matter) throw new DomainError('NOT_FOUND', 'There is no such call.');
  const ctx: ServiceContext = { db: deps.db, now: deps.now, actor: matter.person };
  const isOurs = To === matter.phone && (matter.carrierSid === null || matter.carrierSid === CallSid);
  return {
    ...{ tenantId: tenant, notificationId: notification, sid: CallSid, matter, ctx },
    round: countOf(request.query['round']),
    misses: countOf(request.query['misses']),
    byMachine: isMachine((request.body as Record<string, string | undefined>)['AnsweredBy']),
    incident: isOurs ? ((await readAnswerable(ctx, matter.incidentId)) ?? null) : null,
  };
}

const countOf = (given: unknown): number => (typeof given === 'string' && /^\d{1,2}$/.test(given) ? Number(given) : 0);

async function answerCall(deps: ApiDependencies, call: Call): Promise<string> {
  const { incident, matter } = call;
  const { locale } = matter;
  if (!incident) return farewell(deps, call, voice.noLongerNeededSpeech(locale));
  if (call.byMachine) return deps.sayTwiml(voice.machineSpeech(locale, incident.place), languages[locale].tag);
  if (incident.closed) return farewell(deps, call, voice.closedSpeech(locale, incident.place, incident.ending));
  return menu(deps, call, incident, call, []);
}

async function answerKeys(deps: ApiDependencies, call: Call, keys: string): Promise<string> {
  const { incident, matter } = call;
  const { locale } = matter;
  if (!incident || call.byMachine) return farewell(deps, call, voice.noLongerNeededSpeech(locale));
  const intent = parseKeys(keys);
  const round = call.round + 1;
  switch (intent.kind) {
    case 'repeat':
      return round < mostRounds ? menu(deps, call, incident, { ...call, round }, []) : farewell(deps, call);
    case 'not_understood': {
      const misses = call.misses + 1;
      const sorry = voice.wrongKeySpeech(locale);
      return misses < mostMisses && round < mostRounds
        ? menu(deps, call, incident, { round, misses }, [sorry])
        : farewell(deps, call, sorry);
    }
    case 'verdict':
      return farewell(deps, call, await takeVerdict(deps, call, incident, intent.verdict));
  }
}

/** What became of the answer, in words. */
async function takeVerdict(
  deps: ApiDependencies,
  { ctx, sid, round, matter: { locale } }: Call,
  incident: AnswerableIncident,
  verdict: HumanVerdict,
): Promise<string> {
  const { incidentId, place } = incident;
  const note = (outcome: string) => recordReply(ctx, { incidentId, messageSid: sid, outcome });
  if (incident.closed) {
    await note('already_closed');
    return ended(locale, incident, verdict);
  }
  const updateId = `call:${sid}:${round}`;
  const outcome = await decide(deps, ctx, incident, { verdict, via: 'voice', updateId, withinMs: engineTimeoutMs });
  await note(outcome);
  if (outcome === 'accepted') return voice.thanksSpeech(locale, place, verdict);
  if (outcome === 'kept') return voice.keptSpeech(locale, place, verdict);
  const now = await readAnswerable(ctx, incidentId);
  return now?.closed ? ended(locale, now, verdict) : voice.refusedSpeech(locale, place, verdict);
}

/** Nobody who presses 9 may be told that nothing more is needed. */
const ended = (locale: Locale, { place, ending }: AnswerableIncident, verdict: HumanVerdict): string =>
  verdict === 'help' ? voice.nobodyToCallSpeech(locale, place) : voice.closedSpeech(locale, place, ending);

function menu(
  deps: ApiDependencies,
  call: Call,
  incident: AnswerableIncident,
  { round, misses }: { round: number; misses: number },
  before: readonly string[],
): string {
  const { locale, about } = call.matter;
  const language = languages[locale].tag;
  const urlOf = (path: string, at: { round: number; misses: number }) =>
    `${deps.publicUrl}/webhooks/twilio/${path}?${new URLSearchParams({
      ...{ tenant: call.tenantId, notification: call.notificationId },
      ...{ round: String(at.round), misses: String(at.misses) },
    }).toString()}`;
  const next = { round: round + 1, misses: misses + 1 };
  const mayRepeat = next.misses < mostMisses && next.round < mostRounds;
  return deps.menuTwiml({
    say: [...before, voice.menuSpeech(locale, about, incident.place)].map((text) => ({ text, language })),
    gather: { numDigits: 1, timeoutSeconds: keyTimeoutSeconds, actionUrl: urlOf('voice/keys', { round, misses }) },
    afterwards: mayRepeat
      ? { repeatUrl: urlOf('voice', next) }
      : { goodbye: { text: voice.goodbyeSpeech(locale), language } },
  });
}

function farewell(deps: ApiDependencies, { matter: { locale } }: Call, first?: string): string {
  const goodbye = voice.goodbyeSpeech(locale);
  return deps.sayTwiml(first === undefined ? goodbye : `${first} ${goodbye}`, languages[locale].tag);
}
