import { alertText, correctionText, handOverText, helpText, noticeText } from '../message-text.ts';
import type { RunbookAction } from '../runbook.ts';
import type { HumanVerdict, Locale } from '../types.ts';
import { languages, type MessageFacts } from './compose.ts';
import { emailMessage } from './email.ts';
import * as replies from './replies.ts';
import * as voice from './voice.ts';

export interface CataloguedMessage {
  channel: 'text' | 'voice' | 'email';
  /** When it is said. */
  when: string;
  said: string;
}

export interface CatalogueFacts {
  facts: MessageFacts & { linkUrl: string };
  other: MessageFacts;
  /** Who decided. */
  name: string;
  now: string;
  timeZone: string;
}

/** Every message that can leave, in one language, made of the same facts: for the document, and for the tests that none escapes. */
export function everyMessage(locale: Locale, given: CatalogueFacts): CataloguedMessage[] {
  return [...texts(locale, given), ...answers(locale, given), ...calls(locale, given), ...emails(locale, given)];
}

const verdicts: readonly HumanVerdict[] = ['paid', 'staff_error', 'unsure', 'confirmed', 'help', 'safe'];
const list = (channel: CataloguedMessage['channel'], said: [when: string, said: string][]): CataloguedMessage[] =>
  said.map(([when, text]) => ({ channel, when, said: text }));

const texts = (locale: Locale, { facts }: CatalogueFacts) =>
  list('text', [
    ['heads-up', alertText(locale, facts)],
    ["hand-over, the colleague's shift has ended", handOverText(locale, facts)],
    ['call for help', helpText(locale, facts)],
    ['correction, the receipt was found', correctionText(locale, { ...facts, because: 'receipt_found' })],
    ['correction by a person', correctionText(locale, { ...facts, because: 'person' })],
    ['approval asked', noticeText(locale, facts)],
    ...(Object.keys(languages[locale].actions).filter((action) => action !== 'any') as RunbookAction[]).map(
      (action): [string, string] => [
        `approval asked: \`${action}\``,
        noticeText(locale, { ...facts, linkUrl: undefined, action }),
      ],
    ),
  ]);

const answers = (locale: Locale, { facts, other, ...given }: CatalogueFacts) =>
  list('text', [
    ...[...verdicts, 'false_positive' as const].flatMap((verdict): [string, string][] => [
      [`answered: \`${verdict}\``, replies.thanksReply(locale, facts, verdict)],
      [`answered while the engine is away: \`${verdict}\``, replies.keptReply(locale, facts, verdict)],
    ]),
    ...endings(given).map(([when, ending]): [string, string] => [when, replies.closedReply(locale, facts, ending)]),
    ['decided a moment ago', replies.justDecidedReply(locale, facts)],
    ['SAFE, but nobody asked for help', replies.nobodyAskedForHelpReply(locale, facts)],
    ['a code that was never theirs', replies.unknownCodeReply(locale, facts.code)],
    ['several are open', replies.severalReply(locale, [facts, other], 'confirmed')],
    ['several are open, and SAFE was meant', replies.severalReply(locale, [facts, other, facts, other], 'safe')],
    ['not understood', replies.notUnderstoodReply(locale, [])],
    ['not understood, one is open', replies.notUnderstoodReply(locale, [facts])],
    ['not understood, several are open', replies.notUnderstoodReply(locale, [facts, other])],
    ['nothing is open', replies.nothingOpenReply(locale)],
    ['HELP, and nothing is open', replies.nobodyToCallReply(locale)],
  ]);

const calls = (locale: Locale, { facts, ...given }: CatalogueFacts) =>
  list('voice', [
    ['menu', voice.menuSpeech(locale, 'alert', facts)],
    ['menu of a call for help', voice.menuSpeech(locale, 'help', facts)],
    ...verdicts.map((verdict): [string, string] => [
      `key pressed: \`${verdict}\``,
      voice.thanksSpeech(locale, facts, verdict),
    ]),
    ['key pressed while the engine is slow', voice.keptSpeech(locale, facts, 'paid')],
    ['help asked for while the engine is slow', voice.keptSpeech(locale, facts, 'help')],
    ...endings(given).map(([when, ending]): [string, string] => [when, voice.closedSpeech(locale, facts, ending)]),
    ['decided a moment ago', voice.refusedSpeech(locale, facts, 'paid')],
    ['SAFE, but nobody asked for help', voice.refusedSpeech(locale, facts, 'safe')],
    ['HELP, and the incident has ended', voice.nobodyToCallSpeech(locale, facts)],
    ['a key without a meaning', voice.wrongKeySpeech(locale)],
    ['a call that is not needed any more', voice.noLongerNeededSpeech(locale)],
    ['an answering machine', voice.machineSpeech(locale, facts)],
    ['at the end', voice.goodbyeSpeech(locale)],
  ]);

const emails = (locale: Locale, { facts }: CatalogueFacts) =>
  list(
    'email',
    (
      [
        ['heads-up', { kind: 'alert' }],
        ['hand-over', { kind: 'hand_over' }],
        ['call for help', { kind: 'help' }],
        ['correction, the receipt was found', { kind: 'correction', because: 'receipt_found' }],
        ['correction by a person', { kind: 'correction', because: 'person' }],
        ['approval asked', { kind: 'notice', action: 'door_lock' }],
      ] as const
    ).map(([when, about]): [string, string] => {
      const { subject, body } = emailMessage(locale, facts, about);
      return [when, `${subject}\n\n${body}`];
    }),
  );

const dayMs = 86_400_000;

function endings({ name, now, timeZone }: Pick<CatalogueFacts, 'name' | 'now' | 'timeZone'>) {
  const earlier = new Date(Date.parse(now) - 3 * dayMs).toISOString();
  const ending = { verdict: 'confirmed', corrected: false, at: now, by: { name }, timeZone, now } as const;
  return [
    ['already closed today, by a person', ending],
    ['already closed on another day, by the till', { ...ending, verdict: 'paid', at: earlier, by: 'till' }],
    ['already closed without an answer', { ...ending, verdict: 'unreviewed', by: null }],
    ['already corrected', { ...ending, verdict: 'paid', corrected: true, by: 'till' }],
  ] satisfies [string, replies.Ending][];
}
