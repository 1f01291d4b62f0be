import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicy, type Policy, quietNothing } from '../policy.ts';
import { addMs, toIso, toMs } from '../time.ts';
import type { Behaviour, PosVerdict, Role } from '../types.ts';
import { replaying } from './replay.ts';
import { simulate as simulating } from './simulate.ts';
import type { Outcome, Past, PastDetection, PastIncident } from './types.ts';

function finish<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
const simulate = (...input: Parameters<typeof simulating>) => finish(simulating(...input));
const replay = (...input: Parameters<typeof replaying>) => finish(replaying(...input));

const day = '2026-03-02T';
const at = (time: string) => `${day}${time}.000Z`;
const minuteMs = 60_000;

const policy = (change: Partial<Policy> = {}): Policy => ({
  ...defaultPolicy,
  escalation: [
    { role: 'store_staff', timeoutMs: 45_000, attempt: 0 },
    { role: 'store_manager', timeoutMs: 90_000, attempt: 0 },
  ],
  noise: quietNothing,
  ...change,
});

const nothing: Outcome = {
  messages: [],
  withheld: [],
  nobodyOnShift: 0,
  suppressed: [],
  posVerdict: 'NOT_APPLICABLE',
  severity: 'low',
  mergedInto: null,
  parts: 1,
};

interface Told extends Partial<Omit<PastIncident, 'till'>> {
  zoneId?: string;
  confidence?: number;
  till?: PosVerdict;
  /** Further detections, by the time since the first. */
  again?: number[];
}

/** A past of incidents that were seen at these times; loitering unless said otherwise, so that no till is asked. */
function pastOf(told: Record<string, Told>, change: Partial<Past> = {}): Past {
  const incidents: PastIncident[] = [];
  const detections: PastDetection[] = [];
  for (const [incidentId, one] of Object.entries(told)) {
    const { again = [], till, zoneId, confidence, ...facts } = one;
    const detectedAt = facts.detectedAt ?? at('10:00:00');
    const receivedAt = facts.receivedAt ?? detectedAt;
    const place = { storeId: 'high', cameraId: 'cam', behaviour: 'loitering' as Behaviour, ...facts };
    incidents.push({
      incidentId,
      storeId: place.storeId,
      cameraId: place.cameraId,
      behaviour: place.behaviour,
      detectedAt,
      receivedAt,
      till: till === undefined ? [] : [{ at: addMs(receivedAt, 2_000), verdict: till }],
      tillToday: null,
      evidenceSettledAt: addMs(detectedAt, 8_000),
      answers: [],
      closedAt: null,
      closedBy: null,
      verdict: null,
      recorded: nothing,
      ...facts,
    });
    for (const laterMs of [0, ...again])
      detections.push({
        incidentId,
        storeId: place.storeId,
        cameraId: place.cameraId,
        zoneId: zoneId ?? 'aisle',
        behaviour: place.behaviour,
        detectedAt: addMs(detectedAt, laterMs),
        receivedAt: addMs(receivedAt, laterMs),
        confidence: confidence ?? 0.7,
        itemLabel: null,
      });
  }
  const person = (personId: string) => ({
    ...{ personId, locale: 'en' as const, channels: ['sms' as const, 'voice' as const] },
    ...{ helpChannels: ['sms' as const, 'voice' as const], quiet: null },
  });
  const shift = (personId: string, role: Role) => ({
    ...{ storeId: 'high', distance: 0, personId, role, startsAt: at('06:00:00'), endsAt: at('22:00:00') },
  });
  return {
    incidents,
    detections,
    shifts: [shift('sam', 'store_staff'), shift('alex', 'store_manager')],
    people: [person('sam'), person('alex'), person('kim')],
    verdicts: [],
    localTime: (instant) => instant.slice(11, 16),
    untilAt: '2026-03-05T00:00:00.000Z',
    ...change,
  };
}

/** `sam sms 10:00:45`, in order. */
const messages = (past: Past, draft: Policy, incidentId?: string): string[] =>
  replay(past, () => draft)
    .filter(({ past: { incidentId: id } }) => incidentId === undefined || id === incidentId)
    .flatMap((incident) => incident.messages)
    .map(
      ({ personId, channel, kind, at: sentAt }) =>
        `${personId} ${channel}${kind === 'alert' ? '' : ` ${kind}`} ${sentAt.slice(11, 19)}`,
    );
