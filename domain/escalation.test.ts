import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EscalationProgress, nextAction, overdueStep, proofDeadline, type StepProgress } from './escalation.ts';
import { addMs, toIso, toMs } from './time.ts';

const startAt = '2026-03-01T12:00:00.000Z';
const instant = (seconds: number) => addMs(startAt, seconds * 1_000);
const policy = {
  escalation: [
    { role: 'store_staff' as const, timeoutMs: 45_000 },
    { role: 'store_manager' as const, timeoutMs: 90_000 },
  ],
  acknowledgedTimeoutMs: 600_000,
  evidence: { preRollMs: 5_000, postRollMs: 5_000, graceMs: 20_000, giveUpAfterMs: 600_000 },
};
const texted = (step: number, seconds: number): StepProgress => ({ step, outcome: 'sent', at: instant(seconds) });
const page = (step: number) => expect.objectContaining({ kind: 'page', step });
const wait = (seconds: number, wakeOnEvidence = false) => ({ kind: 'wait', untilAt: instant(seconds), wakeOnEvidence });
const exhausted = { kind: 'exhausted' };

describe('what to do next', () => {
  const expected = { steps: [texted(0, 0)], proofExpectedAt: instant(8) };
  const cases: [string, Partial<EscalationProgress>, number, object][] = [
    ['nobody was asked yet', {}, 0, page(0)],
    ['the first has their time', { steps: [texted(0, 0)] }, 10, wait(45)],
    [
      'the first had their time, and saw proof at once',
      { steps: [texted(0, 0)], evidenceSettledAt: instant(0) },
      45,
      page(1),
    ],
    ['proof came before the text', { steps: [texted(0, 5)], evidenceSettledAt: instant(1) }, 50, page(1)],
    [
      'proof came ten seconds in: their time runs from there',
      { steps: [texted(0, 0)], evidenceSettledAt: instant(10) },
      45,
      wait(55),
    ],
    ['and is over then', { steps: [texted(0, 0)], evidenceSettledAt: instant(10) }, 55, page(1)],
    ['the clip should be there at eight: one wait for both', expected, 10, wait(53)],
    [
      'it came at six: the next one when that wait is over',
      { ...expected, evidenceSettledAt: instant(6) },
      53,
      page(1),
    ],
    ['it came at twelve: their time runs from there', { ...expected, evidenceSettledAt: instant(12) }, 53, wait(57)],
    [
      'it came at eight and a half: they have that half second',
      { ...expected, evidenceSettledAt: instant(8.5) },
      53,
      wait(53.5),
    ],
    [
      'nor is that half second where only whole ones are waited for',
      { ...expected, evidenceSettledAt: instant(8.5), wholeSeconds: true },
      53,
      { kind: 'page', step: 1, dueAt: instant(53) },
    ],
    ['more than one second is', { ...expected, evidenceSettledAt: instant(10), wholeSeconds: true }, 53, wait(55)],
    ['half a second of grace is not worth a timer', expected, 64.5, page(1)],
    ['it did not come: the grace', expected, 53, wait(65, true)],
    [
      'the clip was there before the text: no allowance',
      { steps: [texted(0, 20)], proofExpectedAt: instant(30), evidenceSettledAt: instant(19) },
      25,
      wait(65),
    ],
    ['expected later than the grace: the grace', { steps: [texted(0, 0)], proofExpectedAt: instant(90) }, 1, wait(65)],
    ['proof is still missing: the grace, and a look when it comes', { steps: [texted(0, 0)] }, 45, wait(65, true)],
    ['proof never came: not longer than the grace', { steps: [texted(0, 0)] }, 65, page(1)],
    ['proof came too late to help', { steps: [texted(0, 0)], evidenceSettledAt: instant(60) }, 65, page(1)],
    ['nobody on shift: no waiting', { steps: [{ step: 0, outcome: 'nobody_on_shift', at: instant(0) }] }, 0, page(1)],
    ['undeliverable: no waiting', { steps: [{ step: 0, outcome: 'undeliverable', at: instant(0) }] }, 0, page(1)],
    ['acknowledged: their word counts', { steps: [texted(0, 0)], acknowledgedAt: instant(30) }, 100, wait(630)],
    [
      'acknowledged, then silence: the next one',
      { steps: [texted(0, 0)], evidenceSettledAt: instant(0), acknowledgedAt: instant(30) },
      630,
      page(1),
    ],
    ['"not sure": no waiting out of the timeout', { steps: [texted(0, 0)], skipWaitAfterSteps: 1 }, 5, page(1)],
    [
      '"not sure" by the first does not cut the second short',
      { steps: [texted(0, 0), texted(1, 5)], skipWaitAfterSteps: 1 },
      6,
      wait(95),
    ],
    [
      'the last had their time',
      { steps: [texted(0, 0), texted(1, 45)], evidenceSettledAt: instant(0) },
      135,
      exhausted,
    ],
    [
      'the last is undeliverable',
      { steps: [texted(0, 0), { step: 1, outcome: 'undeliverable', at: instant(45) }] },
      45,
      exhausted,
    ],
  ];
  it.each(cases)('%s', (_name, progress, nowSeconds, expected) => {
    const whole = { steps: [], evidenceSettledAt: null, acknowledgedAt: null, skipWaitAfterSteps: 0, ...progress };
    expect(nextAction(policy, whole, instant(nowSeconds))).toEqual(expected);
  });

  it('has nobody to ask in an empty chain', () => {
    const progress = { steps: [], evidenceSettledAt: null, acknowledgedAt: null, skipWaitAfterSteps: 0 };
    expect(nextAction({ ...policy, escalation: [] }, progress, startAt)).toEqual(exhausted);
  });

  it('gives a person their time with the proof, and never more than the grace on top', () => {
    fc.assert(
      fc.property(
        fc.option(fc.integer({ min: -100_000, max: 100_000 })),
        fc.nat(100_000),
        fc.nat(50_000),
        (proofMs, timeoutMs, graceMs) => {
          const evidence = { ...policy.evidence, graceMs };
          const settledAt = proofMs === null ? null : addMs(startAt, proofMs);
          const deadlineMs = toMs(proofDeadline({ evidence }, settledAt, startAt, timeoutMs)) - toMs(startAt);
          expect(deadlineMs).toBeGreaterThanOrEqual(timeoutMs);
          expect(deadlineMs).toBeLessThanOrEqual(timeoutMs + graceMs);
        },
      ),
    );
  });
});

