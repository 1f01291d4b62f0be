import { markDrill, type RealIncident } from './drill.ts';
import { type DeviceStepAction, type HighRiskAction, type ReversingAction, reversedBy } from './runbook.ts';

export type LowRiskDeviceAction = Exclude<DeviceStepAction, HighRiskAction>;
export type GuardedDeviceAction = Extract<DeviceStepAction, HighRiskAction>;

/** What is published to a device. The same `commandId` again is the same command: it is acknowledged and not done twice. */
export interface DeviceCommand {
  commandId: string;
  action: LowRiskDeviceAction | GuardedDeviceAction | ReversingAction;
  message: string;
  drill: boolean;
  /** A device that was away must not do it any more after this. */
  expiresAt: string;
  /** Whom it concerns, for an action on a credential. */
  about?: string;
}

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
