import type { Behaviour, Role, SeverityLevel } from './types.ts';

/** What a step does. The last three touch somebody's freedom or leave the house: people approve them, always. */
export type RunbookAction =
  | 'terminal_prompt'
  | 'signage'
  | 'intercom'
  | 'task'
  | 'door_lock'
  | 'credential_disable'
  | 'police_report';

export type HighRiskAction = Extract<RunbookAction, 'door_lock' | 'credential_disable' | 'police_report'>;

export type RunbookMode = 'automatic' | 'human' | 'two_person';

export interface RunbookStep {
  /** Unique within its runbook. */
  id: string;
  action: RunbookAction;
  mode: RunbookMode;
  /** Who may approve, do or release it. */
  approvers: readonly Role[];
  /** The incident stays open until it is done, overridden or not needed any more. */
  mandatory: boolean;
  /** The device, terminal or screen that it addresses. */
  target?: string;
  /** The id of the person whom it concerns, such as whose credential is disabled; they never approve it. */
  about?: string;
  /** Neutral words for a screen or a loudspeaker, or what the person is to do. */
  message?: string;
  /** How long a device has to acknowledge. */
  ackTimeoutMs: number;
}

/** One order of one step, as the workflow is told; ids and codes only. */
export interface StepOrder {
  stepId: string;
  command: 'run' | 'release';
  attempt: number;
  ackTimeoutMs: number;
}

export interface Runbook {
  id: string;
  behaviours: readonly Behaviour[] | 'any';
  minSeverity: SeverityLevel;
  steps: readonly RunbookStep[];
}

const severityOrder: readonly SeverityLevel[] = ['low', 'medium', 'high', 'critical'];

export const atLeast = (level: SeverityLevel, floor: SeverityLevel): boolean =>
  severityOrder.indexOf(level) >= severityOrder.indexOf(floor);

/** The first runbook that fits this incident; the policy lists the special ones before the general. */
export function runbookFor(
  runbooks: readonly Runbook[],
  incident: { behaviour: Behaviour; severity: SeverityLevel },
): Runbook | null {
  return (
    runbooks.find(
      ({ behaviours, minSeverity }) =>
        (behaviours === 'any' || behaviours.includes(incident.behaviour)) && atLeast(incident.severity, minSeverity),
    ) ?? null
  );
}

const modeOrder: readonly RunbookMode[] = ['automatic', 'human', 'two_person'];

/** How many people each action takes at the very least, whatever a policy says. */
export const leastMode: Readonly<Record<RunbookAction, RunbookMode>> = {
  terminal_prompt: 'automatic',
  signage: 'automatic',
  intercom: 'automatic',
  task: 'automatic',
  door_lock: 'human',
  credential_disable: 'human',
  police_report: 'two_person',
};

/** The mode that counts: a policy may ask for more people than the action needs, never for fewer. */
export const effectiveMode = ({ action, mode }: Pick<RunbookStep, 'action' | 'mode'>): RunbookMode =>
  modeOrder.indexOf(mode) >= modeOrder.indexOf(leastMode[action]) ? mode : leastMode[action];

export const approvalsNeeded: Readonly<Record<RunbookMode, number>> = { automatic: 0, human: 1, two_person: 2 };

export const isHighRisk = (action: RunbookAction): action is HighRiskAction => leastMode[action] !== 'automatic';

/** A device carries it out; the others are done by a person, or written down. */
export type DeviceStepAction = Exclude<RunbookAction, 'task' | 'police_report'>;
export const isDeviceAction = (action: RunbookAction): action is DeviceStepAction =>
  action !== 'task' && action !== 'police_report';

/** What takes an action back. */
export type ReversingAction = 'door_unlock' | 'credential_enable';
export const reversedBy: Partial<Readonly<Record<RunbookAction, ReversingAction>>> = {
  door_lock: 'door_unlock',
  credential_disable: 'credential_enable',
};
export const isReversible = (action: RunbookAction): boolean => reversedBy[action] !== undefined;

/** An approval counts for this long; then people are asked again. */
export const approvalValidMs = 10 * 60_000;
/** What nobody had to approve is not sent any more when it could not be sent within this time: the moment has passed. */
export const staleAfterMs = 60_000;
/** No device may take longer to answer, whatever a policy says. */
export const maxAckTimeoutMs = 60_000;

const targetPattern = /^[A-Za-z0-9_-]{1,64}$/;
/** A target becomes a level of an MQTT topic, so nothing else may be in it. */
export const isTarget = (target: string | null | undefined): target is string =>
  typeof target === 'string' && targetPattern.test(target);