const reasons = (past: Past, draft: Policy): string[][] =>
  replay(past, () => draft).map(({ suppressed }) => suppressed.map(({ code }) => code));

describe('the chain', () => {
  it('goes on until somebody answers, each with their time from when they could see proof, to the second', () => {
    expect(messages(pastOf({ a: {} }), policy())).toEqual(['sam sms 10:00:00', 'alex sms 10:00:52']);
  });

  it('stops at the verdict of then', () => {
    const answers = [{ at: at('10:00:20'), actorId: 'user:x', kind: 'paid' as const }];
    expect(messages(pastOf({ a: { answers } }), policy())).toEqual(['sam sms 10:00:00']);
  });

  it('waits for whoever has it, and no longer than the policy says', () => {
    const answers = [{ at: at('10:00:30'), actorId: 'phone:sam', kind: 'acknowledged' as const }];
    expect(messages(pastOf({ a: { answers } }), policy({ acknowledgedTimeoutMs: 5 * minuteMs }))).toEqual([
      'sam sms 10:00:00',
      'alex sms 10:05:30',
    ]);
  });

  it('goes on at once when somebody is not sure', () => {
    const answers = [{ at: at('10:00:12'), actorId: 'phone:sam', kind: 'unsure' as const }];
    expect(messages(pastOf({ a: { answers } }), policy())).toEqual(['sam sms 10:00:00', 'alex sms 10:00:12']);
  });

  it('calls everybody else at once for help, by text and by call', () => {
    const answers = [{ at: at('10:00:12'), actorId: 'phone:sam', kind: 'help' as const }];
    expect(messages(pastOf({ a: { answers } }), policy())).toEqual([
      'sam sms 10:00:00',
      'alex sms help 10:00:12',
      'alex voice help_call 10:00:12',
    ]);
  });

  it('tries the same person over their next channel', () => {
    const tries = policy({
      escalation: [0, 1].map((attempt) => ({ role: 'store_staff' as const, timeoutMs: 45_000, attempt })),
    });
    expect(messages(pastOf({ a: {} }), tries)).toEqual(['sam sms 10:00:00', 'sam voice 10:00:52']);
  });

  it('passes over a role of which nobody is on shift', () => {
    const past = pastOf(
      { a: { detectedAt: at('23:00:00') } },
      {
        shifts: [
          {
            storeId: 'high',
            distance: 1,
            personId: 'kim',
            role: 'store_manager',
            startsAt: at('22:00:00'),
            endsAt: '2026-03-03T06:00:00.000Z',
          },
        ],
      },
    );
    expect(messages(past, policy())).toEqual(['kim sms 23:00:00']);
    expect(replay(past, () => policy())[0]?.nobodyOnShift).toBe(1);
  });

  it('hands over when the shift of who was asked ends', () => {
    const until = pastOf({ a: {} });
    const shifts = [
      { ...until.shifts[0]!, endsAt: at('10:00:30') },
      { ...until.shifts[0]!, personId: 'kim', startsAt: at('10:00:30') },
    ];
    expect(messages({ ...until, shifts }, policy({ escalation: [policy().escalation[0]!] }))).toEqual([
      'sam sms 10:00:00',
      'kim sms 10:00:30',
    ]);
  });
});

describe('the till', () => {
  const seen = (till: PosVerdict, more: Told = {}) => pastOf({ a: { behaviour: 'missed_scan', till, ...more } });

  it('speaks first: after its window people are told, or nobody is', () => {
    expect(messages(seen('MISMATCH'), policy())[0]).toBe('sam sms 10:00:02');
    expect(messages(seen('MATCH', { closedAt: at('10:00:02'), closedBy: 'receipt' }), policy())).toEqual([]);
    expect(messages(seen('UNKNOWN'), policy())).toEqual([]);
  });

  it('that a draft does not ask saves nobody from a text', () => {
    const past = seen('MATCH', { closedAt: at('10:00:02'), closedBy: 'receipt' });
    expect(messages(past, policy({ receiptFirst: [] }))).toEqual(['sam sms 10:00:00', 'alex sms 10:00:52']);
  });

  it('that was not asked then is asked by what is on record today', () => {
    const past = pastOf({ a: { till: 'NOT_APPLICABLE', tillToday: 'MATCH' } });
    expect(messages(past, policy())).toHaveLength(2);
    expect(messages(past, policy({ receiptFirst: ['loitering'] }))).toEqual([]);
  });

  it('that found the receipt late ends the chain then', () => {
    const past = seen('MISMATCH');
    const late = {
      ...past.incidents[0]!,
      till: [...past.incidents[0]!.till, { at: at('10:00:30'), verdict: 'MATCH' as const }],
    };
    expect(messages({ ...past, incidents: [late] }, policy())).toEqual(['sam sms 10:00:02']);
  });
});

