import type { IncidentStatus } from '../domain/incident-state.ts';
import type { HumanVerdict } from '../domain/types.ts';

/** Task queues go by resource; media by store, since only the store's own worker can reach its recordings. */
export const incidentQueue = 'incident';
export const notifyQueue = 'notify';
/** What nobody waits for: sweeps. */
export const recordsQueue = 'records';
export const mediaQueue = (tenantId: string, storeId: string): string => `media:${tenantId}:${storeId}`;

export const incidentWorkflowType = 'incidentWorkflow';
export const correctionWorkflowType = 'correctionWorkflow';
export const sweepWorkflowType = 'sweepWorkflow';
export const sweepScheduleId = 'retention-sweep';

export const decideUpdateName = 'decide';
export const acknowledgeUpdateName = 'acknowledge';
export const detectionMergedSignalName = 'detectionMerged';
export const receiptSignalName = 'receiptArrived';
export const undeliveredSignalName = 'textUndelivered';
export const mandatoryStepsSignalName = 'mandatorySteps';
export const terminalReleaseSignalName = 'terminalRelease';

/** Ids and codes only: a name or a number has no place in a workflow's history. */
export interface DecideCommand {
  verdict: HumanVerdict;
  by: { actorId: string; role: string };
  via: 'api' | 'sms' | 'voice';
  reasonCode?: string;
  expectedVersion?: number;
}

export interface AcknowledgeCommand {
  by: { actorId: string; role: string };
}

export type CommandReply = Pick<IncidentStatus, 'state' | 'verdict' | 'version'>;

export interface UndeliveredSignal {
  step: number;
  round?: number;
}

/** How many mandatory steps of the runbook are not done. */
export interface MandatoryStepsSignal {
  open: number;
}

export interface DetectionMergedSignal {
  dedupKey: string;
}
