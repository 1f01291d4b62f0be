import { describe, expect, it } from 'vitest';
import { type Facts, type IncidentFact, type Judgement, judge, type NotificationFact } from './judge.ts';
import { healthyMs, latenessMs, type Outage } from './outages.ts';
import { behaviourOf, parts, planKills } from './plan.ts';

const outage = (part: Outage['part'], fromMs: number, toMs: number): Outage => ({ part, fromMs, toMs });

describe('lateness', () => {
  it('counts from the due time when nothing was down', () => {
    expect(latenessMs([], 1_000, 4_000, 20_000)).toBe(3_000);
  });

  it('counts from the last recovery before it happened', () => {
    expect(latenessMs([outage('worker', 500, 3_500)], 1_000, 4_000, 20_000)).toBe(500);
    expect(latenessMs([outage('worker', 5_000, 9_000)], 1_000, 4_000, 20_000)).toBe(3_000);
    expect(latenessMs([outage('api', 3_900, 9_000)], 1_000, 4_000, 20_000)).toBe(0);
  });

  it('is not excused for ever by kills that follow one another', () => {
    const chain = Array.from({ length: 10 }, (_, index) => outage('worker', index * 4_000, index * 4_000 + 500));
    expect(latenessMs(chain, 0, 36_600, 20_000)).toBe(31_600);
  });

  it('knows the time in which everything was up, whatever overlaps', () => {
    const both = [outage('worker', 1_000, 3_000), outage('postgres', 2_000, 5_000), outage('api', 2_500, 2_600)];
    expect(healthyMs(both, 0, 10_000)).toBe(6_000);
  });
});

describe('the plan', () => {
  it('is the same for the same seed, another for another, and kills every part equally often', () => {
    expect(planKills(7, 50, 1_000)).toEqual(planKills(7, 50, 1_000));
    expect(planKills(8, 50, 1_000)).not.toEqual(planKills(7, 50, 1_000));
    for (const part of parts) expect(planKills(7, 50, 1_000).filter((kill) => kill.part === part)).toHaveLength(10);
  });

  it('has people who answer, who are late and who never look', () => {
    const kinds = Array.from({ length: 200 }, (_, event) =>
      behaviourOf(1, { event, step: 0, channel: 'sms', timeoutMs: 4_000 }),
    );
    const late = kinds.filter((does) => does.kind === 'answers' && does.afterMs > 4_000).length;
    const never = kinds.filter(({ kind }) => kind === 'ignores').length;
    for (const count of [late, never, 200 - late - never]) expect(count).toBeGreaterThan(20);
  });
});

const closed: IncidentFact = {
  ...{
    id: 'inc',
    workflowId: 'incident:demo:high-street:inc',
    state: 'closed',
    verdict: 'paid',
    acceptedMs: 0,
    closedMs: 5_000,
  },
  ...{ hasWorkflow: true, workflowRuns: false, closings: 1 },
};
const first: NotificationFact = {
  ...{ id: 'ntf', incidentId: 'inc', kind: 'alert', step: 0, round: 0, personId: 'sam', state: 'delivered' },
  ...{ intendedMs: 40, dueMs: null },
};
const well: Facts = {
  promised: ['inc'],
  incidents: [closed],
  notifications: [first],
  pages: [{ sid: 'SM1', notificationId: 'ntf', acceptedMs: 60 }],
  answers: new Map([['inc', new Set(['paid'])]]),
  samples: [],
  outages: [],
  outboxLeft: 0,
  auditOk: true,
  rungs: 2,
  graceMs: 500,
};
const second: NotificationFact = { ...first, id: 'ntf2', step: 1, personId: 'alex' };
const wrongIn = (facts: Partial<Facts>): (keyof Judgement)[] =>
  Object.entries(judge({ ...well, ...facts })).flatMap(([name, cases]: [string, string[]]) =>
    cases.length > 0 ? [name as keyof Judgement] : [],
  );

describe('the judge', () => {
  it('finds nothing where all is well', () => {
    expect(wrongIn({})).toEqual([]);
  });

  it.each<[keyof Judgement, Partial<Facts>]>([
    ['lost', { promised: ['inc', 'gone'] }],
    ['lost', { incidents: [{ ...closed, hasWorkflow: false }] }],
    ['doubled', { pages: [...well.pages, { sid: 'SM2', notificationId: 'ntf', acceptedMs: 70 }] }],
    ['doubled', { pages: [...well.pages, { sid: 'SM2', notificationId: 'unknown', acceptedMs: 70 }] }],
    [
      'lateFirstText',
      { pages: [{ ...well.pages[0]!, acceptedMs: 10_001 }], incidents: [{ ...closed, closedMs: 11_000 }] },
    ],
    ['lateFirstText', { pages: [] }],
    ['unfinished', { incidents: [{ ...closed, workflowRuns: true }] }],
    ['unfinished', { outboxLeft: 1 }],
    ['unfinished', { notifications: [{ ...first, state: 'intended' }] }],
    ['wrongVerdicts', { answers: new Map([['inc', new Set(['confirmed'])]]) }],
    ['wrongVerdicts', { incidents: [{ ...closed, closings: 2 }] }],
    ['lateEscalations', { incidents: [{ ...closed, verdict: 'unreviewed' }] }],
    ['auditBroken', { auditOk: false }],
  ])('finds %s', (name, facts) => {
    expect(wrongIn(facts)).toEqual([name]);
  });

  it('finds a page after the answer, and forgives one that was under way', () => {
    const at = (acceptedMs: number) => ({
      notifications: [first, second],
      pages: [...well.pages, { sid: 'SM2', notificationId: 'ntf2', acceptedMs }],
    });
    expect(wrongIn(at(8_001))).toEqual(['afterAnswer']);
    expect(wrongIn(at(7_999))).toEqual([]);
  });

  it('finds a late escalation, and that the metric did not show it', () => {
    const late = { notifications: [first, { ...second, dueMs: 1_000, intendedMs: 9_000 }] };
    const sample = (overdue: number) => [{ atMs: 5_000, overdue }];
    expect(wrongIn({ ...late, samples: sample(1) })).toEqual(['lateEscalations']);
    expect(wrongIn({ ...late, samples: sample(0) })).toEqual(['lateEscalations', 'overdueUnseen']);
    expect(wrongIn({ ...late, outages: [outage('temporal', 500, 8_000)] })).toEqual([]);
  });
});
