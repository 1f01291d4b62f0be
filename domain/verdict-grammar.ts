import type { HumanVerdict } from './types.ts';

export type ReplyIntent = { kind: 'verdict'; verdict: HumanVerdict; code: string | null } | { kind: 'not_understood' };

/**
 * What counts as which verdict, in every language for everybody, whatever language we write to them in. Written without
 * accents and capitals, as `wordsOf` leaves them; German umlauts also spelt out.
 */
const phrases: Record<Exclude<HumanVerdict, 'help' | 'false_positive'>, readonly string[]> = {
  paid: ['1', 'paid', 'pagado', 'pagada', 'bezahlt', 'paye', 'payee', 'payes', 'regle', 'reglee'],
  staff_error: [
    ...['2', 'staff', 'staff error', 'staff matter', 'employee'],
    ...['personal', 'empleado', 'empleada', 'error del personal', 'cosa del personal'],
    ...['mitarbeiter', 'mitarbeiterin', 'personnel', 'employe', 'erreur du personnel'],
  ],
  unsure: [
    ...['3', 'unsure', 'not sure', 'im not sure', 'i am not sure', 'dont know', 'i dont know'],
    ...['no seguro', 'no segura', 'no estoy seguro', 'no estoy segura', 'no se', 'no lo se'],
    ...['unsicher', 'nicht sicher', 'bin nicht sicher', 'ich bin nicht sicher', 'weiss nicht', 'ich weiss nicht'],
    ...[
      'incertain',
      'incertaine',
      'pas sur',
      'pas sure',
      'je ne suis pas sur',
      'je ne suis pas sure',
      'je ne sais pas',
    ],
  ],
  confirmed: [
    ...['4', 'confirmed', 'confirmed no approach', 'confirmado', 'confirmada', 'confirmado sin acercarse'],
    ...['bestatigt', 'bestaetigt', 'bestatigt ohne ansprechen', 'bestaetigt ohne ansprechen'],
    ...['confirme', 'confirmee', 'confirme sans approche'],
  ],
  // Read strictly: it ends a call for help.
  safe: [
    ...['safe', 'i am safe', 'im safe', 'we are safe', 'all safe', 'a salvo', 'estoy a salvo', 'estamos a salvo'],
    ...['seguro', 'segura', 'estoy seguro', 'estoy segura', 'sicher', 'in sicherheit', 'ich bin sicher'],
    ...['wir sind sicher', 'ich bin in sicherheit', 'sauf', 'sauve', 'sain et sauf', 'saine et sauve', 'en securite'],
    ...['je suis en securite', 'nous sommes en securite'],
  ],
};

/** A map, not an object: nobody's text may find what every object inherits. */
const verdictOf: ReadonlyMap<string, HumanVerdict> = new Map(
  Object.entries(phrases).flatMap(([verdict, list]) =>
    list.map((phrase) => [phrase, verdict as HumanVerdict] as const),
  ),
);

/** Any message with one of these is a call for help; panic repeats letters, so each run of a letter counts as one. */
const helpWords: ReadonlySet<string> = new Set(
  [
    ...['help', 'unsafe', 'sos', 'ayuda', 'ayudame', 'ayudenme', 'ayudennos', 'socorro', 'auxilio'],
    ...['hilfe', 'hilf', 'notruf', 'aide', 'aidez', 'secours'],
  ].map(once),
);

/** Whoever says that they are not safe asks for help; `nicht sicher` and `no seguro` are how people say that they do not know. */
const notSafeAtAll = / (not safe|no (estoy|estamos) a salvo|nicht in sicherheit|pas en securite) /;

/** Courtesy changes nothing about an answer. */
const courtesies: ReadonlySet<string> = new Set([
  ...['please', 'pls', 'thanks', 'thank', 'you', 'ok', 'okay', 'por', 'favor', 'gracias', 'bitte', 'danke'],
  ...['merci', 'svp', 'stp'],
]);

/** How people write a code: as `shortCode` gives them out, in either case. */
const codePattern = /^(?=.*[a-z])[2-9cdfghjklmnpqrtvwxz]{3}$/;

/**
 * `1 paid`, `2 staff`, `3 not sure`, `4 confirmed`, `HELP`, `SAFE` and their like in four languages, each alone or with
 * the incident's code before or after (`K7Q 1`, `1 K7Q`, `K7Q1`). HELP is read loosely, everything else only when
 * nothing in the message speaks against it.
 */
