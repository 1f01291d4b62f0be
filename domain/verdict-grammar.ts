import type { HumanVerdict } from './types.ts';

export type ReplyIntent = { kind: 'verdict'; verdict: HumanVerdict; code: string | null } | { kind: 'not_understood' };

/** A map, not an object: nobody's text may find what every object inherits. */
const words: ReadonlyMap<string, HumanVerdict> = new Map<string, HumanVerdict>([
  ['1', 'paid'],
  ['paid', 'paid'],
  ['2', 'staff_error'],
  ['staff', 'staff_error'],
  ['3', 'unsure'],
  ['unsure', 'unsure'],
  ['not sure', 'unsure'],
  ['4', 'confirmed'],
  ['confirmed', 'confirmed'],
]);

/**
 * `1 paid`, `2 staff`, `3 not sure`, `4 confirmed`, `HELP`, each alone or with the incident's code before or after
 * (`K7Q 1`, `1 K7Q`). HELP is safe to read loosely: any message that contains the word counts.
 */
export function parseReply(body: string): ReplyIntent {
  const text = body
    .trim()
    .toLowerCase()
    .replace(/[.,!?#:;()]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const tokens = text.split(' ');
  const codeToken = tokens.find((token) => /^[2-9cdfghjklmnpqrtvwxz]{3}$/.test(token) && /[a-z]/.test(token));
  const code = codeToken?.toUpperCase() ?? null;
  if (/\bhelp\b/.test(text)) return { kind: 'verdict', verdict: 'help', code };
  const rest = tokens.filter((token) => token !== codeToken).join(' ');
  const verdict = words.get(rest) ?? (/^[1-4] /.test(rest) && agrees(rest) ? words.get(rest[0]!) : undefined);
  return verdict ? { kind: 'verdict', verdict, code } : { kind: 'not_understood' };
}

/** `1 paid` agrees with itself, `1 confirmed` does not and must not be guessed at. */
function agrees(text: string): boolean {
  const digit = text[0]!;
  const word = text.slice(2);
  return words.get(word) === words.get(digit) || (digit === '4' && word === 'confirmed no approach');
}

export const verdictWords: Record<HumanVerdict, string> = {
  paid: 'paid',
  staff_error: 'staff',
  unsure: 'not sure',
  confirmed: 'confirmed, no approach',
  false_positive: 'false alarm',
  help: 'HELP',
};
