import type { HumanVerdict, Locale } from '../types.ts';
import { fill, languages, type MessageFacts, neutralName } from './compose.ts';
import { type Ending, endingTemplate, endingValues, keptTemplate } from './replies.ts';

/** Longer names are cut: nobody listens to more before the keys are named. */
const longestSpokenSigns = 80;

/** What a call says first: what it is about, the code sign by sign, and what each key means. */
export function menuSpeech(locale: Locale, kind: 'alert' | 'help', facts: MessageFacts): string {
  const language = languages[locale];
  const name = (text: string) => neutralName(text.slice(0, longestSpokenSigns));
  const lane = name(facts.laneLabel) || language.theLane;
  const store = name(facts.storeName);
  const place = store === '' ? lane : `${lane}, ${store}`;
  return spoken(locale, facts, fill(language.voice[kind], { place, code: [...facts.code].join(', ') }));
}

export const thanksSpeech = (locale: Locale, facts: Drill, verdict: HumanVerdict): string =>
  sentence(locale, facts, languages[locale].replies.thanks[verdict]);

export const keptSpeech = (locale: Locale, facts: Drill, verdict: HumanVerdict): string =>
  sentence(
    locale,
    facts,
    fill(keptTemplate(languages[locale], verdict), { verdict: languages[locale].verdicts[verdict] }),
  );

export const closedSpeech = (locale: Locale, facts: Drill, ending: Ending): string =>
  sentence(locale, facts, fill(endingTemplate(languages[locale], ending), endingValues(languages[locale], ending)));

export const refusedSpeech = (locale: Locale, facts: Drill, verdict: HumanVerdict): string =>
  sentence(
    locale,
    facts,
    verdict === 'safe' ? languages[locale].replies.nobodyAskedForHelp : languages[locale].replies.justDecided,
  );

/** HELP pressed, but the incident has ended and carries nothing any more. */
export const nobodyToCallSpeech = (locale: Locale, facts: Drill): string =>
  sentence(locale, facts, languages[locale].replies.nobodyToCall);

export const wrongKeySpeech = (locale: Locale): string => languages[locale].voice.wrongKey;
export const noLongerNeededSpeech = (locale: Locale): string => languages[locale].voice.noLongerNeeded;
export const goodbyeSpeech = (locale: Locale): string => languages[locale].voice.goodbye;

/** For an answering machine, which anybody may listen to: neither place nor code nor keys. */
export const machineSpeech = (locale: Locale, facts: Drill): string =>
  spoken(locale, facts, languages[locale].voice.machine);

type Drill = Pick<MessageFacts, 'drill'>;

const spoken = (locale: Locale, { drill }: Drill, text: string): string =>
  drill ? `${languages[locale].drill}. ${text}` : text;

const sentence = (locale: Locale, facts: Drill, text: string): string =>
  spoken(locale, facts, text.charAt(0).toLocaleUpperCase(languages[locale].tag) + text.slice(1));