describe('a whole escalation', () => {
  const chain = fc.array(fc.nat(120_000), { maxLength: 5 });
  const outcomes = fc.array(fc.constantFrom('sent' as const, 'nobody_on_shift' as const, 'undeliverable' as const), {
    minLength: 5,
    maxLength: 5,
  });

  it('asks each person once, in order, never while somebody has it, and ends', () => {
    fc.assert(
      fc.property(
        fc.record({
          chain,
          outcomes,
          evidenceMs: fc.option(fc.nat(200_000)),
          acknowledgedMs: fc.option(fc.nat(300_000)),
          acknowledgedTimeoutMs: fc.nat(600_000),
          skipWaitAfterSteps: fc.nat(5),
        }),
        (story) => {
          const rules = {
            ...policy,
            escalation: story.chain.map((timeoutMs) => ({ role: 'store_staff' as const, timeoutMs })),
            acknowledgedTimeoutMs: story.acknowledgedTimeoutMs,
          };
          const instantOf = (ms: number | null) => (ms === null ? null : addMs(startAt, ms));
          const [evidenceAt, acknowledgedAt] = [instantOf(story.evidenceMs), instantOf(story.acknowledgedMs)];
          const steps: StepProgress[] = [];
          let nowMs = toMs(startAt);
          const known = (at: string | null) => (at !== null && toMs(at) <= nowMs ? at : null);
          for (let asked = 0; ; asked += 1) {
            expect(asked).toBeLessThan(4 * (story.chain.length + 2));
            const progress = {
              steps,
              evidenceSettledAt: known(evidenceAt),
              acknowledgedAt: known(acknowledgedAt),
              skipWaitAfterSteps: story.skipWaitAfterSteps,
            };
            const action = nextAction(rules, progress, toIso(nowMs));
            if (action.kind === 'exhausted') break;
            if (action.kind === 'wait') {
              expect(toMs(action.untilAt)).toBeGreaterThan(nowMs);
              nowMs = toMs(action.untilAt);
              continue;
            }
            expect(action.step).toBe(steps.length);
            if (progress.acknowledgedAt !== null && steps.length > 0)
              expect(nowMs).toBeGreaterThanOrEqual(toMs(progress.acknowledgedAt) + story.acknowledgedTimeoutMs);
            steps.push({ step: action.step, outcome: story.outcomes[action.step]!, at: toIso(nowMs) });
          }
          expect(steps).toHaveLength(story.chain.length);
        },
      ),
    );
  });
});

