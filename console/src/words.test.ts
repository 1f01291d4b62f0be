import { describe, expect, it } from 'vitest';
import { attentionDecision } from '../../domain/attention.ts';
import { alone } from '../../domain/fusion.ts';
import { accusingWords } from '../../domain/message-text.ts';
import { defaultPolicy, type Policy } from '../../domain/policy.ts';
import { type CorrelationInput, correlate } from '../../domain/pos-correlation.ts';
import { type Candidate, chooseRecipient } from '../../domain/routing.ts';
import { approvalsNeeded } from '../../domain/runbook.ts';
import { newStep, type StepCommand, stepTransition } from '../../domain/runbook-state.ts';
import { scoreSeverity } from '../../domain/severity.ts';
import { behaviours } from '../../domain/types.ts';
import type { TimelineEvent } from './api/client.ts';
import * as words from './words.ts';
import * as wordsAfter from './words-after.ts';
import * as wordsMessages from './words-messages.ts';
import { heldBackLine, heldBackShort, reasonSentence } from './words-reasons.ts';
import * as wordsRunbook from './words-runbook.ts';
import * as wordsSensors from './words-sensors.ts';
import { actorLabel, timelineSentence } from './words-timeline.ts';

const event = (kind: string, params: TimelineEvent['params'] = {}): TimelineEvent => ({
  id: 'e1',
  at: '2026-11-21T14:00:00Z',
  kind: kind as TimelineEvent['kind'],
  actor: 'system:workflow',
  params,
});

/** Every string that an exported table of words holds. */
function allStrings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(allStrings);
  return [];
}

