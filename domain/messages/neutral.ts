/** Stems and words by language that accuse somebody before a person has looked. */
const accusing = [
  // English
  'thie(?:f|v)\\p{L}*|thefts?|steal\\p{L}*|stole\\p{L}*|suspect\\p{L}*|suspicio\\p{L}*|shoplift\\p{L}*|crim(?:e|inal)\\p{L}*|offender\\p{L}*|perpetrator\\p{L}*|caught|guilty|robs?|robbe\\p{L}*',
  // Spanish
  'ladr[oó]n\\p{L}*|rob[oó]s?|robar\\p{L}*|robad[oa]s?|robando|roban?|hurt(?:os?|ar|ad[oa]s?)|sospech\\p{L}*|delit\\p{L}*|delincuen\\p{L}*|cr[ií]m(?:en|inal)\\p{L}*|culpab\\p{L}*|rater[oa]s?',
  // German
  '\\p{L}*dieb\\p{L}*|stehl\\p{L}*|stiehl\\p{L}*|gestohlen\\p{L}*|geklaut\\p{L}*|klau(?:t|en|te)?|verd(?:[aä]|ae)cht\\p{L}*|t(?:[aä]|ae)ter\\p{L}*|straft\\p{L}*|krimin\\p{L}*|schuldig\\p{L}*|beschuldig\\p{L}*|ertappt\\p{L}*',
  // French
  'vols?|vol[eé]{1,2}s?|voler\\p{L}{0,3}|voleu\\p{L}*|d[eé]lit\\p{L}*|d[eé]linqu\\p{L}*|coupable\\p{L}*|d[eé]rob\\p{L}*|cambriol\\p{L}*|larcin\\p{L}*|malfaiteur\\p{L}*',
].join('|');

/** Words of all our languages that accuse somebody before a person has looked; no message may carry them. */
export const accusingWords = new RegExp(`(?<!\\p{L})(?:${accusing})(?!\\p{L})`, 'iu');
const everyAccusingWord = new RegExp(accusingWords, 'giu');

/** Somebody may have named a camera after what it looks for; the person who gets the text must not read it as a charge. */
export const neutral = (text: string): string => text.replace(everyAccusingWord, ' ').replace(/\s+/g, ' ').trim();