describe('noise', () => {
  const many = (count: number, everyMs: number, change: Told = {}) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `i${index}`,
        { detectedAt: addMs(at('10:00:00'), index * everyMs), zoneId: `z${index}`, ...change },
      ]),
    );
  const one = policy({ escalation: [policy().escalation[0]!] });

  it('lets a storm through as far as the policy allows, and danger always', () => {
    const storm = { ...one, noise: { ...quietNothing, storm: { count: 3, windowMs: minuteMs } } };
    expect(messages(pastOf(many(10, 1_000)), storm)).toEqual([
      'sam sms 10:00:00',
      'sam sms 10:00:01',
      'sam sms 10:00:02',
    ]);
    expect(reasons(pastOf(many(4, 1_000)), storm)[3]).toEqual(['STORM']);
    expect(messages(pastOf(many(10, 1_000, { behaviour: 'violence' })), storm)).toHaveLength(10);
    expect(messages(pastOf(many(10, minuteMs)), storm)).toHaveLength(10);
  });

  it('holds a gate until it has been seen often enough', () => {
    const gated = {
      ...one,
      noise: { ...quietNothing, gates: [{ behaviour: 'loitering' as const, count: 3, windowMs: 10 * minuteMs }] },
    };
    const same = pastOf(
      Object.fromEntries(
        ['10:00:00', '10:01:00', '10:02:00', '10:15:00'].map((time, index) => [`i${index}`, { detectedAt: at(time) }]),
      ),
    );
    expect(reasons(same, gated)).toEqual([['GATE_NOT_REACHED'], ['GATE_NOT_REACHED'], [], ['GATE_NOT_REACHED']]);
  });

  it('spares people by their budgets, counted over this very run', () => {
    const spared = { ...one, noise: { ...quietNothing, perShift: 2 } };
    const past = pastOf(many(4, minuteMs));
    expect(messages(past, spared)).toEqual(['sam sms 10:00:00', 'sam sms 10:01:00']);
    expect(replay(past, () => spared)[3]?.withheld.map(({ reasons: why }) => why[0]?.code)).toEqual([
      'SHIFT_BUDGET_SPENT',
    ]);
    const hourly = { ...one, noise: { ...quietNothing, budgets: { medium: { count: 1, windowMs: 2 * minuteMs } } } };
    expect(messages(past, hourly)).toEqual(['sam sms 10:00:00', 'sam sms 10:02:00']);
  });

  it('keeps quiet hours by the clock of the store', () => {
    const past = pastOf({ a: {} }, { localTime: () => '23:30' });
    const sam = { ...past.people[0]!, quiet: { from: '22:00', to: '06:00' } };
    const quiet = { ...one, noise: { ...quietNothing, quietHoursPass: 'high' as const } };
    expect(messages({ ...past, people: [sam] }, quiet)).toEqual([]);
    expect(messages({ ...past, people: [sam], localTime: () => '12:00' }, quiet)).toHaveLength(1);
  });

  it('has learnt from the verdicts that were there at the time, and lets one in so many pass', () => {
    const verdicts = Array.from({ length: 20 }, (_, index) => ({
      ...{ storeId: 'high', cameraId: 'cam', behaviour: 'loitering' as const, verdict: 'false_positive' as const },
      ...{ receivedAt: at('08:00:00'), closedAt: index < 19 ? at('09:00:00') : at('10:30:00') },
    }));
    const learnt = {
      ...one,
      noise: {
        ...quietNothing,
        suppression: { minVerdicts: 20, floorPrecision: 0.1, windowMs: 86_400_000, passEvery: 3 },
      },
    };
    const past = pastOf(many(8, 10 * minuteMs), { verdicts });
    const held = reasons(past, learnt).map((codes) => codes.length > 0);
    // The twentieth verdict came at half past ten.
    expect(held).toEqual([false, false, false, true, true, false, true, true]);
  });
});