describe('words', () => {
  it('accuse nobody', () => {
    const titles = Object.keys(behaviours).map(words.incidentTitle);
    const categories = Object.values(behaviours).map(words.categoryLabel);
    const tables = [words, wordsAfter, wordsMessages, wordsRunbook, wordsSensors].flatMap((module) =>
      Object.values(module),
    );
    const said = [...allStrings(tables), ...titles, ...categories].filter((text) => /[A-Z ]/.test(text));
    expect(said.length).toBeGreaterThan(100);
    expect(said.filter((text) => accusingWords.test(text))).toEqual([]);
  });

  it('have a title for every behaviour', () => {
    const missing = Object.keys(behaviours).filter(
      (behaviour) => words.incidentTitle(behaviour) === words.readable(behaviour),
    );
    expect(missing).toEqual([]);
  });

  it('have a sentence for every reason that severity can give', () => {
    const facts = { behaviour: 'missed_scan', detectionCount: 3, itemLabel: null, helpRequested: true } as const;
    const reasons = [
      ...scoreSeverity({ ...facts, confidence: 0.95, posVerdict: 'MISMATCH' }).reasons,
      ...scoreSeverity({ ...facts, confidence: 0.2, posVerdict: 'UNKNOWN' }).reasons,
      ...scoreSeverity({ ...facts, confidence: 0.7, posVerdict: 'MATCH' }).reasons,
    ];
    expect(reasons.length).toBeGreaterThan(8);
    const unworded = reasons.filter((reason) => reasonSentence(reason, 'UTC').startsWith(words.readable(reason.code)));
    expect(unworded.map((reason) => reason.code)).toEqual([]);
  });

  it('have a sentence for every reason why nobody is paged', () => {
    const noise: Policy['noise'] = {
      ...defaultPolicy.noise,
      gates: [{ behaviour: 'loitering', count: 3, windowMs: 600_000 }],
    };
    const reasons = attentionDecision(
      {
        ...{ ...defaultPolicy, operatingModel: 'detection_only', noise },
        fusion: { severityFrom: 'detection', holdBelow: { loitering: 0.9 } },
      },
      {
        ...{ behaviour: 'loitering', severity: 'low', ageOnArrivalMs: 3_600_000, seenInGateWindow: 1 },
        ...{ firstTextsInStorm: 3, verdicts: { confirmed: 1, dismissed: 40 }, heldSincePass: 0, confidence: 0.82 },
      },
    );
    expect(reasons.map(({ code }) => code)).toEqual(Object.keys(heldBackShort));
    expect(reasons.map((reason) => reasonSentence(reason, 'UTC'))).toEqual([
      'This store only records: its policy pages nobody.',
      'It arrived 1 h after it happened; the policy pages people up to 15 min.',
      'Seen once within 10 min; people are paged from 3 times on.',
      'All sources together are 82 % sure; people are paged from 90 % on.',
      'This store had 3 alerts within 1 min, and 3 are allowed.',
      'People confirmed 1 of 41 such incidents of this camera in 7 days (2 %, under 5 %). One in 5 is still shown to people.',
    ]);
    expect(heldBackLine(reasons.slice(2, 4), 'UTC')).toBe(
      'Seen once within 10 min; people are paged from 3 times on. Also: the sources are not sure enough together.',
    );
  });

  it('have a sentence for every reason why somebody is left in peace', () => {
    const candidate: Candidate = {
      personId: 'sam',
      locale: 'en',
      channels: ['sms'],
      asked: false,
      unreachable: false,
      distance: 0,
      alertsThisShift: 0,
      alertsInBudget: 0,
      shiftStartsAt: '2026-11-21T06:00:00Z',
      shiftEndsAt: '2026-11-21T14:00:00Z',
      quiet: null,
    };
    const routing = chooseRecipient(
      defaultPolicy.noise,
      [
        { ...candidate, quiet: { from: '22:00', to: '06:00' } },
        { ...candidate, alertsThisShift: 40 },
        { ...candidate, alertsInBudget: 4 },
      ],
      { severity: 'low', urgent: false, attempt: 0, localTime: '23:00' },
    );
    const reasons = routing.kind === 'withheld' ? routing.reasons : [];
    const said = reasons.map(({ code, params }) =>
      reasonSentence({ code, params: { ...params, personName: 'Sam' } }, 'UTC'),
    );
    expect(said.sort()).toEqual([
      'Sam had 4 alerts of severity low within 1 h; the policy allows 4.',
      'Sam had 40 alerts in this shift; the policy allows 40.',
      'Sam has quiet hours from 22:00 to 06:00; only severity high and above gets through.',
    ]);
  });

  it('have a sentence for everything that a source can say', () => {
    const unworded = Object.keys(alone).filter((code) =>
      reasonSentence({ code, params: {} }, 'UTC').startsWith(words.readable(code)),
    );
    expect(unworded).toEqual([]);
    expect(reasonSentence({ code: 'SHELF_LIGHTER', params: { pieces: 2, distanceMs: -500 } }, 'UTC')).toBe(
      '2 pieces were taken, 0.5 s before it.',
    );
  });

  it('have a sentence for every reason that the till can give', () => {
    const at = '2026-11-21T14:00:00.000Z';
    const line = { lineId: 'T/1', occurredAt: at, plu: '4017', transactionId: 'T', line: 1, quantity: 6 };
    const clock = {
      ...{ offsetMs: 37_000, errorMs: 400, serverAheadMs: 0, tillChangeMs: null, cameraChangeMs: null },
      changeLimitMs: 2_000,
    };
    const ask = (change: Partial<CorrelationInput>) =>
      correlate({
        ...{ sightingAt: at, neighbourSightingsAt: [], lines: [], feedSeenAt: '2026-11-21T15:00:00.000Z' },
        ...{ window: defaultPolicy.posWindow, ...change },
      }).reasons.map((reason) => reasonSentence(reason, 'UTC'));
    const voided = { ...line, lineId: 'T/2', line: 2, type: 'line_void' as const, relatedLine: 1 };
    const again = { ...line, lineId: 'T/3', line: 3, occurredAt: '2026-11-21T14:00:20.000Z' };
    expect([
      ask({ lines: [line] }),
      ask({ lines: [{ ...line, occurredAt: '2026-11-21T14:00:37.500Z' }], clock }),
      ask({ lines: [line, voided] }),
      ask({ lines: [line, voided, again] }),
      ask({ closedFromAt: '2026-11-21T13:00:00.000Z' }),
      ask({ feedLagMs: 40_000 }),
      ask({ clock: { ...clock, offsetMs: null } }),
      ask({ clock: { ...clock, errorMs: 9_000 } }),
      ask({ clock: { ...clock, tillChangeMs: -90_000 } }),
    ]).toEqual([
      ['The till has 4017, one line for up to 6 items, at the very moment.'],
      [
        "The till has 4017, one line for up to 6 items, 0.5 s after the camera saw the item. The till's clock runs 37 s ahead of the camera's, give or take 0.4 s; that is taken into account.",
      ],
      ['The till was working and has no line in this window. One line was taken back again.'],
      ['The till has 4017, scanned again 20 s after the camera saw the item.'],
      ['Nobody was signed on at this till from 13:00:00, so it cannot say anything.'],
      ['Lines of this till come in 40 s late (5 s are allowed). The line may still come.'],
      ['The clocks of camera and till have not been compared yet, so their times cannot be set side by side.'],
      ['The clocks of camera and till can only be compared to within 9 s (5 s are allowed).'],
      [
        'The clock of the camera or of the till has moved by about 1 min, or its messages come late. It is being measured again.',
      ],
    ]);
  });

  it('spell out a reason that is not known, with its figures', () => {
    expect(reasonSentence({ code: 'AISLE_IS_BUSY', params: { peopleCount: 7, points: 3 } }, 'UTC')).toBe(
      'Aisle is busy (people count 7)',
    );
  });

  it('say who and what in a timeline event', () => {
    expect(timelineSentence(event('verdict_given', { verdict: 'paid', personName: 'Lea Brandt' }))).toBe(
      'Lea Brandt decided: Paid.',
    );
    expect(timelineSentence(event('till_checked', { verdict: 'PENDING' }))).toBe('The till is being asked.');
    const byText = {
      ...event('verdict_given', { verdict: 'paid', via: 'sms', reasonCode: 'receipt_seen' }),
      actor: 'Lea Brandt',
    };
    expect(timelineSentence(byText)).toBe('Lea Brandt decided: Paid (receipt seen).');
    expect(timelineSentence({ ...byText, actor: 'phone:per_1' })).toBe('Decided: Paid (receipt seen).');
    expect(timelineSentence(event('evidence_failed', { code: 'NO_FOOTAGE', params: { cameraId: 'cam-1' } }))).toBe(
      'The clip could not be made: The recorder has no recording of this moment.',
    );
    expect(timelineSentence(event('closed', { verdict: 'paid', cause: 'receipt_found' }))).toMatch(/by itself/);
    expect(timelineSentence(event('something_new'))).toBe('Something new.');
    expect(actorLabel('phone:per_1', { personName: 'Lea Brandt' })).toBe('Lea Brandt, by text');
    expect(actorLabel('system:workflow')).toBe('Floorwalker');
  });
});