describe('the end of a shift', () => {
  const onShiftUntil = (seconds: number, round?: number): StepProgress => ({
    ...texted(0, 0),
    shiftEndsAt: instant(seconds),
    ...(round === undefined ? {} : { round }),
  });
  const next = (steps: StepProgress[], seconds: number) =>
    nextAction(
      policy,
      { steps, evidenceSettledAt: instant(0), acknowledgedAt: null, skipWaitAfterSteps: -1 },
      instant(seconds),
    );

  it.each<[string, StepProgress[], number, object]>([
    ['comes first: wait only until then', [onShiftUntil(20)], 5, wait(20)],
    ['hands over to whoever follows', [onShiftUntil(20)], 20, { kind: 'page', step: 0, round: 1, dueAt: instant(20) }],
    ['is later than the step: nothing changes', [onShiftUntil(60)], 5, wait(45)],
    ['counts hand-overs', [onShiftUntil(20, 1)], 20, { kind: 'page', step: 0, round: 2, dueAt: instant(20) }],
    ['hands over twice at most', [onShiftUntil(20, 2)], 20, wait(45)],
  ])('%s', (_, steps, seconds, expected) => {
    expect(next(steps, seconds)).toEqual(expected);
  });
});

describe('what should have begun a while ago', () => {
  const seen = { evidenceSettledAt: instant(0) };
  const cases: [string, Partial<EscalationProgress>, number, object | null][] = [
    ['a first contact is never overdue: no time has run out', {}, 3_600, null],
    ['the first still has their time', { steps: [texted(0, 0)], ...seen }, 45, null],
    ['it is over, and the engine may be on its way', { steps: [texted(0, 0)], ...seen }, 45.9, null],
    ['it is not on its way', { steps: [texted(0, 0)], ...seen }, 46, { step: 1, dueAt: instant(45) }],
    ['nor an hour later', { steps: [texted(0, 0)], ...seen }, 3_600, { step: 1, dueAt: instant(45) }],
    ['proof is missing: the grace counts', { steps: [texted(0, 0)] }, 65.9, null],
    ['and has an end', { steps: [texted(0, 0)] }, 66, { step: 1, dueAt: instant(65) }],
    [
      'proof came late: their time runs from there to the millisecond',
      { steps: [texted(0, 0)], evidenceSettledAt: instant(10.5) },
      56.4,
      null,
    ],
    [
      'and is over then',
      { steps: [texted(0, 0)], evidenceSettledAt: instant(10.5) },
      56.5,
      { step: 1, dueAt: instant(55.5) },
    ],
    [
      'nobody was on shift: the next one was due at once',
      { steps: [{ step: 0, outcome: 'nobody_on_shift', at: instant(5) }] },
      6,
      { step: 1, dueAt: instant(5) },
    ],
    ['and a moment ago is no delay', { steps: [{ step: 0, outcome: 'undeliverable', at: instant(5) }] }, 5.9, null],
    [
      'the shift has ended: the same step again, for whoever follows',
      { steps: [{ ...texted(0, 0), shiftEndsAt: instant(20) }], ...seen },
      21,
      { step: 0, round: 1, dueAt: instant(20) },
    ],
    ['the chain has ended', { steps: [texted(0, 0), texted(1, 50)], ...seen }, 3_600, null],
  ];
  it.each(cases)('%s', (_name, progress, atSeconds, expected) => {
    const whole = { steps: [], evidenceSettledAt: null, acknowledgedAt: null, skipWaitAfterSteps: -1, ...progress };
    expect(overdueStep(policy, whole, instant(atSeconds), 1_000)).toEqual(expected);
  });
});
