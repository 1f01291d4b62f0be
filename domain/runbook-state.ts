import { assertNever } from './errors.ts';
import { approvalsNeeded, isDeviceAction, isReversible, type RunbookAction, type RunbookMode } from './runbook.ts';
import type { Verdict } from './types.ts';

/**
 * - waiting_for_approval: one or two people must say yes first.
 * - open: a task that a person does.
 * - ready: ordered, not begun. running: the device was told and has not answered.
 * - acknowledged: the device said that it did it. failed: it refused, or did not answer; it may have done it all the same.
 * - released: what was locked or disabled is so no more.
 * - done, rejected, not_needed, overridden: a person did it, said no, or it was not needed; nothing was sent.
 */
export type StepState =
  | 'waiting_for_approval'
  | 'open'
  | 'ready'
  | 'running'
  | 'acknowledged'
  | 'failed'
  | 'released'
  | 'done'
  | 'rejected'
  | 'not_needed'
  | 'overridden';

export interface StepStatus {
  action: RunbookAction;
  mode: RunbookMode;
  state: StepState;
  /** What was ordered last: the action, or what takes it back. */
  command: 'run' | 'release';
  /** Counts orders; with the incident and the step it is the id of a command to a device. */
  attempt: number;
  /** The device has not answered yet, and what it was told is to be taken back as soon as it has. */
  releaseWanted: boolean;
}

/** Nobody confirmed anything: whoever is held up must be let go. */
export type Closing = 'exculpated' | 'confirmed';
export const closingOf = (verdict: Verdict): Closing => (verdict === 'confirmed' ? 'confirmed' : 'exculpated');

export type StepCommand =
  | { kind: 'approve'; approvals: number }
  | { kind: 'reject' }
  | { kind: 'done' }
  | { kind: 'override' }
  | { kind: 'release' }
  | { kind: 'retry'; approved: boolean }
  | { kind: 'begin'; inTime: boolean; approved: boolean }
  | { kind: 'acknowledged' }
  | { kind: 'failed' }
  | { kind: 'prepared' }
  | { kind: 'close'; closing: Closing };

export type StepRefusal =
  | 'NOT_WAITING_FOR_APPROVAL'
  | 'NOT_A_TASK'
  | 'NOTHING_TO_RELEASE'
  | 'NOTHING_TO_RETRY'
  | 'ALREADY_SETTLED'
  | 'STILL_RUNNING'
  | 'NOT_RUNNING';

/** `order`: the device is to be told, with the new attempt. */
export type StepTransition = { ok: true; next: StepStatus; order: boolean } | { ok: false; refusal: StepRefusal };

/** Where a step begins. */
export function newStep(action: RunbookAction, mode: RunbookMode): StepStatus {
  const first = { action, mode, command: 'run', attempt: 0, releaseWanted: false } as const;
  if (action === 'task') return { ...first, state: 'open' };
  return approvalsNeeded[mode] > 0
    ? { ...first, state: 'waiting_for_approval' }
    : { ...first, state: 'ready', attempt: 1 };
}

/** The one table of what may follow what for a step of a runbook. */
export function stepTransition(step: StepStatus, command: StepCommand): StepTransition {
  switch (command.kind) {
    case 'approve':
      if (step.state !== 'waiting_for_approval') return refuse('NOT_WAITING_FOR_APPROVAL');
      return command.approvals >= approvalsNeeded[step.mode] ? order(step, 'run') : stay(step);
    case 'reject':
      return step.state === 'waiting_for_approval' ? move(step, 'rejected') : refuse('NOT_WAITING_FOR_APPROVAL');
    case 'done':
      if (step.action !== 'task') return refuse('NOT_A_TASK');
      return step.state === 'open' ? move(step, 'done') : refuse('ALREADY_SETTLED');
    case 'override':
      return override(step);
    case 'release':
      return mayBeInForce(step) && step.state !== 'running' ? order(step, 'release') : refuse('NOTHING_TO_RELEASE');
    case 'retry':
      return retry(step, command.approved);
    case 'begin':
      return begin(step, command);
    case 'acknowledged':
      if (step.state !== 'running') return refuse('NOT_RUNNING');
      return move(step, step.command === 'release' ? 'released' : 'acknowledged');
    case 'failed':
      return step.state === 'running' ? move(step, 'failed') : refuse('NOT_RUNNING');
    case 'prepared':
      return step.state === 'ready' && step.action === 'police_report' ? move(step, 'done') : refuse('NOT_RUNNING');
    case 'close':
      return close(step, command.closing);
    default:
      return assertNever(command);
  }
}