describe('steps of a runbook', () => {
  const step = (change: Partial<wordsRunbook.Step>): wordsRunbook.Step => ({
    ...{ id: 's', runbookId: 'r', action: 'door_lock', mode: 'two_person', mandatory: false, command: 'run' },
    ...{ attempt: 0, target: 'door', message: null, approvers: ['store_manager', 'soc_lead'], approvals: [] },
    ...{ approvalsNeeded: 2, reason: null, note: null, changedAt: '2026-11-21T14:00:00Z', changedBy: 'Lea' },
    state: 'waiting_for_approval',
    ...change,
  });
  const yes = { by: 'Lea', role: 'soc_lead', at: '2026-11-21T14:00:00Z', expiresAt: '2026-11-21T14:10:00Z' };

  it('say who is waited for', () => {
    expect(wordsRunbook.stepWaitsFor(step({}))).toBe('Waits for two people: store manager or SOC lead.');
    expect(wordsRunbook.stepWaitsFor(step({ approvals: [yes] }))).toBe(
      'Waits for a second person: store manager or SOC lead.',
    );
    expect(wordsRunbook.stepWaitsFor(step({ state: 'acknowledged' }))).toBeNull();
    expect(wordsRunbook.stepQuestion(step({}), 'approve').consequence).toMatch(/Only when a second person/);
    expect(wordsRunbook.stepQuestion(step({ approvals: [yes] }), 'approve').consequence).toBe(
      'With your yes the door is locked.',
    );
  });

  it('offer exactly what the table of transitions accepts', () => {
    const commands: Record<wordsRunbook.StepCommand, StepCommand> = {
      approve: { kind: 'approve', approvals: 1 },
      reject: { kind: 'reject' },
      done: { kind: 'done' },
      override: { kind: 'override' },
      release: { kind: 'release' },
      retry: { kind: 'retry', approved: true },
    };
    for (const action of Object.keys(wordsRunbook.stepActions) as wordsRunbook.Step['action'][]) {
      for (const state of Object.keys(wordsRunbook.stepStates) as wordsRunbook.Step['state'][]) {
        for (const command of ['run', 'release'] as const) {
          // A task is open and no other step is; only a task can be reported as done.
          if ((state === 'open') !== (action === 'task') && state === 'open') continue;
          const status = { ...newStep(action, 'human'), state, command };
          const accepted = Object.entries(commands)
            .filter(([, given]) => stepTransition(status, given).ok)
            .map(([name]) => name);
          const offered = wordsRunbook.stepCommands(step({ action, state, command, mode: 'human' }));
          expect([...offered].sort(), `${action} ${state} ${command}`).toEqual(accepted.sort());
        }
      }
    }
    expect(approvalsNeeded.two_person).toBe(2);
  });

  it('are told in the timeline', () => {
    const params = { action: 'door_lock', state: 'acknowledged' };
    expect(timelineSentence(event('runbook_step', params))).toBe('Lock a door: locked.');
    expect(timelineSentence(event('runbook_step', { ...params, approvals: 1, needed: 2 }))).toBe(
      'Lock a door: 1 of 2 have said yes.',
    );
    const failed = { ...params, state: 'failed', reason: { code: 'BROKER_UNREACHABLE', params: {} } };
    expect(timelineSentence(event('runbook_step', failed))).toMatch(/^Lock a door: failed\. The message broker/);
  });
});

