import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortCode } from './ids.ts';
import type { HumanVerdict } from './types.ts';
import { parseReply, verdictWords } from './verdict-grammar.ts';

const read = (body: string) => {
  const intent = parseReply(body);
  return intent.kind === 'verdict' ? { verdict: intent.verdict, code: intent.code } : 'not_understood';
};

describe('answers without a code', () => {
  it.each([
    ['1', 'paid'],
    [' 1 ', 'paid'],
    ['1.', 'paid'],
    ['1!', 'paid'],
    ['(1)', 'paid'],
    ['1 paid', 'paid'],
    ['Paid', 'paid'],
    ['PAID.', 'paid'],
    ['2', 'staff_error'],
    ['2 staff', 'staff_error'],
    ['staff', 'staff_error'],
    ['3', 'unsure'],
    ['3 not sure', 'unsure'],
    ['3\nnot  sure', 'unsure'],
    ['not sure', 'unsure'],
    ['Unsure?', 'unsure'],
    ['4', 'confirmed'],
    ['4 confirmed', 'confirmed'],
    ['4: confirmed, no approach', 'confirmed'],
    ['confirmed', 'confirmed'],
    ['HELP', 'help'],
    ['help!!!', 'help'],
    ['Help?', 'help'],
    ['please HELP me', 'help'],
    ['1 help', 'help'],
    ['help/now', 'help'],
  ])('%j is %s', (body, verdict) => {
    expect(read(body)).toEqual({ verdict, code: null });
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
    "1'; drop table incidents; --",
    '🤷',
  ])('%j', (body) => {
    expect(read(body)).toBe('not_understood');
  });

  it('is never anything but a known verdict, whatever somebody types', () => {
    const known = Object.keys(verdictWords) as HumanVerdict[];
    const typed = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc
        .array(fc.constantFrom('1', '2', '3', '4', 'paid', 'K7Q', 'help', '__proto__', 'constructor', 'not', 'sure'))
        .map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(typed, (body) => {
        const intent = parseReply(body);
        if (intent.kind === 'verdict') expect(known).toContain(intent.verdict);
      }),
    );
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
