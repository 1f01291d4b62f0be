import { describe, expect, it } from 'vitest';
import {
  countOpenMandatory,
  newStep,
  type StepCommand,
  type StepRefusal,
  type StepState,
  type StepStatus,
  stepTransition,
} from './runbook-state.ts';

const step = (state: StepState, change: Partial<StepStatus> = {}): StepStatus => ({
  ...{ action: 'door_lock', mode: 'human', command: 'run', attempt: 1, releaseWanted: false },
  state,
  ...change,
});
const prompt = (state: StepState, change: Partial<StepStatus> = {}) =>
  step(state, { action: 'terminal_prompt', mode: 'automatic', ...change });
const report = (state: StepState) => step(state, { action: 'police_report', mode: 'two_person' });
const task = (state: StepState) => step(state, { action: 'task', mode: 'automatic' });
const releasing = { command: 'release' } as const;

type Row = [name: string, from: StepStatus, command: StepCommand, expected: StepState | StepRefusal | `${StepState}!`];

/** `!` marks that the device is told. */
const table: Row[] = [
  ['one approval of one', step('waiting_for_approval'), { kind: 'approve', approvals: 1 }, 'ready!'],
  ['one approval of two', report('waiting_for_approval'), { kind: 'approve', approvals: 1 }, 'waiting_for_approval'],
  ['two approvals of two', report('waiting_for_approval'), { kind: 'approve', approvals: 2 }, 'ready!'],
  ['an approval of nothing', prompt('ready'), { kind: 'approve', approvals: 1 }, 'NOT_WAITING_FOR_APPROVAL'],
  ['a no', step('waiting_for_approval'), { kind: 'reject' }, 'rejected'],
  ['a no that comes late', step('acknowledged'), { kind: 'reject' }, 'NOT_WAITING_FOR_APPROVAL'],
  ['a task that is done', task('open'), { kind: 'done' }, 'done'],
  ['a task that was done', task('done'), { kind: 'done' }, 'ALREADY_SETTLED'],
  ['a device that a person reports as done', prompt('failed'), { kind: 'done' }, 'NOT_A_TASK'],
  ['an override of what waits', step('waiting_for_approval'), { kind: 'override' }, 'overridden'],
  ['an override of a task', task('open'), { kind: 'override' }, 'overridden'],
  ['an override of a failure', prompt('failed'), { kind: 'override' }, 'overridden'],
  ['an override of a no', step('rejected'), { kind: 'override' }, 'overridden'],
  ['an override while a device is at it', step('running'), { kind: 'override' }, 'STILL_RUNNING'],
  ['an override of what is settled', step('acknowledged'), { kind: 'override' }, 'ALREADY_SETTLED'],
  ['a release of a lock', step('acknowledged'), { kind: 'release' }, 'ready!'],
  ['a release of a lock that may hold', step('failed'), { kind: 'release' }, 'ready!'],
  ['a release of a released lock', step('released', releasing), { kind: 'release' }, 'NOTHING_TO_RELEASE'],
  ['a release of a failed release', step('failed', releasing), { kind: 'release' }, 'NOTHING_TO_RELEASE'],
  ['a release while the lock is at it', step('running'), { kind: 'release' }, 'NOTHING_TO_RELEASE'],
  ['a release of a prompt', prompt('acknowledged'), { kind: 'release' }, 'NOTHING_TO_RELEASE'],
  ['another try of what needs nobody', prompt('failed'), { kind: 'retry', approved: false }, 'ready!'],
  ['another try while approved', step('failed'), { kind: 'retry', approved: true }, 'ready!'],
  ['another try long after', step('failed'), { kind: 'retry', approved: false }, 'waiting_for_approval'],
  ['another try to release', step('failed', releasing), { kind: 'retry', approved: false }, 'ready!'],
  ['a no that is thought over', step('rejected'), { kind: 'retry', approved: true }, 'waiting_for_approval'],
  ['another try of what went well', step('acknowledged'), { kind: 'retry', approved: true }, 'NOTHING_TO_RETRY'],
  ['in time', prompt('ready'), { kind: 'begin', inTime: true, approved: true }, 'running'],
  ['too late', prompt('ready'), { kind: 'begin', inTime: false, approved: true }, 'failed'],
  ['late and approved', step('ready'), { kind: 'begin', inTime: false, approved: true }, 'running'],
  ['approved too long ago', step('ready'), { kind: 'begin', inTime: true, approved: false }, 'waiting_for_approval'],
  ['a late release', step('ready', releasing), { kind: 'begin', inTime: false, approved: false }, 'running'],
  ['again after a crash', step('running'), { kind: 'begin', inTime: false, approved: false }, 'running'],
  ['what was never ordered', step('not_needed'), { kind: 'begin', inTime: true, approved: true }, 'NOT_RUNNING'],
  ['the device did it', step('running'), { kind: 'acknowledged' }, 'acknowledged'],
  ['the device let go', step('running', releasing), { kind: 'acknowledged' }, 'released'],
  ['the device did not', step('running'), { kind: 'failed' }, 'failed'],
  ['an answer nobody waits for', step('not_needed'), { kind: 'acknowledged' }, 'NOT_RUNNING'],
  ['a report', report('ready'), { kind: 'prepared' }, 'done'],
  ['a lock as a report', step('ready'), { kind: 'prepared' }, 'NOT_RUNNING'],
];

