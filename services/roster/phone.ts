import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { invalidField } from '../../domain/errors.ts';

/** A number as the carrier wants it: E.164, `+` and digits only. Spaces and dashes are taken out. */
export function e164From(field: string, text: string): string {
  const number = parsePhoneNumberFromString(text);
  if (!text.trim().startsWith('+') || !number)
    throw invalidField(
      field,
      'must be an international number that starts with + and the country, such as +447700900101',
    );
  if (!number.isPossible() || number.ext !== undefined)
    throw invalidField(
      field,
      `cannot be a number of the country +${number.countryCallingCode}: it has the wrong length; check the digits`,
    );
  return number.number;
}

/** Enough to tell two numbers apart, not enough to call: `+44 •••• 101`. */
export function maskPhone(phone: string): string {
  const country = parsePhoneNumberFromString(phone)?.countryCallingCode;
  return `${country === undefined ? '' : `+${country} `}•••• ${phone.slice(-3)}`;
}

export function maskEmail(email: string): string {
  return `•••@${email.slice(email.lastIndexOf('@') + 1)}`;
}
