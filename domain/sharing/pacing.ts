import { addMs } from '../time.ts';

const seconds = 1_000;
const hours = 3_600 * seconds;

/** How a share is tried again, and when nobody tries any more. */
export interface RetryRules {
  firstDelayMs: number;
  longestDelayMs: number;
  maxAttempts: number;
  giveUpAfterMs: number;
}

export const retryRules: RetryRules = {
  firstDelayMs: 2 * seconds,
  longestDelayMs: 1 * hours,
  maxAttempts: 40,
  giveUpAfterMs: 7 * 24 * hours,
};

const jitterShare = 0.2;

/** Doubles with each attempt; `random` in [0, 1) spreads it. The recipient may ask for more time, within the longest delay. */
export function backoffMs(attempts: number, random: number, retryAfterMs: number | null, rules: RetryRules): number {
  const delayMs = Math.min(rules.longestDelayMs, rules.firstDelayMs * 2 ** Math.min(30, Math.max(0, attempts - 1)));
  const spreadMs = delayMs * (1 - jitterShare + 2 * jitterShare * random);
  return Math.round(Math.max(spreadMs, Math.min(retryAfterMs ?? 0, rules.longestDelayMs)));
}

/** The moment that is booked for a sending, and the first one that is free after it: evenly spread, never in a burst. */
export function bookSlot(
  nextSlotAt: string | null,
  now: string,
  perMinute: number,
): { slotAt: string; nextSlotAt: string } {
  const slotAt = nextSlotAt !== null && nextSlotAt > now ? nextSlotAt : now;
  return { slotAt, nextSlotAt: addMs(slotAt, Math.ceil((60 * seconds) / perMinute)) };
}