describe('what a correction will do', () => {
  const told = (change: Partial<wordsMessages.Notification>): wordsMessages.Notification => ({
    ...{ id: 'n', step: 0, round: 0, kind: 'alert', personName: 'Sam', channel: 'sms', state: 'delivered' },
    ...{ body: '', createdAt: '', sentAt: null, reasons: [], answeredBy: null, callSeconds: null },
    ...change,
  });

  it('names those who heard of it, and nobody else', () => {
    const names = wordsMessages.toldPeople([
      told({}),
      told({ round: 1 }),
      told({ personName: 'Alex', kind: 'help', state: 'undelivered' }),
      told({ personName: 'Kim', channel: 'voice', state: 'undelivered' }),
      told({ personName: 'Lea', kind: 'correction' }),
      told({ personName: 'nobody', state: 'withheld' }),
      told({ personName: 'nobody', state: 'nobody_on_shift' }),
    ]);
    expect(names).toEqual(['Sam', 'Alex']);
    expect(wordsAfter.correctionPreview(names)).toBe(
      '2 people will be told that this was wrong: Sam and Alex. It cannot be taken back.',
    );
    expect(wordsAfter.correctionPreview([])).toMatch(/^Nobody was told/);
  });

  it('tells how a call went', () => {
    const call = told({ channel: 'voice', answeredBy: 'machine_start', callSeconds: 12 });
    expect(wordsMessages.callOutcome(call)).toBe('An answering machine took it; it lasted 12 s.');
    expect(wordsMessages.callOutcome({ ...call, answeredBy: 'human' })).toBe('It lasted 12 s.');
    expect(wordsMessages.callOutcome({ ...call, answeredBy: null, callSeconds: null })).toBeNull();
    expect(wordsMessages.callOutcome(told({}))).toBeNull();
  });
});
