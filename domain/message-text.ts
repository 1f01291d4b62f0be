import { languages, type MessageFacts, oneSegment, plainName } from './messages/compose.ts';
import type { Language, Said } from './messages/language.ts';
import type { RunbookAction } from './runbook.ts';
import type { Locale } from './types.ts';

export { gsmSeptets } from './messages/gsm7.ts';
export { accusingWords } from './messages/neutral.ts';

/** Neutral heads-up in one segment: where, which, the link, how to answer. */
export const alertText = (locale: Locale, facts: MessageFacts): string => text(locale, facts, 'alert');

/** The same for whoever takes over because a colleague's shift has ended. */
export const handOverText = (locale: Locale, facts: MessageFacts): string => text(locale, facts, 'handOver');

/** Goes to the next people in the chain when somebody on the floor asks for help. */
export const helpText = (locale: Locale, facts: MessageFacts): string => text(locale, facts, 'help');

/** Says that an earlier text was wrong, to whoever got it. It carries no link. */
export const correctionText = (
  locale: Locale,
  { linkUrl: _gone, because, ...facts }: MessageFacts & { because: 'receipt_found' | 'person' },
): string => text(locale, facts, because === 'receipt_found' ? 'receiptFound' : 'correctedByPerson');

/** Asks somebody to approve a step of the runbook in the console. */
export const noticeText = (locale: Locale, facts: MessageFacts & { action?: RunbookAction }): string =>
  text(locale, facts, 'notice', { step: plainName(languages[locale].actions[facts.action ?? 'any']) });

function text(locale: Locale, facts: MessageFacts, which: keyof Language['texts'], more = {}): string {
  const language = languages[locale];
  const { full, short } = language.texts[which];
  const withLink = ({ say }: Said, { hint }: Said) => `${say} {link} ${hint}`;
  return oneSegment(language, facts, [withLink(full, full), withLink(full, short), withLink(short, short)], more);
}