describe('merging', () => {
  it('that is wider takes an incident up, and narrower splits one', () => {
    const past = pastOf({ a: { again: [5_000] }, b: { detectedAt: at('10:00:20') } });
    const { incidents, totals } = simulate({
      past,
      draft: policy({ mergeWindowMs: 60_000 }),
      activeOf: () => policy({ mergeWindowMs: 1_000 }),
      countedFromAt: at('00:00:00'),
    });
    const [a, b] = ['a', 'b'].map((id) => incidents.find(({ incidentId }) => incidentId === id)!);
    expect(a!.active.parts).toBe(2);
    expect(a!.draft).toMatchObject({ parts: 1, mergedInto: null });
    expect(b!.draft).toMatchObject({ parts: 0, mergedInto: 'a', messages: [] });
    expect(b!.changes).toEqual(expect.arrayContaining(['NOT_TEXTED_ANY_MORE', 'MERGED_DIFFERENTLY']));
    expect([totals.active.incidents, totals.draft.incidents, totals.draft.merged]).toEqual([3, 1, 1]);
  });

  it('by other keys takes up what lies in another zone, and never another store', () => {
    const past = pastOf({
      a: {},
      b: { zoneId: 'other', detectedAt: at('10:00:01') },
      c: { storeId: 'south', detectedAt: at('10:00:01') },
    });
    const run = replay(past, () => policy({ mergeKeys: ['behaviour'] }));
    expect(run.map(({ detections }) => detections.length)).toEqual([2, 1]);
  });
});

describe('the comparison', () => {
  it('leaves out what only warms up the counts', () => {
    const past = pastOf({ early: { detectedAt: at('09:59:50') }, a: { zoneId: 'z' } });
    const storm = policy({ noise: { ...quietNothing, storm: { count: 1, windowMs: minuteMs } } });
    const { totals, incidents } = simulate({
      past,
      draft: storm,
      activeOf: () => policy(),
      countedFromAt: at('10:00:00'),
    });
    expect(incidents.map(({ incidentId, changes }) => [incidentId, changes])).toEqual([
      ['a', ['NOT_TEXTED_ANY_MORE', 'SUPPRESSED_NOW']],
    ]);
    expect(totals.draft).toMatchObject({
      incidents: 1,
      texted: 0,
      suppressed: 1,
      suppressedBy: { STORM: 1 },
      firstMessageAfter: null,
    });
    expect(totals.active).toMatchObject({
      texted: 1,
      messages: 2,
      people: 2,
      firstMessageAfter: { p50: 0, p95: 0, max: 0 },
    });
  });

  it('says who else, how often, how late', () => {
    const draft = policy({ escalation: [{ role: 'store_manager', timeoutMs: 45_000 }], receiptFirst: ['loitering'] });
    const past = pastOf({ a: { tillToday: 'MISMATCH' } });
    const { incidents, changed } = simulate({ past, draft, activeOf: () => policy(), countedFromAt: at('00:00:00') });
    expect(changed).toBe(1);
    expect(incidents[0]?.changes).toEqual([
      'OTHER_PEOPLE',
      'FEWER_MESSAGES',
      'LATER',
      'TILL_SAYS_OTHERWISE',
      'OTHER_SEVERITY',
    ]);
  });
});

const told = fc.record({
  detectedAt: fc.integer({ min: 0, max: 3_600 }).map((second) => toIso(toMs(at('10:00:00')) + second * 1_000)),
  storeId: fc.constantFrom('high', 'south'),
  cameraId: fc.constantFrom('cam', 'cam-2'),
  behaviour: fc.constantFrom('loitering' as const, 'missed_scan' as const, 'violence' as const),
  till: fc.constantFrom('MISMATCH' as const, 'MATCH' as const, 'UNKNOWN' as const, 'NOT_APPLICABLE' as const),
  again: fc.array(fc.integer({ min: 100, max: 20_000 }), { maxLength: 3 }),
  answered: fc.option(
    fc.record({
      afterMs: fc.integer({ min: 0, max: 200_000 }),
      kind: fc.constantFrom(
        'paid' as const,
        'unsure' as const,
        'help' as const,
        'acknowledged' as const,
        'confirmed' as const,
      ),
    }),
  ),
});
const pasts = fc.array(told, { minLength: 1, maxLength: 40 }).map((all) =>
  pastOf(
    Object.fromEntries(
      all.map(({ answered, ...one }, index) => [
        `i${index}`,
        {
          ...one,
          answers:
            answered === null
              ? []
              : [{ at: addMs(one.detectedAt, answered.afterMs), actorId: 'phone:sam', kind: answered.kind }],
        },
      ]),
    ),
  ),
);
const drafts = fc
  .record({
    mergeWindowMs: fc.integer({ min: 0, max: 60_000 }),
    storm: fc.integer({ min: 1, max: 5 }),
    perShift: fc.integer({ min: 1, max: 20 }),
    tries: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ mergeWindowMs, storm, perShift, tries }) =>
    policy({
      mergeWindowMs,
      noise: { ...quietNothing, perShift, storm: { count: storm, windowMs: minuteMs } },
      escalation: Array.from({ length: tries }, (_, attempt) => ({
        role: 'store_staff' as const,
        timeoutMs: 30_000,
        attempt,
      })),
    }),
  );