/** A lock that was answered with a failure may hold all the same, so it can be taken back too. */
const mayBeInForce = (step: StepStatus): boolean =>
  isReversible(step.action) &&
  (step.state === 'acknowledged' || ((step.state === 'failed' || step.state === 'running') && step.command === 'run'));

function override(step: StepStatus): StepTransition {
  switch (step.state) {
    case 'waiting_for_approval':
    case 'open':
    case 'failed':
    case 'rejected':
      return move(step, 'overridden');
    case 'ready':
    case 'running':
      return refuse('STILL_RUNNING');
    default:
      return refuse('ALREADY_SETTLED');
  }
}

function retry(step: StepStatus, approved: boolean): StepTransition {
  if (step.state === 'rejected') return move(step, 'waiting_for_approval');
  if (step.state !== 'failed') return refuse('NOTHING_TO_RETRY');
  const mayGoOn = step.command === 'release' || approvalsNeeded[step.mode] === 0 || approved;
  return mayGoOn ? order(step, step.command) : move(step, 'waiting_for_approval');
}

/** A release is never too late; an action that waited too long is asked for again, or given up where nobody was asked. */
function begin(step: StepStatus, command: { inTime: boolean; approved: boolean }): StepTransition {
  // Again after a crash: the same attempt, which the device recognises.
  if (step.state === 'running') return stay(step);
  if (step.state !== 'ready') return refuse('NOT_RUNNING');
  if (step.command === 'release') return move(step, 'running');
  if (approvalsNeeded[step.mode] > 0) return move(step, command.approved ? 'running' : 'waiting_for_approval');
  return move(step, command.inTime ? 'running' : 'failed');
}

/** Words and papers stay possible after a confirmed incident; what acts on people in the moment does not. */
function close(step: StepStatus, closing: Closing): StepTransition {
  const moot = closing === 'exculpated' || isDeviceAction(step.action);
  switch (step.state) {
    case 'waiting_for_approval':
    case 'open':
    case 'rejected':
      return moot ? move(step, 'not_needed') : stay(step);
    case 'ready':
      return moot && step.command === 'run' ? move(step, 'not_needed') : stay(step);
    case 'running':
      return closing === 'exculpated' && mayBeInForce(step)
        ? { ...stay({ ...step, releaseWanted: true }) }
        : stay(step);
    case 'acknowledged':
    case 'failed':
      return closing === 'exculpated' && mayBeInForce(step) ? order(step, 'release') : stay(step);
    default:
      return stay(step);
  }
}

const move = (step: StepStatus, state: StepState): StepTransition => ({
  ok: true,
  next: { ...step, state },
  order: false,
});
const stay = (step: StepStatus): StepTransition => ({ ok: true, next: step, order: false });
const order = (step: StepStatus, command: StepStatus['command']): StepTransition => ({
  ok: true,
  next: { ...step, state: 'ready', command, attempt: step.attempt + 1, releaseWanted: false },
  order: true,
});
const refuse = (refusal: StepRefusal): StepTransition => ({ ok: false, refusal });

const settledStates: readonly StepState[] = ['acknowledged', 'released', 'done', 'not_needed', 'overridden'];

/** Mandatory steps that still keep a confirmed incident open; one that was rejected or has failed does. */
export const countOpenMandatory = (steps: readonly { mandatory: boolean; state: StepState }[]): number =>
  steps.filter(({ mandatory, state }) => mandatory && !settledStates.includes(state)).length;

/** What to tell a person whose command was refused. */
export const stepRefusalMessages: Readonly<Record<StepRefusal, string>> = {
  NOT_WAITING_FOR_APPROVAL: 'This step does not wait for an approval (any more). Read the steps again.',
  NOT_A_TASK: 'Only a task can be reported as done; a device reports for itself.',
  NOTHING_TO_RELEASE: 'There is nothing to release: the step is not in force, or is being released already.',
  NOTHING_TO_RETRY: 'Only a step that has failed or was rejected can be tried again.',
  ALREADY_SETTLED: 'This step is settled already. Read the steps again.',
  STILL_RUNNING: 'This step is being carried out. Wait for its answer, then override it.',
  NOT_RUNNING: 'This step is not being carried out.',
};
