import { describe, expect, it } from 'vitest';
import { defaultPolicy } from './policy.ts';
import { purgeAfter } from './retention.ts';
import type { Verdict } from './types.ts';

describe('when evidence is due for deletion', () => {
  it.each<[Verdict, number]>([
    ['paid', 1],
    ['staff_error', 7],
    ['false_positive', 7],
    ['unreviewed', 30],
    ['unsure', 30],
    ['help', 30],
    ['confirmed', 180],
  ])('%s: after %d days', (verdict, days) => {
    const dueMs = Date.parse(purgeAfter(defaultPolicy, verdict, '2026-03-01T12:00:00.000Z'));
    expect(dueMs - Date.parse('2026-03-01T12:00:00.000Z')).toBe(days * 86_400_000);
  });
});
