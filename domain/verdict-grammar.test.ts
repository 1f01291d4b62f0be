import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortCode } from './ids.ts';
import type { HumanVerdict } from './types.ts';
import { parseKeys, parseOptOut, parseReply } from './verdict-grammar.ts';

const read = (body: string) => {
  const intent = parseReply(body);
  return intent.kind === 'verdict' ? { verdict: intent.verdict, code: intent.code } : 'not_understood';
};

/** What each verdict is called, in four languages; the words alone and after their digit. */
const table: Record<'paid' | 'staff_error' | 'unsure' | 'confirmed', { digit: string; words: string[] }> = {
  paid: { digit: '1', words: ['paid', 'pagado', 'pagada', 'bezahlt', 'payé', 'payée', 'paye', 'réglé'] },
  staff_error: {
    digit: '2',
    words: ['staff', 'personal', 'Personal', 'personnel', 'empleado', 'Mitarbeiter', 'employé'],
  },
  unsure: {
    digit: '3',
    words: [
      ...['unsure', 'not sure', "I don't know", 'no seguro', 'no estoy segura', 'no sé', 'unsicher', 'nicht sicher'],
      ...['weiß nicht', 'pas sûr', 'je ne suis pas sûre', 'incertain'],
    ],
  },
  confirmed: {
    digit: '4',
    words: ['confirmed', 'confirmed, no approach', 'confirmado', 'bestätigt', 'bestaetigt', 'confirmé', 'confirmée'],
  },
};
const helpWords = ['HELP', 'AYUDA', '¡Ayúdame!', 'SOCORRO', 'auxilio', 'HILFE', 'AIDE', 'aidez-moi', 'SECOURS', 'SOS'];
const safeWords = [
  ...['SAFE', "I'm safe", 'we are safe', 'A SALVO', 'estoy a salvo', 'SEGURO', 'segura', 'SICHER', 'in Sicherheit'],
  ...['EN SÉCURITÉ', 'en securite', 'sauf', 'sain et sauf'],
];

const meanings: [body: string, verdict: HumanVerdict][] = [
  ...Object.entries(table).flatMap(([verdict, { digit, words }]): [string, HumanVerdict][] => [
    [digit, verdict as HumanVerdict],
    ...words.flatMap((word): [string, HumanVerdict][] => [
      [word, verdict as HumanVerdict],
      [`${digit} ${word}`, verdict as HumanVerdict],
      [`${word} ${digit}`, verdict as HumanVerdict],
    ]),
  ]),
  ...helpWords.map((word): [string, HumanVerdict] => [word, 'help']),
  ...safeWords.map((word): [string, HumanVerdict] => [word, 'safe']),
];

describe('answers without a code', () => {
  it.each([
    ...meanings,
    [' 1 ', 'paid'],
    ['1.', 'paid'],
    ['1!', 'paid'],
    ['(1)', 'paid'],
    ['1️⃣', 'paid'],
    ['１', 'paid'],
    ['1, thanks', 'paid'],
    ['2 gracias', 'staff_error'],
    ['bitte 4', 'confirmed'],
    ['3\nnot  sure', 'unsure'],
    ['Unsure?', 'unsure'],
    ['4: confirmed, no approach', 'confirmed'],
    ['1 paid pagado', 'not_understood'],
  ])('%j is %s', (body, verdict) => {
    expect(read(body)).toEqual(verdict === 'not_understood' ? verdict : { verdict, code: null });
  });
});

describe('a call for help is read loosely', () => {
  it.each([
    ...['please HELP me', '1 help', 'help/now', 'HELP1', 'heeelp', 'HIIILFEEE!!!', 'por favor ayuda en la caja 3'],
    ...[
      'au secours, vite',
      'bitte Hilfe',
      'safe? no, help',
      'not safe',
      'pas en sécurité',
      'no estoy a salvo',
      'unsafe',
    ],
    ...['stop help', 'HELP nicht sicher'],
  ])('%j', (body) => {
    expect(read(body)).toMatchObject({ verdict: 'help' });
    expect(parseOptOut(body, undefined)).toBeNull();
  });
  it('also with a code that cannot be one', () => {
    expect(read('help XXX')).toEqual({ verdict: 'help', code: 'XXX' });
    expect(read('K7QQ help')).toEqual({ verdict: 'help', code: null });
  });
  it.each(['helpful', 'aider', 'personal'])('%j holds no such word', (body) => {
    expect(read(body)).not.toMatchObject({ verdict: 'help' });
  });
});

describe('SAFE is read strictly', () => {
  it.each([
    'is it safe',
    'safe?? or not',
    'not sure if safe',
    'safe 1',
    '1 safe',
    'safe thanks',
    'safe safe',
    'sicher nicht',
    'todo sauf 1',
  ])('%j is not it', (body) => {
    expect(read(body)).not.toMatchObject({ verdict: 'safe' });
  });
});

describe('answers with a code', () => {
  it.each([
    ['K7Q 1', 'paid', 'K7Q'],
    ['k7q 1', 'paid', 'K7Q'],
    ['1 K7Q', 'paid', 'K7Q'],
    ['K7Q: 4', 'confirmed', 'K7Q'],
    ['#K7Q 3 not sure', 'unsure', 'K7Q'],
    ['not sure K7Q', 'unsure', 'K7Q'],
    ['22X 2', 'staff_error', '22X'],
    ['help K7Q', 'help', 'K7Q'],
    ['K7Q1', 'paid', 'K7Q'],
    ['1K7Q', 'paid', 'K7Q'],
    ['k7q4', 'confirmed', 'K7Q'],
    ['K7Q SAFE', 'safe', 'K7Q'],
    ['a salvo k7q', 'safe', 'K7Q'],
    ['K7Q, pas sûr', 'unsure', 'K7Q'],
    ['bestätigt (K7Q)', 'confirmed', 'K7Q'],
  ])('%j is %s for %s', (body, verdict, code) => {
    expect(read(body)).toEqual({ verdict, code });
  });
});

