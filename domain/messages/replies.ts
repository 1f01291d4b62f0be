import type { HumanVerdict, Locale, Verdict } from '../types.ts';
import {
  fill,
  languages,
  type MessageFacts,
  momentAt,
  neutralName,
  oneSegment,
  oneSegmentList,
  opening,
  plainName,
} from './compose.ts';
import { plainSigns } from './gsm7.ts';
import type { Language } from './language.ts';

/** How an incident ended, for somebody who answers late. */
export interface Ending {
  verdict: Verdict | null;
  /** Set when the verdict replaced an earlier one. */
  corrected: boolean;
  at: string | null;
  by: 'till' | { name: string } | null;
  timeZone: string;
  now: string;
}

/** Cut names are looked at once more: half a word may be another one. */
const shortName = (name: string): string => plainName(plainName(name).slice(0, 20));

/** What became of an answer, with the place at the end; thanks first. */
export const thanksReply = (locale: Locale, facts: MessageFacts, verdict: HumanVerdict): string =>
  reply(locale, facts, languages[locale].replies.thanks[verdict]);

/** The answer is stored, but the incident has not heard of it yet. */
export const keptReply = (locale: Locale, facts: MessageFacts, verdict: HumanVerdict): string =>
  reply(locale, facts, keptTemplate(languages[locale], verdict), {
    verdict: plainName(languages[locale].verdicts[verdict]),
  });

export function closedReply(locale: Locale, facts: MessageFacts, ending: Ending): string {
  const language = languages[locale];
  const { at, verdict, who } = endingValues(language, ending);
  const values = { at: plainName(at), verdict: plainName(verdict), who: shortName(who) };
  return reply(locale, facts, endingTemplate(language, ending), values);
}

export const justDecidedReply = (locale: Locale, facts: MessageFacts): string =>
  reply(locale, facts, languages[locale].replies.justDecided);

export const nobodyAskedForHelpReply = (locale: Locale, facts: MessageFacts): string =>
  reply(locale, facts, languages[locale].replies.nobodyAskedForHelp);

export const unknownCodeReply = (locale: Locale, code: string): string =>
  bare(locale, fill(languages[locale].replies.unknownCode, { code: plainSigns(code) }));

export const nothingOpenReply = (locale: Locale): string => bare(locale, languages[locale].replies.nothingOpen);

/** HELP, but no incident is open that could carry it. */
export const nobodyToCallReply = (locale: Locale): string => bare(locale, languages[locale].replies.nobodyToCall);

/** Several could be meant: their codes and lanes, and how to say which. */
export const severalReply = (locale: Locale, open: readonly MessageFacts[], verdict: HumanVerdict): string =>
  listReply(locale, open, languages[locale].replies.several, verdict);

/** Asks again, with what can be answered. */
export function notUnderstoodReply(locale: Locale, open: readonly MessageFacts[]): string {
  const { notUnderstood, answers } = languages[locale].replies;
  const [only] = open;
  if (only && open.length === 1) return reply(locale, only, `${notUnderstood} ${answers}`);
  if (open.length === 0) return bare(locale, `${notUnderstood} ${answers}`);
  return listReply(locale, open, `${notUnderstood} {list}.`, 'paid');
}

const digits: Partial<Record<HumanVerdict, string>> = { paid: '1', staff_error: '2', unsure: '3', confirmed: '4' };

function listReply(locale: Locale, open: readonly MessageFacts[], template: string, verdict: HumanVerdict): string {
  const language = languages[locale];
  const allDrills = open.every(({ drill }) => drill);
  const items = open.map(({ code, laneLabel, drill }) => ({
    code,
    // A drill among real incidents is marked by itself.
    label: plainName(drill && !allDrills ? `${language.drill} ${laneLabel}` : laneLabel),
  }));
  const example = `${open[0]?.code ?? ''} ${digits[verdict] ?? language.verdicts[verdict]}`;
  const start = `${allDrills ? `${language.drill} ` : ''}${opening(language, null)}`;
  return oneSegmentList(items, (list) => fill(`${start}${template} ${language.replies.withCode}`, { list, example }));
}

const bare = (locale: Locale, text: string): string =>
  fill(`${opening(languages[locale], null)}${text}`, {}, plainSigns);

const reply = (
  locale: Locale,
  { linkUrl: _unused, ...facts }: MessageFacts,
  template: string,
  values: Record<string, string> = {},
): string => oneSegment(languages[locale], facts, [`${template} {place}`], values);

export const keptTemplate = (language: Language, verdict: HumanVerdict): string =>
  verdict === 'help' ? language.replies.keptHelp : language.replies.kept;

export function endingTemplate(language: Language, ending: Ending): string {
  if (ending.verdict === null || ending.verdict === 'unreviewed') return language.replies.unanswered;
  return ending.corrected ? language.replies.corrected : language.replies.closed;
}

export const endingValues = (language: Language, ending: Ending) => ({
  at: momentAt(language, ending),
  verdict: ending.verdict === null || ending.verdict === 'unreviewed' ? '' : language.verdicts[ending.verdict],
  who: ending.by === 'till' ? language.theTill : ending.by === null ? 'Floorwalker' : neutralName(ending.by.name),
});
