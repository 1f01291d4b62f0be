import { markDrill, type RealIncident } from './drill.ts';
import { type DeviceStepAction, type HighRiskAction, type ReversingAction, reversedBy } from './runbook.ts';

export type LowRiskDeviceAction = Exclude<DeviceStepAction, HighRiskAction>;
export type GuardedDeviceAction = Extract<DeviceStepAction, HighRiskAction>;

/** What is published to a device. The same `commandId` again is the same command: it is acknowledged and not done twice. */
export interface DeviceCommand {
  commandId: string;
  action: LowRiskDeviceAction | GuardedDeviceAction | ReversingAction | TerminalHoldAction;
  message: string;
  drill: boolean;
  /** A device that was away must not do it any more after this. */
  expiresAt: string;
  /** Whom it concerns, for an action on a credential. */
  about?: string;
  /** It ends by itself this long after it was begun, by the device's own clock, or at `expiresAt` if that is sooner. */
  forMs?: number;
  /** The `commandId` of what a `terminal_release` lets go; one that has not come yet must not be begun any more. */
  releases?: string;
}

/** A self-checkout calls the attendant, keeps a payment waiting, lets go. */
export type TerminalHoldAction = 'terminal_attend' | 'terminal_block' | 'terminal_release';

interface OrderedStep<Action> {
  stepId: string;
  action: Action;
  command: 'run' | 'release';
  attempt: number;
  message: string | null;
  about: string | null;
}

const commandIdOf = (incidentId: string, step: OrderedStep<unknown>): string =>
  `${incidentId}:${step.stepId}:${step.attempt}`;

/** Words for a screen or a loudspeaker; in a drill they say so. */
export function promptCommand(
  incident: { incidentId: string; drill: boolean },
  step: OrderedStep<LowRiskDeviceAction>,
  expiresAt: string,
): DeviceCommand {
  return {
    commandId: commandIdOf(incident.incidentId, step),
    action: step.action,
    message: markDrill(incident.drill, step.message ?? ''),
    drill: incident.drill,
    expiresAt,
  };
}

/** Locks and credentials: only ever for an incident that is real. */
export function guardedCommand(
  incident: RealIncident<{ incidentId: string; drill: boolean }>,
  step: OrderedStep<GuardedDeviceAction>,
  expiresAt: string,
): DeviceCommand {
  return {
    commandId: commandIdOf(incident.incidentId, step),
    action: step.command === 'release' ? (reversedBy[step.action] ?? step.action) : step.action,
    message: step.message ?? '',
    drill: false,
    expiresAt,
    ...(step.about === null ? {} : { about: step.about }),
  };
}

/** Why a till is let go: the incident closed, somebody answered, the till is no longer sure, a person said so, its time is over. */
export type ReleaseCause = 'closed' | 'answered' | 'till_unsure' | 'person' | 'time_over';

const holdIdOf = (incidentId: string): string => `${incidentId}:hold:0`;

interface Hold {
  message: string;
  untilAt: string;
  leftMs: number;
}

/** The light above the till, or its screen, asks for the attendant; in a drill it says so. */
export function attendCommand(incident: { incidentId: string; drill: boolean }, hold: Hold): DeviceCommand {
  return {
    ...{ commandId: holdIdOf(incident.incidentId), action: 'terminal_attend', drill: incident.drill },
    message: markDrill(incident.drill, hold.message),
    ...{ expiresAt: hold.untilAt, forMs: hold.leftMs },
  };
}

/** The payment waits for the attendant: only ever for an incident that is real. */
export function blockCommand(
  incident: RealIncident<{ incidentId: string; drill: boolean }>,
  hold: Hold,
): DeviceCommand {
  return {
    ...{ commandId: holdIdOf(incident.incidentId), action: 'terminal_block', drill: false },
    ...{ message: hold.message, expiresAt: hold.untilAt, forMs: hold.leftMs },
  };
}

export function releaseCommand(incident: { incidentId: string; drill: boolean }, expiresAt: string): DeviceCommand {
  return {
    ...{ commandId: `${incident.incidentId}:hold:release`, action: 'terminal_release', message: '' },
    ...{ drill: incident.drill, expiresAt, releases: holdIdOf(incident.incidentId) },
  };
}
