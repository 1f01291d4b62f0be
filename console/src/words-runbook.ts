import type { Schemas } from './api/client.ts';
import type { Tone } from './words.ts';
import { roleLabel } from './words.ts';

export type Step = Schemas['Step'];
export type StepCommand = 'approve' | 'reject' | 'done' | 'override' | 'release' | 'retry';

export const stepActions: Record<Step['action'], string> = {
  terminal_prompt: 'Prompt at the till',
  signage: 'Words on a screen',
  intercom: 'Announcement',
  task: 'Task',
  door_lock: 'Lock a door',
  credential_disable: 'Disable an access card',
  police_report: 'Prepare a report for the police',
};

export const stepStates: Record<Step['state'], { label: string; tone: Tone }> = {
  waiting_for_approval: { label: 'Needs a yes', tone: 'warn' },
  open: { label: 'To do', tone: 'warn' },
  ready: { label: 'On its way', tone: 'info' },
  running: { label: 'Being done', tone: 'info' },
  acknowledged: { label: 'Done', tone: 'good' },
  failed: { label: 'Failed', tone: 'bad' },
  released: { label: 'Released', tone: 'good' },
  done: { label: 'Done', tone: 'good' },
  rejected: { label: 'Refused', tone: 'neutral' },
  not_needed: { label: 'Not needed', tone: 'neutral' },
  overridden: { label: 'Skipped', tone: 'neutral' },
};

const inForce: Partial<Record<Step['action'], string>> = { door_lock: 'Locked', credential_disable: 'Disabled' };

/** The state in a word; what holds somebody up says so instead of "done". */
export function stepState(step: Pick<Step, 'action' | 'state' | 'command'>): { label: string; tone: Tone } {
  const holds = step.state === 'acknowledged' ? inForce[step.action] : undefined;
  if (holds) return { label: holds, tone: 'warn' };
  if (step.state === 'done' && step.action === 'police_report') return { label: 'Prepared', tone: 'good' };
  if (step.command === 'release' && step.state === 'failed') return { label: 'Release failed', tone: 'bad' };
  if (step.command === 'release' && (step.state === 'ready' || step.state === 'running'))
    return { label: 'Being released', tone: 'info' };
  return stepStates[step.state];
}

const list = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;

/** Who still has to say yes, or null when nobody has to. */
export function stepWaitsFor(step: Step): string | null {
  const who = list(step.approvers.map((role) => roleLabel(role).replace(/^(?!SOC)./, (sign) => sign.toLowerCase())));
  if (step.state === 'open') return who ? `For ${who}.` : null;
  if (step.state !== 'waiting_for_approval') return null;
  const missing = step.approvalsNeeded - step.approvals.length;
  const count = step.approvalsNeeded === 1 ? 'one person' : missing === 1 ? 'a second person' : 'two people';
  return `Waits for ${count}${who ? `: ${who}` : ''}.`;
}

const reversible: readonly Step['action'][] = ['door_lock', 'credential_disable'];
const unsettled: readonly Step['state'][] = ['waiting_for_approval', 'open', 'ready', 'running', 'failed', 'rejected'];

/** A confirmed incident stays open for these. */
export const keepsOpen = ({ mandatory, state }: Pick<Step, 'mandatory' | 'state'>): boolean =>
  mandatory && unsettled.includes(state);

/** What can be said about a step now, by anybody; whether this person may is another question. */
export function stepCommands(step: Step): StepCommand[] {
  const canRelease =
    reversible.includes(step.action) &&
    (step.state === 'acknowledged' || (step.state === 'failed' && step.command === 'run'));
  switch (step.state) {
    case 'waiting_for_approval':
      return ['approve', 'reject', 'override'];
    case 'open':
      return ['done', 'override'];
    case 'failed':
      return ['retry', ...(canRelease ? (['release'] as const) : []), 'override'];
    case 'rejected':
      return ['retry', 'override'];
    case 'acknowledged':
      return canRelease ? ['release'] : [];
    default:
      return [];
  }
}

const released: Partial<Record<Step['action'], string>> = {
  door_lock: 'The door is unlocked at once.',
  credential_disable: 'The card works again at once.',
};

const carriedOut: Record<Step['action'], string> = {
  terminal_prompt: 'the prompt appears at the till',
  signage: 'the words appear on the screen',
  intercom: 'the announcement is made in the store',
  task: 'the task is set',
  door_lock: 'the door is locked',
  credential_disable: 'the card stops working',
  police_report: 'the report is written; a person hands it over, nothing is sent',
};

export interface StepQuestion {
  button: string;
  question: string;
  consequence: string;
  confirm: string;
}

/** The button of a command, and what it will do, in words. */
export function stepQuestion(step: Step, command: StepCommand): StepQuestion {
  switch (command) {
    case 'approve': {
      const isLast = step.approvalsNeeded - step.approvals.length <= 1;
      const effect = carriedOut[step.action];
      return {
        button: 'Approve',
        question: `Approve: ${stepActions[step.action].toLowerCase()}?`,
        consequence: isLast
          ? `With your yes ${effect}.`
          : `Your yes counts for ten minutes. Only when a second person has said yes too, ${effect}.`,
        confirm: 'Approve',
      };
    }
    case 'reject':
      return {
        button: 'Refuse',
        question: 'Refuse this step?',
        consequence: 'Nothing is done. Somebody can ask for it again.',
        confirm: 'Refuse',
      };
    case 'done':
      return {
        button: 'Done',
        question: 'Is it done?',
        consequence: 'Your name stands beside it.',
        confirm: 'It is done',
      };
    case 'override':
      return {
        button: 'Skip',
        question: 'Skip this step?',
        consequence: 'It is not done, and your reason stays on record.',
        confirm: 'Skip it',
      };
    case 'release':
      return {
        button: 'Release',
        question: 'Release it?',
        consequence: released[step.action] ?? 'It is taken back at once.',
        confirm: 'Release',
      };
    case 'retry':
      return step.state === 'rejected'
        ? {
            button: 'Ask again',
            question: 'Ask for it again?',
            consequence: 'It waits for approval anew.',
            confirm: 'Ask again',
          }
        : {
            button: 'Try again',
            question: 'Try again?',
            consequence:
              step.command === 'release'
                ? (released[step.action] ?? 'The release is sent again.')
                : 'The same order is sent again; an approval that has expired is asked for anew.',
            confirm: 'Try again',
          };
  }
}