describe('answers that must not be guessed at', () => {
  it.each([
    '',
    ' ',
    '5',
    '0',
    '12',
    '1 2',
    '1 confirmed',
    '4 paid',
    '2 not sure',
    'paid confirmed',
    'K7Q',
    'yes',
    'ok',
    'is it 1 or 4?',
    'not paid',
    'helpful',
    'constructor',
    '__proto__',
    'hasownproperty',
    '1 __proto__',
    '22X2',
    'no pagado',
    'nicht bezahlt',
    'pas payé',
    'не paid',
    '١',
    '½',
    'tout sauf 1',
    "1'; drop table incidents; --",
    '🤷',
  ])('%j', (body) => {
    expect(read(body)).toBe('not_understood');
  });

  /** Everything the grammar knows, read from the table above rather than from the grammar. */
  const known = new Set(
    [...meanings.map(([body]) => body), 'not safe', 'thanks', 'no', 'lo', 'se', 'sé']
      .flatMap((body) => fold(body).split(' '))
      .filter((word) => word !== ''),
  );
  it('random text is no verdict unless it holds a whole word or digit of the grammar', () => {
    const typed = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
      fc
        .array(
          fc.constantFrom('5', '12', 'maybe', 'yes', 'K7Q', '__proto__', 'constructor', 'helpful', 'unpaid', '🤷', 'x'),
        )
        .map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(typed, (body) => {
        const intent = parseReply(body);
        if (intent.kind !== 'verdict') return;
        // A code and a digit may stand together.
        const words = fold(body)
          .split(' ')
          .flatMap((word) => [word, word[0]!, word.at(-1)!]);
        expect(words.some((word) => known.has(word) || helpWords.some((help) => word.includes(fold(help))))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Independent of the grammar: only used to generate and to look. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}'’]/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

describe('however somebody writes it', () => {
  const casing = fc.constantFrom(
    (text: string) => text,
    (text: string) => text.toUpperCase(),
    (text: string) => text.toLowerCase(),
    (text: string) => [...text].map((sign, at) => (at % 2 ? sign.toUpperCase() : sign.toLowerCase())).join(''),
  );
  const accents = fc.constantFrom(
    (text: string) => text,
    (text: string) => text.normalize('NFD'),
    (text: string) => text.normalize('NFD').replace(/\p{M}/gu, ''),
  );
  const mark = fc.constantFrom('', ' ', '.', '!', '!!', ' :', ',', '\n', ' - ', '…', ' 👍 ', '(', ')', '\u00a0');
  const gap = fc.constantFrom(' ', '  ', '\n', ' - ', ', ', ': ', '\u00a0', '; ');

  it('casing, accents, punctuation and the place of the code change nothing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...meanings),
        fc.option(fc.tuple(fc.nat(0xffffffff), fc.nat(40)), { nil: null }),
        ...([casing, accents, mark, mark, gap, fc.boolean()] as const),
        ([body, verdict], hash, inCase, inAccents, before, after, between, codeFirst) => {
          const code = hash === null ? null : shortCode(...hash);
          const words = inAccents(body);
          const said = code === null ? words : codeFirst ? `${code}${between}${words}` : `${words}${between}${code}`;
          expect(read(`${before}${inCase(said)}${after}`)).toEqual({ verdict, code });
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

describe('on the keypad', () => {
  it.each([
    ['1', 'paid'],
    ['2', 'staff_error'],
    ['3', 'unsure'],
    ['4', 'confirmed'],
    ['7', 'safe'],
    ['9', 'help'],
  ])('%s is %s', (key, verdict) => {
    expect(parseKeys(key)).toEqual({ kind: 'verdict', verdict });
  });
  it.each(['5', '6', '8', '*', '#', '', '11', '14', '1 ', 'paid'])('%j is nothing', (key) => {
    expect(parseKeys(key)).toEqual({ kind: 'not_understood' });
  });
  it('0 repeats', () => {
    expect(parseKeys('0')).toEqual({ kind: 'repeat' });
  });
});

describe('no more texts, and texts again', () => {
  it.each([
    ['STOP', undefined, 'stop'],
    ['Stop.', undefined, 'stop'],
    ['opt-out', undefined, 'stop'],
    ['STOP ALL', undefined, 'stop'],
    ['START', undefined, 'start'],
    ['yes', undefined, 'start'],
    ['ALTO', 'STOP', 'stop'],
    ['volver', 'START', 'start'],
    ['HELP', 'HELP', null],
    ['INFO', 'HELP', null],
    ['stop it', undefined, null],
    ['1', undefined, null],
    ['', undefined, null],
  ])('%j with OptOutType %s is %s', (body, carrierSays, expected) => {
    expect(parseOptOut(body, carrierSays)).toBe(expected);
  });
});

it('reads back every code that can be given out, before and after the answer', () => {
  fc.assert(
    fc.property(fc.nat(0xffffffff), fc.nat(40), (hash32, attempt) => {
      const code = shortCode(hash32, attempt);
      expect(read(`${code} 2`)).toEqual({ verdict: 'staff_error', code });
      expect(read(`4 ${code.toLowerCase()}`)).toEqual({ verdict: 'confirmed', code });
    }),
  );
});