export function parseReply(body: string): ReplyIntent {
  const words = wordsOf(body);
  const codeAt = words.findIndex((word) => codePattern.test(word) && !courtesies.has(word));
  const named = codeAt < 0 ? undefined : words[codeAt];
  const code = named?.toUpperCase() ?? null;
  if (callsForHelp(words)) return { kind: 'verdict', verdict: 'help', code };
  const rest = words.filter((_word, index) => index !== codeAt);
  const verdict = read(rest);
  return verdict ? { kind: 'verdict', verdict, code } : { kind: 'not_understood' };
}

export type KeyIntent = { kind: 'verdict'; verdict: HumanVerdict } | { kind: 'repeat' } | { kind: 'not_understood' };

/** The same grammar on a keypad: the digits of the texts, 7 for SAFE, 9 for HELP, 0 to hear it again. */
export function parseKeys(keys: string): KeyIntent {
  if (keys === '0') return { kind: 'repeat' };
  if (keys === '9') return { kind: 'verdict', verdict: 'help' };
  if (keys === '7') return { kind: 'verdict', verdict: 'safe' };
  const verdict = /^[1-4]$/.test(keys) ? verdictOf.get(keys) : undefined;
  return verdict ? { kind: 'verdict', verdict } : { kind: 'not_understood' };
}

export type OptOut = 'stop' | 'start';

/** The carrier's own words for "no more texts": only when they are all that somebody wrote. */
const optOutWords: ReadonlyMap<string, OptOut> = new Map([
  ...['stop', 'stopall', 'unsubscribe', 'cancel', 'end', 'quit', 'revoke', 'optout'].map(
    (word) => [word, 'stop'] as const,
  ),
  ...['start', 'unstop', 'yes'].map((word) => [word, 'start'] as const),
]);

/** Whether somebody wants no texts any more, or wants them again; null for everything else, a call for help included. */
export function parseOptOut(body: string, carrierSays: string | undefined): OptOut | null {
  if (callsForHelp(wordsOf(body))) return null;
  if (carrierSays === 'STOP') return 'stop';
  if (carrierSays === 'START') return 'start';
  return optOutWords.get(wordsOf(body).join('')) ?? null;
}

/** Words without accents, capitals and punctuation. Letters of other alphabets stay, so that they are not overlooked. */
function wordsOf(body: string): string[] {
  return body
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\p{M}\u200b-\u200d'’`´]/gu, '')
    .replaceAll('ß', 'ss')
    .split(/[^\p{L}\p{N}]+/u)
    .flatMap(apart);
}

/** `K7Q1` and `1K7Q` are a code and an answer, unless both ends could be the answer. */
function apart(word: string): string[] {
  if (word.length !== 4) return word === '' ? [] : [word];
  const [first, last] = [word.slice(0, 1), word.slice(3)];
  const before = /[1-4]/.test(first) && codePattern.test(word.slice(1));
  const after = /[1-4]/.test(last) && codePattern.test(word.slice(0, 3));
  if (before === after) return [word];
  return before ? [first, word.slice(1)] : [word.slice(0, 3), last];
}

function once(word: string): string {
  return word.replace(/(.)\1+/gu, '$1');
}

function callsForHelp(words: readonly string[]): boolean {
  const letters = words.flatMap((word) => word.split(/\p{N}+/u)).map(once);
  return letters.some((word) => helpWords.has(word)) || notSafeAtAll.test(` ${words.join(' ')} `);
}

/** One phrase, or two that mean the same (`1 paid`); `1 confirmed` must not be guessed at. */
function read(words: readonly string[]): HumanVerdict | undefined {
  const said = words.join(' ');
  const whole = verdictOf.get(said);
  if (whole) return whole;
  const plain = words.filter((word) => !courtesies.has(word));
  // SAFE with anything beside it might be a question.
  if (plain.length < words.length) return exceptSafe(readPair(plain) ?? verdictOf.get(plain.join(' ')));
  return exceptSafe(readPair(words));
}

const exceptSafe = (verdict: HumanVerdict | undefined) => (verdict === 'safe' ? undefined : verdict);

function readPair(words: readonly string[]): HumanVerdict | undefined {
  for (let cut = 1; cut < words.length; cut += 1) {
    const first = verdictOf.get(words.slice(0, cut).join(' '));
    if (first && first === verdictOf.get(words.slice(cut).join(' '))) return first;
  }
  return undefined;
}
