import type { RunbookAction } from '../runbook.ts';
import type { Locale } from '../types.ts';
import { fill, languages, type MessageFacts, neutralName, opening } from './compose.ts';

export type EmailKind =
  | { kind: 'alert' | 'hand_over' | 'help' }
  | { kind: 'correction'; because: 'receipt_found' | 'person' }
  | { kind: 'notice'; action?: RunbookAction };

export interface EmailMessage {
  subject: string;
  /** Plain text. */
  body: string;
}

/** The same words as in a text, with room for the link and for how to answer. */
export function emailMessage(locale: Locale, facts: MessageFacts, about: EmailKind): EmailMessage {
  const language = languages[locale];
  const lane = neutralName(facts.laneLabel) || language.theLane;
  const store = neutralName(facts.storeName);
  const said = language.texts[textOf(about)].full;
  const step = about.kind === 'notice' ? language.actions[about.action ?? 'any'] : '';
  const say = fill(said.say, { place: store === '' ? lane : `${lane}, ${store}`, step });
  const answer =
    about.kind === 'help'
      ? language.email.answerHelp
      : about.kind === 'alert' || about.kind === 'hand_over'
        ? language.email.answer
        : said.hint;
  const link = about.kind === 'correction' ? undefined : facts.linkUrl;
  const lines = [
    ...(facts.drill ? [language.drill] : []),
    say.charAt(0).toLocaleUpperCase(language.tag) + say.slice(1),
    ...(link === undefined ? [] : [fill(language.email.link, { link })]),
    answer,
    fill(language.email.footer, { code: facts.code }),
  ];
  return { subject: `${opening(language, facts)}${say.replace(/\.$/, '')}`, body: `${lines.join('\n\n')}\n` };
}

function textOf(about: EmailKind): keyof (typeof languages)['en']['texts'] {
  switch (about.kind) {
    case 'alert':
    case 'help':
    case 'notice':
      return about.kind;
    case 'hand_over':
      return 'handOver';
    case 'correction':
      return about.because === 'receipt_found' ? 'receiptFound' : 'correctedByPerson';
  }
}