describe('any past under any draft', () => {
  it('has each detection in one incident of its own store, and no message after the end', () => {
    fc.assert(
      fc.property(pasts, drafts, (past, draft) => {
        const run = replay(past, () => draft);
        expect(run.reduce((sum, { detections }) => sum + detections.length, 0)).toBe(past.detections.length);
        for (const { detections, messages: sent, first, past: then } of run) {
          expect(new Set(detections.map(({ storeId }) => storeId)).size).toBe(1);
          const ended = then.answers.find(({ kind }) => kind === 'paid' || kind === 'confirmed')?.at;
          for (const { at: sentAt, kind } of sent) {
            expect(sentAt >= first.receivedAt).toBe(true);
            if (ended !== undefined) expect(sentAt < ended).toBe(true);
            expect(kind === 'alert' || then.answers.some((answer) => answer.kind === 'help')).toBe(true);
          }
          const steps = sent.filter(({ kind }) => kind === 'alert').map(({ step }) => step);
          expect(new Set(steps).size).toBe(steps.length);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('never sends more first messages in a store than a storm allows, danger aside', () => {
    fc.assert(
      fc.property(pasts, drafts, (past, draft) => {
        const firsts = replay(past, () => draft)
          .filter(
            ({ first, firstTextMs }) =>
              first.storeId === 'high' && first.behaviour !== 'violence' && firstTextMs !== null,
          )
          .map(({ firstTextMs }) => firstTextMs!)
          .sort((a, b) => a - b);
        for (const [index, from] of firsts.entries())
          expect(firsts.slice(index).filter((sentMs) => sentMs - from < minuteMs).length).toBeLessThanOrEqual(
            draft.noise.storm.count,
          );
      }),
      { numRuns: 200 },
    );
  });

  it('is the same again, whatever order the facts are read in, and differs in nothing from itself', () => {
    fc.assert(
      fc.property(pasts, drafts, (past, draft) => {
        const run = (one: Past) => simulate({ past: one, draft, activeOf: () => draft, countedFromAt: at('00:00:00') });
        const once = run(past);
        expect(once.changed).toBe(0);
        expect(once.totals.draft).toEqual(once.totals.active);
        expect(
          run({
            ...past,
            incidents: [...past.incidents].reverse(),
            shifts: [...past.shifts].reverse(),
            people: [...past.people].reverse(),
          }),
        ).toEqual(once);
      }),
      { numRuns: 50 },
    );
  });
});

it('replays thousands of incidents of one store in a time that grows with their number, not with its square', () => {
  const replayed = (count: number) => {
    const past = pastOf(
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `i${index}`,
          { detectedAt: addMs('2026-03-01T00:00:00.000Z', index * 20_000), cameraId: `c${index % 40}`, again: [500] },
        ]),
      ),
      {
        shifts: [
          {
            storeId: 'high',
            distance: 0,
            personId: 'sam',
            role: 'store_staff',
            startsAt: '2026-02-01T00:00:00.000Z',
            endsAt: '2026-04-01T00:00:00.000Z',
          },
        ],
      },
    );
    const startedMs = performance.now();
    const { totals } = simulate({
      past,
      draft: policy({ noise: defaultPolicy.noise }),
      activeOf: () => policy(),
      countedFromAt: '2026-03-01T00:00:00.000Z',
    });
    const tookMs = performance.now() - startedMs;
    expect(totals.draft.incidents).toBe(count);
    return tookMs;
  };
  replayed(500);
  // Ten times as many: ten times as long, and a hundred times where each looks at all others.
  expect(replayed(5_000) / Math.min(replayed(500), replayed(500))).toBeLessThan(50);
}, 60_000);
