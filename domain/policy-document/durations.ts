const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const unitsDown = ['d', 'h', 'm', 's', 'ms'] as const;

/** `45s`, `2m`, `24h`, `180d`, `500ms`; null when the text is none of these. */
export function parseDuration(text: string): number | null {
  const [, digits, unit] = /^(0|[1-9]\d{0,11})(ms|s|m|h|d)$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return null;
  return Number(digits) * unitMs[unit as keyof typeof unitMs];
}

/** In the largest unit that says it in a whole number; the reverse of parsing. */
export function formatDuration(ms: number): string {
  const unit = unitsDown.find((candidate) => ms >= unitMs[candidate] && ms % unitMs[candidate] === 0) ?? 's';
  return `${ms / unitMs[unit]}${unit}`;
}
