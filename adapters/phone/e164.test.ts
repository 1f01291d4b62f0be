import { expect, test } from 'vitest';
import { parseE164 } from './e164.ts';

test.each([
  ['+44 20 7946 0958', undefined, '+442079460958', 'GB'],
  ['020 7946 0958', 'GB', '+442079460958', 'GB'],
  ['0034 600 00 00 00', 'DE', '+34600000000', 'ES'],
  ['(0)151 12345678', 'DE', '+4915112345678', 'DE'],
  ['06 12 34 56 78', 'fr', '+33612345678', 'FR'],
  [' +447700900000 ', undefined, '+447700900000', null],
])('%s in %s is %s', (input, defaultCountry, number, country) => {
  expect(parseE164(input, defaultCountry)).toEqual({ ok: true, number, country });
});

test.each([
  ['07700 900000', undefined, /no country code/],
  ['+44', undefined, /too short|not a telephone number/],
  ['+4477', undefined, /length|too short/],
  ['+4477009000001234567', undefined, /too long/],
  ['call me', 'GB', /not a telephone number/],
  ['', 'GB', /not a telephone number/],
  ['+999123456', undefined, /country code/],
  ['+44 20 7946 0958 ext. 12', undefined, /extension/],
  ['020 7946 0958', 'Britain', /"Britain" is not a country code/],
])('refuses %s in %s and says why', (input, defaultCountry, reason) => {
  const parsed = parseE164(input, defaultCountry);
  expect(parsed.ok).toBe(false);
  expect(parsed).toHaveProperty('reason', expect.stringMatching(reason));
});