const exculpated: Row[] = (
  [
    [step('waiting_for_approval'), 'not_needed'],
    [task('open'), 'not_needed'],
    [report('waiting_for_approval'), 'not_needed'],
    [step('ready'), 'not_needed'],
    [step('ready', releasing), 'ready'],
    [step('acknowledged'), 'ready!'],
    [step('failed'), 'ready!'],
    [step('failed', releasing), 'failed'],
    [prompt('acknowledged'), 'acknowledged'],
    [prompt('failed'), 'failed'],
    [step('released', releasing), 'released'],
    [step('overridden'), 'overridden'],
  ] as const
).map(([from, expected]) => [
  `exculpated: ${from.action} ${from.state} ${from.command}`,
  from,
  { kind: 'close', closing: 'exculpated' },
  expected,
]);

const confirmed: Row[] = (
  [
    [step('waiting_for_approval'), 'not_needed'],
    [prompt('ready'), 'not_needed'],
    [task('open'), 'open'],
    [report('waiting_for_approval'), 'waiting_for_approval'],
    [step('acknowledged'), 'acknowledged'],
    [step('failed'), 'failed'],
  ] as const
).map(([from, expected]) => [
  `confirmed: ${from.action} ${from.state}`,
  from,
  { kind: 'close', closing: 'confirmed' },
  expected,
]);

describe('a step', () => {
  it.each([...table, ...exculpated, ...confirmed])('%s', (_name, from, command, expected) => {
    const result = stepTransition(from, command);
    if (!result.ok) return expect(result.refusal).toBe(expected);
    expect(`${result.next.state}${result.order ? '!' : ''}`).toBe(expected);
    expect(result.next.attempt).toBe(from.attempt + (result.order ? 1 : 0));
  });

  it('that is locked just now is released as soon as the device has answered', () => {
    const wanted = stepTransition(step('running'), { kind: 'close', closing: 'exculpated' });
    if (!wanted.ok) throw new Error(wanted.refusal);
    expect(wanted).toMatchObject({ order: false, next: { state: 'running', releaseWanted: true } });
    for (const kind of ['acknowledged', 'failed'] as const) {
      const answered = stepTransition(wanted.next, { kind });
      if (!answered.ok) throw new Error(answered.refusal);
      expect(stepTransition(answered.next, { kind: 'release' })).toMatchObject({
        ...{ ok: true, order: true },
        next: { command: 'release', releaseWanted: false },
      });
    }
  });
});

it.each([
  ['terminal_prompt', 'automatic', 'ready', 1],
  ['signage', 'human', 'waiting_for_approval', 0],
  ['door_lock', 'two_person', 'waiting_for_approval', 0],
  ['task', 'two_person', 'open', 0],
] as const)('%s by %s begins as %s', (action, mode, state, attempt) => {
  expect(newStep(action, mode)).toMatchObject({ state, attempt });
});

it('counts what keeps a confirmed incident open', () => {
  const states: StepState[] = [
    ...(['waiting_for_approval', 'open', 'ready', 'running', 'failed', 'rejected'] as const),
    ...(['acknowledged', 'released', 'done', 'not_needed', 'overridden'] as const),
  ];
  expect(countOpenMandatory(states.map((state) => ({ mandatory: true, state })))).toBe(6);
  expect(countOpenMandatory(states.map((state) => ({ mandatory: false, state })))).toBe(0);
});
