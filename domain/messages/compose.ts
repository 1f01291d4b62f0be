import { DomainError } from '../errors.ts';
import type { Locale } from '../types.ts';
import { german } from './de.ts';
import { english } from './en.ts';
import { spanish } from './es.ts';
import { french } from './fr.ts';
import { gsmSeptets, plainSigns, plainText, segmentSeptets } from './gsm7.ts';
import type { Language } from './language.ts';
import { neutral } from './neutral.ts';

export const languages: Readonly<Record<Locale, Language>> = { en: english, es: spanish, de: german, fr: french };
export const locales = Object.keys(languages) as readonly Locale[];

/** What every message about an incident is made of. */
export interface MessageFacts {
  laneLabel: string;
  storeName: string;
  code: string;
  linkUrl?: string | undefined;
  drill: boolean;
}

type Values = Readonly<Record<string, string>>;

/** Puts values where a template has their names in braces; `literally` is applied to what stands between. */
export function fill(template: string, values: Values, literally = (text: string) => text): string {
  return template
    .split(/\{(\w+)\}/)
    .map((part, index) => (index % 2 === 0 ? literally(part) : given(part, values)))
    .join('')
    .replace(/ +/g, ' ')
    .trim();
}

function given(name: string, values: Values): string {
  const value = values[name];
  if (value === undefined)
    throw new DomainError('INTERNAL', `a message template asks for "${name}", which is not given`);
  return value;
}

/** A name that somebody chose, fit for any message: one line, no charge. */
export const neutralName = (name: string): string => neutral(name.normalize('NFC').replace(/[\p{C}\s]+/gu, ' '));
/** The same for a text. */
export const plainName = (name: string): string => neutral(plainText(name));

/** The opening of every text: whose, whether it is only a drill, and which incident. */
export const opening = (language: Language, about: { code: string; drill: boolean } | null): string =>
  about === null ? 'Floorwalker: ' : `${about.drill ? `${language.drill} ` : ''}Floorwalker ${about.code}: `;

/**
 * One GSM-7 segment, always: the first of the templates in which lane and store fit whole, else the last of them with the
 * store shortened, then the lane.
 */
export function oneSegment(
  language: Language,
  facts: MessageFacts,
  templates: readonly string[],
  more: Values = {},
): string {
  const lane = plainName(facts.laneLabel) || plainName(language.theLane);
  const store = plainName(facts.storeName);
  const full = store === '' ? lane : `${lane}, ${store}`;
  const compose = (template: string, place: string) =>
    fill(
      `${opening(language, facts)}${template}`,
      { code: facts.code, link: facts.linkUrl ?? '', ...more, place },
      plainSigns,
    );
  for (const template of templates) if (roomFor(compose(template, '-')) >= full.length) return compose(template, full);
  const shortest = templates.at(-1) ?? '';
  const room = roomFor(compose(shortest, '-'));
  if (room < 4)
    throw new DomainError(
      'PRECONDITION_FAILED',
      `PUBLIC_URL is too long for a text of one segment: shorten it by ${4 - room} signs`,
    );
  if (lane.length + 5 <= room) return compose(shortest, `${lane}, ${neutral(store.slice(0, room - lane.length - 3))}.`);
  return compose(shortest, neutral(lane.slice(0, room)) || lane.slice(0, 1));
}

/** How many signs the place may have in a text that was composed with a place of one sign. */
function roomFor(text: string): number {
  const septets = gsmSeptets(text);
  if (septets === null)
    throw new DomainError('INTERNAL', 'a text leaves the GSM-7 alphabet: is PUBLIC_URL plain ASCII?');
  return segmentSeptets - septets + 1;
}

/** One segment without a place; a list is shortened until it fits. */
export function oneSegmentList(
  items: readonly { code: string; label: string }[],
  compose: (list: string) => string,
): string {
  const shown = items.slice(0, 3);
  const more = items.length > shown.length ? `, +${items.length - shown.length}` : '';
  const listWith = (labelLength: number) =>
    shown
      .map(({ code, label }) => {
        const cut = neutral(label.slice(0, labelLength));
        return cut === '' ? code : `${code} (${cut})`;
      })
      .join(', ') + more;
  for (let labelLength = 30; labelLength > 0; labelLength -= 1) {
    const text = fill(compose(listWith(labelLength)), {}, plainSigns);
    if ((gsmSeptets(text) ?? Number.POSITIVE_INFINITY) <= segmentSeptets) return text;
  }
  return fill(compose(shown.map(({ code }) => code).join(', ') + more), {}, plainSigns);
}

/** An instant as the person reads it at the store: the time, and the day unless it is today. */
export function momentAt(language: Language, when: { at: string | null; now: string; timeZone: string }): string {
  if (when.at === null) return '';
  const { timeZone } = when;
  const day = (at: string) =>
    new Date(at).toLocaleDateString(language.tag, { timeZone, day: 'numeric', month: 'short' });
  const time = new Date(when.at).toLocaleTimeString(language.tag, { timeZone, hour: '2-digit', minute: '2-digit' });
  const date = day(when.at);
  return fill(date === day(when.now) ? language.at.today : language.at.earlier, { time, date });
}
