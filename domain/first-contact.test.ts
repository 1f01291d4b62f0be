import { describe, expect, it } from 'vitest';
import { firstContactDueAt } from './first-contact.ts';
import type { Policy } from './policy.ts';

const detectedAt = '2026-03-01T10:00:00.000Z';
const soon = '2026-03-01T10:00:01.000Z';
const later = '2026-03-01T10:05:00.000Z';
const policy: Pick<Policy, 'receiptFirst' | 'posWindow' | 'prompt'> = {
  receiptFirst: ['missed_scan'],
  posWindow: { beforeMs: 0, afterMs: 8_000, feedStaleAfterMs: 5_000 },
  prompt: null,
};
const asking = { ...policy, prompt: { waitMs: 20_000, message: 'Please scan it again.' } };
const incident = { policy, behaviour: 'missed_scan' as const, detectedAt, receivedAt: soon };

describe('when the first person is due', () => {
  it.each([
    ['at once, where no till is asked', { behaviour: 'violence' as const }, soon],
    ['when the window of the till is over', {}, '2026-03-01T10:00:08.000Z'],
    ['at once, when it came after that', { receivedAt: later }, later],
    ['when the customer has had their time', { policy: asking }, '2026-03-01T10:00:28.000Z'],
  ])('%s', (_name, change, dueAt) => {
    expect(firstContactDueAt({ ...incident, ...change })).toBe(dueAt);
  });
});
