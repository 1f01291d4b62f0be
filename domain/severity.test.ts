import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priorityOf, type SeverityFacts, scoreSeverity } from './severity.ts';
import { type Behaviour, behaviours, type PosVerdict } from './types.ts';

const facts: SeverityFacts = {
  behaviour: 'missed_scan',
  confidence: 0.7,
  posVerdict: 'MISMATCH',
  detectionCount: 1,
  itemLabel: null,
  helpRequested: false,
};

describe('severity', () => {
  it.each<[string, Partial<SeverityFacts>, number, string]>([
    ['a missed scan without a receipt', {}, 35, 'medium'],
    ['the till cannot say', { posVerdict: 'UNKNOWN' }, 10, 'low'],
    ['it is paid', { posVerdict: 'MATCH' }, 0, 'low'],
    ['paid, whatever the behaviour', { posVerdict: 'MATCH', behaviour: 'fake_scan' }, 0, 'low'],
    ['a doubtful detection', { confidence: 0.49 }, 25, 'low'],
    ['a detection at the lower mark', { confidence: 0.5 }, 35, 'medium'],
    ['a clear detection', { confidence: 0.9 }, 40, 'medium'],
    ['three detections', { detectionCount: 3 }, 45, 'medium'],
    ['many detections count only so much', { detectionCount: 90 }, 55, 'high'],
    ['violence needs no till', { behaviour: 'violence', posVerdict: 'NOT_APPLICABLE' }, 90, 'critical'],
    ['a call for help outranks everything', { helpRequested: true, posVerdict: 'MATCH' }, 100, 'critical'],
  ])('%s', (_name, change, score, level) => {
    expect(scoreSeverity({ ...facts, ...change })).toMatchObject({ score, level });
  });

  const anyFacts = fc.record<SeverityFacts>({
    behaviour: fc.constantFrom(...(Object.keys(behaviours) as Behaviour[])),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    posVerdict: fc.constantFrom<PosVerdict>('PENDING', 'MATCH', 'MISMATCH', 'UNKNOWN', 'NOT_APPLICABLE'),
    detectionCount: fc.integer({ min: 1, max: 40 }),
    itemLabel: fc.constant(null),
    helpRequested: fc.boolean(),
  });

  it('is the sum of its reasons, between 0 and 100', () => {
    fc.assert(
      fc.property(anyFacts, (any) => {
        const { score, reasons } = scoreSeverity(any);
        expect(reasons.reduce((sum, reason) => sum + Number(reason.params['points']), 0)).toBe(score);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100);
      }),
    );
  });

  it('never falls when a further detection or a missing receipt comes in', () => {
    fc.assert(
      fc.property(anyFacts, (any) => {
        const more = scoreSeverity({ ...any, detectionCount: any.detectionCount + 1 }).score;
        expect(more).toBeGreaterThanOrEqual(scoreSeverity(any).score);
        const unpaid = scoreSeverity({ ...any, posVerdict: 'MISMATCH' }).score;
        expect(unpaid).toBeGreaterThanOrEqual(scoreSeverity({ ...any, posVerdict: 'UNKNOWN' }).score);
      }),
    );
  });

  it('puts danger to people first in the queue', () => {
    expect(priorityOf('violence')).toBe(1);
    expect(priorityOf('after_hours_presence')).toBe(1);
    expect(priorityOf('concealment')).toBe(2);
    expect(priorityOf('missed_scan')).toBe(3);
  });
});
