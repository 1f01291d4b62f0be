import { DomainError } from './errors.ts';

/** One GSM 03.38 segment holds 160 septets; the signs of the extension table take two. */
const segmentSeptets = 160;
const gsmBasic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const gsmExtended = '^{}\\[~]|€';

/** Septets of a text in GSM-7 (3GPP TS 23.038), or null when a sign is outside the alphabet. */
export function gsmSeptets(text: string): number | null {
  let septets = 0;
  for (const sign of text) {
    if (gsmBasic.includes(sign)) septets += 1;
    else if (gsmExtended.includes(sign)) septets += 2;
    else return null;
  }
  return septets;
}

/** Words that accuse somebody before a person has looked; no message may carry them. */
export const accusingWords =
  /\b(thie(f|ves)|theft|steal\w*|stole\w*|suspect\w*|shoplift\w*|crim(e|inal)\w*|offender|perpetrator|caught|guilty)\b/i;

export interface AlertText {
  laneLabel: string;
  storeName: string;
  code: string;
  linkUrl: string;
}

const withoutForeignSigns = (text: string) =>
  [...text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '')]
    .map((sign) => (gsmSeptets(sign) === 1 ? sign : ' '))
    .join('')
    .replace(/\s+/g, ' ')
    .trim();

/** Neutral heads-up in one segment: where, which, the link, how to answer. The place names are shortened until it fits. */
export function alertText(facts: AlertText): string {
  return fitPlace(
    facts,
    (place) =>
      `Floorwalker ${facts.code}: please check ${place}. ${facts.linkUrl} Reply 1 paid 2 staff 3 not sure 4 confirmed or HELP`,
  );
}

/** Says that an earlier text was wrong, to whoever got it. */
export function correctionText(facts: Omit<AlertText, 'linkUrl'>): string {
  return fitPlace(
    facts,
    (place) =>
      `Floorwalker ${facts.code}: correction for ${place}. The receipt was found, all is paid. Please take no action. Sorry for the trouble.`,
  );
}

/** Goes to the next people in the chain when somebody on the floor asks for help. */
export function helpText(facts: AlertText): string {
  return fitPlace(
    facts,
    (place) =>
      `Floorwalker ${facts.code}: a colleague asks for HELP at ${place}. Please go there now. ${facts.linkUrl} Reply 4 when safe`,
  );
}

/** Somebody may have named a camera after what it looks for; the person who gets the text must not read it as a charge. */
const neutral = (text: string) => text.replace(new RegExp(accusingWords, 'gi'), ' ').replace(/\s+/g, ' ').trim();

function fitPlace(facts: { laneLabel: string; storeName: string }, compose: (place: string) => string): string {
  const lane = neutral(withoutForeignSigns(facts.laneLabel)) || 'the lane';
  const store = neutral(withoutForeignSigns(facts.storeName));
  const overheadSeptets = gsmSeptets(compose(''));
  if (overheadSeptets === null) throw new DomainError('INTERNAL', 'a message template leaves the GSM-7 alphabet');
  const room = segmentSeptets - overheadSeptets;
  const full = store === '' ? lane : `${lane}, ${store}`;
  if (full.length <= room) return compose(full);
  if (room < 4)
    throw new DomainError(
      'PRECONDITION_FAILED',
      `PUBLIC_URL is too long for a text of one segment: shorten it by ${4 - room} signs`,
    );
  if (lane.length + 5 <= room) return compose(`${lane}, ${neutral(store.slice(0, room - lane.length - 3))}.`);
  return compose(neutral(lane.slice(0, room)));
}
