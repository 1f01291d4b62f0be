import { describe, expect, it } from 'vitest';
import { attentionDecision, type PagingFacts } from './attention.ts';
import { defaultPolicy, type NoisePolicy, type Policy } from './policy.ts';

const facts: PagingFacts = {
  behaviour: 'missed_scan',
  severity: 'medium',
  ageOnArrivalMs: 1_000,
  seenInGateWindow: 1,
  firstTextsInStorm: 0,
  verdicts: { confirmed: 0, dismissed: 0 },
  heldSincePass: 0,
  confidence: null,
};
const policyWith = (noise: Partial<NoisePolicy>, rest: Partial<Policy> = {}): Policy => ({
  ...defaultPolicy,
  ...rest,
  noise: { ...defaultPolicy.noise, ...noise },
});
const codes = (policy: Policy, change: Partial<PagingFacts> = {}) =>
  attentionDecision(policy, { ...facts, ...change }).map(({ code }) => code);

const gate = { behaviour: 'missed_scan' as const, count: 3, windowMs: 60_000 };
const held = policyWith({}, { fusion: { severityFrom: 'detection', holdBelow: { missed_scan: 0.9 } } });
const learning = { minVerdicts: 10, floorPrecision: 0.1, windowMs: 1_000, passEvery: 4 };

describe('whether people are paged', () => {
  it.each<[string, Policy, Partial<PagingFacts>, string[]]>([
    ['nothing speaks against it', policyWith({}), {}, []],
    ['the model records only', policyWith({}, { operatingModel: 'detection_only' }), {}, ['DETECTION_ONLY']],
    ['just young enough', policyWith({}, { pageWithinMs: 5_000 }), { ageOnArrivalMs: 5_000 }, []],
    ['too old', policyWith({}, { pageWithinMs: 5_000 }), { ageOnArrivalMs: 5_001 }, ['TOO_OLD']],
    ['the gate wants more', policyWith({ gates: [gate] }), { seenInGateWindow: 2 }, ['GATE_NOT_REACHED']],
    ['the gate is reached', policyWith({ gates: [gate] }), { seenInGateWindow: 3 }, []],
    ['the gate of another behaviour', policyWith({ gates: [{ ...gate, behaviour: 'loitering' }] }), {}, []],
    ['the last place in a storm', policyWith({}), { firstTextsInStorm: 2 }, []],
    ['no place left in a storm', policyWith({}), { firstTextsInStorm: 3 }, ['STORM']],
    [
      'too few verdicts to learn',
      policyWith({ suppression: learning }),
      { verdicts: { confirmed: 0, dismissed: 9 } },
      [],
    ],
    [
      'people keep dismissing it',
      policyWith({ suppression: learning }),
      { verdicts: { confirmed: 0, dismissed: 10 } },
      ['LEARNT_FROM_VERDICTS'],
    ],
    ['good enough', policyWith({ suppression: learning }), { verdicts: { confirmed: 1, dismissed: 9 } }, []],
    [
      'one in four passes all the same',
      policyWith({ suppression: learning }),
      { verdicts: { confirmed: 0, dismissed: 40 }, heldSincePass: 3 },
      [],
    ],
    ['sources that are not sure enough together', held, { confidence: 0.89 }, ['CONFIDENCE_TOO_LOW']],
    ['sources that are sure enough', held, { confidence: 0.9 }, []],
    ['sources that were never weighed', held, { confidence: null }, []],
    ['another behaviour is held', held, { confidence: 0.1, behaviour: 'wrong_scan' }, []],
    ['nothing is learnt', policyWith({ suppression: null }), { verdicts: { confirmed: 0, dismissed: 999 } }, []],
  ])('%s', (_, policy, change, expected) => {
    expect(codes(policy, change)).toEqual(expected);
  });

  it('names every reason, not just the first', () => {
    const policy = policyWith({ gates: [gate] }, { operatingModel: 'detection_only', pageWithinMs: 1 });
    expect(codes(policy, { firstTextsInStorm: 9 })).toEqual(['DETECTION_ONLY', 'TOO_OLD', 'GATE_NOT_REACHED', 'STORM']);
  });

  it.each<[string, Partial<PagingFacts>]>([
    ['violence', { behaviour: 'violence' }],
    ['presence after hours', { behaviour: 'after_hours_presence' }],
    ['anything critical', { severity: 'critical' }],
  ])('%s passes everything', (_, change) => {
    const policy = policyWith({ gates: [gate], suppression: learning }, { operatingModel: 'detection_only' });
    const worst = { firstTextsInStorm: 300, ageOnArrivalMs: 9e9, verdicts: { confirmed: 0, dismissed: 500 } };
    expect(codes(policy, { ...worst, ...change })).toEqual([]);
  });
});
