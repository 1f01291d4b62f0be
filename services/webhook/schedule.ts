const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

/** How long after each failed attempt the next one comes, before jitter. After the last there is none. */
export const retryDelaysMs: readonly number[] = [
  5 * seconds,
  30 * seconds,
  2 * minutes,
  5 * minutes,
  15 * minutes,
  30 * minutes,
  1 * hours,
  2 * hours,
  4 * hours,
  6 * hours,
  8 * hours,
];
export const maxAttempts = retryDelaysMs.length + 1;
/** Delays are spread by this share to both sides, so that a receiver that comes back is not met by all at once. */
export const jitterShare = 0.1;
export const disableAfterMs = 5 * 24 * hours;
export const keepDeliveriesMs = 90 * 24 * hours;
export const previousSecretMs = 24 * hours;

/** `random` is in [0, 1). The receiver may ask for more time, within the longest delay. Null: that was the last attempt. */
export function nextDelayMs(attempts: number, random: number, retryAfterMs: number | null): number | null {
  const delayMs = retryDelaysMs[attempts - 1];
  if (delayMs === undefined) return null;
  const spreadMs = delayMs * (1 - jitterShare + 2 * jitterShare * random);
  const longestMs = retryDelaysMs.at(-1) ?? delayMs;
  return Math.round(Math.max(spreadMs, Math.min(retryAfterMs ?? 0, longestMs)));
}
