/** How the carrier cuts a text: GSM-7 with its extension table, or UCS-2 when a character does not fit. */

const GSM_BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const GSM_EXTENSION = new Set('^{}\\[~]|€\f');

export interface Segmentation {
  encoding: 'GSM-7' | 'UCS-2';
  segments: number;
}

/** Counts the segments of a text as the carrier bills them. */
export function countSegments(body: string): Segmentation {
  const characters = [...body];
  const gsm = characters.every((character) => GSM_BASIC.has(character) || GSM_EXTENSION.has(character));
  return gsm
    ? { encoding: 'GSM-7', segments: fill(characters, (character) => (GSM_EXTENSION.has(character) ? 2 : 1), 160, 153) }
    : { encoding: 'UCS-2', segments: fill(characters, (character) => character.length, 70, 67) };
}

/** A character of two units (an escape pair, a surrogate pair) is never split over two parts. */
function fill(characters: string[], unitsOf: (character: string) => number, single: number, part: number): number {
  const total = characters.reduce((sum, character) => sum + unitsOf(character), 0);
  if (total <= single) return 1;
  let segments = 1;
  let used = 0;
  for (const character of characters) {
    const units = unitsOf(character);
    if (used + units > part) {
      segments += 1;
      used = 0;
    }
    used += units;
  }
  return segments;
}
