import { expect, it } from 'vitest';
import { amountPlaceholder, initials, minorOf, money, typedAmount } from './format.ts';

it.each([
  ['12.99', 'EUR', 1299],
  ['12,9', 'EUR', 1290],
  ['19.99', 'GBP', 1999],
  ['4.35', 'GBP', 435],
  ['0', 'GBP', 0],
  ['7.', 'GBP', 700],
  ['500', 'JPY', 500],
  ['1.234', 'KWD', 1234],
  ['1.23', 'JPY', null],
  ['1.234', 'EUR', null],
  ['-1', 'EUR', null],
  ['1e3', 'EUR', null],
  ['twelve', 'EUR', null],
  ['', 'EUR', null],
])('takes %j %s as %s', (typed, currency, minor) => {
  expect(minorOf(typed, currency)).toBe(minor);
});

it('writes an amount so that it can be read back', () => {
  for (const [minor, currency] of [
    [1299, 'EUR'],
    [5, 'GBP'],
    [500, 'JPY'],
    [1234, 'KWD'],
  ] as const)
    expect(minorOf(typedAmount(minor, currency), currency)).toBe(minor);
  expect(typedAmount(0, 'EUR')).toBe('');
  expect([amountPlaceholder('EUR'), amountPlaceholder('JPY')]).toEqual(['0.00', '0']);
  expect(money(500, 'JPY')).toBe('JP¥500');
});

it.each([
  ['SOC operator', 'SO'],
  ['Alex (manager)', 'A'],
  ['Lea Maria Brandt', 'LM'],
])('shortens %s to %s', (name, short) => {
  expect(initials(name)).toBe(short);
});
