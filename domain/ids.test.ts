import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correctionWorkflowId, detectionKey, incidentWorkflowId, shortCode } from './ids.ts';

describe('short codes', () => {
  it('are three signs that nobody misreads, never digits alone', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(40), (hash32, attempt) => {
        const code = shortCode(hash32, attempt);
        expect(code).toMatch(/^[2-9CDFGHJKLMNPQRTVWXZ]{3}$/);
        expect(code).not.toMatch(/^\d+$/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('offer another one at each attempt', () => {
    const codes = Array.from({ length: 40 }, (_, attempt) => shortCode(123_456_789, attempt));
    expect(new Set(codes).size).toBe(40);
  });

  it('repeat for the same incident', () => {
    expect(shortCode(42, 0)).toBe(shortCode(42, 0));
  });
});

describe('ids', () => {
  it('are versioned and say what they name', () => {
    expect(detectionKey('t', 's', 'c', 'e')).toBe('v1:t:s:c:e');
    expect(incidentWorkflowId('t', 's', 'i')).toBe('incident:t:s:i');
    expect(incidentWorkflowId('t', 's', 'i', 2)).toBe('incident:t:s:i:2');
    expect(correctionWorkflowId('t', 's', 'i', 'receipt-7')).toBe('correction:t:s:i:receipt-7');
  });

  it('cannot be made equal by moving a separator, since only the event id may carry one', () => {
    const part = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,5}$/);
    const key = fc.tuple(part, part, part, fc.stringMatching(/^[A-Za-z0-9._:-]{1,6}$/));
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(detectionKey(...a) === detectionKey(...b)).toBe(a.join('\n') === b.join('\n'));
      }),
    );
  });
});
