import {
  type CountryCode,
  isSupportedCountry,
  ParseError,
  parsePhoneNumberWithError,
  validatePhoneNumberLength,
} from 'libphonenumber-js';

export type ParsedNumber =
  /** `country` is null for a number that several countries share or that is reserved, such as those for films. */
  { ok: true; number: string; country: string | null } | { ok: false; reason: string };

const REASONS: Record<string, string> = {
  NOT_A_NUMBER: 'it is not a telephone number',
  INVALID_COUNTRY: 'it has no country code: write it with + and the country code, such as +44 20 7946 0000',
  TOO_SHORT: 'it is too short',
  TOO_LONG: 'it is too long',
  INVALID_LENGTH: 'its length is wrong for its country',
};

const reasonOf = (code: string | undefined): string => REASONS[code ?? ''] ?? 'it is not a telephone number';

/**
 * Reads what a person typed as a number in E.164; a national one needs `defaultCountry` (two letters, such as GB). What counts is that
 * such a number can exist: numbering plans are younger than any list of them, and only the carrier knows whether somebody answers.
 */
export function parseE164(input: string, defaultCountry?: string): ParsedNumber {
  const country = countryOf(defaultCountry);
  if (country === null) return { ok: false, reason: `"${defaultCountry}" is not a country code such as GB` };
  try {
    const parsed = parsePhoneNumberWithError(input.trim(), {
      ...(country ? { defaultCountry: country } : {}),
      extract: false,
    });
    if (parsed.ext) return { ok: false, reason: 'it has an extension, which no text or call can reach' };
    if (!parsed.isPossible()) return { ok: false, reason: reasonOf(validatePhoneNumberLength(parsed.number)) };
    return { ok: true, number: parsed.number, country: parsed.country ?? null };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { ok: false, reason: reasonOf(error.message) };
  }
}

/** Undefined stays undefined; null is a country that does not exist. */
function countryOf(code: string | undefined): CountryCode | undefined | null {
  const upper = code?.toUpperCase();
  if (upper === undefined) return undefined;
  return isSupportedCountry(upper) ? upper : null;
}
