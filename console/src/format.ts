const digitsOf = (currency: string): number =>
  new Intl.NumberFormat('en-GB', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

/** An amount in minor units as people write it: 1299, "EUR" → "€12.99". */
export function money(amountMinor: number, currency: string): string {
  const format = new Intl.NumberFormat('en-GB', { style: 'currency', currency });
  return format.format(amountMinor / 10 ** digitsOf(currency));
}

/** What somebody typed, in minor units: "12.99", "EUR" → 1299; null when it is no amount of this currency. */
export function minorOf(typed: string, currency: string): number | null {
  const digits = digitsOf(currency);
  const [, whole, fraction = ''] = /^(\d{1,9})(?:[.,](\d*))?$/.exec(typed.trim()) ?? [];
  if (whole === undefined || fraction.length > digits) return null;
  return Number(whole) * 10 ** digits + Number(fraction.padEnd(digits, '0') || '0');
}

/** The other way round, for a field that is to be changed: 1299, "EUR" → "12.99"; nothing for nothing. */
export function typedAmount(amountMinor: number | null | undefined, currency: string): string {
  if (!amountMinor) return '';
  const digits = digitsOf(currency);
  return (amountMinor / 10 ** digits).toFixed(digits);
}

/** How an amount of this currency is typed: "0.00", or "0" where there is nothing smaller. */
export const amountPlaceholder = (currency: string): string => (0).toFixed(digitsOf(currency));

/** "SOC operator" → "SO". */
export const initials = (name: string): string =>
  name
    .replace(/\(.*?\)/g, '')
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((part) => part.charAt(0).toUpperCase())
    .join('');

/** A size in bytes for people: "184 kB". */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
